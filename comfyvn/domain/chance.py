"""Chance: PCG32 (XSH-RR 64/32, Melissa O'Neill, pcg-random.org), the same draws on every machine.

A generator is two ints, so it can be stored with a playthrough; a draw gives a result and the next generator.
The state is 64 bits and steps by ``state * 6364136223846793005 + (2 * stream + 1)``; each step puts out 32
bits of the state before it. The stream is 63 bits and names one of 2**63 independent sequences.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from comfyvn.domain.kernel import Refused

_MULTIPLIER = 6_364_136_223_846_793_005
_MASK_32 = (1 << 32) - 1
_MASK_63 = (1 << 63) - 1
_MASK_64 = (1 << 64) - 1
_FNV_OFFSET = 14_695_981_039_346_656_037
_FNV_PRIME = 1_099_511_628_211


@dataclass(frozen=True, slots=True)
class Generator:
    """`state` is 0 to 2**64 - 1, `stream` is 0 to 2**63 - 1."""

    state: int
    stream: int


def started(seed: int, stream: int) -> Generator:
    """Return the generator that the reference ``pcg32_srandom_r(seed, stream)`` makes."""
    stream &= _MASK_63
    return _stepped(Generator((_stepped(Generator(0, stream)).state + seed) & _MASK_64, stream))


def seeded(seed: int, purpose: str = "") -> Generator:
    """Return a generator for one purpose, such as "edges": other purposes of the same seed do not disturb it.

    The seed counts modulo 2**64. The stream is the FNV-1a 64-bit hash of the purpose in UTF-8, without its
    top bit.
    """
    return started(seed, _fnv1a(purpose.encode("utf-8", "surrogatepass")))


def _fnv1a(octets: bytes) -> int:
    value = _FNV_OFFSET
    for octet in octets:
        value = ((value ^ octet) * _FNV_PRIME) & _MASK_64
    return value


def _stepped(generator: Generator) -> Generator:
    increment = 2 * generator.stream + 1
    return Generator((generator.state * _MULTIPLIER + increment) & _MASK_64, generator.stream)


def word(generator: Generator) -> tuple[int, Generator]:
    """Draw 32 bits."""
    state = generator.state
    mixed = (((state >> 18) ^ state) >> 27) & _MASK_32
    turn = state >> 59
    return ((mixed >> turn) | (mixed << (-turn & 31))) & _MASK_32, _stepped(generator)


def below(generator: Generator, n: int) -> tuple[int, Generator]:
    """Draw an int from 0 to n - 1, each equally likely; n is 1 to 2**64.

    A draw is one word up to n = 2**32 (then the results are those of ``pcg32_boundedrand_r``), else two, the
    first one high. Draws under ``2**bits % n`` are thrown away; the rest is taken modulo n.
    Refuses any other n: range_empty.
    """
    if not 1 <= n <= 1 << 64:
        raise Refused("range_empty", "a draw needs 1 to 2**64 possible results")
    wide = n > 1 << 32
    rejected = (1 << (64 if wide else 32)) % n
    while True:
        drawn, generator = word(generator)
        if wide:
            low, generator = word(generator)
            drawn = drawn << 32 | low
        if drawn >= rejected:
            return drawn % n, generator


def unit(generator: Generator) -> tuple[float, Generator]:
    """Draw a float from 0 up to, not including, 1: a multiple of 2**-53, its high 27 bits first, then 26."""
    high, generator = word(generator)
    low, generator = word(generator)
    return ((high >> 5 << 26) + (low >> 6)) / (1 << 53), generator


def weighted(generator: Generator, weights: Sequence[float]) -> tuple[int, Generator]:
    """Draw an index, each as likely as its share of the weights: the first whose running sum passes a point.

    The point is one `unit` times the whole sum; sums are plain floating point from left to right. Refuses
    weights that are negative or not finite, or of which none is above zero: weights_invalid.
    """
    total = 0.0
    for weight in weights:
        total += weight
    if not (math.isfinite(total) and total > 0 and all(weight >= 0 for weight in weights)):
        raise Refused("weights_invalid", "weights are finite and not negative, and one is above zero")
    share, generator = unit(generator)
    goal, reached, last = share * total, 0.0, 0
    for index, weight in enumerate(weights):
        if weight > 0:
            reached, last = reached + weight, index
            if goal < reached:
                break
    return last, generator
