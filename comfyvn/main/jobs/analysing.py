"""The job that analyses all plays of a story."""

from comfyvn.application.analysis import Analyses, summary
from comfyvn.application.jobs.job import JobResult
from comfyvn.application.jobs.kinds import JobContext, Kind
from comfyvn.application.jobs.orders import AnalysisOrder
from comfyvn.application.ports import LATEST
from comfyvn.domain.analysis import Limits
from comfyvn.main.jobs.typed import here, kind_of


def kind(analyses: Analyses) -> Kind:
    """Return the kind ``analysis``."""

    def analyse(context: JobContext, order: AnalysisOrder) -> JobResult:
        done = analyses.analyse(
            order.branch,
            at=LATEST if order.at is None else order.at,
            start=order.start,
            limits=Limits(order.moments, order.plays),
            progress=context.report,
        )
        return JobResult(summary(done))

    return kind_of("analysis", AnalysisOrder, analyse, device=here)
