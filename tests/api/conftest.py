"""The API behind a real HTTP server, and the real worker."""

import secrets
from collections.abc import AsyncGenerator

import httpx2
import pytest

from activities.keys import Keys
from config import Settings
from connections import Connections
from domain.identity import CompanyId
from tests.api.support import Client, Tenant
from tests.conftest import ADMIN_KEY, CompanyMaker
from tests.serving import free_port, serving


@pytest.fixture(scope="session")
async def without_temporal(settings: Settings) -> AsyncGenerator[str]:
    """Another API, whose Temporal is not there."""
    lost = settings.model_copy(update={"temporal_address": f"127.0.0.1:{free_port()}"})
    async with serving(lost) as url:
        yield url


@pytest.fixture(scope="session")
async def nobody(base_url: str) -> AsyncGenerator[Client]:
    """A client without a key."""
    async with httpx2.AsyncClient(base_url=base_url, timeout=30) as http:
        yield Client(http)


@pytest.fixture(scope="session")
async def admin(base_url: str) -> AsyncGenerator[Client]:
    """A client with the admin key."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    async with httpx2.AsyncClient(base_url=base_url, headers=headers, timeout=30) as http:
        yield Client(http)


@pytest.fixture
async def tenant(connections: Connections, base_url: str, make_company: CompanyMaker) -> AsyncGenerator[Tenant]:
    """A company on the simulator, with a client that has its key."""
    file = make_company()
    await connections.companies.apply(file)
    key = await Keys(connections.postgres).create(CompanyId(file.id), "tests")
    async with httpx2.AsyncClient(base_url=base_url, headers={"X-API-Key": key}, timeout=30) as http:
        yield Tenant(CompanyId(file.id), key, Client(http))


@pytest.fixture
async def stranger(connections: Connections, base_url: str, make_company: CompanyMaker) -> AsyncGenerator[Tenant]:
    """Another company, on the Cloud API."""
    number = str(secrets.randbelow(10**15) + 10**15)
    file = make_company(channel={"kind": "cloud_api", "phone_number_id": number, "access_token": "its-token"})
    await connections.companies.apply(file)
    key = await Keys(connections.postgres).create(CompanyId(file.id), "tests")
    async with httpx2.AsyncClient(base_url=base_url, headers={"X-API-Key": key}, timeout=30) as http:
        yield Tenant(CompanyId(file.id), key, Client(http), number=number)
