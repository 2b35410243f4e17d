"""WhatsApp's customer service window: free text reaches a customer for 24 hours after they last wrote.

Source: Meta, "WhatsApp Cloud API: Send messages", customer service windows. Outside of it only a template may be sent;
anything else is refused with error 131047.
"""

from datetime import datetime, timedelta

OPEN_FOR = timedelta(hours=24)
MARGIN = timedelta(minutes=5)
"""A message sent at the last moment would be on its way when the window shuts."""


def shuts_at(last_inbound: datetime | None) -> datetime | None:
    """When free text stops being possible, after a message that the customer sent at `last_inbound`; None if never."""
    return last_inbound + OPEN_FOR - MARGIN if last_inbound else None
