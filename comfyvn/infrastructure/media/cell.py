"""The process that decodes: reads orders from standard input, one JSON object per line, and answers each.

An answer is a line of JSON and, after it, as many bytes as its `size` says. The process leaves at the end of its
input. Its memory is limited where the system can do that.
"""

import base64
import json
import os
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from comfyvn.application.ports import MediaFacts
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.media import looking
from comfyvn.infrastructure.media.limits import MEMORY


def main() -> None:
    """Answer orders until there are no more; what libraries write to standard output goes nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _limit(MEMORY)
    for line in sys.stdin.buffer:
        head, body = _obey(json.loads(line))
        answers.write(json.dumps({**head, "size": len(body)}).encode() + b"\n" + body)
        answers.flush()


def _obey(order: dict[str, Json]) -> tuple[dict[str, Json], bytes]:
    """Return the answer to one order: ``facts``, a picture, ``refused`` or, where this program errs, ``failed``."""
    try:
        with Path(order["path"]).open("rb") as file:
            return _look(order, file)
    except Refused as refused:
        return {"refused": [refused.code, str(refused)]}, b""
    except MemoryError:
        return {"refused": ["media_bomb", "The file needs more memory than it may have."]}, b""
    except Exception:
        return {"failed": traceback.format_exc()}, b""


def _look(order: dict[str, Json], file: BinaryIO) -> tuple[dict[str, Json], bytes]:
    if order["do"] == "inspect":
        found = looking.inspect(order["name"], file)
        measured = {"width": found.width, "height": found.height, "seconds": found.seconds}
        said = {"facts": dict(found.facts), "claims": list(found.claims)}
        return {"facts": {"mime": found.mime, "type": found.type, **measured, **said}}, b""
    if order["do"].endswith("credential"):
        return _checked(order, file), b""
    picture = looking.thumbnail(file, MediaFacts(order["mime"], "other"), order["edge"])
    return {"shown": picture is not None}, picture or b""


def _checked(order: dict[str, Json], file: BinaryIO) -> dict[str, Json]:
    from comfyvn.infrastructure.credentials import checking  # noqa: PLC0415 - few processes are asked for that

    root = order["root"].encode() if order["root"] else None
    if order["do"] == "credential":
        beside = None if order["beside"] is None else base64.b64decode(order["beside"])
        found = checking.check_media(file, beside, root)
    else:
        found = checking.check_bundle(file, root)
    return {"state": found.state, "signer": found.signer, "codes": list(found.codes)}


def _limit(size: int) -> None:
    """Limit the address space; some systems cannot (Windows) or will not (macOS)."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415

        resource.setrlimit(resource.RLIMIT_AS, (size, size))


if __name__ == "__main__":
    main()
