"""The two doors that messages go through: WhatsApp's webhook into the product, and Temporal's own into the floor."""

import time
from collections.abc import Sequence
from decimal import Decimal

from pydantic import JsonValue
from temporalio.client import Client
from temporalio.service import RPCError

from bench.crowd import Message, Post
from bench.empty import TASK_QUEUE, Empty
from bench.poster import Posted, Poster
from bench.whatsapp import WEBHOOK
from domain.company import CloudApiChannel, CompanyFile, Pacing, Product, Voice
from domain.identity import AgentId, CompanyId, agent_id, parse_phone
from local.fake_graph.payloads import Sender, encode, inbound, sign

PACED = "bench-paced"
"""The company with the default pacing; the others wait for nothing."""

SLEEPY = "bench-sleepy"
"""The company whose agents fall dormant as soon as a company may set it: after three seconds."""

COMPANIES = 10
_SPECIAL = {PACED: COMPANIES, SLEEPY: COMPANIES + 1}
_TEXTS = ("¿Cuánto cuesta la sesión de coaching?", "¿Qué precio tiene la mentoría?", "¿Cuál es el horario?")
_NOW = Pacing(
    typing_ms_per_character=0,
    burst_complete_seconds=0,
    burst_fragment_seconds=0,
    burst_max_seconds=0,
    max_bubbles=1,
    read_receipts=False,
)


def companies() -> list[CompanyFile]:
    """The companies without any pause, and the two special ones."""
    sleepy = _NOW.model_copy(update={"dormant_after_minutes": 0.05})
    return [
        *(_company(f"bench-{place}", place, _NOW) for place in range(COMPANIES)),
        *(_company(name, _SPECIAL[name], pacing) for name, pacing in ((PACED, Pacing()), (SLEEPY, sleepy))),
    ]


def phones(n: int, start: int = 0) -> list[str]:
    """Mexican mobiles number `start` to `start + n`."""
    return [f"+52551{number:07d}" for number in range(start, start + n)]


def agent_of(phone: str, *, paced: bool = False) -> AgentId:
    """The workflow id of this customer's agent."""
    return agent_id(CompanyId(PACED if paced else f"bench-{_place(phone)}"), parse_phone(phone))


def webhook(poster: Poster, secret: str, company: str | None = None) -> Post:
    """WhatsApp's way: one signed POST a message, as Meta writes it; to a special company, or to one without pauses."""

    async def post(message: Message) -> Posted:
        place = _SPECIAL[company] if company else _place(message.customer)
        text = _TEXTS[int(message.id[:8], 16) % len(_TEXTS)]
        sender = Sender(message.customer.lstrip("+"), None, "Ana")
        content: dict[str, JsonValue] = {"type": "text", "text": {"body": text}}
        raw = encode(inbound(_number(place), sender, f"wamid.{message.id}", int(time.time()), content))
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(secret, raw)}
        return await poster.post(WEBHOOK, headers, raw)

    return post


def straight(temporal: Client) -> Post:
    """The floor's way: signal-with-start of the empty workflow, without any API between."""

    async def post(message: Message) -> Posted:
        began = time.monotonic()
        said, agent = f"{message.customer} {message.id}", f"floor/{message.customer}"
        try:
            await temporal.start_workflow(
                Empty.run, id=agent, task_queue=TASK_QUEUE, start_signal="receive", start_signal_args=[said]
            )
        except RPCError:
            return Posted(began, time.monotonic(), 0)
        return Posted(began, time.monotonic(), 200)

    return post


def _place(phone: str) -> int:
    """Which of the companies without pauses this customer writes to."""
    return int(phone[-3:]) % COMPANIES


def _number(place: int) -> str:
    return f"1063402{place:08d}"


def _company(name: str, place: int, pacing: Pacing) -> CompanyFile:
    products: Sequence[Product] = [
        Product(sku="C1", name="Sesión de coaching", price=Decimal(1990), currency="MXN"),
        Product(sku="M1", name="Mentoría", price=Decimal(8900), currency="MXN"),
    ]
    return CompanyFile(
        id=name,
        name="Escuela de Ventas",
        language="es",
        timezone="America/Mexico_City",
        country="MX",
        currency="MXN",
        voice=Voice(persona="Cálida, directa y breve."),
        facts=["Horario: lunes a viernes de 9 a 18 h."],
        pacing=pacing,
        channel=CloudApiChannel.model_validate({"phone_number_id": _number(place), "access_token": "a-token"}),
        products=list(products),
        model=None,
    )
