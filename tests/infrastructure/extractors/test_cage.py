"""Programs that do harm do none: what they write, read, reach, start and use up ends at the walls of their cage."""

import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from comfyvn.application.extractors import Confinement, Unpacked
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.extractors import confining
from comfyvn.infrastructure.extractors.running import clear
from tests.infrastructure.extractors.programs import HELD, LIMITS, SMALL, registered, script, toolbox
from tests.patience import PATIENCE, until

pytestmark = pytest.mark.engine
"""These tests need bubblewrap."""
DEEP = 'import os\nfor n in range(2000): os.mkdir("a" * 9); os.chdir("a" * 9)'


@pytest.fixture(params=HELD, ids=lambda held: held.kind)
def held(request: pytest.FixtureRequest) -> Iterator[Confinement]:
    yield request.param


def unpack(folder: Path, held: Confinement, words: str, limits: confining.Limits = SMALL) -> Unpacked:
    file = folder / "game.dat"
    file.write_bytes(b"packed")
    tools = toolbox(folder, held, limits)
    registered(tools, script(folder, words), unconfined=not held.whole)
    return tools.unpack("tool", file, lambda *_: None)


def refused(folder: Path, held: Confinement, words: str, limits: confining.Limits = SMALL) -> str:
    with pytest.raises(Refused) as refusal:
        unpack(folder, held, words, limits)
    assert list((folder / "scratch").iterdir()) == []
    return refusal.value.code


def made(unpacked: Unpacked) -> dict[str, str]:
    found = {file.name: file.read_text("utf-8") for file in unpacked.folder.iterdir()}
    clear(unpacked.folder.parent)
    return found


def test_this_machine_has_both() -> None:
    assert confining.confinement() == HELD[0]
    nothing: dict[str, list[str]] = {"read": ["/usr", "/bin", "/lib", "/lib64"], "write": []}
    assert confining._works([*confining._launch({}, nothing), "/bin/true"])


def test_it_reads_its_input_and_writes_its_folder(tmp_path: Path, held: Confinement) -> None:
    found = unpack(tmp_path, held, 'cat "$1" > copy; pwd > where; echo said; exit 3')
    assert (found.files, found.exit_code, found.said, found.source) == (2, 3, "said\n", "game.dat")
    assert found.confinement == held
    assert made(found) == {"copy": "packed", "where": f"{found.folder}\n"}


def test_it_writes_nowhere_else(tmp_path: Path, held: Confinement) -> None:
    own = (tmp_path / "x", tmp_path / "game.dat", tmp_path / "bin" / "tool.sh")
    places = (*own, Path.home() / "x", Path("/tmp/x-pwned"))
    tries = "; ".join(f'echo harm >> "{place}"' for place in places)
    found = unpack(tmp_path, held, f'{tries}; echo harm >> "$1"; mv "$1" /tmp/gone; echo done > done')
    assert made(found) == {"done": "done\n"}
    assert (tmp_path / "game.dat").read_bytes() == b"packed"
    assert "harm >>" in (tmp_path / "bin" / "tool.sh").read_text("utf-8")
    assert not (tmp_path / "x").exists()
    assert not (Path.home() / "x").exists()
    assert not Path("/tmp/x-pwned").exists()


def test_it_reads_nothing_else(tmp_path: Path, held: Confinement) -> None:
    (tmp_path / "secret").write_text("the key", "utf-8")
    words = f'cat "{tmp_path}/secret" "{Path.home()}/.bashrc" /etc/shadow > found; ls /root /home >> found'
    assert made(unpack(tmp_path, held, words)) == {"found": ""}


