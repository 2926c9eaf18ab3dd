"""The one place where failures of the libraries that decode become refusals."""

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from comfyvn.domain.kernel import Refused

_OPEN_FILE = re.compile(r"(?:image file )?<_io[^>]*>")
_LIMITS_OF_PILLOW = ("Decompressed data too large", "Too much memory used")


@contextmanager
def decoding(what: str) -> Iterator[None]:
    """Turn whatever a decoder raises into Refused: ``media_bomb`` or ``media_broken``.

    Decoders raise all kinds of exceptions on damaged files, so all of them are taken; their warnings are not shown.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    except Refused:
        raise
    except MemoryError as error:
        raise Refused("media_bomb", f"The {what} needs more memory than it may have.") from error
    except Exception as error:
        why = _why(error)
        if "DecompressionBomb" in type(error).__name__ or why.startswith(_LIMITS_OF_PILLOW):
            raise Refused("media_bomb", f"The {what} unpacks to more than the limit.") from error
        raise Refused("media_broken", f"The {what} cannot be read: {why}.") from error


def _why(error: Exception) -> str:
    """Return the words of an error without the name of the file, which is the server's own."""
    words = getattr(error, "error_string", None) or getattr(error, "strerror", None) or str(error)
    return _OPEN_FILE.sub("it", " ".join(str(words).split())).rstrip(".")[:200] or type(error).__name__
