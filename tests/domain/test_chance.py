"""The generator is the published one, bit for bit, and its draws are fair."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.chance import Generator, below, source_of, started, unit, weighted, word
from comfyvn.domain.kernel import Refused

KEY, SALT = 0x9238FA0373269002, 0x4D875E2ED5CD4375
WORDS = [0x9C64FCA8, 0x4B8FB393, 0xB5C9B455, 0xA2F3F724]
"""Of node ``n1`` of scene ``begin`` with seed 42, worked out apart from the program."""


def seeded(seed, purpose=""):
    """Return a generator whose stream is the FNV-1a hash of a word."""
    value = 0xCBF29CE484222325
    for octet in purpose.encode():
        value = ((value ^ octet) * 0x100000001B3) % 2**64
    return started(seed, value)


def draws(generator, count, draw):
    drawn = []
    for _ in range(count):
        value, generator = draw(generator)
        drawn.append(value)
    return drawn


def chi_square(counts, expected):
    return sum((counts[key] - share) ** 2 / share for key, share in expected.items())


def test_the_published_words_of_seed_42_stream_54():
    published = [0xA15C02B7, 0x7B47F409, 0xBA1D3330, 0x83D2F293, 0xBFA4784B, 0xCBED606E]
    assert draws(started(42, 54), 6, word) == published


def test_the_published_coins_and_rolls_of_the_demo():
    generator = started(42, 54)
    for _ in range(6):
        _, generator = word(generator)
    coins, rolls = [], []
    for _ in range(65):
        side, generator = below(generator, 2)
        coins.append("TH"[side])
    for _ in range(33):
        pips, generator = below(generator, 6)
        rolls.append(pips + 1)
    assert "".join(coins) == "HHTTTHTHHHTHTTTHHHHHTTTHHHTHTHTHTTHTTTHHHHHHTTTTHHTTTTTHTTTTTTTHT"
    assert rolls[:19] == [3, 4, 1, 1, 2, 2, 3, 2, 4, 3, 2, 4, 3, 3, 5, 2, 3, 1, 3]


def test_our_own_vectors_stay():
    assert seeded(0) == Generator(16144288675000931962, 5472609002491880229)
    assert seeded(-1, "été") == Generator(3940901139125440837, 43504438999324759)
    edges = seeded(42, "edges")
    assert edges == Generator(1681430323509431164, 5119711429799582077)
    assert draws(edges, 8, lambda now: below(now, 6)) == [2, 0, 5, 0, 3, 4, 1, 0]
    assert draws(edges, 3, lambda now: below(now, 2**40)) == [449718764870, 933573984346, 933556901642]
    assert draws(edges, 3, unit) == [0.7292052187644652, 0.5843853232609605, 0.5409182187963597]
    assert draws(edges, 10, lambda now: weighted(now, [1, 2, 0, 0.5])) == [1, 1, 1, 1, 0, 1, 1, 0, 3, 3]


@given(st.integers(0, 2**64 - 1), st.text(max_size=8))
def test_a_generator_is_two_ints_and_goes_on_from_them(seed, purpose):
    generator = seeded(seed, purpose)
    assert seeded(seed + 2**64, purpose) == generator
    for _ in range(3):
        assert 0 <= generator.state < 2**64
        assert 0 <= generator.stream < 2**63
        drawn, following = word(generator)
        assert word(Generator(generator.state, generator.stream)) == (drawn, following)
        assert 0 <= drawn < 2**32
        generator = following


@given(st.integers(0, 2**64 - 1), st.integers(1, 2**64))
def test_below_stays_below(seed, n):
    assert 0 <= below(seeded(seed), n)[0] < n


def test_below_throws_away_what_would_be_unfair():
    n = 3 * 2**30
    generator = started(42, 54)
    kept = [drawn for drawn in draws(generator, 200, word) if drawn >= 2**30]
    assert len(kept) < 200
    assert draws(generator, len(kept), lambda now: below(now, n)) == [drawn % n for drawn in kept]


def test_two_words_make_a_wide_draw_high_word_first():
    generator = started(42, 54)
    assert below(generator, 2**64)[0] == 0xA15C02B77B47F409


def test_unit_takes_53_bits():
    assert unit(started(42, 54))[0] == ((0xA15C02B7 >> 5) * 2**26 + (0x7B47F409 >> 6)) / 2**53
    assert all(0 <= value < 1 for value in draws(seeded(3), 2_000, unit))


@pytest.mark.parametrize("n", [2, 6, 10, 37])
def test_draws_are_spread_evenly(n):
    counts = Counter(draws(seeded(7, "spread"), 20_000, lambda now: below(now, n)))
    assert chi_square(counts, dict.fromkeys(range(n), 20_000 / n)) < n + 5 * (2 * n) ** 0.5


def test_weights_are_kept():
    weights = [1, 2, 0, 5]
    counts = Counter(draws(seeded(7, "weights"), 16_000, lambda now: weighted(now, weights)))
    assert counts[2] == 0
    assert chi_square(counts, {0: 2_000, 1: 4_000, 3: 10_000}) < 14


@given(st.integers(0, 2**32), st.lists(st.floats(0, 1e300), min_size=1, max_size=8).filter(any))
def test_a_weight_of_zero_is_never_drawn(seed, weights):
    index, following = weighted(seeded(seed), weights)
    assert weights[index] > 0
    assert following == unit(seeded(seed))[1]


def test_whole_and_broken_weights_draw_the_same():
    assert weighted(seeded(9), [1, 3]) == weighted(seeded(9), [1.0, 3.0])


@pytest.mark.parametrize("weights", [[], [0, 0.0], [1, -1, 2], [float("nan")], [float("inf")], [1e308, 1e308]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(Refused) as refusal:
        weighted(seeded(1), weights)
    assert refusal.value.code == "weights_invalid"


@pytest.mark.parametrize("n", [0, -1, 2**64 + 1])
def test_empty_ranges_are_refused(n):
    with pytest.raises(Refused) as refusal:
        below(seeded(1), n)
    assert refusal.value.code == "range_empty"


def test_purposes_do_not_repeat_each_other():
    firsts = [tuple(draws(seeded(5, purpose), 4, word)) for purpose in ("edges", "random", "music", "")]
    assert len(set(firsts)) == len(firsts)


def test_every_node_draws_from_a_stream_of_its_own():
    source = source_of("begin", "n1")
    assert (source.key, source.salt) == (KEY, SALT)
    assert draws(source.begun(42), 4, word) == WORDS
    assert source.begun(42) == source.begun(42 + (1 << 64))
    _, following = word(source.begun(42))
    assert word(source.resumed(following.state)) == word(following)
    others = [source_of("begin", "n2"), source_of("begi", "nn1"), source_of("n1", "begin")]
    assert len({tuple(draws(s.begun(42), 4, word)) for s in (source, *others)}) == 4


def test_neighbouring_seeds_and_nodes_do_not_move_together():
    one, two = source_of("s", "a"), source_of("s", "b")
    pairs = [(below(one.begun(seed), 2)[0], below(two.begun(seed), 2)[0]) for seed in range(4000)]
    counts = [pairs.count(pair) for pair in ((0, 0), (0, 1), (1, 0), (1, 1))]
    assert all(900 < count < 1100 for count in counts)
    runs = [below(one.begun(seed), 2)[0] == below(one.begun(seed + 1), 2)[0] for seed in range(4000)]
    assert 1850 < sum(runs) < 2150
