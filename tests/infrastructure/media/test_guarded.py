"""The processes that decode: their answers, their deaths, and what of them is seen outside."""

import io
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import BinaryIO

import pytest

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.media import cell, guarded, looking
from comfyvn.infrastructure.media.guarded import GuardedMedia
from tests.infrastructure.media.samples import SAMPLES, sample
from tests.patience import PATIENCE

ROOT = Path(__file__).parents[3]


@pytest.fixture
def media() -> Iterator[GuardedMedia]:
    media = GuardedMedia()
    yield media
    media.close()


@pytest.fixture
def saboteur(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Return a function that makes every new cell run some code before it opens a file."""

    def spoil(code: str) -> None:
        (tmp_path / "sitecustomize.py").write_text(
            f"import sys\nif 'comfyvn.infrastructure.media.cell' in sys.orig_argv:\n    import pathlib\n"
            f"    def spoilt(*_):\n        import ctypes, time\n        {code}\n    pathlib.Path.open = spoilt\n"
        )
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    return spoil


def opened(content: bytes) -> Callable[[], BinaryIO]:
    return lambda: io.BytesIO(content)


@pytest.mark.parametrize("name", SAMPLES)
def test_the_answer_is_the_same_as_without_a_process(name: str, media: GuardedMedia) -> None:
    content = sample(name)
    facts = media.inspect(name, opened(content))
    assert facts == looking.inspect(name, io.BytesIO(content))
    assert media.thumbnail(opened(content), facts) == looking.thumbnail(io.BytesIO(content), facts)


def test_refusals_come_through(media: GuardedMedia) -> None:
    with pytest.raises(Refused) as refused:
        media.inspect("a.png", opened(sample("a.mp3")))
    assert refused.value.code == "media_mismatch"
    assert str(refused.value) == "The name ends in .png, but the content is MP3 sound."
    assert media.inspect("a.png", opened(sample("a.png"))).type == "image", "and the next file is looked at"


def test_a_file_on_the_disk_is_not_copied(media: GuardedMedia, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ä b\n.png"
    path.write_bytes(sample("a.png"))
    monkeypatch.setattr(guarded.shutil, "copyfileobj", None)
    assert media.inspect("a.png", lambda: path.open("rb")).width == 60
    with path.open("rb") as file:
        path.unlink()
        path.write_bytes(b"another file now")
        assert guarded._own_path(file) is None


def test_no_more_than_a_few_processes(media: GuardedMedia) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: media.inspect("a.png", opened(sample("a.png"))).width, range(40)))
    assert found == [60] * 40
    assert 1 <= len(media._idle) <= guarded.CELLS


def test_a_process_is_used_again_and_at_last_replaced(media: GuardedMedia, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "FILES", 2)
    seen = []
    for _ in range(4):
        media.inspect("a.txt", opened(b"text"))
        seen.append(media._idle[0]._process.pid if media._idle else None)
    assert seen[0] is not None
    assert seen[1] is None
    assert seen[2] not in (None, seen[0])
    assert seen[3] is None


def test_closed_is_closed(media: GuardedMedia) -> None:
    media.inspect("a.txt", opened(b"text"))
    process = media._idle[0]._process
    media.close()
    assert process.returncode is not None


def test_a_process_that_hangs_is_killed(saboteur: Callable[[str], None]) -> None:
    saboteur("time.sleep(600)")
    media, begin = GuardedMedia(seconds=1.0), time.monotonic()
    with pytest.raises(Refused) as refused:
        media.inspect("a.png", opened(sample("a.png")))
    assert refused.value.code == "media_slow"
    assert time.monotonic() - begin < PATIENCE
    assert media._idle == []


def test_a_process_that_crashes_takes_nothing_with_it(saboteur: Callable[[str], None]) -> None:
    saboteur("ctypes.string_at(0)")
    media = GuardedMedia()
    for _ in range(2):
        with pytest.raises(Refused) as refused:
            media.inspect("a.png", opened(sample("a.png")))
        assert refused.value.code == "media_broken"
        assert "crashed" in str(refused.value)
    assert media._idle == []


def test_a_process_that_eats_memory_is_refused_it(saboteur: Callable[[str], None]) -> None:
    saboteur("bytearray(1 << 40)")
    media = GuardedMedia()
    with pytest.raises(Refused) as refused:
        media.inspect("a.png", opened(sample("a.png")))
    assert refused.value.code == "media_bomb"
    media.close()


def test_an_error_of_this_program_is_no_fault_of_the_file(saboteur: Callable[[str], None]) -> None:
    saboteur("raise KeyError('a mistake')")
    media = GuardedMedia()
    with pytest.raises(RuntimeError, match="KeyError: 'a mistake'"):
        media.inspect("a.png", opened(sample("a.png")))
    media.close()


def test_a_process_dies_with_its_owner() -> None:
    code = (
        "import io, os\nfrom comfyvn.infrastructure.media.guarded import GuardedMedia\n"
        "media = GuardedMedia()\nmedia.inspect('a.txt', lambda: io.BytesIO(b'text'))\n"
        "print(media._idle[0]._process.pid, flush=True)\nos._exit(1)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE
    )
    pid, end = int(done.stdout), time.monotonic() + PATIENCE
    while _running(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not _running(pid)


def _running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "State:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False


def test_nothing_heavy_is_loaded_outside(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(sample("a.png"))
    code = (
        "import sys, pathlib\nfrom comfyvn.infrastructure.media import guarded, looking, cell\n"
        "media = guarded.GuardedMedia()\n"
        f"facts = media.inspect('a.png', lambda: pathlib.Path({str(tmp_path / 'a.png')!r}).open('rb'))\n"
        "assert facts.width == 60\n"
        "print(sorted({'PIL', 'numpy', 'scipy', 'soundfile', 'av', 'mutagen'} & sys.modules.keys()))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_a_system_that_cannot_limit_memory_goes_without(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "resource", None)
    cell._limit(1)
