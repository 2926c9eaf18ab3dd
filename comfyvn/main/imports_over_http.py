"""How the server imports: what it may read, and where files lie that are sent to it."""

from collections.abc import Callable
from pathlib import Path

from comfyvn.application.jobs.runner import JobRunner
from comfyvn.application.ports import Ids
from comfyvn.infrastructure.jobs.files import JobFiles, checked, laid_out
from comfyvn.interfaces.rest.importing import Imports
from comfyvn.main.readers import candidates


def imports(jobs: JobRunner, files: JobFiles, ids: Ids, local: Callable[[str], Path], scratch: Path) -> Imports:
    """Return the imports of the web application.

    `files` keeps what is sent, `local` checks a path that a client names; in `scratch` lies what is only looked at.
    """
    return Imports(
        jobs=jobs,
        limit=files.limit,
        new_id=ids.new,
        local=local,
        received=lambda sent: laid_out(scratch / ids.new(), checked(sent, files.limit)),
        keep=files.keep,
        clear=files.clear,
        probe=candidates,
    )
