"""The measure of loudness against the standard's numbers and against another implementation."""

from typing import Any

import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from comfyvn.infrastructure.media.loudness import Meter, Peaks, k_weighting
from tests.infrastructure.media.samples import tone


def measured(samples: Any, rate: int = 48_000, block: int = 200_000) -> float | None:
    meter = Meter(rate, samples.shape[1])
    for start in range(0, len(samples), block):
        meter.take(samples[start : start + block])
    return meter.loudness


def test_the_filter_is_the_one_that_the_standard_tabulates() -> None:
    """BS.1770, tables 1 and 2: the coefficients at 48 kHz."""
    shelf = np.array([1.53512485958697, -2.69169618940638, 1.19839281085285])
    shelf_below = np.array([1.0, -1.69065929318241, 0.73248077421585])
    high_pass, high_pass_below = np.array([1.0, -2.0, 1.0]), np.array([1.0, -1.99004745483398, 0.99007225036621])
    above, below = (np.array(part) for part in k_weighting(48_000))
    assert above / below[0] == pytest.approx(np.convolve(shelf, high_pass), abs=1e-9)
    assert below / below[0] == pytest.approx(np.convolve(shelf_below, high_pass_below), abs=1e-9)


def test_a_full_scale_sine_in_one_channel() -> None:
    """BS.1770, annex 1: 0 dB FS at 997 Hz, left, centre or right alone, reads -3.01 LKFS."""
    for channel in range(3):
        samples = np.zeros((48_000 * 5, 3))
        samples[:, channel] = tone(5, level=1.0, channels=1)[:, 0]
        assert measured(samples) == pytest.approx(-3.01, abs=0.01)


def test_surround_weighs_more_and_low_frequencies_nothing() -> None:
    def only(channel: int, of: int) -> float | None:
        samples = np.zeros((48_000 * 2, of))
        samples[:, channel] = tone(2, channels=1)[:, 0]
        return measured(samples)

    front, surround = only(0, 6), only(4, 6)
    assert front is not None
    assert surround is not None
    assert surround - front == pytest.approx(1.49, abs=0.01)
    assert only(3, 6) is None
    assert only(3, 5) == pytest.approx(surround)


def test_silence_is_gated_away() -> None:
    """EBU Tech 3341, case 3: passages 14 LU quieter than the whole count for nothing."""
    passages = [tone(seconds, 1000, 10 ** (level / 20)) for seconds, level in ((2, -36), (12, -23), (2, -36))]
    assert measured(np.concatenate(passages)) == pytest.approx(-23.0, abs=0.1)
    assert measured(np.zeros((48_000, 2))) is None


@pytest.mark.parametrize("rate", [16_000, 22_050, 44_100, 48_000, 96_000])
@pytest.mark.parametrize("channels", [1, 2])
def test_another_implementation_measures_the_same(rate: int, channels: int) -> None:
    random = np.random.default_rng(rate + channels)
    samples = np.cumsum(random.normal(0, 0.02, (rate * 6, channels)), axis=0)
    samples -= np.linspace(samples[0], samples[-1], len(samples))
    samples *= np.linspace(0.02, 0.3, len(samples))[:, None] / np.abs(samples).max()
    meter = pyloudnorm.Meter(rate, filter_class="DeMan")
    assert measured(samples, rate) == pytest.approx(meter.integrated_loudness(samples), abs=0.1)


@settings(max_examples=20, deadline=None)
@given(st.integers(1_000, 100_000))
def test_how_a_sound_is_cut_into_blocks_does_not_matter(block: int) -> None:
    samples = np.concatenate([tone(1, 60), tone(1, 3_000, 0.1)])
    assert measured(samples, block=block) == pytest.approx(measured(samples), abs=1e-3)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=3_000), st.integers(1, 400))
def test_peaks_hold_the_extremes(samples: list[float], columns: int) -> None:
    peaks = Peaks()
    for start in range(0, len(samples), 700):
        peaks.take(np.array(samples[start : start + 700], "float32")[:, None])
    drawn = peaks.columns(columns)
    assert len(drawn) == columns
    assert all(-1 <= low <= high <= 1 for low, high in drawn)
    top = max(map(abs, samples))
    if top:
        assert max(max(-low, high) for low, high in drawn) == pytest.approx(1.0)


def test_no_peaks_no_columns() -> None:
    assert Peaks().columns(10) == []
