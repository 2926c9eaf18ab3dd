"""Which scenes and nodes of a new version of a story are those of an earlier one, so that they keep their ids.

Nodes are compared by what they say, never by their ids: an id that comes from words tells nothing once these change.
First each scene is aligned with what it was; what stands between two aligned nodes and is similar is the same node
edited. What is left is looked for in the other scenes, word for word, then by the words that lines share.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import product
from typing import NamedTuple

from comfyvn.domain.story import Edge, Node, Scene, edges, walk

NEAR = 0.5
"""How similar the words of two nodes at the same place must be, 0 to 1."""
FAR = 0.7
"""How similar the words of two lines at different places must be."""
SAME_SCENE = 0.5
"""The share of nodes that two scenes with different labels must have in common."""
MAX_GAP = 40
"""Nodes between two aligned ones of which each is compared with each."""
MAX_COMMON = 20
"""Lines that may share a word for it to tell them from others."""
CANDIDATES = 5
"""Lines of which the words are compared letter by letter."""
MAX_WORDS = 1_000
"""Characters of a node's words that are compared letter by letter."""
MIN_LINE = 8
"""Characters of a line that can be found again elsewhere."""

Key = tuple[str, str | None, str]


class Spot(NamedTuple):
    """Names a node of a story."""

    scene: str
    node: str


@dataclass(frozen=True, slots=True)
class _Known:
    """A node as it is compared. `key` holds type, verb and words; equal keys are equal nodes."""

    spot: Spot
    group: str
    node: Node
    key: Key


Pair = tuple[_Known, _Known]
Gap = tuple[Sequence[_Known], Sequence[_Known]]
Lines = dict[Spot, _Known]


def scenes_again(old: Mapping[str, Scene], new: Mapping[str, Scene]) -> dict[str, str]:
    """Return for scenes of `new` the ids of the same scenes in `old`: by label, by id, else by what they hold."""
    by_label = {scene.label: i for i, scene in sorted(old.items(), reverse=True) if scene.label}
    found = {i: i for i, scene in new.items() if i in old and _named(old[i]) == _named(scene)}
    left = old.keys() - found
    for i, scene in new.items():
        if i in found:
            continue
        there = by_label.get(scene.label) if scene.label else None
        if there in left and old[there].role == scene.role:
            found[i] = there
            left.remove(there)
    return found | _relabelled({i: old[i] for i in left}, {i: scene for i, scene in new.items() if i not in found})


def _relabelled(old: Mapping[str, Scene], new: Mapping[str, Scene]) -> dict[str, str]:
    """Return which scenes with new labels hold most of what a scene of the same group held."""
    having: defaultdict[tuple[str, Key], set[str]] = defaultdict(set)
    for i, scene in sorted(old.items()):
        for node in scene.nodes.values():
            having[scene.group, _key(node)].add(i)
    found: dict[str, str] = {}
    for i, scene in new.items():
        shared: Counter[str] = Counter()
        for node in scene.nodes.values() if scene.label else ():
            there = having.get((scene.group, _key(node)), set())
            shared.update(there if len(there) <= MAX_COMMON else ())
        for one, count in sorted(shared.items(), key=lambda pair: (-pair[1], pair[0]))[:1]:
            enough = SAME_SCENE * (len(scene.nodes) + len(old[one].nodes)) / 2
            if one not in found.values() and count >= enough and old[one].label:
                found[i] = one
    return found


def _named(scene: Scene) -> tuple[str, str | None]:
    return (scene.role, scene.label)


def nodes_again(old: Mapping[str, Scene], new: Mapping[str, Scene], known: Mapping[Spot, Spot]) -> dict[Spot, Spot]:
    """Return for nodes of `new` the same nodes of `old`, in addition to those that are `known`.

    Scenes with the same id are the same scene.
    """
    taken = {spot.node for spot in known.values()}
    before = {i: [line for line in _lines(i, scene) if line.spot.node not in taken] for i, scene in old.items()}
    after = {i: [line for line in _lines(i, scene) if line.spot not in known] for i, scene in new.items()}
    found: dict[Spot, Spot] = {}
    gaps: list[Gap] = []
    for i, lines in after.items():
        found |= _spots(_aligned(before.get(i, []), lines, gaps))
    for again in (_moved, lambda gone, come: _edits(gaps, gone, come), _closest):
        used = set(found.values())
        gone = {line.spot: line for lines in before.values() for line in lines if line.spot not in used}
        come = {line.spot: line for lines in after.values() for line in lines if line.spot not in found}
        found |= _spots(again(gone, come))
    return found


def _spots(pairs: Iterable[Pair]) -> dict[Spot, Spot]:
    return {now.spot: was.spot for was, now in pairs}


def _lines(scene_id: str, scene: Scene) -> list[_Known]:
    return [_Known(Spot(scene_id, i), scene.group, node, _key(node)) for i, node in walk(scene)]


def _key(node: Node) -> Key:
    return (node.type, node.verb, words(node))


def words(node: Node) -> str:
    """Return all that a node says, the words of its ways included."""
    if not node.next:
        return node.content
    return "\n".join([node.content, *(_way(edge) for _, edge in edges(node))])


def _way(edge: Edge) -> str:
    return f"{edge.text or ''}\x1f{edge.condition or ''}\x1f{edge.scene or ''}"


