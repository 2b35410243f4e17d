"""Opens and closes every client: Temporal, PostgreSQL, MongoDB, HTTP, OpenAI."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from motor.motor_asyncio import AsyncIOMotorClient
from openai import AsyncOpenAI
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import GrpcCompression

from activities.companies import Companies
from activities.directory import Directory
from activities.ledger import Ledger
from activities.memory import Memory
from activities.postgres import Postgres, open_pool
from activities.vault import Vault
from config import Settings
from workflows.converter import CONVERTER


@dataclass(frozen=True)
class Connections:
    """What the worker and the API work with, opened once per process."""

    temporal: Client
    postgres: Postgres
    companies: Companies
    directory: Directory
    memory: Memory
    ledger: Ledger
    http: httpx2.AsyncClient
    openai: AsyncOpenAI


@asynccontextmanager
async def open_connections(settings: Settings, *, lazy: bool = False) -> AsyncGenerator[Connections]:
    """Every client, closed in turn at the end. Raises what the first server that cannot be reached raises.

    `lazy` connects when a server is first needed: the API starts while one is away, and says so in its health. A worker
    cannot work with a lazy Temporal client.
    """
    temporal = await open_temporal(settings, lazy=lazy)
    pool = await open_pool(settings.database_url.get_secret_value(), least=0 if lazy else 1)
    # Acknowledged means journaled: a message that MongoDB took must outlive a power cut.
    mongo: AsyncIOMotorClient[dict[str, Any]] = AsyncIOMotorClient(
        settings.mongodb_uri.get_secret_value(),
        tz_aware=True,
        w="majority",
        journal=True,
        serverSelectionTimeoutMS=5000,
    )
    http = httpx2.AsyncClient(timeout=httpx2.Timeout(20, connect=5))
    openai = AsyncOpenAI(
        api_key=settings.openai_api_key.get_secret_value(),
        base_url=settings.openai_base_url,
        max_retries=0,  # retries belong to Temporal
        timeout=60,
    )
    key = settings.perennial_encryption_key
    postgres = Postgres(pool)
    companies = Companies(postgres, Vault(key.get_secret_value() if key else None))
    memory = Memory(mongo.get_default_database("perennial"))
    directory = Directory(postgres, companies, memory)
    try:
        yield Connections(temporal, postgres, companies, directory, memory, Ledger(postgres), http, openai)
    finally:
        await openai.close()
        await http.aclose()
        mongo.close()
        await pool.close()


async def open_temporal(settings: Settings, *, lazy: bool = False) -> Client:
    """A Temporal client; Temporal's own environment configuration adds TLS, API key and profile."""
    config = ClientConfig.load_client_connect_config()
    config["target_host"] = settings.temporal_address
    config["namespace"] = settings.temporal_namespace
    # On this machine's own wire compressing costs 5 % of a worker's time and saves nothing.
    near = settings.temporal_address.startswith(("127.", "localhost:"))
    compression = GrpcCompression.NONE if near else GrpcCompression.GZIP
    return await Client.connect(**config, data_converter=CONVERTER, lazy=lazy, grpc_compression=compression)
