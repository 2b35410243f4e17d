"""The product under measurement: real embedded servers, its own worker and API processes, and what they talk to.

Everything runs in processes of its own, listens on 127.0.0.1 and ends with the block.
"""

import base64
import os
import secrets
import sys
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from temporalio.client import Client

from bench.machine import Meter
from config import Settings
from connections import open_connections
from domain.company import CompanyFile
from local.command import Command, Probe
from local.fake_graph.settings import StatusName
from local.ports import HOST, Ports, listens
from local.stack import embedded
from local.supervisor import Supervised, supervise
from upgrade import upgrade
from workflows.attributes import registration

ROOT = Path(__file__).resolve().parent.parent

WORKER, API, BRAIN, WHATSAPP, FLOOR = "worker", "api", "openai (simulated)", "whatsapp (fake)", "floor worker"


@dataclass
class Product:
    """What runs, and how to reach it."""

    temporal: Client
    environment: Mapping[str, str]
    running: dict[str, list[Supervised]] = field(default_factory=dict[str, list[Supervised]])

    @property
    def meter(self) -> Meter:
        """Reads what the processes that run now use."""
        return Meter({each.pid: name for name, group in self.running.items() for each in group})

    @property
    def secret(self) -> str:
        """What signs the webhooks."""
        return self.environment["WHATSAPP_APP_SECRET"]

    @property
    def port(self) -> int:
        """The API's port."""
        return int(self.environment["PORT"])

    def restarts(self) -> list[str]:
        """Processes that died and were started again: a run with one of these proves nothing."""
        return [
            f"{name} died {each.restarts} time(s)"
            for name, group in self.running.items()
            for each in group
            if each.restarts
        ]


@asynccontextmanager
async def product(
    folder: Path, ear: int, companies: Sequence[CompanyFile], *, workers: int, statuses: Sequence[StatusName]
) -> AsyncGenerator[Product]:
    """Everything that a message needs on its way, with these companies in the database. Raises `StackError`."""
    async with AsyncExitStack() as stack:
        addresses = await stack.enter_async_context(embedded(folder, search_attributes=registration(), ports={}))
        ports = Ports(folder / "ports.json")
        api, brain, whatsapp = (ports.choose(name) for name in ("api", "openai", "whatsapp"))
        environment = addresses.environment() | _settings(api, brain, whatsapp)
        settings = Settings.model_validate({name.lower(): value for name, value in environment.items()})
        await upgrade(settings)
        connections = await stack.enter_async_context(open_connections(settings))
        for company in companies:
            await connections.companies.apply(company)
        made = Product(connections.temporal, environment)

        async def start(name: str, argv: Sequence[str], port: int | None = None) -> None:
            probe = _probe(port) if port else None
            made.running.setdefault(name, []).append(
                await stack.enter_async_context(supervise(_command(name, argv, folder, environment, probe)))
            )

        await start(BRAIN, ["local.simulated_openai", "--port", str(brain)], brain)
        told = ["--api-port", str(api), "--app-secret", made.secret, "--statuses", *statuses]
        await start(WHATSAPP, ["bench.whatsapp", "--port", str(whatsapp), "--ear", str(ear), *told], whatsapp)
        for _ in range(workers):
            await start(WORKER, ["cli", "worker"])
        await start(API, ["cli", "api"], api)
        yield made


@asynccontextmanager
async def floor_worker(running: Product, folder: Path, ear: int) -> AsyncGenerator[None]:
    """The worker of the empty workflow, on the same Temporal server."""
    argv = ["bench.floor_worker", "--temporal", running.environment["TEMPORAL_ADDRESS"], "--ear", str(ear)]
    async with supervise(_command(FLOOR, argv, folder, running.environment, None)) as supervised:
        running.running[FLOOR] = [supervised]
        yield
    del running.running[FLOOR]


def _settings(api: int, brain: int, whatsapp: int) -> dict[str, str]:
    """The environment of worker and API, but for the servers' addresses; the keys are of this run alone."""
    return {
        "PORT": str(api),
        "OPENAI_API_KEY": "simulated",
        "OPENAI_BASE_URL": f"http://{HOST}:{brain}/v1",
        "PERENNIAL_SIMULATED_BRAIN": "true",
        "WHATSAPP_GRAPH_URL": f"http://{HOST}:{whatsapp}",
        "WHATSAPP_APP_SECRET": secrets.token_hex(16),
        "WHATSAPP_VERIFY_TOKEN": secrets.token_hex(16),
        "PERENNIAL_ADMIN_KEY": secrets.token_hex(16),
        "PERENNIAL_ENCRYPTION_KEY": base64.b64encode(secrets.token_bytes(32)).decode(),
    }


def _command(
    name: str, argv: Sequence[str], folder: Path, environment: Mapping[str, str], probe: Probe | None
) -> Command:
    # Not in the repository's own folder: a `.env` there would be read, and is nobody's business here.
    return Command(
        name=f"the {name}",
        argv=[sys.executable, "-m", *argv],
        log=folder / "logs" / f"{name.replace(' ', '-')}.log",
        env={"PYTHONPATH": _path(), "PYTHONDONTWRITEBYTECODE": "1", "PATH": os.defpath, **environment},
        cwd=folder,
        probe=probe,
        ready_within=60.0,
        stop_within=60.0,
    )


def _path() -> str:
    """The repository and whatever stands in our own PYTHONPATH: a `sitecustomize` there can try out a change."""
    return os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))


def _probe(port: int) -> Probe:
    return lambda: listens(port)
