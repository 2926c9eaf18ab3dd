"""Settings: which source wins, what a broken file does, and how a port is found."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn import settings as module
from comfyvn.domain.kernel import Refused
from comfyvn.settings import get_document, load, resolve_port, save_document

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(st.text(max_size=3), JSON, max_size=3)


def write(home: Path, content: str) -> Path:
    file = home / "config" / "settings.json"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")
    return file


@pytest.fixture
def busy() -> Iterator[int]:
    """Return a port that another server holds."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


def test_everything_lies_under_the_home_folder_and_nothing_is_created(home: Path) -> None:
    settings = load(os.environ)
    assert (settings.data_dir, settings.config_dir, settings.log_dir) == (home / "data", home / "config", home / "logs")
    assert (settings.cache_dir, settings.exports_dir) == (home / "cache", home / "exports")
    assert settings.database_url == f"sqlite:///{home.as_posix()}/data/comfyvn.db"
    assert (settings.host, settings.port, settings.cors_origins) == ("127.0.0.1", 8001, ())
    assert not home.exists()


def test_how_large_an_asset_may_be_and_where_blobs_lie(home: Path) -> None:
    assert (load(os.environ).max_asset_bytes, load(os.environ).blobs_url) == (4 << 30, "")
    write(home, '{"assets": {"max_bytes": 5}, "blobs": {"url": "s3://a/b"}}')
    assert (load(os.environ).max_asset_bytes, load(os.environ).blobs_url) == (5, "s3://a/b")
    told = {**os.environ, "COMFYVN_MAX_ASSET_BYTES": "7", "COMFYVN_BLOBS_URL": "s3://c"}
    assert (load(told).max_asset_bytes, load(told).blobs_url) == (7, "s3://c")
    for wrong in ("0", "much", "-1", "1.5"):
        with pytest.raises(Refused, match=r"assets\.max_bytes"):
            load({**os.environ, "COMFYVN_MAX_ASSET_BYTES": wrong})


def test_logs_may_lie_elsewhere(home: Path, tmp_path: Path) -> None:
    settings = load({**os.environ, "COMFYVN_LOG_DIR": str(tmp_path / "elsewhere")})
    assert (settings.log_dir, settings.data_dir) == (tmp_path / "elsewhere", home / "data")


def test_without_a_home_folder_the_platform_says_where() -> None:
    settings = load({})
    assert settings.data_dir.name == "comfyvn"
    assert settings.data_dir.is_absolute()


def test_the_caller_outranks_the_environment_which_outranks_the_file(home: Path) -> None:
    write(home, '{"server": {"host": "10.0.0.1", "port": 9000, "cors_origins": ["http://a"]}, "user": {"name": "ann"}}')
    settings = load(os.environ)
    assert (settings.host, settings.port, settings.cors_origins, settings.actor) == (
        "10.0.0.1",
        9000,
        ("http://a",),
        "ann",
    )
    environ = {
        **os.environ,
        "COMFYVN_SERVER_HOST": "10.0.0.2",
        "COMFYVN_SERVER_PORT": "9001",
        "COMFYVN_CORS_ORIGINS": "http://b, http://c",
        "COMFYVN_ACTOR": "ben",
    }
    settings = load(environ)
    assert (settings.host, settings.port, settings.cors_origins, settings.actor) == (
        "10.0.0.2",
        9001,
        ("http://b", "http://c"),
        "ben",
    )
    settings = load(environ, {"host": "10.0.0.3", "port": 9002, "actor": None})
    assert (settings.host, settings.port, settings.actor) == ("10.0.0.3", 9002, "ben")


def test_the_database_follows_the_data_folder_unless_named(home: Path, tmp_path: Path) -> None:
    assert load(os.environ, {"data_dir": tmp_path}).database_url == f"sqlite:///{tmp_path.as_posix()}/comfyvn.db"
    assert load({**os.environ, "COMFYVN_DATABASE_URL": "postgresql://h/d"}).database_url == "postgresql://h/d"


def test_settings_cannot_change(home: Path) -> None:
    with pytest.raises(FrozenInstanceError):
        load(os.environ).port = 1  # type: ignore[misc]


@pytest.mark.parametrize(
    "document",
    [
        {"server": []},
        {"server": {"host": 1}},
        {"server": {"cors_origins": "http://a"}},
        {"server": {"cors_origins": [1]}},
        {"database": {"url": {}}},
        {"logging": {"level": "SHOUT"}},
    ],
)
def test_a_value_of_the_wrong_type_is_refused(home: Path, document: object) -> None:
    write(home, json.dumps(document))
    with pytest.raises(Refused) as caught:
        load(os.environ)
    assert caught.value.code == "settings_invalid"


