"""The log file: its lines, its rotation, and that uvicorn writes there too."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.infrastructure import logs


@pytest.fixture(autouse=True)
def restored() -> Iterator[None]:
    """Leave the loggers of the test process as they were."""
    root = logging.getLogger()
    before, level = list(root.handlers), root.level
    yield
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()
    root.setLevel(level)


def lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()


def test_an_event_is_one_line_with_time_level_logger_message_and_fields(tmp_path: Path) -> None:
    path = logs.configure(tmp_path / "logs")
    logging.getLogger("comfyvn.storage").info(
        "committed %d events", 3, extra={"command_id": "k2f9", "actor": "ann", "secret": "no"}
    )
    assert path == tmp_path / "logs" / "server.log"
    (line,) = lines(path)
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO comfyvn\.storage committed 3 events command_id=k2f9 actor=ann",
        line,
    )


@pytest.mark.parametrize("forged", ["a\nb", "a\rb", "a\x1b[2Jb", "a\x85b", "a\u2028b", "a\x0bb"])
def test_nobody_can_forge_a_line(tmp_path: Path, forged: str) -> None:
    path = logs.configure(tmp_path)
    logging.getLogger("x").warning("%s", forged, extra={"actor": forged})
    (line,) = lines(path)
    assert line.isprintable()


def test_a_traceback_follows_its_line_indented(tmp_path: Path) -> None:
    path = logs.configure(tmp_path)
    try:
        raise ValueError("broken\n2026\r2027")
    except ValueError:
        logging.getLogger("x").exception("could not")
    first, *rest = lines(path)
    assert first.endswith("ERROR x could not")
    assert rest[-2:] == ["    ValueError: broken", r"    2026\r2027"]
    assert all(line.startswith("    ") for line in rest)


def test_the_level_is_kept(tmp_path: Path) -> None:
    path = logs.configure(tmp_path, "WARNING")
    logging.getLogger("x").info("quiet")
    logging.getLogger("x").warning("loud")
    assert [line.rsplit(" ", 1)[1] for line in lines(path)] == ["loud"]


def test_a_second_call_replaces_the_first(tmp_path: Path) -> None:
    first = logs.configure(tmp_path, file="launcher.log")
    second = logs.configure(tmp_path)
    logging.getLogger("x").warning("once")
    assert lines(first) == []
    assert len(lines(second)) == 1


@pytest.mark.parametrize("name", logs.UVICORN_LOGGERS)
def test_uvicorn_writes_there(tmp_path: Path, name: str) -> None:
    logging.getLogger(name).addHandler(logging.StreamHandler())
    logging.getLogger(name).propagate = False
    path = logs.configure(tmp_path)
    logging.getLogger(name).info("hello")
    assert [line.split(" ", 1)[1] for line in lines(path)] == [f"INFO {name} hello"]


def test_full_files_are_rotated_and_the_oldest_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_BYTES", 200)
    logs.configure(tmp_path)
    for number in range(30):
        logging.getLogger("x").info("event %04d %s", number, "-" * 60)
    files = sorted(tmp_path.iterdir())
    assert [file.name for file in files] == ["server.log", *(f"server.log.{n}" for n in range(1, logs.FILES))]
    assert all(file.stat().st_size <= 200 for file in files)
    assert "event 0029" in (tmp_path / "server.log").read_text(encoding="utf-8")
