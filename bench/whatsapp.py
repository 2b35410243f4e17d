"""`python -m bench.whatsapp`: a fake of WhatsApp's `/messages` that accepts everything and tells the driver at once.

`local/fake_graph` checks Meta's rules and costs a millisecond of the same two cores; this one does what the measuring
needs: it stamps the time at which a send was complete on the wire, answers as Meta does, and counts. With `--statuses`
it posts the signed status webhooks of each bubble to the API, as Meta would.
"""

import argparse
import asyncio
import json
import time
import uuid
from collections.abc import Sequence
from typing import Any, cast, get_args

import uvloop

from bench.ear import HOST, Voice
from bench.poster import Poster
from local.fake_graph.payloads import encode, sign, status
from local.fake_graph.settings import StatusName

WEBHOOK = "/api/whatsapp/webhook"


class Statuses:
    """Posts what became of each bubble, one status after the other."""

    def __init__(self, names: Sequence[StatusName], api_port: int, secret: str) -> None:
        self._names = names
        self._poster = Poster(api_port)
        self._secret = secret
        self._running: set[asyncio.Task[None]] = set()

    def later(self, number: str, wamid: str, body: dict[str, Any]) -> None:
        """Posts the statuses of an accepted text in the background."""
        if self._names:
            task = asyncio.get_running_loop().create_task(self._post(number, wamid, body))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def _post(self, number: str, wamid: str, body: dict[str, Any]) -> None:
        for name in self._names:
            customer, callback = str(body["to"]).lstrip("+"), body.get("biz_opaque_callback_data")
            raw = encode(status(number, name, wamid, customer, callback, 0))
            signed = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(self._secret, raw)}
            await self._poster.post(WEBHOOK, signed, raw)


class Endpoint(asyncio.Protocol):
    """One connection of the business: requests in, receipts out."""

    def __init__(self, voice: Voice, statuses: Statuses) -> None:
        self._voice = voice
        self._statuses = statuses
        self._pending = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's is none by inheritance

    def data_received(self, data: bytes) -> None:
        at = time.monotonic()
        self._pending += data
        while (request := self._take()) is not None:
            answer = json.dumps(self._serve(*request, at)).encode()
            head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
            self._transport.write(head.encode() + answer)

    def _take(self) -> tuple[str, bytes] | None:
        """The next complete request, as path and body."""
        head, found, rest = self._pending.partition(b"\r\n\r\n")
        if not found:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        lengths = [line.partition(":")[2] for line in lines if line.lower().startswith("content-length:")]
        length = int(lengths[0]) if lengths else 0
        if len(rest) < length:
            return None
        self._pending = rest[length:]
        return first.split(" ")[1], rest[:length]

    def _serve(self, path: str, raw: bytes, at: float) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(raw)
        if body.get("status") == "read":
            return {"success": True}
        self._voice.tell(f"{body['to']} {body['biz_opaque_callback_data']}", at)
        wamid = f"wamid.{uuid.uuid4().hex.upper()}"
        self._statuses.later(path.split("/")[-2], wamid, body)
        contact = {"input": body["to"], "wa_id": str(body["to"]).lstrip("+")}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": wamid}]}


async def serve(port: int, voice: Voice, statuses: Statuses) -> None:
    """Serves until the process is stopped."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Endpoint(voice, statuses), HOST, port)
    await server.serve_forever()


def main() -> None:
    """Reads the arguments and serves."""
    parser = argparse.ArgumentParser(prog="python -m bench.whatsapp")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--ear", type=int, required=True, help="the driver's UDP port")
    parser.add_argument("--api-port", type=int, required=True)
    parser.add_argument("--app-secret", required=True)
    parser.add_argument("--statuses", nargs="*", default=[], choices=get_args(StatusName))
    given = parser.parse_args()
    uvloop.run(serve(given.port, Voice(given.ear), Statuses(given.statuses, given.api_port, given.app_secret)))


if __name__ == "__main__":
    main()
