"""Measures the machine: processors, memory, disk, this process, and NVIDIA cards where there are any."""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any, Final

import psutil  # type: ignore[import-untyped]

from comfyvn.application.metrics import Gpu, Itself, Metrics, Processor, Space
from comfyvn.application.ports import Clock

FRESH_SECONDS: Final = 1.0


class SystemMeter:
    """Measures at most once a second; who asks while another measures gets the sample before."""

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._folder, self._clock = folder, clock
        self._process = psutil.Process()
        self._process.cpu_percent()
        psutil.cpu_percent(percpu=True)
        self._measuring = Lock()
        self._last: tuple[float, Metrics] | None = None

    def sample(self) -> Metrics:
        """Return what was measured within the last second, or measure now."""
        last = self._last
        if last and time.monotonic() - last[0] < FRESH_SECONDS:
            return last[1]
        held = self._measuring.acquire(blocking=last is None)
        if last and not held:
            return last[1]
        try:
            if self._last and self._last is not last:
                return self._last[1]
            found = self._measure()
            self._last = time.monotonic(), found
            return found
        finally:
            self._measuring.release()

    def _measure(self) -> Metrics:
        each = psutil.cpu_percent(percpu=True)
        memory = psutil.virtual_memory()
        disk = psutil.disk_usage(str(_existing(self._folder)))
        with self._process.oneshot():
            process = Itself(
                pid=self._process.pid,
                percent=self._process.cpu_percent(),
                memory=self._process.memory_info().rss,
                threads=self._process.num_threads(),
                seconds=round(time.time() - self._process.create_time(), 3),
            )
        return Metrics(
            at=self._clock.now(),
            cpu=Processor(round(sum(each) / max(len(each), 1), 1), tuple(each)),
            memory=_space(memory.total, memory.total - memory.available),
            disk=_space(disk.used + disk.free, disk.used),
            process=process,
            gpus=tuple(_cards(_nvml())),
        )


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest one around it that is there."""
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _space(total: int, used: int) -> Space:
    return Space(total, used, total - used, round(100 * used / total, 1) if total else 0.0)


@cache
def _nvml() -> Any:
    """Return the library of the cards, begun once for all; None where there is no card or no driver."""
    import pynvml  # type: ignore[import-untyped]  # noqa: PLC0415 - only where metrics are asked for

    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        return None
    return pynvml


def _cards(nvml: Any) -> Iterator[Gpu]:
    """Yield what the cards say; one that is lost meanwhile is left out."""
    if nvml is None:
        return
    with suppress(nvml.NVMLError):
        for index in range(nvml.nvmlDeviceGetCount()):
            yield _card(nvml, index)


def _card(nvml: Any, index: int) -> Gpu:
    card = nvml.nvmlDeviceGetHandleByIndex(index)

    def told(question: Callable[..., Any], *more: Any) -> Any:
        """Return an answer of the card; cards need not know all of them."""
        with suppress(nvml.NVMLError):
            return question(card, *more)
        return None

    busy, memory = told(nvml.nvmlDeviceGetUtilizationRates), told(nvml.nvmlDeviceGetMemoryInfo)
    heat, power = told(nvml.nvmlDeviceGetTemperature, nvml.NVML_TEMPERATURE_GPU), told(nvml.nvmlDeviceGetPowerUsage)
    return Gpu(
        index=index,
        name=str(told(nvml.nvmlDeviceGetName) or "NVIDIA"),
        percent=None if busy is None else float(busy.gpu),
        memory=None if memory is None else _space(int(memory.total), int(memory.used)),
        temperature=None if heat is None else float(heat),
        power=None if power is None else power / 1000,
    )
