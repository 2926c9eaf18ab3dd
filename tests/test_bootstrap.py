"""The bootstrap: one installation, a quick hand-over, clean standard output, and plain words where it cannot go on."""

import ast
import importlib.metadata
import importlib.util
import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from platformdirs.macos import MacOS
from platformdirs.unix import Unix

from comfyvn import settings
from tests.patience import PATIENCE

CHECKOUT = Path(__file__).parent.parent
ECHO = "import sys; print(sys.argv[1:]); sys.exit(3)"


def load(checkout: Path) -> ModuleType:
    """Import the bootstrap of a checkout, as if nothing had been imported before."""
    spec = importlib.util.spec_from_file_location("bootstrap", checkout / "run_comfyvn.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def checkout(tmp_path: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a copy of the checkout whose program prints its arguments and leaves with 3."""
    folder = tmp_path / "checkout"
    (folder / "comfyvn").mkdir(parents=True)
    for name in ("run_comfyvn.py", "pyproject.toml", "constraints.txt"):
        (folder / name).write_bytes((CHECKOUT / name).read_bytes())
    (folder / "comfyvn" / "__main__.py").write_text(ECHO, encoding="utf-8")
    (folder / "comfyvn" / "interfaces" / "studio").mkdir(parents=True)
    (folder / "comfyvn" / "interfaces" / "studio" / "building.py").touch()
    monkeypatch.setenv("PYTHONPATH", str(folder))
    return folder


@pytest.fixture
def ready(checkout: Path) -> Path:
    """Return a checkout whose environment is complete."""
    module = load(checkout)
    module.PROGRAMS.mkdir(parents=True)
    module.PYTHON.symlink_to(sys.executable)
    module.STAMP.write_text(f"{module.fingerprint()} ", encoding="ascii")
    return checkout


Commands = list[Sequence[str]]


@pytest.fixture
def installer(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[ModuleType, Commands]:
    """Return the bootstrap, and the list of programs that it will have run (none really runs)."""
    module, commands = load(checkout), []

    def execute(purpose: str, command: Sequence[str], *held: int, environ: object = None) -> None:
        commands.append(command)
        if "venv" in command:
            module.PROGRAMS.mkdir(parents=True)
            module.PYTHON.symlink_to(sys.executable)

    monkeypatch.setattr(module, "execute", execute)
    return module, commands


def run(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(checkout / "run_comfyvn.py"), *arguments], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("given", "handed"),
    [
        ((), ["serve"]),
        (("--port", "9000", "--no-browser", "-v"), ["serve", "--port", "9000", "--no-browser", "-v"]),
        (("--server-url", "http://h:1"), ["serve", "--server-url", "http://h:1"]),
        (("demo",), ["demo"]),
        (("show", "--project", "a b", "*", "--json"), ["show", "--project", "a b", "*", "--json"]),
        (("--version",), ["--version"]),
    ],
)
def test_arguments_are_handed_over_and_nothing_else_is_said(
    ready: Path, given: Sequence[str], handed: Sequence[str]
) -> None:
    done = run(ready, *given)
    assert (done.stdout, done.stderr, done.returncode) == (f"{handed}\n", "", 3)


def test_modules_of_the_current_folder_are_not_imported(
    ready: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "comfyvn.py").write_text("raise SystemExit('hostile')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert run(ready, "projects").returncode == 3


def test_help_needs_no_environment(checkout: Path) -> None:
    done = run(checkout, "--help")
    assert done.returncode == 0
    assert "run_comfyvn.py test" in done.stdout
    assert not (checkout / ".venv").exists()


def test_a_ready_environment_costs_little(ready: Path) -> None:
    def seconds(command: Sequence[str]) -> float:
        begin = time.perf_counter()
        subprocess.run(command, capture_output=True, check=False)
        return time.perf_counter() - begin

    through = min(seconds([sys.executable, str(ready / "run_comfyvn.py"), "x"]) for _ in range(5))
    direct = min(seconds([sys.executable, "-P", "-m", "comfyvn", "x"]) for _ in range(5))
    assert through < 2 * direct


def test_the_first_start_installs_the_pinned_versions_and_the_second_nothing(
    installer: tuple[ModuleType, Commands], checkout: Path
) -> None:
    bootstrap, commands = installer
    bootstrap.install("")
    venv, pip = commands
    assert venv[1:] == ["-m", "venv", str(checkout / ".venv")]
    assert pip[-4:] == ["-c", str(checkout / "constraints.txt"), "-e", f"{checkout}[credentials,studio,video]"]
    bootstrap.install("")
    assert len(commands) == 2


def test_the_test_programs_are_added_to_what_is_there(installer: tuple[ModuleType, Commands], checkout: Path) -> None:
    bootstrap, commands = installer
    bootstrap.install("")
    bootstrap.install("test")
    assert [command[-1] for command in commands[2:]] == [f"{checkout}[credentials,studio,video,test]"]
    bootstrap.install("")
    bootstrap.install("test")
    assert len(commands) == 3


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [("pyproject.toml", '"fastapi"', '"fastapi>0"'), ("constraints.txt", "fastapi==", "fastapi==0.0.")],
)
def test_other_pins_make_the_environment_anew(
    installer: tuple[ModuleType, Commands], checkout: Path, name: str, old: str, new: str
) -> None:
    bootstrap, commands = installer
    bootstrap.install("")
    (checkout / ".venv" / "old").touch()
    text = (checkout / name).read_text(encoding="utf-8")
    assert old in text
    (checkout / name).write_text(text.replace(old, new), encoding="utf-8")
    bootstrap.install("")
    assert not (checkout / ".venv" / "old").exists()
    assert len(commands) == 4


def test_settings_of_tools_do_not(installer: tuple[ModuleType, Commands], checkout: Path) -> None:
    bootstrap, commands = installer
    bootstrap.install("")
    with (checkout / "pyproject.toml").open("a", encoding="utf-8") as file:
        file.write("\n[tool.other]\nlevel = 1\n")
    bootstrap.install("")
    assert len(commands) == 2


def test_an_interrupted_installation_is_done_again(
    installer: tuple[ModuleType, Commands], checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bootstrap, commands = installer
    execute = bootstrap.execute

    def killed(purpose: str, command: Sequence[str], *held: int, environ: object = None) -> None:
        execute(purpose, command, *held)
        if "pip" in command:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(bootstrap, "execute", killed)
        with pytest.raises(KeyboardInterrupt):
            bootstrap.install("")
    assert not bootstrap.installed("")
    (checkout / ".venv" / "half").touch()
    bootstrap.install("")
    assert bootstrap.installed("")
    assert not (checkout / ".venv" / "half").exists()
    assert len(commands) == 4


def test_what_it_did_not_make_is_left_alone(installer: tuple[ModuleType, Commands], checkout: Path) -> None:
    bootstrap, commands = installer
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    with pytest.raises(bootstrap.Failed, match="did not make"):
        bootstrap.install("")
    assert [file.name for file in (checkout / ".venv").iterdir()] == ["mine"]
    assert commands == []


def test_two_first_starts_at_once_install_once(checkout: Path, tmp_path: Path) -> None:
    driver = tmp_path / "driver.py"
    driver.write_text(
        f"""
import sys, time
sys.path.insert(0, {str(checkout)!r})
import run_comfyvn as bootstrap

def execute(purpose, command, *held, environ=None):
    with open({str(tmp_path / "ran")!r}, "a") as file:
        file.write(purpose + "\\n")
    if "venv" in command:
        bootstrap.PROGRAMS.mkdir(parents=True)
        bootstrap.PYTHON.symlink_to(sys.executable)
    time.sleep(0.3)

bootstrap.execute = execute
bootstrap.install("")
assert bootstrap.installed("")
""",
        encoding="utf-8",
    )
    starts = [subprocess.Popen([sys.executable, str(driver)], stderr=subprocess.PIPE, text=True) for _ in range(3)]
    words = [start.communicate(timeout=PATIENCE)[1] for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0]
    assert (tmp_path / "ran").read_text(encoding="utf-8").splitlines() == ["create the environment", "install"]
    assert sum("waiting" in word for word in words) == 2


def test_the_lock_outlives_a_killed_start_as_long_as_its_pip(checkout: Path, tmp_path: Path) -> None:
    bootstrap = load(checkout)
    lock = tmp_path / "lock"
    driver = f"""
import sys, os, signal, threading, time
sys.path.insert(0, {str(checkout)!r})
import run_comfyvn as bootstrap
from pathlib import Path
threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGKILL)).start()
with bootstrap.locked(Path({str(lock)!r})) as held:
    bootstrap.execute("sleep", [sys.executable, "-c", "import time; time.sleep(1)"], held)
"""
    begin = time.monotonic()
    assert subprocess.run([sys.executable, "-c", driver], check=False).returncode == -9
    with bootstrap.locked(lock):
        assert time.monotonic() - begin > 0.9


def test_a_failing_program_is_named_with_its_last_words(checkout: Path, home: Path) -> None:
    bootstrap = load(checkout)
    with pytest.raises(bootstrap.Failed, match=r"could not install \(exit code 4\):\nno network"):
        bootstrap.execute("install", [sys.executable, "-c", "print('no network'); raise SystemExit(4)"])
    assert "no network" in (home / "logs" / "launcher.log").read_text(encoding="utf-8")


def test_a_failure_is_one_message_and_exit_code_1(checkout: Path) -> None:
    (checkout / ".venv").write_bytes(b"")
    (checkout / ".venv").unlink()
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / "mine").touch()
    done = run(checkout, "projects")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("comfyvn: ")
    assert "Traceback" not in done.stderr


def test_an_older_python_gets_a_sentence_and_2() -> None:
    program = f"import sys, runpy; sys.version_info = (3, 9); runpy.run_path({str(CHECKOUT / 'run_comfyvn.py')!r})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("ComfyVN needs Python 3.11 or newer")


def test_it_is_read_by_older_pythons_and_needs_only_the_standard_library() -> None:
    tree = ast.parse((CHECKOUT / "run_comfyvn.py").read_text(encoding="utf-8"), feature_version=(3, 7))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize(
    "environ",
    [
        {},
        {"XDG_STATE_HOME": "/var/state"},
        {"XDG_STATE_HOME": "relative"},
        {"COMFYVN_HOME": "/srv/vn"},
        {"COMFYVN_HOME": "vn"},
        {"COMFYVN_HOME": "~/vn", "COMFYVN_LOG_DIR": "~/logs"},
        {"COMFYVN_LOG_DIR": "/var/log/vn"},
        {"COMFYVN_HOME": "", "COMFYVN_LOG_DIR": ""},
    ],
)
@pytest.mark.parametrize(("platform", "rule"), [("linux", Unix), ("darwin", MacOS)])
def test_its_log_folder_is_that_of_the_settings(
    platform: str, rule: type[Unix], environ: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(settings, "PlatformDirs", rule)
    assert load(CHECKOUT).log_dir(platform, environ) == settings.load(environ).log_dir


def test_its_log_is_rotated(checkout: Path, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap = load(checkout)
    monkeypatch.setattr(bootstrap, "LOG_BYTES", 100)
    for number in range(9):
        bootstrap.log(f"{number} " + "-" * 60)
    assert sorted(file.name for file in (home / "logs").iterdir()) == ["launcher.log", "launcher.log.1"]
    assert "8 ---" in (home / "logs" / "launcher.log").read_text(encoding="utf-8")


def test_a_log_that_cannot_be_written_stops_nothing(ready: Path, home: Path) -> None:
    home.write_bytes(b"a file, no folder")
    assert run(ready, "projects").returncode == 3


@pytest.fixture
def checks(
    checkout: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[ModuleType, list[str], Callable[..., None]]]:
    """Return the bootstrap, the checks that it ran, and a function that says which fail and what is missing."""
    bootstrap, ran = load(checkout), []
    failing: set[str] = set()
    missing: list[str] = []

    def passes(title: str, command: Sequence[str]) -> bool:
        ran.append(" ".join(command))
        return title not in failing

    def world(*, fails: Sequence[str] = (), lacks: Sequence[str] = ()) -> None:
        failing.update(fails)
        missing.extend(lacks)

    monkeypatch.setattr(bootstrap, "install", lambda extra: ran.append(f"install {extra}"))
    monkeypatch.setattr(bootstrap, "passes", passes)
    monkeypatch.setattr(bootstrap, "missing_packages", lambda: missing)
    monkeypatch.setattr(bootstrap, "can_apt", lambda: False)
    monkeypatch.delenv("CI", raising=False)
    yield bootstrap, ran, world


Checks = tuple[ModuleType, list[str], Callable[..., None]]


def test_everything_is_checked_and_the_tests_come_last(checks: Checks) -> None:
    bootstrap, ran, _ = checks
    assert bootstrap.test([]) == 0
    assert ran == [
        "install test",
        "ruff check .",
        "ruff format --check .",
        "mypy",
        "lint-imports",
        "vulture comfyvn --min-confidence 80",
        "python comfyvn/interfaces/studio/building.py --check",
        "pytest -n 3 --dist worksteal",
    ]


def test_arguments_are_for_pytest_alone(checks: Checks) -> None:
    bootstrap, ran, _ = checks
    assert bootstrap.test(["-k", "foo"]) == 0
    assert ran == ["install test", "pytest -n 3 --dist worksteal -k foo"]


@pytest.mark.parametrize(
    "title", ["style", "format", "types", "import contracts", "dead code", "studio", "tests that failed, alone"]
)
def test_one_failing_check_fails_the_run_and_the_others_still_run(
    checks: Checks, title: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap, ran, world = checks
    world(fails=[title, *(["tests"] if "failed" in title else [])])
    assert bootstrap.test([]) == 1
    assert ran[7] == "pytest -n 3 --dist worksteal"
    said = title.split(" that")[0]
    assert capsys.readouterr().err.splitlines()[-1] == f"comfyvn: FAILED: {said}"


def test_tests_that_failed_run_once_more_alone(checks: Checks, capsys: pytest.CaptureFixture[str]) -> None:
    bootstrap, ran, world = checks
    world(fails=["tests"])
    assert bootstrap.test([]) == 0
    assert ran[8:] == ["pytest --last-failed --last-failed-no-failures none --maxfail 1"]
    assert "UNSTEADY" in capsys.readouterr().err
    assert bootstrap.test(["-k", "foo"]) == 1, "what a person chose runs once"


def test_a_missing_program_is_named_and_its_tests_are_left_out(
    checks: Checks, capsys: pytest.CaptureFixture[str]
) -> None:
    bootstrap, ran, world = checks
    world(lacks=["renpy", "xvfb"])
    assert bootstrap.test([]) == 0
    assert "apt-get install renpy xvfb" in capsys.readouterr().err
    assert ran[-1] == "pytest -n 3 --dist worksteal -m not engine"


def test_a_missing_program_fails_the_run_in_ci(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap, ran, world = checks
    world(lacks=["renpy"])
    monkeypatch.setenv("CI", "true")
    with pytest.raises(bootstrap.Failed):
        bootstrap.test([])
    assert ran == ["install test"]


def test_root_on_debian_gets_what_is_missing(checks: Checks, monkeypatch: pytest.MonkeyPatch) -> None:
    bootstrap, ran, world = checks
    world(lacks=["renpy", "xvfb"])
    installed: list[Sequence[str]] = []

    def execute(purpose: str, command: Sequence[str], *held: int, environ: dict[str, str]) -> None:
        installed.append(command)
        assert environ["DEBIAN_FRONTEND"] == "noninteractive"
        if "install" in command:
            bootstrap.missing_packages().clear()

    monkeypatch.setattr(bootstrap, "can_apt", lambda: True)
    monkeypatch.setattr(bootstrap, "execute", execute)
    assert bootstrap.test([]) == 0
    assert installed == [
        ["apt-get", "update"],
        ["apt-get", "install", "-y", "--no-install-recommends", "renpy", "xvfb"],
    ]
    assert ran[-1] == "pytest -n 3 --dist worksteal"


def test_ci_runs_exactly_the_test_command() -> None:
    script = CHECKOUT / ".ci" / "run"
    lines = [line for line in script.read_text(encoding="utf-8").splitlines() if line and not line.startswith("#")]
    assert lines == ["set -euo pipefail", 'cd "$(dirname "$0")/.."', "exec python3 run_comfyvn.py test"]
    assert os.access(script, os.X_OK)


def test_every_distribution_that_is_needed_is_pinned() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    pins = [
        Requirement(line)
        for line in (CHECKOUT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert all([specifier.operator for specifier in pin.specifier] == ["=="] for pin in pins)
    pinned = {canonicalize_name(pin.name) for pin in pins}
    waiting = [Requirement(text) for text in (*project["dependencies"], *project["optional-dependencies"]["test"])]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        requirement = waiting.pop()
        key = (canonicalize_name(requirement.name), frozenset(requirement.extras))
        if key in seen:
            continue
        seen.add(key)
        assert key[0] in pinned, f"{key[0]} has no pin"
        for text in importlib.metadata.requires(requirement.name) or ():
            inner = Requirement(text)
            if inner.marker is None or any(
                inner.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
            ):
                waiting.append(inner)
