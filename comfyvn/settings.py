"""Settings: where files lie, which database, which address. Read once, passed down.

The settings file is ``settings.json`` in the configuration folder, one JSON object:

    {"assets": {"max_bytes": NUMBER},
     "blobs": {"url": TEXT},
     "database": {"url": TEXT},
     "jobs": {"slots": NUMBER, "keep_days": NUMBER, "keep_count": NUMBER},
     "logging": {"level": TEXT},
     "server": {"host": TEXT, "port": NUMBER, "cors_origins": [TEXT, ...]},
     "streaming": {"dialogue": TRUE OR FALSE},
     "user": {"name": TEXT}}

Every key is optional and unknown ones are kept. What the caller names outranks the environment, and the environment
outranks the file.

Folders are those that the platform has for a user (XDG on Linux, Library on macOS, AppData on Windows);
``COMFYVN_HOME`` puts all of them under one folder and ``COMFYVN_LOG_DIR`` moves the logs.
``run_comfyvn.py`` repeats the rule for the log folder, since it runs before anything is installed.
"""

import errno
import json
import os
import socket
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any, NamedTuple

from platformdirs import PlatformDirs

from comfyvn.domain.kernel import Json, Refused

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8001
HIGHEST_PORT = 65535
PORTS_TRIED = 100
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
MAX_DOCUMENT_BYTES = 1_000_000
MAX_ASSET_BYTES = 4 << 30
"""How large a file of a project may be unless the settings say otherwise."""

MOST = 1_000_000
"""The highest number that a setting of jobs takes."""

