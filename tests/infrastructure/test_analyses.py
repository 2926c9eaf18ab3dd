"""Analyses that are kept: read by another process as they were, and left out where they cannot be read."""

from pathlib import Path

from comfyvn.application.analysis import Analyses
from comfyvn.application.projects import found_project
from comfyvn.application.sample import bring_in_sample
from comfyvn.application.studio import Request, Studio
from comfyvn.domain.kinds import KINDS
from comfyvn.infrastructure import analyses
from comfyvn.infrastructure.analyses import AnalysisShelf
from comfyvn.infrastructure.storage.store import open_store
from comfyvn.infrastructure.system import RandomIds, SystemClock


def test_what_one_process_analysed_another_one_knows(tmp_path: Path) -> None:
    studio = Studio(open_store("sqlite://", KINDS), SystemClock(), RandomIds())
    branch = found_project(studio, "Sample", Request()).main
    bring_in_sample(studio, branch, Request())
    done = Analyses(studio, AnalysisShelf(tmp_path)).analyse(branch)
    known = Analyses(studio, AnalysisShelf(tmp_path)).known(branch)
    assert known.analysis == done.analysis
    assert (known.position, known.start, known.scenes.keys()) == (done.position, done.start, done.scenes.keys())
    assert known.analysis.routes
    assert known.analysis.heat


def test_a_damaged_file_is_no_analysis_and_old_ones_go(tmp_path: Path) -> None:
    studio = Studio(open_store("sqlite://", KINDS), SystemClock(), RandomIds())
    branch = found_project(studio, "Sample", Request()).main
    bring_in_sample(studio, branch, Request())
    done, shelf = Analyses(studio).analyse(branch), AnalysisShelf(tmp_path)
    for n in range(analyses.KEPT + 2):
        shelf.put(f"a{n}", done.analysis)
    assert len(list(tmp_path.iterdir())) == analyses.KEPT
    (tmp_path / "a1.json").write_text("[")
    assert shelf.find("a1") is None
    assert shelf.find("nothing") is None
