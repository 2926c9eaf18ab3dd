"""Chance: PCG32 (XSH-RR 64/32, Melissa O'Neill, pcg-random.org), the same draws on every machine.

A generator is two ints, so it can be stored with a playthrough; a draw gives a result and the next generator.
The state is 64 bits and steps by ``state * 6364136223846793005 + (2 * stream + 1)``; each step puts out 32
bits of the state before it. The stream is 63 bits and names one of 2**63 independent sequences.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from comfyvn.domain.kernel import Refused

_MULTIPLIER = 6_364_136_223_846_793_005
_MASK_32 = (1 << 32) - 1
_MASK_63 = (1 << 63) - 1
_MASK_64 = (1 << 64) - 1
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_FNV_OFFSET = 14_695_981_039_346_656_037
_FNV_PRIME = 1_099_511_628_211


class Generator(NamedTuple):
    """`state` is 0 to 2**64 - 1, `stream` is 0 to 2**63 - 1."""

    state: int
    stream: int


def started(seed: int, stream: int) -> Generator:
    """Return the generator that the reference ``pcg32_srandom_r(seed, stream)`` makes."""
    stream &= _MASK_63
    increment = 2 * stream + 1
    return Generator(((increment + seed) * _MULTIPLIER + increment) & _MASK_64, stream)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the draws of one node come from, whatever the seed: its scene, its id, and their `key` of 64 bits."""

    scene: str
    node: str
    key: int
    salt: int

    def begun(self, seed: int) -> Generator:
        """Return the generator of the node's first draw in a play with this seed."""
        return started(_mixed((seed ^ self.salt) & _MASK_64), self.key)

    def resumed(self, state: int) -> Generator:
        """Return the generator of a later draw, from the state that the one before left behind."""
        return Generator(state, self.key & _MASK_63)


def source_of(scene: str, node: str) -> Source:
    """Return the source of a node's draws: a stream that no other node, and no other scene, disturbs.

    `key` is the FNV-1a 64-bit hash of the UTF-8 of scene, U+001F and node. For a seed (modulo 2**64) the generator is
    ``started(mix(seed xor mix(key)), key)``, where ``mix`` is the finaliser of SplitMix64 (Steele, Lea and Flood 2014):
    ``z ^= z >> 30; z *= 0xBF58476D1CE4E5B9; z ^= z >> 27; z *= 0x94D049BB133111EB; z ^= z >> 31``, modulo 2**64.
    Each draw of the node goes on where its last one ended.
    """
    key = _fnv1a(f"{scene}\x1f{node}".encode("utf-8", "surrogatepass"))
    return Source(scene, node, key, _mixed(key))


def _mixed(z: int) -> int:
    z = ((z ^ z >> 30) * _MIX_1) & _MASK_64
    z = ((z ^ z >> 27) * _MIX_2) & _MASK_64
    return z ^ z >> 31


def _fnv1a(octets: bytes) -> int:
    value = _FNV_OFFSET
    for octet in octets:
        value = ((value ^ octet) * _FNV_PRIME) & _MASK_64
    return value


def word(generator: Generator) -> tuple[int, Generator]:
    """Draw 32 bits."""
    state, stream = generator
    mixed = (((state >> 18) ^ state) >> 27) & _MASK_32
    turn = state >> 59
    following = Generator((state * _MULTIPLIER + 2 * stream + 1) & _MASK_64, stream)
    return ((mixed >> turn) | (mixed << (-turn & 31))) & _MASK_32, following


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
