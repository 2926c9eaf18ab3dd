"""Loudness after ITU-R BS.1770-5 and the waveform of a sound, in one pass over its blocks.

The K-weighting is applied in the frequency domain: each block is transformed together with the end of the block
before it, which is longer than what the filters remember. Memory does not depend on the length of the sound.
"""

from __future__ import annotations

from math import log10, pi, tan
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from numpy import complex64, float32
    from numpy.typing import NDArray

    Samples = NDArray[float32]
    """The samples of a sound, (frames, channels), full scale 1."""

CONTEXT: Final = 1 << 14
"""Sample frames before a block that its filtering sees."""
RATES: Final = range(8_000, 192_001)
"""Hertz at which loudness is measured."""
_WEIGHTS: Final = {
    1: (1.0,),
    2: (1.0, 1.0),
    3: (1.0, 1.0, 1.0),
    4: (1.0, 1.0, 1.41, 1.41),
    5: (1.0, 1.0, 1.0, 1.41, 1.41),
}
_WEIGHTS_5_1: Final = (1.0, 1.0, 1.0, 0.0, 1.41, 1.41)
"""Weights of the channels (BS.1770, table 3 and 4): left, right, centre, (low frequencies: none), surround."""
_ABSOLUTE: Final = -70.0
_RELATIVE: Final = -10.0
_STEPS: Final = 4
"""Steps of 100 ms in a gating block of 400 ms; blocks overlap by three of them."""


def k_weighting(rate: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Return numerator and denominator of the K-weighting filter (both stages) at a sample rate.

    The standard tabulates them for 48 kHz; the analogue prototypes that give these values are those of B. De Man.
    """
    k = tan(pi * 1681.974450955533 / rate)
    q, gain = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    root = gain**0.4996667741545416
    shelf = (gain + root * k / q + k * k, 2 * (k * k - gain), gain - root * k / q + k * k)
    shelf_below = (1 + k / q + k * k, 2 * (k * k - 1), 1 - k / q + k * k)
    k, q = tan(pi * 38.13547087602444 / rate), 0.5003270373238773
    scale = 1 + k / q + k * k
    high_pass_below = (1.0, 2 * (k * k - 1) / scale, (1 - k / q + k * k) / scale)
    return _times(shelf, (1.0, -2.0, 1.0)), _times(shelf_below, high_pass_below)


class Meter:
    """Takes the blocks of a sound one after another; `loudness` is of all that came."""

    def __init__(self, rate: int, channels: int) -> None:
        import numpy as np  # noqa: PLC0415

        self._step = round(rate / 10)
        self._coefficients = k_weighting(rate)
        self._responses: dict[int, NDArray[complex64]] = {}
        self._weights = np.array(_WEIGHTS_5_1 if channels == 6 else _WEIGHTS.get(channels, (1.0,) * channels))
        self._before = np.zeros((CONTEXT, channels), "float32")
        self._rest = np.zeros(0)
        self._energies: list[float] = []

    def take(self, block: Samples) -> None:
        """Add a block of shape (frames, channels)."""
        import numpy as np  # noqa: PLC0415

        seen = np.concatenate([self._before, block])
        size = 1 << (len(seen) - 1).bit_length()
        spectrum = np.fft.rfft(np.ascontiguousarray(seen.T), size)
        weighted = np.fft.irfft(spectrum * self._response(size), size)[:, CONTEXT : len(seen)]
        power = self._weights @ np.square(weighted, dtype="float64")
        self._before = seen[-CONTEXT:]
        power = np.concatenate([self._rest, power])
        whole = len(power) // self._step * self._step
        self._energies += power[:whole].reshape(-1, self._step).mean(axis=1).tolist()
        self._rest = power[whole:]

    def _response(self, size: int) -> NDArray[complex64]:
        """Return what the filter does to each frequency of a transform of `size` samples."""
        import numpy as np  # noqa: PLC0415

        if size not in self._responses:
            above, below = (np.fft.rfft(part, size) for part in self._coefficients)
            self._responses[size] = (above / below).astype("complex64")
        return self._responses[size]

    @property
    def loudness(self) -> float | None:
        """LUFS, gated; None where the sound is shorter than a gating block or nothing of it can be heard."""
        import numpy as np  # noqa: PLC0415

        if len(self._energies) < _STEPS:
            return None
        blocks = np.convolve(self._energies, np.ones(_STEPS) / _STEPS, "valid")
        for gate in (_ABSOLUTE, None):
            if gate is None:
                gate = _lufs(float(blocks.mean())) + _RELATIVE
            blocks = blocks[blocks > 10 ** ((gate + 0.691) / 10)]
            if not len(blocks):
                return None
        return _lufs(float(blocks.mean()))


class Peaks:
    """Keeps the least and greatest sample of every few hundred frames."""

    SPAN: Final = 256
    """Sample frames of one pair."""

    def __init__(self) -> None:
        self._pairs: list[tuple[Samples, Samples]] = []

    def take(self, block: Samples) -> None:
        """Add a block of shape (frames, channels)."""
        import numpy as np  # noqa: PLC0415

        samples = block.ravel()
        starts = range(0, len(samples), self.SPAN * block.shape[1])
        self._pairs.append((np.minimum.reduceat(samples, starts), np.maximum.reduceat(samples, starts)))

    def columns(self, count: int) -> list[tuple[float, float]]:
        """Return (least, greatest) for each of `count` columns, as parts of the greatest sample of all."""
        import numpy as np  # noqa: PLC0415

        if not self._pairs:
            return []
        low, high = (np.concatenate(side) for side in zip(*self._pairs, strict=True))
        top = max(float(high.max()), -float(low.min())) or 1.0
        starts = np.arange(count) * len(low) // count
        lows, highs = np.minimum.reduceat(low, starts) / top, np.maximum.reduceat(high, starts) / top
        return list(zip(lows.tolist(), highs.tolist(), strict=True))


def _times(one: tuple[float, float, float], other: tuple[float, float, float]) -> tuple[float, ...]:
    """Multiply two polynomials."""
    return tuple(sum(one[i] * other[n - i] for i in range(3) if 0 <= n - i < 3) for n in range(5))


def _lufs(energy: float) -> float:
    return -0.691 + 10 * log10(energy)
