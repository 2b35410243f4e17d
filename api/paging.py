"""Cursors: opaque to clients, a place in a list to us."""

import base64
import binascii
import json
from datetime import datetime

from activities.customers import Customer, Place
from domain.errors import InvalidInput
from domain.identity import Phone


def cursor_after(last: Customer) -> str:
    """The cursor that continues behind this customer."""
    at = last.last_interaction.isoformat() if last.last_interaction else None
    return base64.urlsafe_b64encode(json.dumps([at, last.phone]).encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """The place a cursor stands for; raises `InvalidInput`."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        at, phone = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        moment = None if at is None else datetime.fromisoformat(at)
        if not isinstance(phone, str) or "\0" in phone or (moment and moment.tzinfo is None):
            raise ValueError("not of ours")
    except (ValueError, TypeError, binascii.Error, RecursionError) as error:
        raise InvalidInput("query.cursor: use a `next_cursor` of an earlier answer, unchanged") from error
    return Place(moment, Phone(phone))
