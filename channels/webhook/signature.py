"""Whether Meta wrote it."""

import hashlib
import hmac


def verify_signature(secret: str, raw: bytes, header: str | None) -> bool:
    """Whether `header` (`X-Hub-Signature-256`) is the app secret's signature of these very bytes, in constant time."""
    if not secret or header is None:
        return False
    expected = "sha256=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()
    return hmac.compare_digest(header.encode("utf-8", "replace"), expected.encode())
