"""Registering pictures, beside a plain copy with its SHA-256; their thumbnails, beside the same decoder alone."""

import hashlib
import resource
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from io import BytesIO
from pathlib import Path

from PIL import Image

from benchmarks.measuring import Row, Sizes, by_turns, seconds
from comfyvn import settings as settings_file
from comfyvn.application.assets.following import catch_up
from comfyvn.application.assets.gathering import Order, gather
from comfyvn.application.assets.registry import Registry
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Request
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.main.assets import registry
from comfyvn.main.tools import open_studio

ASKED = Request(actor="bench")
TARGET = 80.0
"""How many times as long as a plain copy a registration may take: it also measures, names and shows each file."""
MEMORY = 64
"""MiB by which the memory may grow from a tenth of the pictures to all of them."""


def registering(folder: Path, sizes: Sizes) -> Iterator[Row]:
    """Yield the rows of a thousand pictures (of 640 by 480 pixels)."""
    count = 10 * sizes.rounds if sizes.changes < 1000 else 1000
    pictures = _pictures(folder / "pictures", count)
    few = _pictures(folder / "few", max(1, count // 10))
    opened = [_registry(folder / f"home{n}") for n in range(3)]
    _register(opened[0], few)
    before = _peak()
    begin = time.perf_counter()
    _register(opened[0], pictures)
    took = time.perf_counter() - begin
    grown = _peak() - before

    def copy(_: int) -> partial[None]:
        target = folder / "copy"
        shutil.rmtree(target, ignore_errors=True)
        target.mkdir()
        return partial(_copy, pictures, target)

    plain = by_turns(3, copy, copy)[0]
    yield Row(
        "register",
        f"register {count} pictures of 640 by 480: stored durably, measured, named, shown",
        took,
        "plain copy and SHA-256 of the same files",
        plain,
        f"≤ {TARGET:g} times and ≤ {MEMORY} MiB more than for a tenth of them",
        took <= TARGET * plain and grown <= MEMORY,
        f"{count / took:.0f} rows/s, {grown} MiB more",
    )
    yield _again(opened[0], pictures, took)
    yield _thumbnails(opened[0], pictures)
    yield from _beside(opened[1], opened[2], pictures)
    for one in opened:
        one.studio.store.close()


def _again(found: Registry, pictures: Path, took: float) -> Row:
    again = seconds(partial(_register, found, pictures))
    return Row(
        "register-again",
        "register the same folder again",
        again,
        "the first time",
        took,
        "≤ 1.2 times",
        again <= 1.2 * took,
    )


def _thumbnails(found: Registry, pictures: Path) -> Row:
    """Return the row of all thumbnails, made one after the other."""
    ours = seconds(partial(catch_up, found, lambda: False))
    alone = seconds(partial(_shrink, pictures))
    target = "≤ 3 times"
    return Row(
        "thumbnails", "all thumbnails", ours, "the same decoder in this process", alone, target, ours <= 3 * alone
    )


def _beside(quiet: Registry, busy: Registry, pictures: Path) -> Iterator[Row]:
    """Yield how much longer a registration takes while thumbnails are made beside it."""
    alone = seconds(partial(_register, quiet, pictures))
    stop = threading.Event()
    maker = threading.Thread(target=_make, args=(quiet, stop))
    maker.start()
    try:
        beside = seconds(partial(_register, busy, pictures))
    finally:
        stop.set()
        maker.join()
    yield Row(
        "register-beside",
        "register while thumbnails of others are made",
        beside,
        "with nothing beside it",
        alone,
        "≤ 2.5 times",
        beside <= 2.5 * alone,
    )


def _make(found: Registry, stop: threading.Event) -> None:
    catch_up(found, stop.is_set)


def _registry(home: Path) -> Registry:
    settings = settings_file.load({"COMFYVN_HOME": str(home)})
    studio = open_studio(settings)
    found_project(studio, "Bench", ASKED)
    return registry(settings, studio)


def _register(found: Registry, folder: Path) -> None:
    branch = found.studio.store.projects()[0].main
    done = gather(found, branch, Order(DiskSource(folder), folder.name), ASKED, lambda *_: None)
    if done.refused:
        raise AssertionError(done.refused[0])


def _pictures(folder: Path, count: int) -> Path:
    """Return a folder of pictures, no two alike."""
    folder.mkdir()
    ground = Image.effect_noise((640, 480), 30).convert("RGB")
    for n in range(count):
        ground.paste((n % 256, n // 256, 99), (n % 600, 0, n % 600 + 40, 480))
        ground.save(folder / f"{n:04}.png", compress_level=1)
    return folder


def _copy(folder: Path, target: Path) -> None:
    for file in folder.iterdir():
        content = file.read_bytes()
        (target / hashlib.sha256(content).hexdigest()).write_bytes(content)


def _shrink(folder: Path) -> None:
    for file in folder.iterdir():
        with Image.open(file) as picture:
            picture.thumbnail((320, 320))
            picture.save(BytesIO(), "WEBP")


def _peak() -> int:
    """Return the most memory this process has held, in MiB."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // (1 << 20 if sys.platform == "darwin" else 1 << 10)
