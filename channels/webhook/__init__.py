"""Reading WhatsApp's webhook: who wrote what, and what became of our bubbles.

Source: Meta, "WhatsApp Cloud API: Webhooks", "messages webhook reference" and "status messages webhook reference". One
POST carries up to 1,000 updates of several numbers, at least once and in no order. Meta adds fields and types without
notice and leaves others out, so nothing is required but what an update is useless without; what does not fit is kept as
`Unreadable`, never dropped: an exception would make Meta send the whole batch again for days.
"""

from channels.webhook.captions import caption
from channels.webhook.envelope import parse
from channels.webhook.messages import CHANNEL
from channels.webhook.signature import verify_signature
from channels.webhook.updates import (
    MAX_RAW,
    BubbleStatus,
    CustomerMessage,
    ForAgent,
    HumanEcho,
    MalformedPayload,
    PreferenceChange,
    Unreadable,
    Update,
    Updates,
)

__all__ = [
    "CHANNEL",
    "MAX_RAW",
    "BubbleStatus",
    "CustomerMessage",
    "ForAgent",
    "HumanEcho",
    "MalformedPayload",
    "PreferenceChange",
    "Unreadable",
    "Update",
    "Updates",
    "caption",
    "parse",
    "verify_signature",
]
