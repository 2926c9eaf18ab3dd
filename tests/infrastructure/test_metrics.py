"""The meter: true numbers of this machine, at most once a second, and cards where a library tells of them."""

import os
from pathlib import Path
from threading import Event, Thread
from types import SimpleNamespace

import pytest

from comfyvn.application.metrics import Gpu, Space
from comfyvn.infrastructure import metrics
from comfyvn.infrastructure.metrics import SystemMeter
from comfyvn.infrastructure.system import SystemClock
from tests.patience import PATIENCE


def meter(folder: Path) -> SystemMeter:
    return SystemMeter(folder, SystemClock())


def test_the_numbers_are_those_of_this_machine_and_process(tmp_path: Path) -> None:
    found = meter(tmp_path / "not" / "there" / "yet").sample()
    assert found.process.pid == os.getpid()
    assert len(found.cpu.each) == os.cpu_count()
    assert 0 < found.process.memory < found.memory.used < found.memory.total
    for space in (found.memory, found.disk):
        assert space.used + space.free == space.total
        assert space.percent == round(100 * space.used / space.total, 1)


def test_one_second_has_one_sample(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = meter(tmp_path)
    first = measured.sample()
    assert measured.sample() is first
    monkeypatch.setattr(metrics, "FRESH_SECONDS", 0.0)
    assert measured.sample() is not first


def test_who_asks_while_another_measures_does_not_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    measured = meter(tmp_path)
    first = measured.sample()
    monkeypatch.setattr(metrics, "FRESH_SECONDS", 0.0)
    inside, go_on = Event(), Event()

    def slow() -> None:
        inside.set()
        assert go_on.wait(PATIENCE)

    monkeypatch.setattr(metrics, "_nvml", slow)
    other = Thread(target=measured.sample)
    other.start()
    assert inside.wait(PATIENCE)
    assert measured.sample() is first
    go_on.set()
    other.join()
    monkeypatch.setattr(metrics, "_nvml", lambda: None)
    assert measured.sample() is not first


class Lost(Exception):
    pass


class Library:
    """The library of the cards on a machine with a card that tells everything and one that tells its name only."""

    NVMLError = Lost
    NVML_TEMPERATURE_GPU = 0

    def nvmlDeviceGetCount(self) -> int:  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index: int) -> int:  # noqa: N802
        return index

    def nvmlDeviceGetName(self, card: int) -> str:  # noqa: N802
        return f"Card {card}"

    def __getattr__(self, name: str) -> object:
        answers = {
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=50),
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=8 << 30, used=2 << 30),
            "nvmlDeviceGetTemperature": 61,
            "nvmlDeviceGetPowerUsage": 70_500,
        }

        def answer(card: int, *_: object) -> object:
            if card:
                raise Lost
            return answers[name]

        return answer


def test_cards_tell_what_they_can(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_nvml", Library)
    memory = Space(8 << 30, 2 << 30, 6 << 30, 25.0)
    assert meter(tmp_path).sample().gpus == (
        Gpu(0, "Card 0", 50.0, memory, 61.0, 70.5),
        Gpu(1, "Card 1", None, None, None, None),
    )
