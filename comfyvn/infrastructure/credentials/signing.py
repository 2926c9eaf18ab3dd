"""Signs files by c2pa-python (the extra `credentials`)."""

import io
import json
import tempfile
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import Any, BinaryIO, Final

import comfyvn
from comfyvn.domain.credentials import ITSELF, Collection, Work, bundle_manifest, manifest
from comfyvn.domain.kernel import Json, Refused
from comfyvn.infrastructure.credentials.certificates import signer
from comfyvn.infrastructure.media.sniff import sniff
from comfyvn.infrastructure.media.stamps.credential import carried
from comfyvn.infrastructure.media.stamps.stamping import digest_of, plain

EMBEDDED: Final = frozenset(
    {
        "image/png", "image/jpeg", "image/webp", "image/avif", "image/gif", "audio/mpeg", "audio/wav", "audio/flac",
        "audio/mp4", "video/mp4", "video/quicktime",
    }
)  # fmt: skip
"""Formats with a place for a credential. Those of other files stand beside them."""
PART: Final = 1 << 20
LARGEST: Final = 128 << 20
"""Bytes up to which a file takes its credential in: the library holds it in memory then, but for films."""
_FILMS: Final = frozenset({"audio/mp4", "video/mp4", "video/quicktime"})
UNKNOWN: Final = "application/octet-stream"
"""The format of a file that does not have the shape that its format should: it is signed as bytes."""
ZIP: Final = "application/x-zip"
FAMILIES: Final = frozenset({"image", "audio", "video", "font"})
"""What is signed: media. Text and scripts are in the manifest of the export."""

SETTINGS: Final = {
    "builder": {"thumbnail": {"enabled": False}},
    "verify": {"remote_manifest_fetch": False, "ocsp_fetch": False, "verify_after_sign": False},
    "core": {"allowed_network_hosts": [], "backing_store_memory_threshold_in_mb": 16},
}


class InParts(io.RawIOBase):
    """A file that gives little at a time, however much is asked for: the library asks for 256 MiB at once."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = self._file.read(min(len(buffer), PART))
        buffer[: len(part)] = part
        return len(part)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def tell(self) -> int:
        return self._file.tell()


class C2paSigning:
    """The port `Signing`, with the certificates in a folder of keys."""

    def __init__(self, keys: Path) -> None:
        """Raise Refused: ``credentials_not_installed``, ``credentials_unusable``."""
        if not _installed():
            message = "Signing needs c2pa-python, which is not installed: install comfyvn[credentials]."
            raise Refused("credentials_not_installed", message)
        import c2pa  # type: ignore[import-untyped]  # noqa: PLC0415 - an optional package

        self._api: Any = c2pa
        own = signer(keys)
        self._signer = c2pa.Signer.from_info(c2pa.C2paSignerInfo(b"es256", own.chain, own.key, None))
        self._context = c2pa.Context.from_dict(SETTINGS)

    def media(self, file: BinaryIO, work: Work, out: BinaryIO) -> bytes | None:
        """Write a file with its credential to `out`, or return the credential, or neither; see `Signing`."""
        found = sniff(file)
        if found.family not in FAMILIES or found.mime == "image/svg+xml":
            return None
        size = file.seek(0, io.SEEK_END)
        before = found.mime in EMBEDDED and _carried(file, size, found.mime)
        told = manifest(work, found.mime, comfyvn.__version__, signed_before=before)
        if found.mime in EMBEDDED and (size <= LARGEST or found.mime in _FILMS):
            with suppress(self._api.C2paError):
                self._sign(told, found.mime, file, out)
                if digest_of(out, plain(out)) == digest_of(file, plain(file)):
                    return None
            out.seek(0)
            out.truncate()
        mime = UNKNOWN if found.mime in EMBEDDED else found.mime
        return self._sign(manifest(work, mime, comfyvn.__version__, signed_before=False), mime, file, None)

    def bundle(self, file: BinaryIO, of: Collection, record: str, out: BinaryIO) -> None:
        """Write a zip file with a credential to `out`."""
        self._sign(bundle_manifest(of, ZIP, comfyvn.__version__, record), ZIP, file, out)

    def _sign(self, told: dict[str, Json], mime: str, file: BinaryIO, out: BinaryIO | None) -> bytes:
        """Sign a file into another; without one return what stands beside it."""
        plain = [part for part in told.get("ingredients", []) if part["label"] != ITSELF or mime == UNKNOWN]
        own = [part for part in told.get("ingredients", []) if part not in plain]
        with self._api.Builder(json.dumps({**told, "ingredients": plain}), context=self._context) as builder:
            for part in own:
                file.seek(0)
                builder.add_ingredient(json.dumps(part), mime, InParts(file))
            if out is None:
                builder.set_no_embed()
            file.seek(0)
            if out is not None:
                signed: bytes = builder.sign(self._signer, mime, InParts(file), out)
                return signed
            with tempfile.TemporaryFile() as copy:  # the library writes the file once more, as it is
                return bytes(builder.sign(self._signer, mime, InParts(file), copy))


def _installed() -> bool:
    try:
        return find_spec("c2pa") is not None
    except ValueError:
        return False


def _carried(file: BinaryIO, size: int, mime: str) -> bool:
    try:
        return carried(file, size, mime)
    except Refused:
        return False