_saving = Lock()


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything that can be set from outside. `port` is the one asked for; `resolve_port` finds a free one.

    `blobs_url` is the address of a store of objects (``s3://BUCKET/PREFIX``), empty: blobs lie in the data folder.
    A worker runs `job_slots` jobs at a time; those that are over are kept for `job_days`, `job_count` at most.
    """

    data_dir: Path
    config_dir: Path
    log_dir: Path
    cache_dir: Path
    exports_dir: Path
    database_url: str
    host: str
    port: int
    cors_origins: tuple[str, ...]
    log_level: str
    actor: str
    blobs_url: str
    max_asset_bytes: int
    job_slots: int
    job_days: int
    job_count: int


class ResolvedPort(NamedTuple):
    """A free port to listen on; `reason` says who asked, `taken` are the ports before it that others hold."""

    port: int
    reason: str
    taken: tuple[int, ...]


def load(environ: Mapping[str, str], overrides: Mapping[str, Any] | None = None) -> Settings:
    """Read the environment and the settings file; `overrides` are fields of `Settings`, None where not given.

    Creates nothing. Raises Refused: ``settings_unreadable`` (the file holds no JSON object), ``settings_invalid``
    (a value of the wrong type), ``port_invalid``.
    """
    given = {name: value for name, value in (overrides or {}).items() if value is not None}
    folders = _folders(environ)
    document = _read(_file(given.get("config_dir", folders["config_dir"])))
    data_dir: Path = given.get("data_dir", folders["data_dir"])
    database = f"sqlite:///{(data_dir / 'comfyvn.db').as_posix()}"
    user = environ.get("USER") or environ.get("USERNAME") or "local"
    values: dict[str, Any] = {
        **folders,
        "database_url": environ.get("COMFYVN_DATABASE_URL") or _text(document, "database", "url") or database,
        "host": environ.get("COMFYVN_SERVER_HOST") or _text(document, "server", "host") or DEFAULT_HOST,
        "port": _asked_port(given.get("port"), environ, document)[0],
        "cors_origins": _cors_origins(environ, document),
        "log_level": (environ.get("COMFYVN_LOG_LEVEL") or _text(document, "logging", "level") or "INFO").upper(),
        "actor": environ.get("COMFYVN_ACTOR") or _text(document, "user", "name") or user,
        "blobs_url": environ.get("COMFYVN_BLOBS_URL") or _text(document, "blobs", "url") or "",
        "max_asset_bytes": _max_asset_bytes(environ, document),
        "job_slots": _number(document, "jobs", "slots", 2),
        "job_days": _number(document, "jobs", "keep_days", 30),
        "job_count": _number(document, "jobs", "keep_count", 10_000),
    }
    settings = Settings(**values | given)
    if settings.log_level not in LOG_LEVELS:
        raise Refused("settings_invalid", f"the log level {settings.log_level!r} is none of {', '.join(LOG_LEVELS)}")
    return settings


def get_document(settings: Settings) -> dict[str, Json]:
    """Return the settings file; empty where there is none. Raises Refused("settings_unreadable")."""
    return _read(_file(settings.config_dir))


def save_document(settings: Settings, patch: Mapping[str, Json]) -> dict[str, Json]:
    """Merge `patch` deeply into the settings file and return the result.

    Objects are merged key by key, null removes a key, anything else replaces what was there (JSON Merge Patch,
    RFC 7396). The file is replaced at once or not at all. Raises Refused("settings_unreadable") and leaves the file
    alone where it cannot be read.
    """
    file = _file(settings.config_dir)
    with _saving:
        document = _merge(_read(file), patch)
        _replace(file, json.dumps(document, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    return document


def resolve_port(
    argument: int | None, environ: Mapping[str, str], document: Mapping[str, Json], host: str = DEFAULT_HOST
) -> ResolvedPort:
    """Find a free port: from the argument, ``COMFYVN_SERVER_PORT``, the settings file or 8001; if taken, the next.

    Raises Refused: ``port_invalid``, ``port_unavailable`` (none of 100 is free), ``host_invalid`` (not this machine's).
    """
    first, reason = _asked_port(argument, environ, document)
    taken: list[int] = []
    for port in range(first, min(first + PORTS_TRIED, HIGHEST_PORT + 1)):
        if is_free(host, port):
            return ResolvedPort(port, reason, tuple(taken))
        taken.append(port)
    raise Refused("port_unavailable", f"no port from {first} to {first + len(taken) - 1} is free on {host}")


def _folders(environ: Mapping[str, str]) -> dict[str, Path]:
    if home := environ.get("COMFYVN_HOME"):
        root = Path(home).expanduser().absolute()
        names = ("data", "config", "cache", "exports")
        found = {f"{name}_dir": root / name for name in names} | {"log_dir": root / "logs"}
    else:
        user = PlatformDirs("comfyvn", appauthor=False)
        found = {
            "data_dir": user.user_data_path,
            "config_dir": user.user_config_path,
            "cache_dir": user.user_cache_path,
            "exports_dir": user.user_data_path / "exports",
            "log_dir": user.user_log_path,
        }
    if logs := environ.get("COMFYVN_LOG_DIR"):
        found["log_dir"] = Path(logs).expanduser().absolute()
    return found


def _file(config_dir: Path) -> Path:
    return config_dir / "settings.json"


def _read(file: Path) -> dict[str, Json]:
    try:
        with file.open("rb") as stream:
            content = stream.read(MAX_DOCUMENT_BYTES + 1)
        if len(content) > MAX_DOCUMENT_BYTES:
            raise ValueError(f"it has more than {MAX_DOCUMENT_BYTES} bytes")
        document = json.loads(content.decode("utf-8-sig"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as e:
        raise Refused("settings_unreadable", f"cannot read {file}: {e}") from e
    if not isinstance(document, dict):
        raise Refused("settings_unreadable", f"cannot read {file}: it holds no JSON object")
    return document


def _replace(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=file.parent, prefix=".settings-", suffix=".json")
    try:
        with open(descriptor, "w", encoding="utf-8") as stream:  # noqa: PTH123 (a descriptor has no path)
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        Path(name).replace(file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _merge(document: Mapping[str, Json], patch: Mapping[str, Json]) -> dict[str, Json]:
    merged = dict(document)
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        elif isinstance(value, dict):
            old = merged.get(key)
            merged[key] = _merge(old if isinstance(old, dict) else {}, value)
        else:
            merged[key] = value
    return merged


def _value(document: Mapping[str, Json], section: str, key: str) -> Json:
    part = document.get(section, {})
    if not isinstance(part, dict):
        raise Refused("settings_invalid", f"the setting {section!r} must be an object")
    return part.get(key)


def _text(document: Mapping[str, Json], section: str, key: str) -> str | None:
    value = _value(document, section, key)
    if value is None or isinstance(value, str):
        return value
    raise Refused("settings_invalid", f"the setting {section}.{key} must be a text")


def _number(document: Mapping[str, Json], section: str, key: str, default: int) -> int:
    value = _value(document, section, key)
    if value is None:
        return default
    if type(value) is not int or not 1 <= value <= MOST:
        raise Refused("settings_invalid", f"the setting {section}.{key} must be a whole number from 1 to {MOST}")
    return value


def _max_asset_bytes(environ: Mapping[str, str], document: Mapping[str, Json]) -> int:
    if text := environ.get("COMFYVN_MAX_ASSET_BYTES"):
        value: Json = int(text) if text.isdecimal() and len(text) < 19 else 0
    else:
        value = _value(document, "assets", "max_bytes")
    if value is None:
        return MAX_ASSET_BYTES
    if type(value) is not int or value < 1:
        raise Refused("settings_invalid", "the setting assets.max_bytes must be a number of bytes")
    return value


def _cors_origins(environ: Mapping[str, str], document: Mapping[str, Json]) -> tuple[str, ...]:
    if (listed := environ.get("COMFYVN_CORS_ORIGINS")) is not None:
        return tuple(origin.strip() for origin in listed.split(",") if origin.strip())
    origins = _value(document, "server", "cors_origins") or []
    if isinstance(origins, list) and all(isinstance(origin, str) for origin in origins):
        return tuple(origins)
    raise Refused("settings_invalid", "the setting server.cors_origins must be a list of texts")


def _asked_port(argument: int | None, environ: Mapping[str, str], document: Mapping[str, Json]) -> tuple[int, str]:
    """Return the port that is asked for, free or not, and who asks."""
    if argument is not None:
        port, reason = argument, "argument"
    elif text := environ.get("COMFYVN_SERVER_PORT"):
        port, reason = int(text) if text.isdecimal() and len(text) <= 5 else 0, "COMFYVN_SERVER_PORT"
    elif (value := _value(document, "server", "port")) is not None:
        port, reason = value if type(value) is int else 0, "settings"
    else:
        port, reason = DEFAULT_PORT, "default"
    if not 1 <= port <= HIGHEST_PORT:
        raise Refused("port_invalid", f"the port ({reason}) must be a number from 1 to {HIGHEST_PORT}")
    return port, reason


def is_free(host: str, port: int) -> bool:
    """Tell whether a server could listen there now. Raises Refused("host_invalid"): not an address of this machine."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            if sys.platform != "win32":  # where it would let two servers share a port
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as e:
        if e.errno in (errno.EADDRINUSE, errno.EACCES):
            return False
        raise Refused("host_invalid", f"cannot listen on {host!r}: {e}") from e
    except ValueError as e:  # a name that no host can have
        raise Refused("host_invalid", f"cannot listen on {host!r}: {e}") from e
    return True
