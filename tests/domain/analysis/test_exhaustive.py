"""The exhaustive analysis against a walk over every play, on random finite stories."""

import pytest

from comfyvn.domain.analysis import Limits, analyse, guards_of, seed_along
from comfyvn.domain.analysis.explore import Ending
from comfyvn.domain.analysis.sampling import sample, share_of
from comfyvn.domain.playthrough import Ended, LineSaid, MenuShown, Output, play
from comfyvn.domain.playthrough.stubs import NONE
from tests.domain.analysis.walker import RandomStory, Walk


@pytest.mark.parametrize("block", range(10))
def test_500_random_stories_are_known_as_a_walk_over_every_play_knows_them(block: int) -> None:
    for seed in range(block * 50, block * 50 + 50):
        story = RandomStory(seed)
        walk, known = Walk(story), analyse(story.program(), story.scenes)
        assert known.exact
        heat = {node: visits for (_, node), visits in known.heat.items()}
        assert heat == pytest.approx(walk.visits), seed
        unreached = {fact.node for fact in known.not_reached}
        every = {node for scene in story.scenes.values() for node in scene.nodes}
        assert unreached == every - walk.visits.keys(), seed
        assert all(fact.verdict == "unreachable" and fact.cause is not None for fact in known.not_reached)
        endings = {(ending.scene, ending.node): ending.share.value for ending in known.endings}
        assert endings == pytest.approx(walk.endings), seed
        words = {(ending.scene, ending.node): (ending.words or 0) * ending.share.value for ending in known.endings}
        assert words == pytest.approx(walk.words), seed
        assert {end.node for end in known.dead_ends} == walk.shut, seed
        assert known.endless.value == pytest.approx(0)


def test_the_shortest_picks_lead_where_they_say() -> None:
    nodes = options = lucky = 0
    for seed in range(120):
        story = RandomStory(seed)
        program, known = story.program(), analyse(story.program(), story.scenes)
        for (scene, node), route in known.routes.items():
            if story.scenes[scene].nodes[node].type == "action":
                continue
            along = seed_along(program, route, (scene, node), guards=guards_of(story.scenes[scene].nodes[node], NONE))
            assert along is not None, (seed, node, route)
            outputs = list(play(program, seed=along, choices=route.picks))
            met = [out.node for out in outputs if isinstance(out, LineSaid | MenuShown)]
            if story.scenes[scene].nodes[node].type == "choice":
                continue  # a choice without an open option asks nothing
            assert node in met, (seed, node, route)
            assert route.lucky or route.words == _words_before(outputs, node), (seed, node)
            nodes += 1
            lucky += route.lucky
        for choice, ways in known.options.items():
            for edge, route in ways.items():
                along = seed_along(program, route, None)
                assert along is not None, (seed, edge, route)
                menus = [out for out in play(program, seed=along, choices=route.picks) if isinstance(out, MenuShown)]
                last = menus[len(route.stops) - 1]
                assert ((last.scene, last.node), route.stops[-1].edge) == (choice, edge)
                assert last.picked == route.picks[-1]
                options += 1
    assert min(nodes, options, lucky) > 100, (nodes, options, lucky)


def _words_before(outputs: list[Output], node: str) -> int:
    """Return the words read before a node is met for the first time."""
    words = 0
    for out in outputs:
        if isinstance(out, LineSaid | MenuShown) and out.node == node:
            break
        words += len(out.what.split()) if isinstance(out, LineSaid) else 0
    return words


def test_samples_agree_with_exact_shares() -> None:
    inside = total = 0
    for seed in range(40):
        story = RandomStory(seed)
        program, known = story.program(), analyse(story.program(), story.scenes)
        samples = sample(program, {}, plays=400)
        by_place = {(ending.scene, ending.node): count for ending, count in samples.endings.items()}
        for ending in known.endings:
            share = share_of(by_place.get((ending.scene, ending.node), 0), 400)
            inside += share.low - 1e-9 <= ending.share.value <= share.high + 1e-9
            total += 1
    assert inside / total > 0.9


def test_a_story_too_large_for_the_limit_is_sampled_and_claims_nothing() -> None:
    story = RandomStory(24)
    known = analyse(story.program(), story.scenes, limits=Limits(moments=2, plays=50))
    assert not known.exact
    assert known.plays == 50
    assert all(fact.verdict == "unseen" and fact.cause is None for fact in known.not_reached)
    for ending in known.endings:
        assert ending.share.low <= ending.share.value <= ending.share.high


def test_shares_of_many_plays_come_ever_closer_to_the_exact_ones() -> None:
    off = dict.fromkeys((100, 6_400), 0.0)
    for seed in (15, 17, 29):
        story = RandomStory(seed)
        program, known = story.program(), analyse(story.program(), story.scenes)
        for plays in off:
            hits = sample(program, {}, plays=plays, enough=10**9).endings
            for ending in known.endings:
                count = hits[Ending(ending.reason, ending.scene, ending.node, ending.message)]
                off[plays] = max(off[plays], abs(count / plays - ending.share.value))
    assert off[6_400] < 0.01 < off[100], off


def test_a_sampled_play_is_the_play_of_that_seed() -> None:
    for seed in range(30):
        story = RandomStory(seed)
        program = story.program()
        samples = sample(program, {}, plays=5)
        ends = [[*play(program, seed=n)][-1] for n in range(5)]
        assert sum(samples.endings.values()) == 5
        for end in ends:
            assert isinstance(end, Ended)
            assert samples.endings[Ending(end.reason, end.scene, end.node, end.message)] > 0
