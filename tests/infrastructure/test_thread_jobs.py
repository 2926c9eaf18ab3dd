"""Jobs in a thread: how many may wait, and how many are remembered."""

from pathlib import Path

import pytest

from comfyvn.application.jobs.job import OPEN
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.infrastructure.jobs import threads
from comfyvn.infrastructure.jobs.journal import Journal
from comfyvn.infrastructure.jobs.threads import ThreadJobs
from comfyvn.infrastructure.system import RandomIds, SystemClock
from tests.jobs.trying import kinds
from tests.patience import until


def test_only_so_many_wait_and_only_so_many_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "MAX_WAITING", 1)
    monkeypatch.setattr(threads, "MAX_KEPT", 2)
    jobs = ThreadJobs(kinds(tmp_path), RandomIds(), SystemClock(), Journal(tmp_path / "logs"))

    def wait_for(job_id: str) -> None:
        until(lambda: jobs.status(job_id).status not in OPEN)

    first = jobs.submit("wait", {"file": str(tmp_path / "go-on")})
    with pytest.raises(Conflict, match="waiting"):
        jobs.submit("fast", {})
    (tmp_path / "go-on").touch()
    wait_for(first.id)
    for _ in range(3):
        wait_for(jobs.submit("fast", {}).id)
    assert len(jobs.jobs()) == 2
    with pytest.raises(Missing):
        jobs.status(first.id)
    jobs.close()
