"""Reads `multipart/form-data` (RFC 7578), all of it in memory: enough for a voice note, without another dependency."""

from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser

from local.simulated_openai.errors import ApiError


@dataclass(frozen=True)
class Part:
    """One field of a form; `filename` is None for plain fields."""

    name: str
    filename: str | None
    data: bytes


def parts(content_type: str, body: bytes) -> list[Part]:
    """The form's fields in order. Raises ApiError (400) for anything that is no multipart form."""
    header = Message()
    header["content-type"] = content_type
    boundary = header.get_boundary()
    if header.get_content_type() != "multipart/form-data" or boundary is None:
        raise ApiError(400, "Expected a multipart/form-data body with a boundary.")
    sections = body.split(b"--" + boundary.encode())[1:-1]
    return [_part(section.removeprefix(b"\r\n").removesuffix(b"\r\n")) for section in sections]


def _part(section: bytes) -> Part:
    head, _, data = section.partition(b"\r\n\r\n")
    headers = HeaderParser().parsestr(head.decode("utf-8", "replace"))
    name = headers.get_param("name", header="content-disposition")
    filename = headers.get_filename()
    return Part(name if isinstance(name, str) else "", filename, data)
