"""Activities against the real databases; each test has a company and a customer of its own."""

from datetime import UTC, datetime

import pytest

from connections import Connections
from domain.identity import CompanyId, Phone
from domain.messages import Inbound, Received
from domain.work import AgentRef
from tests.conftest import CompanyMaker


@pytest.fixture
async def agent(connections: Connections, make_company: CompanyMaker, random_phone: str) -> AgentRef:
    """An opened agent of a fresh company."""
    file = make_company()
    await connections.companies.apply(file)
    ref = AgentRef(company=CompanyId(file.id), phone=Phone(random_phone))
    await connections.directory.open_agent(ref)
    return ref


def received(sequence: int, text: str = "hola", id: str | None = None) -> Received:
    """An inbound message."""
    message = Inbound(id=id or f"wamid.{sequence}", text=text)
    return Received(sequence=sequence, received_at=datetime(2026, 11, 22, 12, 0, sequence, tzinfo=UTC), message=message)