def _aligned(old: Sequence[_Known], new: Sequence[_Known], gaps: list[Gap]) -> Iterator[Pair]:
    """Yield the equal nodes of two versions of one scene, in order; add to `gaps` what differs between them."""
    first = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a.key != b.key), min(len(old), len(new)))
    yield from zip(old[:first], new[:first], strict=True)
    old, new = old[first:], new[first:]
    rest = min(len(old), len(new))
    last = next((n for n in range(rest) if old[-1 - n].key != new[-1 - n].key), rest)
    yield from zip(old[len(old) - last :], new[len(new) - last :], strict=True)
    old, new = old[: len(old) - last], new[: len(new) - last]
    codes = SequenceMatcher(None, [line.key for line in old], [line.key for line in new]).get_opcodes()
    for tag, i, i_end, j, j_end in codes:
        if tag == "equal":
            yield from zip(old[i:i_end], new[j:j_end], strict=True)
        elif tag == "replace":
            gaps.append((old[i:i_end], new[j:j_end]))


def _edits(gaps: Iterable[Gap], gone: Lines, come: Lines) -> Iterator[Pair]:
    for old, new in gaps:
        yield from _edited([a for a in old if a.spot in gone], [b for b in new if b.spot in come])


def _edited(old: Sequence[_Known], new: Sequence[_Known]) -> Iterator[Pair]:
    """Yield the most similar pairs of what stands at the same place in two versions."""
    if len(old) > MAX_GAP or len(new) > MAX_GAP:
        for n in range(0, min(len(old), len(new)), MAX_GAP):
            yield from _edited(old[n : n + MAX_GAP], new[n : n + MAX_GAP])
        return
    kinds = Counter((line.node.type, line.node.verb) for line in (*old, *new))
    scored: list[tuple[float, int, int, int]] = []
    for (i, was), (j, now) in product(enumerate(old), enumerate(new)):
        kind = (was.node.type, was.node.verb)
        if kind != (now.node.type, now.node.verb):
            continue
        alone = kinds[kind] == len((was, now)) and was.node.type == "action"
        score = similar(was.key[2], now.key[2], 0.0 if alone else NEAR)
        if alone or score >= NEAR:
            scored.append((-score, abs(i - j), i, j))
    taken: tuple[set[int], set[int]] = (set(), set())
    for _, _, i, j in sorted(scored):
        if i not in taken[0] and j not in taken[1]:
            taken[0].add(i)
            taken[1].add(j)
            yield old[i], new[j]


def _moved(gone: Lines, come: Lines) -> Iterator[Pair]:
    """Yield the equal nodes that went away here and came there, of the same group before others."""
    left = {spot: line for spot, line in come.items() if len(line.key[2]) >= MIN_LINE}
    used: set[Spot] = set()
    for same_group in (True, False):
        by_key: defaultdict[tuple[Key, str], list[_Known]] = defaultdict(list)
        for line in reversed(gone.values()):
            if line.spot not in used:
                by_key[line.key, line.group if same_group else ""].append(line)
        for line in list(left.values()):
            if there := by_key.get((line.key, line.group if same_group else "")):
                was = there.pop()
                used.add(was.spot)
                del left[line.spot]
                yield was, line


def _closest(gone: Lines, come: Lines) -> Iterator[Pair]:
    """Yield the pairs of lines of dialogue that share rare words and are similar."""
    having: defaultdict[str, list[_Known]] = defaultdict(list)
    for line in gone.values():
        if line.node.type == "text" and len(line.key[2]) >= MIN_LINE:
            for word in set(line.key[2].split()):
                having[word].append(line)
    used: set[Spot] = set()
    for line in come.values():
        if line.node.type != "text" or len(line.key[2]) < MIN_LINE:
            continue
        shared: Counter[Spot] = Counter()
        lines: dict[Spot, _Known] = {}
        for word in sorted(set(line.key[2].split())):
            for there in having.get(word, ()) if len(having.get(word, ())) <= MAX_COMMON else ():
                if there.spot not in used:
                    shared[there.spot] += 2 if there.group == line.group else 1
                    lines[there.spot] = there
        near = [lines[spot] for spot, _ in shared.most_common(CANDIDATES)]
        scores = [(similar(was.key[2], line.key[2], FAR), was.group == line.group, was.spot) for was in near]
        score, _, spot = max(scores, default=(0.0, False, Spot("", "")))
        if score >= FAR:
            used.add(spot)
            yield lines[spot], line


def similar(one: str, other: str, least: float) -> float:
    """Return how similar two texts are, 0 to 1; 0 where it is sure to be under `least`."""
    if one == other:
        return 1.0
    shorter, longer = sorted((len(one), len(other)))
    if 2 * shorter < least * (shorter + longer):
        return 0.0
    if longer > MAX_WORDS:
        one, other = one[:MAX_WORDS], other[:MAX_WORDS]
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    return 0.0 if matcher.quick_ratio() < least else matcher.ratio()


def edges_again(old: Node, new: Node) -> dict[str, str]:
    """Return for edges of `new` the ids of the same edges of `old`: with the same words, else the next in order."""
    left = edges(old)
    found: dict[str, str] = {}
    for i, edge in edges(new):
        there = next((one for one, was in left if _way(was) == _way(edge)), None)
        if there is not None:
            found[i] = there
            left = [(one, was) for one, was in left if one != there]
    waiting = [i for i, _ in edges(new) if i not in found]
    return found | dict(zip(waiting, (one for one, _ in left), strict=False))
