"""Renders the prompts in `prompts/`: the company's part first, which is cached; then the customer; then the talk."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from openai.types.responses import ResponseInputParam

from activities.companies import Business
from domain.messages import Role
from domain.work import ThinkRequest

PROMPT_VERSION = "answer.v1"

WINDOW = 24
"""Messages of the conversation that a thought sees word for word."""


@dataclass(frozen=True)
class Prompt:
    """One request's text."""

    instructions: str
    items: ResponseInputParam


TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "prompts"),
    undefined=StrictUndefined,
    keep_trailing_newline=True,
    autoescape=False,
)


def _money(amount: Decimal) -> str:
    """1,990 or 1,990.50, as people write prices in the markets we serve."""
    return f"{amount:,.2f}".removesuffix(".00")


TEMPLATES.filters["money"] = _money


def render(business: Business, memory: dict[str, Any], request: ThinkRequest) -> Prompt:
    """The prompt for one thought, from the company and the customer's memory document."""
    company = business.company
    instructions = TEMPLATES.get_template("answer.v1.md").render(company=company, products=business.products)
    now = datetime.now(ZoneInfo(company.timezone))
    customer = TEMPLATES.get_template("customer.v1.md").render(
        customer=_customer(memory),
        now=f"{now:%A %Y-%m-%d %H:%M} ({company.timezone})",
        correction=request.correction,
        instruction=request.instruction,
    )
    return Prompt(instructions, [{"role": "developer", "content": customer}, *_talk(memory, request)])


def _customer(memory: dict[str, Any]) -> dict[str, Any]:
    insights = memory.get("insights", {})
    known = [fact["text"] for fact in insights.get("facts", []) if fact.get("supersededBy") is None]
    known += [f"interested in: {text}" for text in insights.get("interests", [])]
    known += [f"objected: {text}" for text in insights.get("objections", [])]
    return {
        "name": memory.get("customerName"),
        "stage": memory.get("lifecycle", {}).get("stage", "LEAD"),
        "message_count": memory.get("metadata", {}).get("messageCount", 0),
        "summary": memory.get("summary"),
        "known": known[-30:],
    }


def _talk(memory: dict[str, Any], request: ThinkRequest) -> ResponseInputParam:
    """The window, with the messages that wait for an answer at its end, whatever was sent while they came in."""
    waiting = set(request.unanswered)
    messages = sorted(memory.get("messages", []), key=lambda each: (each["sequence"] in waiting, each["sequence"]))
    return [_item(each) for each in messages[-max(WINDOW, len(waiting)) :]]


def _item(message: dict[str, Any]) -> Any:
    if message["role"] == Role.CUSTOMER:
        return {"role": "user", "content": message["content"]}
    mark = "[colleague] " if message["role"] == Role.OPERATOR else ""
    return {"role": "assistant", "content": mark + message["content"]}
