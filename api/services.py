"""What the routes work with: opened once per process, handed to each request by the lifespan's state."""

from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, TypedDict, cast

from fastapi import Depends, FastAPI, Request

from activities.customers import Customers
from activities.identities import Identities
from activities.keys import Keys
from activities.screen import PostgresScreen
from api.gateway import Gateway
from api.health import Health
from api.inbound import Inbox
from api.simulator.live import Live
from config import Settings
from connections import Connections, open_connections


@dataclass(frozen=True)
class Services:
    """Everything a route may use."""

    settings: Settings
    connections: Connections
    gateway: Gateway
    inbox: Inbox
    identities: Identities
    customers: Customers
    keys: Keys
    screen: PostgresScreen
    live: Live
    health: Health


class State(TypedDict):
    """What the lifespan yields; Starlette shows it as `request.state`."""

    services: Services


def lifespan(settings: Settings) -> Callable[[FastAPI], AbstractAsyncContextManager[State]]:
    """Opens every client when the API starts and closes them when it stops; a server may be away meanwhile."""

    @asynccontextmanager
    async def opened(_app: FastAPI) -> AsyncGenerator[State]:
        async with open_connections(settings, lazy=True) as connections:
            live = Live(connections.postgres)
            async with live.listening() if settings.perennial_simulator else live.silent():
                yield {"services": _wired(settings, connections, live)}

    return opened


def _wired(settings: Settings, connections: Connections, live: Live) -> Services:
    postgres = connections.postgres
    gateway = Gateway(connections.temporal)
    return Services(
        settings=settings,
        connections=connections,
        gateway=gateway,
        inbox=Inbox(gateway, connections),
        identities=Identities(postgres),
        customers=Customers(postgres),
        keys=Keys(postgres),
        screen=PostgresScreen(postgres),
        live=live,
        health=Health(connections, settings),
    )


def _services(request: Request) -> Services:
    return cast("Services", request.state.services)


Wired = Annotated[Services, Depends(_services)]
"""A route's parameter `services: Wired`."""
