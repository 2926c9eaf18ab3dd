"""The jobs on the registry of assets."""

from collections.abc import Callable
from pathlib import Path

from comfyvn.application.assets import checking
from comfyvn.application.assets.gathering import Order, gather
from comfyvn.application.assets.registry import Registry
from comfyvn.application.jobs.job import JobResult
from comfyvn.application.jobs.kinds import JobContext, Kind
from comfyvn.application.jobs.orders import EnforceOrder, FolderOrder, RebuildOrder
from comfyvn.application.studio import plain
from comfyvn.infrastructure.assets.source import DiskSource
from comfyvn.main.jobs.typed import here, kind_of


def kinds(registry: Registry, local: Callable[[str], Path]) -> tuple[Kind, Kind, Kind]:
    """Return the kinds ``register-folder``, ``rebuild-assets`` and ``enforce-assets``."""

    def check(order: FolderOrder) -> None:
        registry.studio.store.branch(order.branch)
        DiskSource(local(order.path))

    def register(context: JobContext, order: FolderOrder) -> JobResult:
        source = DiskSource(Path(order.path))
        asked = Order(source, order.under, order.type, order.meta, order.tags, order.replaces)
        return JobResult(plain(gather(registry, order.branch, asked, context.request, context.report)))

    def rebuild(context: JobContext, order: RebuildOrder) -> JobResult:
        return JobResult(plain(checking.rebuild(registry, context.report, order.collect)))

    def enforce(context: JobContext, order: EnforceOrder) -> JobResult:
        return JobResult(plain(checking.check(registry, context.report, order.deep)))

    return (
        kind_of("register-folder", FolderOrder, register, check=check, device=here),
        kind_of("rebuild-assets", RebuildOrder, rebuild, device=here),
        kind_of("enforce-assets", EnforceOrder, enforce, device=here),
    )
