"""The `perennial` command."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

import worker as worker_process
from activities.keys import Keys
from config import SettingsError, load
from connections import open_connections
from domain.company_file import parse_company_file
from domain.errors import PerennialError
from domain.identity import parse_company
from local import dev as development
from local.errors import StackError
from local.terminal import chat as chat_in_terminal
from logs import configure
from upgrade import upgrade

app = typer.Typer(no_args_is_help=True, add_completion=False, help="Permanent AI agents on WhatsApp.")
database = typer.Typer(no_args_is_help=True, help="The databases.")
company = typer.Typer(no_args_is_help=True, help="Companies and their agents' voice, products and channel.")
app.add_typer(database, name="db")
app.add_typer(company, name="company")
_screen = Console(highlight=False)
_errors = Console(stderr=True, highlight=False)


@app.command()
def dev() -> None:
    """Run everything on this machine; servers whose address is not in the environment are embedded."""
    asyncio.run(development.run())


@app.command()
def worker() -> None:
    """Run a worker: it lives the agents' lives. Start as many as there are cores."""
    worker_process.main()


@app.command()
def api() -> None:
    """Run the API: webhook, REST, console."""
    settings = load()
    configure()
    uvicorn.run(
        "api.main:from_environment",
        factory=True,
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=20,
    )


@database.command("upgrade")
def db_upgrade() -> None:
    """Apply the migrations, the indexes and Temporal's search attributes. Safe to repeat."""
    applied = asyncio.run(upgrade(load()))
    _screen.print("\n".join(f"applied {name}" for name in applied) or "already up to date")


@company.command("apply")
def company_apply(
    files: Annotated[list[Path], typer.Argument(help="Company files, e.g. companies/emilio-born.yaml.", exists=True)],
    check: Annotated[bool, typer.Option("--check", help="Only say whether the files are right.")] = False,
) -> None:
    """Create or change companies from their files; a file with a fault changes nothing."""
    parsed = [parse_company_file(str(file), file.read_text(encoding="utf-8")) for file in files]
    if check:
        _screen.print("\n".join(f"{each.id}: right, {len(each.products)} products" for each in parsed))
        return

    async def apply() -> None:
        async with open_connections(load()) as connections:
            for each in parsed:
                version = await connections.companies.apply(each)
                _screen.print(f"{each.id}: applied as version {version}, {len(each.products)} products")

    asyncio.run(apply())


@company.command("key")
def company_key(
    company_id: Annotated[str, typer.Argument(help="The company's id.")],
    label: Annotated[str, typer.Option(help="What the key is for.")] = "",
) -> None:
    """Make an API key for a company; it is shown once."""

    async def create() -> str:
        async with open_connections(load()) as connections:
            return await Keys(connections.postgres).create(parse_company(company_id), label)

    _screen.print(asyncio.run(create()))


@app.command()
def chat(
    phone: Annotated[str, typer.Option(help="The customer's phone, e.g. +525512345678.")],
    company_id: Annotated[str, typer.Option("--company", help="The company's id.")],
    name: Annotated[str, typer.Option(help="The customer's name.")] = "",
) -> None:
    """Be a customer, here in the terminal. Needs a running `perennial dev`."""
    asyncio.run(chat_in_terminal(load(), company_id, phone, name))


def main() -> None:
    """The entry point: expected failures are said in plain words, with exit code 1."""
    code = 0
    try:
        app()
    except SystemExit as ended:
        code = ended.code if isinstance(ended.code, int) else 1
    except (PerennialError, SettingsError, StackError) as failure:
        _errors.print(str(failure), style="red", markup=False)
        code = 1
    # Temporal's native threads abort the interpreter's own way out now and then; everything is closed by now.
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    main()
