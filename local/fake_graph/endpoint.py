"""`POST /{version}/{phone_number_id}/messages` as a raw ASGI application: only there can a connection be dropped."""

import httpx2
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from local.fake_graph.graph import DROPPED, FakeGraph


class MessagesEndpoint:
    """The one address of the Graph API that this fake has."""

    def __init__(self, graph: FakeGraph) -> None:
        self._graph = graph

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        number = str(request.path_params["phone_number_id"])
        raw = await request.body()
        answer = await self._graph.messages(number, token if scheme == "Bearer" else None, raw)
        if answer is DROPPED:
            await _drop(receive)
            return
        await Response(answer.body, answer.http, media_type=answer.content_type)(scope, receive, send)


async def _drop(receive: Receive) -> None:
    """Closes the connection without a byte of an answer.

    ASGI has no word for it, so this reaches for the transport of uvicorn, whose bound method `receive` is. Without one
    (in-process, over `httpx2.ASGITransport`) it raises what a client would see.
    """
    transport = getattr(getattr(receive, "__self__", None), "transport", None)
    if transport is None:
        raise httpx2.RemoteProtocolError("Server disconnected without sending a response.")
    transport.abort()
    # uvicorn answers 500 for an application that returns before it has seen the end of the connection.
    while (await receive())["type"] != "http.disconnect":
        continue
