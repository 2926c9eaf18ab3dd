"""The clock and the source of ids of this machine."""

import secrets
from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghijkmnpqrstuvwxyz"


class SystemClock:
    """The time of the machine."""

    def now(self) -> str:
        """Return the time, UTC, ISO 8601 with microseconds and ``Z``."""
        return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class RandomIds:
    """Ids nobody can guess."""

    def new(self) -> str:
        """Return a new id: 12 small letters and digits, 60 bits."""
        return "".join(secrets.choice(ALPHABET) for _ in range(12))
