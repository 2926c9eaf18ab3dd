"""Small stories for the tests of the playthrough, written as lists of nodes."""

from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from comfyvn.domain.playthrough import Output, Program, compile_story, play, to_json
from comfyvn.domain.story import Scene, from_document

CAST = {"ann": "Ann", "guest": "[visitor]"}


def text(content: str, speaker: str | None = None, **more: Any) -> dict[str, Any]:
    return {"type": "text", "content": content, "speaker": speaker, **more}


def act(verb: str, content: str = "", *ways: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "action", "verb": verb, "content": content, "ways": ways, **more}


def menu(*ways: Mapping[str, Any], prompt: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "choice", "content": prompt, "ways": ways, **more}


def way(*block: Mapping[str, Any], **edge: Any) -> dict[str, Any]:
    return {"block": block, **edge}


def scene(*nodes: Mapping[str, Any], **header: Any) -> Scene:
    """Return a scene; nodes are named n1, n2 … in reading order unless they have an id, edges after their node."""
    ids = count(1)
    written = [*_written(nodes, "", ids)]
    return from_document({"title": "A scene", "nodes": written, **header}, None)


def _written(nodes: Any, block: str, ids: Iterator[int]) -> Iterator[dict[str, Any]]:
    for given in nodes:
        node = {"id": f"n{next(ids)}", "block": block, **given}
        ways = node.pop("ways", ())
        edges = [
            {"id": f"{node['id']}.{n}", **{k: v for k, v in w.items() if k != "block"}} for n, w in enumerate(ways)
        ]
        yield {**node, "next": edges}
        for edge, way in zip(edges, ways, strict=True):
            yield from _written(way["block"], edge["id"], ids)


def story(*nodes: Mapping[str, Any], variables: Mapping[str, Any] | None = None, **scenes: Scene) -> Program:
    """Return the program of a story whose scene ``start`` has these nodes."""
    begin = scene(*nodes, label="start")
    return compile_story({"begin": begin, **scenes}, variables or {}, CAST)


def trace(program: Program, *choices: int, **how: Any) -> list[Output]:
    return [*play(program, seed=how.pop("seed", 0), choices=choices, **how)]


def said(program: Program, *choices: int, **how: Any) -> list[Any]:
    """Return a play as short as it can be told: texts, (options, picked), and the reason of the end."""
    told: list[Any] = []
    for body in filter(None, map(to_json, trace(program, *choices, **how))):
        match body["type"]:
            case "line":
                told.append(body["what"] if body["who"] is None else f"{body['who']}: {body['what']}")
            case "menu":
                told.append((tuple(body["options"]), body["picked"]))
            case "end":
                told.append(body["reason"])
    return told
