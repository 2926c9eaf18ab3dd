"""Many listeners at once, in one loop, and what their server needs of memory."""

import asyncio
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(slots=True)
class Hearer:
    """One of many."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    rest: bytes = b""

    async def frame(self) -> tuple[str | None, str, Any]:
        """Return (id, name, data) of the next frame that is no comment."""
        while True:
            while b"\n\n" not in self.rest:
                size = int((await self.reader.readline()).strip() or b"0", 16)
                assert size, "the stream ended"
                self.rest += (await self.reader.readexactly(size + 2))[:-2]
            text, _, self.rest = self.rest.partition(b"\n\n")
            found = dict(line.split(": ", 1) for line in text.decode().split("\n") if not line.startswith(":"))
            if "event" in found:
                return found.get("id"), found["event"], json.loads(found["data"])

    def close(self) -> None:
        """Go away."""
        self.writer.close()


async def come(port: int, path: str) -> Hearer:
    """Return a listener whose stream has begun."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    head = await reader.readuntil(b"\r\n\r\n")
    assert b" 200 " in head.split(b"\r\n")[0], head
    hearer = Hearer(reader, writer)
    assert (await hearer.frame())[1] == "ready"
    return hearer


async def gather(port: int, path: str, count: int) -> list[Hearer]:
    """Return many listeners."""
    return [await come(port, path) for _ in range(count)]


def resident(pid: int) -> int:
    """Return how many bytes of memory a process holds."""
    status = Path(f"/proc/{pid}/status").read_text("ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found
    return int(found[1]) * 1024
