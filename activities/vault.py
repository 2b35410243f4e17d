"""Secrets at rest: AES-256-GCM, one random 96-bit nonce each, bound to the company they belong to."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from domain.encryption_key import decode_key
from domain.errors import PerennialError


class VaultClosed(PerennialError):
    """The encryption key is missing, or is not the one the secret was written with."""


class Vault:
    """Encrypts and decrypts companies' credentials."""

    def __init__(self, key: str | None) -> None:
        """`key`: 32 bytes in base64 (`PERENNIAL_ENCRYPTION_KEY`); None leaves the vault closed. Raises `ValueError`."""
        self._cipher = AESGCM(decode_key(key)) if key else None

    def seal(self, company: str, secret: str) -> bytes:
        """The secret, encrypted; raises `VaultClosed` without a key."""
        nonce = os.urandom(12)
        return nonce + self._open_cipher().encrypt(nonce, secret.encode(), company.encode())

    def unseal(self, company: str, sealed: bytes) -> str:
        """The secret again; raises `VaultClosed` without the key it was written with."""
        try:
            return self._open_cipher().decrypt(sealed[:12], sealed[12:], company.encode()).decode()
        except InvalidTag as error:
            raise VaultClosed(
                f"PERENNIAL_ENCRYPTION_KEY is not the key {company}'s secrets were written with"
            ) from error

    def _open_cipher(self) -> AESGCM:
        if self._cipher is None:
            raise VaultClosed("set PERENNIAL_ENCRYPTION_KEY to store or use a company's credentials")
        return self._cipher
