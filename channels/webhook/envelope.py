"""The envelope: entries, changes, and the lists of updates in them."""

from collections.abc import Callable, Iterator

from pydantic import JsonValue, ValidationError

from channels.webhook.frame import Frame, Misfit, frame_of
from channels.webhook.humans import read_echo, read_preference
from channels.webhook.messages import read_message
from channels.webhook.reading import decoded, unreadable
from channels.webhook.statuses import read_account_error, read_status
from channels.webhook.updates import Unreadable, Update, Updates


def parse(raw: bytes) -> Updates:
    """Every update of one webhook POST, in the order of the payload; raises `MalformedPayload` and nothing else."""
    return tuple(_updates(decoded(raw)))


def _updates(payload: dict[str, JsonValue]) -> Iterator[Update]:
    for entry in _listed(payload, "entry"):
        if isinstance(entry, Unreadable):
            yield entry
            continue
        for change in _listed(entry, "changes"):
            yield from [change] if isinstance(change, Unreadable) else _change(change)


def _change(change: JsonValue) -> Iterator[Update]:
    value = change.get("value") if isinstance(change, dict) else None
    if not isinstance(change, dict) or not isinstance(value, dict):
        yield unreadable("a change without a value", change)
        return
    frame = frame_of(value)
    field = change.get("field", "messages")
    readers = _READERS.get(field) if isinstance(field, str) else None
    if readers is None:
        yield unreadable("a webhook field that is not read", change, frame.phone_number_id)
        return
    present = [part for part in readers if value.get(part) is not None]
    if not present:
        yield unreadable(f"no {' and no '.join(readers)}", change, frame.phone_number_id)
    for part in present:
        for item in _listed(value, part, frame):
            yield item if isinstance(item, Unreadable) else _read(readers[part], frame, item)


def _read(reader: Callable[[Frame, JsonValue], Update], frame: Frame, item: JsonValue) -> Update:
    try:
        return reader(frame, item)
    except Misfit as misfit:
        return unreadable(str(misfit), item, frame.phone_number_id)
    except ValidationError as error:
        faults = (f"{'.'.join(map(str, fault['loc']))[:80] or 'update'}: {fault['type']}" for fault in error.errors())
        return unreadable(", ".join(faults)[:500], item, frame.phone_number_id)


def _listed(parent: JsonValue, key: str, frame: Frame | None = None) -> list[JsonValue] | list[Unreadable]:
    """The list under `key`, or one `Unreadable` in the place of a list."""
    children = parent.get(key) if isinstance(parent, dict) else None
    if isinstance(children, list):
        return children
    return [unreadable(f"no list of {key}", parent, frame.phone_number_id if frame else None)]


_READERS: dict[str, dict[str, Callable[[Frame, JsonValue], Update]]] = {
    "messages": {"messages": read_message, "statuses": read_status, "errors": read_account_error},
    "smb_message_echoes": {"message_echoes": read_echo},
    "user_preferences": {"user_preferences": read_preference},
}
"""The webhook fields we read, the lists in their values, and who reads the items of each."""
