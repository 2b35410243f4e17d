"""`perennial dev`: the whole product on one machine, with one command and nothing but Python.

Every server whose address the environment gives is used; every other one is embedded.
"""

import asyncio
import base64
import json
import os
import secrets
import signal
import sys
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from dotenv import dotenv_values

from config import load
from connections import open_connections
from domain.company_file import parse_company_file
from local.command import Command
from local.ports import HOST, Ports, listens
from local.stack import PREFERRED_PORTS, Server, embedded
from local.supervisor import supervise
from upgrade import upgrade
from workflows.attributes import registration

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("PERENNIAL_DATA") or ROOT / ".perennial")
"""Where the servers keep their data, the keys and the logs."""

THINKING_SECONDS = 0.8
"""How long the simulated model takes to answer, so that a conversation feels like one."""

_EMBEDDABLE: Mapping[str, Server] = {
    "DATABASE_URL": "postgres",
    "MONGODB_URI": "mongodb",
    "TEMPORAL_ADDRESS": "temporal",
}


async def run() -> None:
    """Runs until Ctrl-C or SIGTERM, then stops everything in order; the data stays. Raises `StackError`."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with product() as environment:
        sys.stdout.write(welcome(environment))
        sys.stdout.flush()
        await stop.wait()
        sys.stdout.write(f"\nStopping; everything is kept in {DATA} …\n")


@asynccontextmanager
async def product() -> AsyncGenerator[dict[str, str]]:
    """Everything running; yields the environment by which its processes know each other."""
    given = {name: value for name, value in dotenv_values(ROOT / ".env").items() if value} | dict(os.environ)
    needs: set[Server] = {server for name, server in _EMBEDDABLE.items() if not given.get(name)}
    async with AsyncExitStack() as running:
        addresses = await running.enter_async_context(
            embedded(DATA, needs=needs, search_attributes=registration(), ports=PREFERRED_PORTS)
        )
        environment = _secrets() | given | addresses.environment() | {"PERENNIAL_SIMULATOR": "true"}
        if addresses.temporal_ui_url:
            environment["TEMPORAL_UI_URL"] = addresses.temporal_ui_url
        ports = Ports(DATA / "ports.json")
        if not given.get("PORT"):
            environment["PORT"] = str(ports.choose("api", 3000))
        if not given.get("OPENAI_API_KEY"):
            environment |= await running.enter_async_context(_brain(given, ports, environment))
        os.environ.update(environment)
        _publish(environment, running)
        await upgrade(load())
        await _load_examples()
        await running.enter_async_context(supervise(_process("worker", environment)))
        await running.enter_async_context(supervise(_process("api", environment, port=int(environment["PORT"]))))
        yield environment


def welcome(environment: Mapping[str, str]) -> str:
    """The few lines that say where to go."""
    base = f"http://{HOST}:{environment['PORT']}"
    simulated = environment.get("PERENNIAL_SIMULATED_BRAIN") == "true"
    brain = "SIMULATED (set OPENAI_API_KEY for the real one)" if simulated else "OpenAI"
    lines = [
        "",
        "Perennial is running.",
        f"  Simulator   {base}/simulator      be a customer: write to the agent",
        f"  Console     {base}/",
        f"  Temporal    {environment.get('TEMPORAL_UI_URL', environment['TEMPORAL_ADDRESS'])}",
        f"  API         {base}/api/openapi.json   admin key: {environment['PERENNIAL_ADMIN_KEY']}",
        f"  Brain       {brain}",
        f"  Logs        {DATA / 'logs'}       Stop with Ctrl-C.",
        "",
    ]
    return "\n".join(lines)


@asynccontextmanager
async def _brain(
    given: Mapping[str, str], ports: Ports, environment: Mapping[str, str]
) -> AsyncGenerator[dict[str, str]]:
    """The simulated model, unless another Responses-compatible server is named."""
    if given.get("OPENAI_BASE_URL"):
        yield {"OPENAI_API_KEY": "none"}
        return
    port = ports.choose("openai")
    argv = [sys.executable, "-m", "local.simulated_openai", "--port", str(port), "--latency", str(THINKING_SECONDS)]
    command = Command(
        name="the simulated OpenAI server",
        argv=argv,
        log=DATA / "logs" / "openai.log",
        env=environment,
        cwd=ROOT,
        probe=lambda: listens(port),
    )
    async with supervise(command):
        yield {
            "OPENAI_API_KEY": "simulated",
            "OPENAI_BASE_URL": f"http://{HOST}:{port}/v1",
            "PERENNIAL_SIMULATED_BRAIN": "true",
        }


def _process(name: str, environment: Mapping[str, str], port: int | None = None) -> Command:
    return Command(
        name=f"the {name}",
        argv=[sys.executable, "-m", "cli", name],
        log=DATA / "logs" / f"{name}.log",
        env=environment,
        cwd=ROOT,
        probe=(lambda: listens(port)) if port else None,
        stop_within=60.0,
    )


def _secrets() -> dict[str, str]:
    """Keys of this installation, made at its first start and kept: data that they encrypt outlives the process."""
    file = DATA / "secrets.json"
    if not file.exists():
        made = {
            "PERENNIAL_ADMIN_KEY": secrets.token_urlsafe(24),
            "PERENNIAL_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
            "WHATSAPP_APP_SECRET": secrets.token_hex(16),
            "WHATSAPP_VERIFY_TOKEN": secrets.token_urlsafe(16),
        }
        file.touch(mode=0o600)
        file.write_text(json.dumps(made, indent=2))
    return json.loads(file.read_text())


def _publish(environment: Mapping[str, str], running: AsyncExitStack) -> None:
    """Lets the other commands (`perennial chat`, `perennial company apply`) find what runs here."""
    file = DATA / "environment"
    names = ("PORT", "TEMPORAL_UI_URL", "OPENAI_API_KEY", "OPENAI_BASE_URL", *_EMBEDDABLE, *_secrets())
    file.touch(mode=0o600)
    file.write_text("".join(f"{name}='{environment[name]}'\n" for name in names if name in environment))
    running.callback(file.unlink, missing_ok=True)


async def _load_examples() -> None:
    """The example companies, in an installation that has none yet."""
    async with open_connections(load()) as connections:
        if await connections.companies.all():
            return
        for file in sorted((ROOT / "companies").glob("*.yaml")):
            await connections.companies.apply(parse_company_file(file.name, file.read_text()))
