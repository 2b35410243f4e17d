"""What all tests share: real servers, started once per test process in about a second."""

import base64
import secrets
from collections.abc import AsyncGenerator, Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from temporalio.client import Client

import worker
from config import Settings
from connections import Connections, open_connections
from domain.company import CompanyFile
from local import fake_graph
from local.simulated_openai.serving import Running as SimulatedOpenAI
from local.simulated_openai.serving import running as simulated_openai
from local.stack import Addresses, embedded
from tests.serving import serving
from upgrade import upgrade
from workflows.attributes import registration

APP_SECRET = "an-app-secret-of-tests"
VERIFY_TOKEN = "a-verify-token-of-tests"
ADMIN_KEY = "an-admin-key-of-tests"


@pytest.fixture(scope="session")
async def stack(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[Addresses]:
    """PostgreSQL, MongoDB and Temporal, real ones."""
    async with embedded(tmp_path_factory.mktemp("stack"), search_attributes=registration(), ports={}) as addresses:
        yield addresses


@pytest.fixture(scope="session")
async def brain() -> AsyncGenerator[SimulatedOpenAI]:
    """The simulated OpenAI server; `brain.control` scripts it."""
    async with simulated_openai() as running:
        yield running


@pytest.fixture(scope="session")
async def meta() -> AsyncGenerator[fake_graph.Served]:
    """A fake of Meta's Graph API; it delivers webhooks once `base_url` has told it where."""
    nowhere = fake_graph.Settings(
        webhook_url="http://127.0.0.1:9/", app_secret=APP_SECRET, statuses=("sent", "delivered", "read")
    )
    async with fake_graph.serve(nowhere) as served:
        yield served


@pytest.fixture(scope="session")
async def settings(stack: Addresses, brain: SimulatedOpenAI, meta: fake_graph.Served) -> Settings:
    """Settings that point at the servers of this test process, with the databases up to date."""
    made = Settings.model_validate(
        {
            "database_url": stack.database_url,
            "mongodb_uri": stack.mongodb_uri,
            "temporal_address": stack.temporal_address,
            "openai_api_key": "simulated",
            "openai_base_url": brain.base_url,
            "whatsapp_graph_url": meta.url,
            "perennial_simulated_brain": True,
            "perennial_simulator": True,
            "perennial_admin_key": ADMIN_KEY,
            "perennial_encryption_key": base64.b64encode(secrets.token_bytes(32)).decode(),
            "whatsapp_app_secret": SecretStr(APP_SECRET),
            "whatsapp_verify_token": SecretStr(VERIFY_TOKEN),
        }
    )
    await upgrade(made)
    return made


@pytest.fixture(scope="session")
async def connections(settings: Settings) -> AsyncGenerator[Connections]:
    """Every client, opened as the product opens them."""
    async with open_connections(settings) as opened:
        yield opened


@pytest.fixture(scope="session")
async def agents(connections: Connections, settings: Settings) -> AsyncGenerator[None]:
    """A worker for as long as the session; agents that nobody works for only wait."""
    async with worker.build(connections, settings):
        yield


@pytest.fixture(scope="session")
async def base_url(settings: Settings, meta: fake_graph.Served) -> AsyncGenerator[str]:
    """Where the API listens."""
    async with serving(settings) as url:
        meta.graph.settings.webhook_url = f"{url}/api/whatsapp/webhook"
        yield url


@pytest.fixture(scope="session")
async def temporal(connections: Connections) -> Client:
    """The Temporal client."""
    return connections.temporal


CompanyMaker = Callable[..., CompanyFile]


@pytest.fixture
def make_company() -> CompanyMaker:
    """A company file of its own for each call, with nothing to wait for; keyword arguments override its fields."""

    def make(**changes: Any) -> CompanyFile:
        plain: dict[str, Any] = {
            "id": f"test-{secrets.token_hex(4)}",
            "name": "Escuela de Ventas",
            "language": "es",
            "timezone": "America/Mexico_City",
            "country": "MX",
            "currency": "MXN",
            "voice": {"persona": "Cálida y directa."},
            "facts": ["Horario: lunes a viernes de 9 a 18 h."],
            "pacing": {
                "typing_ms_per_character": 0,
                "burst_complete_seconds": 0,
                "burst_fragment_seconds": 0,
                "burst_max_seconds": 0,
            },
            "products": [
                {"sku": "C1", "name": "Sesión de coaching", "price": "1990", "currency": "MXN"},
            ],
        }
        return CompanyFile.model_validate(plain | changes)

    return make


@pytest.fixture
def random_phone() -> str:
    """A Mexican mobile nobody else in this run has."""
    return f"+52551{secrets.randbelow(10**7):07d}"


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return Path(__file__).resolve().parent.parent
