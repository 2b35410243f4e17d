"""The key that companies' credentials are encrypted with."""

import base64
import binascii


def decode_key(key: str) -> bytes:
    """The 32 bytes of a base64 key; raises `ValueError` saying what is wrong with it."""
    try:
        raw = base64.b64decode(key, validate=True)
    except binascii.Error as error:
        raise ValueError("is not base64; make one with: openssl rand -base64 32") from error
    if len(raw) != 32:
        raise ValueError(f"holds {len(raw)} bytes, 32 are needed; make one with: openssl rand -base64 32")
    return raw
