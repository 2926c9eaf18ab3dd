"""Composition root: the only module that knows every layer."""

import os
import sys
import threading
import time
import urllib.request
import webbrowser
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from comfyvn import settings as settings_file
from comfyvn.application.exports import Exported, StoryView
from comfyvn.application.ports import Verification
from comfyvn.application.projects import found_project
from comfyvn.application.sample import TITLE, bring_in_sample
from comfyvn.application.studio import Request, Studio, plain
from comfyvn.domain.kernel import Json, Refused
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure import logs
from comfyvn.infrastructure.storage.blobs import FileBlobs
from comfyvn.infrastructure.storage.checkpoint import check_checkpoint, write_checkpoint
from comfyvn.infrastructure.storage.rebuild import rebuild
from comfyvn.infrastructure.storage.store import Store, open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock
from comfyvn.interfaces import cli as command_line
from comfyvn.interfaces.cli.tools import Exporter, OpenBlob, Progress, Reader, ServeOptions, Tools
from comfyvn.settings import Settings

if TYPE_CHECKING:
    from fastapi import FastAPI

HANDSHAKE_SECONDS = 20.0


def open_studio(settings: Settings) -> Studio:
    """Open the database that the settings name, and bring its tables up to date."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Studio(open_store(settings.database_url, KINDS), SystemClock(), RandomIds())


def create_app(settings: Settings, studio: Studio | None = None) -> "FastAPI":
    """Build the web application around a studio (without one: the one that the settings name)."""
    from comfyvn.interfaces.rest import app, system  # noqa: PLC0415 - the command line starts faster without it

    document = system.SettingsFile(
        get=partial(settings_file.get_document, settings), save=partial(settings_file.save_document, settings)
    )
    return app.build(
        studio or open_studio(settings),
        database=settings.database_url.partition(":")[0],
        settings=document,
        hosts=() if settings.host in ("127.0.0.1", "localhost", "::1") else (settings.host,),
        origins=settings.cors_origins,
    )


def app_from_environment() -> "FastAPI":
    """Build the web application from the environment alone, for a server that reloads."""
    settings = settings_file.load(os.environ)
    logs.configure(settings.log_dir, settings.log_level)
    return create_app(settings)


@dataclass(frozen=True, slots=True)
class StoreKeeper:
    """What the command line does to a store as a whole."""

    store: Store
    settings: Settings

    def verify(self, project: str | None) -> Verification:
        """Walk the history; see `Verification`."""
        return self.store.verify(project)

    def checkpoint(self, path: Path) -> Json:
        """Write a signed checkpoint file."""
        return write_checkpoint(self.store, path, self.settings.config_dir / "keys", SystemClock().now())

    def check(self, path: Path) -> Json:
        """Compare the store with a checkpoint file."""
        found = check_checkpoint(self.store, path, self.settings.config_dir / "keys")
        return {"ok": found.first_bad is None, **plain(found)}

    def rebuild(self, progress: Progress) -> Json:
        """Refill the read models and compare."""
        return plain(rebuild(self.store, partial(progress, "rebuild")))


def readers() -> Sequence[Reader]:
    """Return the readers of foreign games."""
    from comfyvn.infrastructure.imports.renpy.reader import RenpyReader  # noqa: PLC0415

    return (RenpyReader(),)


def exporters() -> Mapping[str, Exporter]:
    """Return the exporters by target."""
    from comfyvn.infrastructure.exports import renpy  # noqa: PLC0415

    def to_renpy(story: StoryView, out_dir: Path, open_blob: OpenBlob, progress: Progress) -> Exported:
        return renpy.export(story, out_dir, open_blob, partial(progress, "export"))

    return {"renpy": to_renpy}


def serve(settings: Settings, options: ServeOptions) -> int:
    """Serve until stopped. The resolved address goes to standard error, the environment and the settings file."""
    import uvicorn  # noqa: PLC0415

    if options.server_url:
        return _use(options.server_url, options)
    host = options.host or settings.host
    resolved = settings_file.resolve_port(options.port, os.environ, settings_file.get_document(settings), host)
    for taken in resolved.taken:
        _say(f"Port {taken} ({resolved.reason}) is taken.")
    os.environ["COMFYVN_SERVER_PORT"] = str(resolved.port)
    os.environ["COMFYVN_SERVER_HOST"] = host
    settings_file.save_document(settings, {"server": {"host": host, "port": resolved.port}})
    settings = settings_file.load(os.environ, {"host": host, "port": resolved.port})
    log = logs.configure(settings.log_dir, "DEBUG" if options.verbose else settings.log_level)
    studio = open_studio(settings)
    if not options.server_only and not studio.store.projects():
        row = found_project(studio, TITLE, Request(actor=settings.actor))
        bring_in_sample(studio, row.main, Request(actor=settings.actor))
        _say(f"This is the first start: the sample project {row.name!r} is ready.")
    url = f"http://{f'[{host}]' if ':' in host else host}:{resolved.port}/"
    _say(f"ComfyVN is at {url} (log: {log}). Stop with Ctrl+C.")
    if options.browser:
        threading.Thread(target=_open_browser, args=(url,), daemon=True).start()
    if options.reload:
        uvicorn.run("comfyvn.main:app_from_environment", factory=True, reload=True, host=host, port=resolved.port)
    else:
        uvicorn.run(create_app(settings, studio), host=host, port=resolved.port, log_config=None)
    return 0


def _use(url: str, options: ServeOptions) -> int:
    """Use a server that runs elsewhere: check that it answers, and open it."""
    if not url.startswith(("http://", "https://")):
        raise Refused("url_malformed", f"{url!r} is no http address.")
    if not _answers(url):
        raise Refused("server_silent", f"No ComfyVN server answers at {url}.")
    _say(f"ComfyVN is at {url}")
    if options.browser:
        _open_browser(url)
    return 0


def _open_browser(url: str) -> None:
    screen = sys.platform in ("win32", "darwin") or os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if screen and _answers(url):
        webbrowser.open(url)


def _answers(url: str) -> bool:
    """Wait until a server answers its health route; tell whether it did."""
    end = time.monotonic() + HANDSHAKE_SECONDS
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(url.rstrip("/") + "/health", timeout=2) as answer:  # noqa: S310 - http only
                return bool(answer.status == 200)
        except OSError:
            time.sleep(0.1)
    return False


def _say(text: str) -> None:
    sys.stderr.write(text + "\n")


def tools(environ: Mapping[str, str]) -> Tools:
    """Return the collaborators of the command line."""
    settings = settings_file.load(environ)
    return Tools(
        settings=settings,
        open_studio=partial(open_studio, settings),
        open_blobs=lambda: FileBlobs(settings.data_dir / "blobs"),
        store_tools=lambda studio: StoreKeeper(_store(studio), settings),
        readers=readers,
        exporters=exporters,
        fill_with_sample=bring_in_sample,
        serve=partial(serve, settings),
        scratch=lambda folder: tools({"COMFYVN_HOME": str(folder)}),
    )


def _store(studio: Studio) -> Store:
    if not isinstance(studio.store, Store):
        raise TypeError("the studio of the command line works on a database")
    return studio.store


def cli(argv: Sequence[str] | None = None) -> int:
    """Run one command of the command line and return its exit code."""
    return command_line.run(sys.argv[1:] if argv is None else argv, lambda: tools(os.environ))