def test_it_knows_nothing_of_who_runs_it(tmp_path: Path, held: Confinement, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEY", "the key")
    told = made(unpack(tmp_path, held, "env > env; cat /proc/*/environ > others"))
    names = {row.partition("=")[0] for row in told["env"].splitlines()}
    assert names <= {"PATH", "LANG", "HOME", "TMPDIR", "PWD", "SHLVL", "_", "OLDPWD"}
    assert "the key" not in told["others"]


def test_it_reaches_no_network(tmp_path: Path, held: Confinement) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        reach = f"exec 3<>/dev/tcp/127.0.0.1/{server.getsockname()[1]}"
        found = unpack(tmp_path, held, f"({reach}) && echo reached > reached; echo done > done")
        assert made(found) == {"done": "done\n"}
        with pytest.raises(TimeoutError):
            server.accept()


@pytest.mark.parametrize(
    ("words", "limits", "code"),
    [
        ("sleep 60", replace(SMALL, seconds=0.5), "tool_too_slow"),
        ("trap '' TERM INT HUP; while :; do sleep 1; done", replace(SMALL, seconds=0.5), "tool_too_slow"),
        ("while :; do :; done", replace(SMALL, cpu_seconds=1), "tool_failed"),
        ("while :; do n=$((n+1)); head -c 3M /dev/zero > f$((n%50)); done", SMALL, "tool_too_greedy"),
        ("while :; do n=$((n+1)); echo > f$n; done", SMALL, "tool_too_greedy"),
        ("while :; do n=$((n+1)); mkdir d$n; done", SMALL, "tool_too_greedy"),
        ("head -c 3M /dev/zero > f", SMALL, "tool_too_greedy"),
        ("yes", replace(SMALL, printed=1 << 20), "tool_too_greedy"),
        ("while :; do sleep 60 & done", SMALL, "tool_too_greedy"),
        ("truncate -s 1T huge || rm huge", SMALL, "tool_failed"),
        ("exit 7", SMALL, "tool_failed"),
        ("ln -s /etc/passwd link; echo x > x", SMALL, "tool_output_unsafe"),
        ("echo x > x; ln x y", SMALL, "tool_output_unsafe"),
        ("mkfifo pipe; echo x > x", SMALL, "tool_output_unsafe"),
        (f"/usr/bin/python3 -c '{DEEP}'; echo x > x", replace(SMALL, files=10_000), "tool_output_unsafe"),
    ],
)
def test_what_does_harm_is_ended(
    tmp_path: Path, held: Confinement, words: str, limits: confining.Limits, code: str
) -> None:
    begun = time.monotonic()
    assert refused(tmp_path, held, words, limits) == code
    assert time.monotonic() - begun < PATIENCE


def test_it_makes_no_devices(tmp_path: Path, held: Confinement) -> None:
    found = made(unpack(tmp_path, held, "mknod null c 1 3; mknod disk b 8 0; echo x > x"))
    assert found == {"x": "x\n"}


def test_what_it_started_ends_with_it(tmp_path: Path, held: Confinement) -> None:
    clear(unpack(tmp_path, held, "setsid sleep 31.4159 & disown; echo x > x").folder.parent)
    until(lambda: not any(b"31.4159" in words for words in _running()))


def _running() -> Iterator[bytes]:
    for place in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            yield (place / "cmdline").read_bytes()


def test_an_import_that_is_cancelled_ends_it(tmp_path: Path) -> None:
    file = tmp_path / "game.dat"
    file.write_bytes(b"packed")
    tools = toolbox(tmp_path)
    registered(tools, script(tmp_path, "sleep 60"))

    def cancel(*_: object) -> None:
        raise InterruptedError

    begun = time.monotonic()
    with pytest.raises(InterruptedError):
        tools.unpack("tool", file, cancel)
    assert time.monotonic() - begun < 45, "the tool would sleep for 60 seconds"
    assert list((tmp_path / "scratch").iterdir()) == []


def test_where_nothing_holds_it_it_runs_only_if_that_was_said(tmp_path: Path) -> None:
    file = tmp_path / "game.dat"
    file.write_bytes(b"packed")
    tools = toolbox(tmp_path, LIMITS)
    registered(tools, script(tmp_path, "cat $1 > copy"))
    with pytest.raises(Refused, match="There is nothing here") as refusal:
        tools.unpack("tool", file, lambda *_: None)
    assert refusal.value.code == "isolation_missing"
    registered(tools, script(tmp_path, "cat $1 > copy"), "open", unconfined=True)
    found = tools.unpack("open", file, lambda *_: None)
    assert (found.confinement, found.confinement.whole) == (LIMITS, False)
    assert made(found) == {"copy": "packed"}
    (tmp_path / "other").mkdir()
    assert refused(tmp_path / "other", LIMITS, "yes") == "tool_too_greedy"
