"""The external programs of this installation: registered in a file beside the keys, run in a cage of their own."""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from comfyvn.application.extractors import (
    INPUT,
    OUTPUT,
    Confinement,
    Extractor,
    Installation,
    KnownExtractor,
    Registration,
    Unpacked,
)
from comfyvn.application.imports import Progress
from comfyvn.application.ports import Clock
from comfyvn.application.provenance.spdx import kept
from comfyvn.domain.kernel import Conflict, Missing, Refused
from comfyvn.infrastructure.extractors import confining, running
from comfyvn.infrastructure.extractors.catalogue import CATALOGUE, RUN_GAMES
from comfyvn.infrastructure.extractors.confining import Cage, Limits
from comfyvn.infrastructure.extractors.downloading import download

FILE: Final = "extractors.json"
MAX_TOOLS: Final = 100
MAX_WORDS: Final = 500
"""Characters of a word of a registration."""
STALE_SECONDS: Final = 86_400
_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_ASKING: Final = Limits(seconds=20.0, cpu_seconds=10, size=1 << 20, free=1 << 20)
"""What a program may use to say its version."""


class Toolbox:
    """The programs that `config` lists; they work below `scratch`, and downloads lie below `programs`."""

    def __init__(
        self,
        config: Path,
        scratch: Path,
        programs: Path,
        clock: Clock,
        limits: Limits = Limits(),  # noqa: B008 - it never changes
        catalogue: tuple[KnownExtractor, ...] = CATALOGUE,
        held: Callable[[], Confinement] = confining.confinement,
    ) -> None:
        self._file, self._scratch, self._programs = config / FILE, scratch, programs
        self._clock, self._limits, self._catalogue, self._held = clock, limits, catalogue, held

    def known(self) -> tuple[KnownExtractor, ...]:
        """Return the catalogue."""
        return self._catalogue

    def confinement(self) -> Confinement:
        """Return what would hold a program on this machine."""
        return self._held()

    def registered(self) -> tuple[Extractor, ...]:
        """Return all that are registered, by name."""
        return tuple(_seen(_extractor(name, found)) for name, found in sorted(self._read().items()))

    def find(self, name: str) -> Extractor:
        """Return one; raise Missing("tool_unknown")."""
        found = self._read().get(name)
        if found is None:
            message = f"There is no tool {name[:40]!r} here; see `comfyvn tools list`."
            raise Missing("tool_unknown", message, tool=name[:40])
        return _seen(_extractor(name, found))

    def register(self, asked: Registration, acknowledged: str = "") -> Extractor:
        """Register a program, and ask it for its version.

        Raises Refused: ``tool_malformed``, ``tool_unusable``, ``tool_runs_games``; Conflict("tool_exists").
        """
        _check(asked)
        program = _program(asked.path)
        if any(word in RUN_GAMES for word in (asked.name, program.stem.lower())):
            message = f"{program.name} works from inside a running game; such programs are not taken."
            raise Refused("tool_runs_games", message, tool=asked.name)
        listed = self._read()
        if asked.name in listed:
            raise Conflict("tool_exists", f"There is a tool {asked.name!r} already; remove it first.", tool=asked.name)
        if len(listed) >= MAX_TOOLS:
            raise Refused("tool_malformed", f"There are at most {MAX_TOOLS} tools.", where="name")
        made = Extractor(
            name=asked.name,
            path=str(program),
            hash=_hash(program),
            version="",
            licence=kept(asked.licence),
            source=asked.source,
            containers=asked.containers,
            argv=asked.argv,
            warnings=asked.warnings,
            unconfined=asked.unconfined,
            acknowledged=acknowledged,
            added_at=self._clock.now(),
        )
        made = replace(made, version=self._version(made, asked.version_argv))
        self._write({**listed, made.name: _document(made)})
        return made

    def install(self, asked: Installation) -> Extractor:
        """Register a program of the catalogue: the one at a path, or the download that is pinned there.

        Raises Missing("tool_unknown"), Refused: ``licence_not_acknowledged`` with the licence's text and id,
        ``tool_not_pinned``, ``tool_download_wrong``, and as `register` does.
        """
        known = next((one for one in self._catalogue if one.name == asked.name), None)
        if known is None:
            raise Missing("tool_unknown", f"The catalogue has no {asked.name[:40]!r}.", tool=asked.name[:40])
        if not asked.acknowledged or asked.licence_id != known.licence_id:
            message = f"Read the licence of {known.title} and its source first; then acknowledge {known.licence_id}."
            told = {"licence": known.licence, "source": known.source, "text": known.licence_text}
            raise Refused("licence_not_acknowledged", message, licence_id=known.licence_id, **told)
        path = asked.path
        if path is None:
            if known.download is None:
                message = (
                    f"{known.title} has no download that is pinned here; get it from {known.source}, and give its path."
                )
                raise Refused("tool_not_pinned", message, source=known.source)
            path = str(download(known.download, self._programs / known.name))
        wanted = Registration(
            name=known.name,
            path=path,
            argv=known.argv,
            licence=known.licence,
            source=known.source,
            version_argv=known.version_argv,
            containers=known.containers,
            warnings=known.warnings,
            unconfined=asked.unconfined,
        )
        return self.register(wanted, known.licence_id)

    def remove(self, name: str) -> None:
        """Forget a program; one that was downloaded goes too. Raises Missing("tool_unknown")."""
        gone = self.find(name)
        listed = self._read()
        del listed[name]
        self._write(listed)
        if Path(gone.path).is_relative_to(self._programs):
            shutil.rmtree(self._programs / name, ignore_errors=True)

    def unpack(self, name: str, file: Path, progress: Progress) -> Unpacked:
        """Let a program unpack a file into a folder of its own; `clear` takes that away.

        Raises Missing("tool_unknown"), Refused: ``tool_changed``, ``tool_missing``, ``tool_needs_file``,
        ``isolation_missing``, ``tool_failed``, and as `running.run` and `running.check` do.
        """
        tool = self.find(name)
        if tool.state != "ready":
            what = "is another program now than was registered" if tool.state == "changed" else "is not there any more"
            message = f"The tool {name} ({tool.path}) {what}; remove it, and register it again."
            raise Refused(f"tool_{tool.state}", message, tool=name)
        if not file.is_file():
            raise Refused("tool_needs_file", f"{name} unpacks one file; {file.name} is none.", tool=name)
        held = self._held()
        if not held.whole and not tool.unconfined:
            message = (
                f"Nothing here keeps {name} from doing harm. {held.missing} Register it as unconfined to run it anyway."
            )
            raise Refused("isolation_missing", message, tool=name)
        cage = self._cage(file, copied=not held.files)
        try:
            ran = running.run(held, Path(tool.path), _filled(tool.argv, cage), cage, self._limits, progress)
            running.check(cage.output, name)
            if not ran.files:
                last = ran.said.strip().rpartition("\n")[2][:200]
                message = f"{name} unpacked nothing of {file.name} (exit code {ran.code}): {last}"
                raise Refused("tool_failed", message, tool=name, exit_code=ran.code)
        except BaseException:
            running.clear(cage.output.parent)
            raise
        return Unpacked(
            folder=cage.output,
            tool=name,
            version=tool.version,
            licence=tool.licence,
            program_hash=tool.hash,
            source=file.name,
            source_hash=_hash(file),
            confinement=held,
            exit_code=ran.code,
            files=ran.files,
            size=ran.size,
            seconds=round(ran.seconds, 3),
            said=ran.said,
        )

    def _cage(self, file: Path, *, copied: bool) -> Cage:
        self._scratch.mkdir(parents=True, exist_ok=True)
        for old in self._scratch.iterdir():
            with suppress(OSError):
                if old.stat().st_mtime < time.time() - STALE_SECONDS:
                    running.clear(old)
        home = Path(tempfile.mkdtemp(dir=self._scratch)).resolve()
        cage = Cage(file.resolve(), home / "out", home / "tmp")
        cage.output.mkdir()
        cage.scratch.mkdir()
        if copied:
            cage = replace(cage, input=home / f"input{file.suffix}")
            shutil.copyfile(file, cage.input)
        return cage

    def _version(self, tool: Extractor, argv: tuple[str, ...]) -> str:
        """Return what a program says of its version, "" where it says nothing or must not run."""
        held = self._held()
        if not argv or not (held.whole or tool.unconfined):
            return ""
        with tempfile.TemporaryDirectory() as folder:
            empty = Path(folder) / "empty"
            empty.touch()
            cage = self._cage(empty, copied=True)
            try:
                said = running.run(held, Path(tool.path), argv, cage, _ASKING).said
            except Refused as refusal:
                if refusal.code == "tool_unusable":
                    raise
                return ""
            finally:
                running.clear(cage.output.parent)
        words = (" ".join(row.split()) for row in said.split("\n"))
        return next((row[:120] for row in words if any(map(str.isdigit, row)) and row.isprintable()), "")

    def _read(self) -> dict[str, Any]:
        try:
            found = json.loads(self._file.read_bytes())
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, RecursionError) as error:
            raise Refused("settings_unreadable", f"cannot read {self._file}: {error}") from error
        if not isinstance(found, dict):
            raise Refused("settings_unreadable", f"cannot read {self._file}: it holds no JSON object")
        return found

    def _write(self, listed: Mapping[str, Any]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        new = self._file.with_suffix(".new")
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:  # noqa: PTH123
            json.dump(listed, file, indent=2, ensure_ascii=False)
        new.replace(self._file)


def _check(asked: Registration) -> None:
    words = (*asked.argv, *asked.version_argv, *asked.containers, *asked.warnings, asked.licence, asked.source)
    whole = " ".join(asked.argv)
    wrong = {
        "name": not _NAME.fullmatch(asked.name),
        "argv": len(asked.argv) > 50 or whole.count(INPUT) != 1 or whole.count(OUTPUT) > 1,
        "licence": not asked.licence.strip(),
        "source": not asked.source.strip(),
        "words": len(words) > 200 or any(len(word) > MAX_WORDS or "\0" in word for word in words),
    }
    for where, found in wrong.items():
        if found:
            message = (
                f"The registration is malformed ({where}): a name has small letters and digits, the arguments have "
                f"{INPUT} once and {OUTPUT} at most once, and licence and source are told."
            )
            raise Refused("tool_malformed", message, where=where)


def _program(path: str) -> Path:
    place = Path(path)
    if "\0" not in path and place.is_absolute() and place.is_file() and os.access(place, os.X_OK):
        return place
    raise Refused("tool_unusable", f"There is no program at {path[:200]} (a whole path).", path=path[:200])


def _hash(file: Path) -> str:
    found = sha256()
    with file.open("rb") as opened:
        while piece := opened.read(1 << 20):
            found.update(piece)
    return found.hexdigest()


def _filled(argv: tuple[str, ...], cage: Cage) -> list[str]:
    return [word.replace(INPUT, str(cage.input)).replace(OUTPUT, str(cage.output)) for word in argv]


def _document(tool: Extractor) -> dict[str, Any]:
    return {key: value for key, value in asdict(tool).items() if key not in ("name", "state")}


def _extractor(name: str, found: Mapping[str, Any]) -> Extractor:
    kept_fields: dict[str, Any] = {key: tuple(v) if isinstance(v, list) else v for key, v in found.items()}
    return Extractor(name=name, **kept_fields)


def _seen(tool: Extractor) -> Extractor:
    """Return a tool as it is now."""
    try:
        return replace(tool, state="ready" if _hash(Path(tool.path)) == tool.hash else "changed")
    except OSError:
        return replace(tool, state="missing")
