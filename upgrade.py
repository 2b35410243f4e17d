"""`perennial db upgrade`: brings PostgreSQL, MongoDB and Temporal's search attributes up to date. Safe to repeat."""

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from config import Settings
from connections import open_connections
from migrations import runner
from workflows import attributes

_TYPES = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Datetime": IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


async def upgrade(settings: Settings) -> list[str]:
    """Everything the product needs of its servers; returns the names of the migrations that were applied."""
    applied = await runner.upgrade(settings.database_url.get_secret_value())
    async with open_connections(settings) as connections:
        await connections.memory.prepare()
        await _register(connections.temporal, settings.temporal_namespace)
    return applied


async def _register(temporal: Client, namespace: str) -> None:
    for name, kind in attributes.registration():
        request = AddSearchAttributesRequest(namespace=namespace, search_attributes={name: _TYPES[kind]})
        try:
            await temporal.operator_service.add_search_attributes(request)
        except RPCError as error:
            if error.status is not RPCStatusCode.ALREADY_EXISTS:
                raise
