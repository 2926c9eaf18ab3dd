"""Random states of every kind, small and alike, so that any two of them meet in some fields and differ in others."""

from typing import Any, get_args

from hypothesis import strategies as st
from immutables import Map

from comfyvn.domain.assets import Asset, AssetType
from comfyvn.domain.cast import Character
from comfyvn.domain.localisation import Translation
from comfyvn.domain.ordering import DIGITS
from comfyvn.domain.plays import Playthrough, Remembered
from comfyvn.domain.plays.state import move_from_json, part_name
from comfyvn.domain.project import Branch, Project
from comfyvn.domain.provenance import Origin
from comfyvn.domain.story import Edge, Node, Place, Scene, Source
from comfyvn.domain.story.state import VERBS, NodeType
from comfyvn.domain.templates import Template
from comfyvn.domain.timeline import Timeline
from comfyvn.domain.variables import Scope, Variable, VariableType
from comfyvn.domain.worlds import World

words = st.text(max_size=4)
names = st.sampled_from(["Ada", "Bo", "Čeněk", "だい"])
ids = st.sampled_from(["a", "b", "c"])
name_or_null = st.none() | names
scalars = (
    st.none()
    | st.booleans()
    | st.integers(0, 1)
    | st.integers(-(2**63) + 1, 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | words
)
values: st.SearchStrategy[Any] = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2), max_leaves=3
)
maps = st.dictionaries(ids, values, max_size=3)
marks = st.dictionaries(ids, st.just(True), max_size=3)
orders = st.sampled_from(["1", "V", "V1", "W", "zz"])
keys = st.builds(lambda digits, last: digits + last, st.text(DIGITS, max_size=5), st.sampled_from(DIGITS[1:]))

characters = st.builds(
    Character,
    name=names,
    colour=st.none() | st.just("#fff"),
    variable=name_or_null,
    traits=maps,
    portrait_asset_id=name_or_null,
    expressions=st.dictionaries(ids, names, max_size=3),
    linked_scene_ids=marks,
    image_tag=name_or_null,
    voice_tag=name_or_null,
    meta=maps,
)
timelines = st.builds(Timeline, name=names, scene_order=st.dictionaries(ids, orders, max_size=3), meta=maps)
templates = st.builds(Template, name=names, kind=st.sampled_from(["scene", "export"]), body=maps, meta=maps)
worlds = st.builds(
    World, names, words, words, rules=maps, locations=maps, factions=maps, lore=maps, prompt_templates=maps, meta=maps
)
assets = st.builds(
    Asset,
    type=st.sampled_from(get_args(AssetType)),
    path=st.sampled_from(["a.png", "images/b c.png"]),
    hash=st.sampled_from(["0" * 64, "f" * 64]),
    bytes=st.integers(0, 3),
    meta=maps,
    tags=marks,
)
origins = st.builds(
    Origin,
    subject=st.sampled_from(["asset:a", "scene:s/n"]),
    activity=st.just("generated"),
    inputs=st.just({"asset:b": "parent"}),
    details=maps,
)
translations = st.builds(
    Translation, language=st.sampled_from(["cs", "ja"]), target=name_or_null, source=words, text=words, meta=maps
)
projects = st.builds(Project, name=names, start=name_or_null, meta=maps)

_DEFAULTS: dict[str, st.SearchStrategy[Any]] = {
    "bool": st.booleans(),
    "int": st.integers(0, 3),
    "float": st.integers(0, 3) | st.floats(-1, 1),
    "text": words,
    "list": st.lists(scalars, max_size=2),
    "map": st.dictionaries(words, scalars, max_size=2),
    "any": values,
}


@st.composite
def variables(draw: st.DrawFn) -> Variable:
    kind = draw(st.sampled_from(get_args(VariableType)))
    return Variable(
        type=kind,
        default=draw(_DEFAULTS[kind]),
        scope=draw(st.sampled_from(get_args(Scope))),
        constant=draw(st.booleans()),
        description=draw(words),
        meta=draw(maps),
    )


@st.composite
def branches(draw: st.DrawFn) -> Branch:
    parent = draw(name_or_null)
    position = None if parent is None else draw(st.integers(0, 3))
    return Branch(draw(names), parent, position, closed=parent is not None and draw(st.booleans()))


sources = st.none() | st.builds(
    Source, file=st.sampled_from(["script.rpy", "b/c.rpy"]), line=st.integers(1, 9), raw=st.none() | words
)
edges = st.builds(
    Edge,
    order=orders,
    text=st.none() | words,
    condition=st.none() | st.sampled_from(["x", "x > 1"]),
    weight=st.none() | st.floats(0, 9),
    scene=name_or_null,
    node=st.none() | ids,
    meta=maps,
)


@st.composite
def scenes(draw: st.DrawFn) -> Scene:
    """Draw a scene whose nodes stand in the blocks of nodes before them, so that no block is inside itself."""
    nodes: dict[str, Node] = {}
    blocks = [""]
    for n in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(get_args(NodeType)))
        ways = {f"n{n}e{m}": draw(edges) for m in range(draw(st.integers(0, 2)))}
        nodes[f"n{n}"] = Node(
            type=kind,
            place=Place(draw(st.sampled_from(blocks)), draw(orders)),
            content=draw(words),
            speaker=draw(st.none() | st.sampled_from(["", "ada"])),
            verb=draw(st.sampled_from(sorted(VERBS))) if kind == "action" else None,
            directives=draw(maps),
            conditions=tuple(draw(st.lists(words, max_size=2))),
            next=ways,
            meta=draw(maps),
            source=draw(sources),
        )
        blocks += ways
    return Scene(
        title=draw(names),
        group=draw(words),
        order=draw(orders),
        role=draw(st.sampled_from(["story", "code"])),
        label=draw(name_or_null),
        falls_to=draw(name_or_null),
        meta=draw(maps),
        nodes=Map(nodes),
    )


counts = st.integers(1, 3)
moves = st.one_of(
    st.builds(lambda n: ("read", {"lines": n}), counts),
    st.builds(lambda edge: ("choose", {"edge": edge}), ids),
    st.builds(lambda name, value: ("force", {"name": name, "value": value}), ids, values),
    st.builds(lambda word, n: (word, {"steps": n}), st.sampled_from(["back", "forward"]), counts),
    st.builds(lambda word, slot: (word, {"slot": slot}), st.sampled_from(["save", "load"]), ids),
)


_ROUTE = [("read", {"lines": 2}), ("choose", {"edge": "a"}), ("force", {"name": "b", "value": 1}), ("end", {})]


@st.composite
def playthroughs(draw: st.DrawFn) -> Playthrough:
    """Return playthroughs of which most begin alike and go on along the same route."""
    given = draw(st.sampled_from([_ROUTE[:n] for n in range(5)]) | st.lists(moves, max_size=4))
    taken = {part_name(n): move_from_json(n, {"move": word, **body}) for n, (word, body) in enumerate(given)}
    begun = draw(st.just(("b", 3, 0, None, {})) | st.tuples(ids, counts, counts, name_or_null, maps))
    return Playthrough(*begun, draw(words), moves=Map(taken))


STATES: dict[str, st.SearchStrategy[Any]] = {
    "scene": scenes(),
    "character": characters,
    "timeline": timelines,
    "variable": variables(),
    "template": templates,
    "world": worlds,
    "asset": assets,
    "provenance": origins,
    "translation": translations,
    "project": projects,
    "branch": branches(),
    "playthrough": playthroughs(),
    "value": st.builds(Remembered, values),
}
"""Kind -> valid states of it."""
