"""The server put together: the web application around a studio, its address, its logs, its first project."""

import os
import sys
import threading
import time
import urllib.request
import webbrowser
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import uvicorn
from fastapi import FastAPI

from comfyvn import settings as settings_file
from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.projects import found_project
from comfyvn.application.sample import TITLE, bring_in_sample
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure import access, logs
from comfyvn.infrastructure.jobs.database import in_memory
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.threads import ThreadJobs
from comfyvn.infrastructure.metrics import SystemMeter
from comfyvn.interfaces.cli.tools import ServeOptions
from comfyvn.interfaces.rest import app, system
from comfyvn.interfaces.rest.extractors import Programs
from comfyvn.main.assets import registry, shelf
from comfyvn.main.assets_over_http import assets, following
from comfyvn.main.imports_over_http import imports
from comfyvn.main.jobs import all_kinds, workshop
from comfyvn.main.jobs.queue import queue, working
from comfyvn.main.streams_over_http import Doors, StreamingServer, beside, config, streams, tell_jobs
from comfyvn.main.tools import open_studio
from comfyvn.main.window import beside_window, show, windows
from comfyvn.settings import Settings

HANDSHAKE_SECONDS = 20.0
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def create_app(
    settings: Settings, studio: Studio | None = None, doors: Doors | None = None, *, workers: bool = False
) -> FastAPI:
    """Build the web application around a studio (without one: the one that the settings name).

    With `workers` other processes run its jobs, one of which it brings along; without, a thread does.
    """
    document = system.SettingsFile(
        get=partial(settings_file.get_document, settings), save=partial(settings_file.save_document, settings)
    )
    names = [urlsplit(origin).hostname or "" for origin in settings.cors_origins]
    studio = studio or open_studio(settings)
    streaming = streams(studio, doors or Doors())
    found = registry(settings, studio)
    alone = settings.host in LOOPBACK
    shop = workshop(settings, found, alone=alone)
    kinds, others = all_kinds(shop), [following(found)]
    jobs: JobRunner
    if workers and not in_memory(settings.database_url):
        jobs = queued = queue(settings, studio, kinds)
        others.append(working(settings, queued, streaming.hub))
    else:
        jobs = ThreadJobs(kinds, studio.ids, studio.clock, Journal(settings.log_dir), streaming.hub)
    tell_jobs(streaming, jobs)
    web = app.build(
        studio,
        database=settings.database_url.partition(":")[0],
        settings=document,
        machine=_machine(settings, studio),
        hosts=[settings.host, *names],
        origins=settings.cors_origins,
        token=None if alone else access.token(_keys(settings)),
        jobs=jobs,
        analyses=shop.analyses,
        registry=assets(found, jobs, shop.local, settings.exports_dir, shelf(settings, found.blobs) if alone else None),
        imports=imports(jobs, shop.files, studio.ids, shop.local, settings.cache_dir / "probes"),
        programs=Programs(shop.tools, alone),
        streams=streaming,
        lifespan=beside(streaming, *others),
    )
    web.state.streams = streaming
    return web


def _machine(settings: Settings, studio: Studio) -> system.Machine:
    meter = SystemMeter(settings.data_dir, studio.clock)
    return system.Machine(settings.host, settings.port, studio.ids.new(), meter, settings_file.is_free)


def _keys(settings: Settings) -> Path:
    return settings.config_dir / "keys"


def app_from_environment() -> FastAPI:
    """Build the web application from the environment alone, for a server that reloads."""
    settings = settings_file.load(os.environ)
    logs.configure(settings.log_dir, settings.log_level)
    return create_app(settings, workers=True)


def serve(settings: Settings, options: ServeOptions) -> int:
    """Serve until stopped, or until the window is closed.

    The resolved address goes to standard error, the environment and the settings file.
    Raises Refused("window_missing").
    """
    toolkit = windows() if options.window else None
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
    if host not in LOOPBACK:
        access.token(_keys(settings))
        _say(f"Other machines may come in with the token in {_keys(settings) / access.FILE}.")
    if options.browser:
        threading.Thread(target=_open_browser, args=(url,), daemon=True).start()
    if options.reload:
        uvicorn.run(
            "comfyvn.main.server:app_from_environment", factory=True, reload=True, host=host, port=resolved.port
        )
    else:
        doors = Doors()
        web = create_app(settings, studio, doors, workers=True)
        server = StreamingServer(config(web, host, resolved.port), web.state.streams, doors)
        if toolkit is None:
            server.run()
        else:
            thread = beside_window(toolkit, url, server.run, _answers)
            server.should_exit = True
            thread.join()
    return 0


def _use(url: str, options: ServeOptions) -> int:
    """Use a server that runs elsewhere: check that it answers, and open it."""
    if not url.startswith(("http://", "https://")):
        raise Refused("url_malformed", f"{url!r} is no http address.")
    if not _answers(url):
        raise Refused("server_silent", f"No ComfyVN server answers at {url}.")
    _say(f"ComfyVN is at {url}")
    if options.window:
        show(windows(), url)
    elif options.browser:
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
