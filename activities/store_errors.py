"""What the databases' clients raise, sorted by what to do about it, so that others need not import them to know."""

import asyncpg
from pymongo.errors import ConnectionFailure

OUTAGES: tuple[type[Exception], ...] = (
    OSError,  # refused, reset, no such host, timed out
    asyncpg.InterfaceError,  # the connection was closed under us
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,  # starting up or recovering
    asyncpg.TooManyConnectionsError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    ConnectionFailure,
)
"""The same request may be sent again: nothing is wrong with it."""

UNSTORABLE: tuple[type[Exception], ...] = (
    asyncpg.CharacterNotInRepertoireError,  # NUL in a text
    asyncpg.UntranslatableCharacterError,  # NUL in JSON
)
"""The text itself cannot be stored: trying again is of no use."""
