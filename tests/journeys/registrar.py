"""A process that works on the registry of a home folder until it is done or killed.

``add BRANCH FOLDER`` registers a folder in commits of four files and prints the number of assets after each;
``thumbnails`` makes what derived files are missing and prints a dot for each picture.
The home folder comes first.
"""

import sys
from dataclasses import replace
from pathlib import Path

from comfyvn import settings as settings_file
from comfyvn.application.assets import gathering
from comfyvn.application.assets.following import catch_up
from comfyvn.application.assets.registry import Registry
from comfyvn.application.studio import Request
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.infrastructure.assets.thumbs import FileThumbs
from comfyvn.main.assets import registry
from comfyvn.main.tools import open_studio

BATCH = 4


class ToldThumbs(FileThumbs):
    """Tells of each picture when it is kept."""

    def put(self, digest: str, picture: bytes | None) -> None:
        """Keep a picture."""
        super().put(digest, picture)
        say(".")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def open_registry(home: str) -> Registry:
    """Return the registry of a home folder."""
    settings = settings_file.load({"COMFYVN_HOME": home})
    return registry(settings, open_studio(settings))


def main(home: str, verb: str, *rest: str) -> None:
    """Do what the arguments ask for."""
    found = open_registry(home)
    say("ready")
    if verb == "add":
        branch, folder = rest
        gathering.BATCH = BATCH

        def told(stage: str, done: int, total: int) -> None:
            if stage == "stored" and done % BATCH == 0:
                say(str(done))

        gathering.gather(found, branch, gathering.Order(DiskSource(Path(folder))), Request(actor="ada"), told)
        say("done")
    else:
        thumbs = ToldThumbs(settings_file.load({"COMFYVN_HOME": home}).cache_dir)
        catch_up(replace(found, thumbs=thumbs), lambda: False)
        say("done")
    found.studio.store.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
