"""The expected failures, as one tree. `api/problems.py` turns each into an HTTP status.

PerennialError
├── InvalidInput            what the caller sent is wrong                         422
│   ├── InvalidPhone
│   ├── InvalidCompanyId
│   └── InvalidCompanyFile  every fault of a company file, with line and field
├── NotFound                no such company, agent or product                     404
├── NotAllowed              the key is missing, wrong, or not for this company    401 / 403
├── Refused                 understood, but not in the agent's present state      409
└── Unavailable             a system we need does not answer; try again           503
"""

from dataclasses import dataclass


class PerennialError(Exception):
    """Root of every failure the product expects."""


class InvalidInput(PerennialError):
    """What the caller sent is wrong; the message says what, where and what to do."""


class InvalidPhone(InvalidInput):
    """Not an E.164 phone number."""

    def __init__(self, text: str) -> None:
        super().__init__(
            f"{text[:40]!r} is not an E.164 phone number: write + and the country code, like +525512345678"
        )


class InvalidCompanyId(InvalidInput):
    """Not a company id."""

    def __init__(self, text: str) -> None:
        super().__init__(f"{text[:60]!r} is not a company id: 2 to 50 lower-case letters, digits and hyphens")


@dataclass(frozen=True)
class Fault:
    """One thing wrong in a file: its line (1-based; that of the block around it where the field is missing; None where
    there are no lines), the field, and why."""

    line: int | None
    field: str
    why: str

    def __str__(self) -> str:
        where = f"line {self.line}: " if self.line else ""
        return f"{where}{self.field}: {self.why}"


class InvalidCompanyFile(InvalidInput):
    """A company file with faults; nothing of it was applied."""

    def __init__(self, name: str, faults: list[Fault]) -> None:
        self.faults = faults
        super().__init__("\n".join([f"{name}: nothing was applied, because", *(f"  {fault}" for fault in faults)]))


class NotFound(PerennialError):
    """No such company, agent or product."""


class NotAllowed(PerennialError):
    """The key is missing, wrong, or belongs to another company."""


class Refused(PerennialError):
    """Understood, but not possible in the agent's present state."""


class Unavailable(PerennialError):
    """A system the product needs does not answer; the same request may be sent again."""