@pytest.mark.parametrize("port", ["", 0, 65536, -1, True, 80.5, "80", [80]])
def test_a_port_in_the_file_that_is_none_is_refused(home: Path, port: object) -> None:
    write(home, json.dumps({"server": {"port": port}}))
    with pytest.raises(Refused) as caught:
        load(os.environ)
    assert caught.value.code == "port_invalid"


@pytest.mark.parametrize(
    "content", ["{", "", "[]", "1", "\ud800".encode("utf-8", "surrogatepass"), b"{}" + b" " * 10**6]
)
def test_a_broken_file_is_named_and_never_overwritten(home: Path, content: str | bytes) -> None:
    file = write(home, "{}")
    before = content if isinstance(content, bytes) else content.encode()
    settings = load(os.environ)
    file.write_bytes(before)
    for attempt in (
        lambda: load(os.environ),
        lambda: get_document(settings),
        lambda: save_document(settings, {"a": 1}),
    ):
        with pytest.raises(Refused, match=r"settings\.json") as caught:
            attempt()
        assert caught.value.code == "settings_unreadable"
    assert file.read_bytes() == before


def test_a_save_merges_deeply_and_keeps_what_it_does_not_know(home: Path) -> None:
    write(home, '{"future": {"x": [1, 2]}, "server": {"host": "10.0.0.1", "port": 9000}}')
    settings = load(os.environ)
    saved = save_document(settings, {"server": {"port": 9001}, "user": {"name": "Zoë"}})
    assert saved == {
        "future": {"x": [1, 2]},
        "server": {"host": "10.0.0.1", "port": 9001},
        "user": {"name": "Zoë"},
    }
    assert get_document(settings) == saved
    assert save_document(settings, {"server": {"port": None}, "future": 1}) == {
        "future": 1,
        "server": {"host": "10.0.0.1"},
        "user": {"name": "Zoë"},
    }


@given(OBJECTS, OBJECTS)
def test_a_merge_is_settled_after_once_and_a_patch_of_itself_keeps_it(document: dict, patch: dict) -> None:
    merged = module._merge(document, patch)
    assert module._merge(merged, patch) == merged
    assert set(merged) >= {key for key, value in document.items() if key not in patch and value is not None}
    for key, value in patch.items():
        if not isinstance(value, dict):
            assert merged.get(key) == value


def test_a_save_that_fails_leaves_the_old_file_and_no_other(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = write(home, '{"a": 1}')
    settings = load(os.environ)

    def broken(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(OSError, match="disk full"):
        save_document(settings, {"a": 2})
    assert file.read_text(encoding="utf-8") == '{"a": 1}'
    assert list(file.parent.iterdir()) == [file]


def test_what_no_json_file_can_hold_is_not_written(home: Path) -> None:
    settings = load(os.environ)
    with pytest.raises(ValueError, match="JSON"):
        save_document(settings, {"a": float("nan")})
    assert get_document(settings) == {}


def test_the_port_is_the_arguments_else_the_environments_else_the_files_else_8001(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "is_free", lambda host, port: True)
    document = {"server": {"port": 9003}}
    environ = {"COMFYVN_SERVER_PORT": "9002"}
    assert resolve_port(9001, environ, document) == (9001, "argument", ())
    assert resolve_port(None, environ, document) == (9002, "COMFYVN_SERVER_PORT", ())
    assert resolve_port(None, {}, document) == (9003, "settings", ())
    assert resolve_port(None, {}, {}) == (8001, "default", ())


def test_the_next_free_port_is_taken(busy: int) -> None:
    found = resolve_port(busy, {}, {})
    assert found.port > busy
    assert found.taken == tuple(range(busy, found.port))
    with socket.socket() as server:
        server.bind(("127.0.0.1", found.port))


def test_no_free_port_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "is_free", lambda host, port: False)
    with pytest.raises(Refused) as caught:
        resolve_port(65530, {}, {})
    assert caught.value.code == "port_unavailable"
    assert "65530 to 65535" in str(caught.value)


@pytest.mark.parametrize("text", ["x", "0", "65536", "-1", "8001.0", "9" * 5000, " 1"])
def test_a_port_in_the_environment_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Refused) as caught:
        resolve_port(None, {"COMFYVN_SERVER_PORT": text}, {})
    assert caught.value.code == "port_invalid"


def test_a_host_of_another_machine_is_refused() -> None:
    with pytest.raises(Refused) as caught:
        resolve_port(None, {}, {}, host="192.0.2.1")
    assert caught.value.code == "host_invalid"
