"""Scenes to the lines of a script."""

import re
from dataclasses import replace

from comfyvn.domain.kernel import Refused
from comfyvn.domain.story import Edge, Node, edges, walk
from comfyvn.domain.story.state import STAGE_VERBS
from comfyvn.infrastructure.exports.renpy import layout, renaming
from comfyvn.infrastructure.exports.renpy.declarations import declaration
from comfyvn.infrastructure.exports.renpy.escaping import indented, said
from comfyvn.infrastructure.exports.renpy.flow import MAX_DEPTH, Script, expression, label_of, leaves
from comfyvn.infrastructure.exports.renpy.naming import said_in_menu
from comfyvn.infrastructure.exports.renpy.statements import INDENT, say, source, speaker, stage
from comfyvn.infrastructure.exports.renpy.translations import block

_WORDS = re.compile(r"[^\W\d]\w*")

DRAW, WAY = "cvn_draw", "cvn_way"
"""The function that draws a way by weight, and the variable that holds the number of the way."""


def code_scene(out: Script) -> None:
    """Write the statements of a scene that stands outside of labels."""
    for node_id, node in out.blocks.get("", []):
        _node(out, node_id, node, "")
    _orphans(out)


def story_scene(out: Script, following: str | None) -> None:
    """Write a scene as a label with its block. `following` is the scene whose label comes next in the file."""
    header = out.scene.meta
    parameters = f"({header['parameters']})" if isinstance(header.get("parameters"), str) else ""
    hide = " hide" if header.get("hide") is True else ""
    out.lines.append(f"label {out.names.labels[out.scene_id]}{parameters}{hide}:")
    before = out.statements
    _block(out, "", INDENT)
    _ending(out, following)
    if out.statements == before:
        out.put(INDENT, "pass")
    _orphans(out)


def _ending(out: Script, following: str | None) -> None:
    """Lead on to where the scene falls to, or end the play, where its last node does not leave for good."""
    if leaves(out, ""):
        return
    falls_to = out.scene.falls_to
    label = None if falls_to is None else label_of(out, None, falls_to, None)
    if label is None:
        out.put(INDENT, "return")
    elif following is None or label != out.names.labels[following]:
        out.put(INDENT, f"jump {label}")


def _orphans(out: Script) -> None:
    for node_id, _ in walk(out.scene):
        if node_id not in out.written:
            out.warn("node_unreachable", "The node stands in a block that nothing leads through.", node_id)


def _block(out: Script, block: str, indent: str) -> None:
    """Write the nodes of a block; an empty one needs a word that does nothing."""
    if len(indent) > MAX_DEPTH * len(INDENT):
        raise Refused("too_deep", f"Blocks are nested more than {MAX_DEPTH} deep.", scene=out.scene_id)
    before = out.statements
    members = out.blocks.get(block, [])
    place = 0
    while place < len(members):
        node_id, node = members[place]
        following = members[place + 1] if place + 1 < len(members) else None
        aimed = following is not None and (out.scene_id, following[0]) in out.names.targets
        if following is not None and not aimed and said_in_menu(node, following[1]):
            out.written.add(node_id)
            _target(out, node_id, indent)
            _node(out, *following, indent, caption=(node_id, node))
            place += 2
        else:
            _node(out, node_id, node, indent)
            place += 1
    if out.statements == before and block:
        out.put(indent, "pass")


def _target(out: Script, node_id: str, indent: str) -> None:
    if label := out.names.targets.get((out.scene_id, node_id)):
        out.put(indent, f"label {label}:")


def _node(out: Script, node_id: str, node: Node, indent: str, caption: tuple[str, Node] | None = None) -> None:
    if node_id in out.written:
        return
    out.written.add(node_id)
    _target(out, node_id, indent)
    conditions = [expression(out, c) for c in node.conditions if c.strip()]
    if conditions:
        joined = conditions[0] if len(conditions) == 1 else " and ".join(f"({c})" for c in conditions)
        out.put(indent, f"if {joined}:")
        indent += INDENT
    before = out.statements
    if node.type == "text":
        _text(out, node_id, node, indent)
    elif node.type == "choice":
        _choice(out, node_id, node, indent, caption)
    else:
        _action(out, node_id, node, indent)
    if conditions and out.statements == before:
        out.put(indent, "pass")


def _text(out: Script, node_id: str, node: Node, indent: str) -> None:
    out.texts += 1
    if node.speaker and node.speaker not in out.names.speakers:
        out.warn("character_unknown", f"There is no character {node.speaker!r}; the id is written as name.", node_id)
    out.put(indent, say(node, out.names, identifier=out.names.lines.get((out.scene_id, node_id))))


def _choice(out: Script, node_id: str, node: Node, indent: str, caption: tuple[str, Node] | None) -> None:
    options = edges(node)
    if not options:
        out.warn("choice_without_options", "The choice has no options; its prompt is written as a line.", node_id)
        out.put(indent, said(out.names.text(node.content)))
        return
    directives = node.directives
    name = out.names.written.get((out.scene_id, node_id))
    arguments = f"({directives['arguments']})" if isinstance(directives.get("arguments"), str) else ""
    out.menus[len(out.lines)] = node_id
    out.put(indent, " ".join(filter(None, ("menu", name))) + f"{f' {arguments}' if arguments else ''}:")
    inner = indent + INDENT
    for word in ("set", "with"):
        if value := source(directives.get(word)):
            out.lines.append(f"{inner}{word} {value}")
    if caption is not None:
        out.texts += 1
        identifier = out.names.lines.get((out.scene_id, caption[0]))
        out.lines.append(inner + say(caption[1], out.names, identifier=identifier, in_menu=True))
    who = speaker(node, out.names)
    if node.content and who:
        out.lines.append(f"{inner}{who} {said(out.names.text(node.content))}")
    captions = node.content.split("\n") if node.content and not who else []
    places = directives.get("captions_at")
    ahead = [i for i in places if isinstance(i, int)] if isinstance(places, list) else []
    place = 0
    for edge_id, edge in options:
        while captions and (not ahead or ahead[0] <= place):
            _caption(out, captions, ahead, inner)
            place += 1
        _option(out, node_id, edge_id, edge, inner)
        place += 1
    while captions:
        _caption(out, captions, ahead, inner)


def _caption(out: Script, captions: list[str], ahead: list[int], indent: str) -> None:
    out.lines.append(indent + said(out.names.text(captions.pop(0))))
    del ahead[:1]


def _option(out: Script, node_id: str, edge_id: str, edge: Edge, indent: str) -> None:
    arguments = f" ({edge.meta['arguments']})" if isinstance(edge.meta.get("arguments"), str) else ""
    condition = f" if {expression(out, edge.condition)}" if edge.condition and edge.condition.strip() else ""
    text = said(out.names.text(edge.text or ""))
    out.put(indent, f"{text}{arguments}{condition}:")
    _way(out, node_id, edge_id, edge, indent + INDENT)


def _way(out: Script, node_id: str, edge_id: str, edge: Edge, indent: str, number: int = 0) -> None:
    """Write where an edge leads: a jump to (or a call of) its target, or the block that it owns."""
    node = out.scene.nodes[node_id]
    if edge.scene is not None or edge.node is not None:
        label = label_of(out, node_id, edge.scene, edge.node)
        out.put(indent, "pass" if label is None else _going(out, node_id, node, label, number))
        return
    if node.verb in ("jump", "call") and edge_id not in out.blocks:
        out.warn("target_missing", f"The {node.verb} leads nowhere yet.", node_id)
    _block(out, edge_id, indent)


def _action(out: Script, node_id: str, node: Node, indent: str) -> None:
    verb, content = node.verb, node.content
    if verb in STAGE_VERBS:
        _stage(out, node_id, node, indent)
        return
    match verb:
        case "jump" | "call":
            _departure(out, node_id, node, indent)
        case "branch":
            _branch(out, node_id, node, indent)
        case "loop":
            for edge_id, edge in edges(node)[:1]:
                out.put(indent, f"while {expression(out, edge.condition or '') or 'True'}:")
                _way(out, node_id, edge_id, edge, indent + INDENT)
        case "random":
            _random(out, node_id, node, indent)
        case "return":
            out.put(indent, f"return {expression(out, content)}".rstrip())
        case "set":
            _code(out, renaming.assignment(content, out.names.variables), indent)
        case "label":
            _label(out, node_id, node, indent)
        case "comment":
            out.lines += [
                indent + (line if line.startswith("#") else f"# {line}".rstrip()) for line in content.split("\n")
            ]
        case "declare":
            translated = node.directives.get("kind") == "translation"
            _verbatim(out, block(out.story, node) if translated else declaration(out.story, node), indent)
        case _:
            _raw(out, node_id, node, indent)


def _label(out: Script, node_id: str, node: Node, indent: str) -> None:
    """Write a place inside a scene; one without a name is left out, as nothing but an edge can lead to it."""
    if name := out.names.written.get((out.scene_id, node_id)):
        parameters = node.directives.get("parameters")
        signature = f"({parameters})" if isinstance(parameters, str) else ""
        hide = " hide" if node.directives.get("hide") is True else ""
        out.put(indent, f"label {name}{signature}{hide}:")


def _raw(out: Script, node_id: str, node: Node, indent: str) -> None:
    if layout.foreign(node):
        language = source(node.directives.get("language"))
        out.lines += [f"{indent}# {language}: {line}".rstrip() for line in node.content.splitlines()]
        return
    if node.source is None and (other := set(_WORDS.findall(node.content)) & out.names.variables.keys()):
        written = ", ".join(f"{name} is {out.names.variables[name]}" for name in sorted(other))
        out.warn("code_names", f"The code uses variables that are called otherwise in the script: {written}.", node_id)
    _verbatim(out, node.content, indent)


def _verbatim(out: Script, code: str, indent: str) -> None:
    if code.strip():
        out.statements += 1
        out.lines += indented(code, indent)


def _stage(out: Script, node_id: str, node: Node, indent: str) -> None:
    sound = node.verb in ("play", "queue") or (node.verb == "voice" and not node.directives.get("sustain"))
    file = node.content.strip()
    if not sound or layout.scripted(node) or node.directives.get("expression"):
        found: str | None = node.content
    else:
        found = out.sound(file)
    if found is not None:
        out.statements += 1
        out.lines += stage(replace(node, content=found), indent)
        return
    out.warn("sound_missing", f"There is no sound file {file!r}; the direction is commented out.", node_id)
    out.lines += [f"{indent}# {line.strip()}" for line in stage(node, indent)]


def _code(out: Script, code: str, indent: str) -> None:
    if "\n" in code:
        out.put(indent, "python:")
        out.lines += indented(code, indent + INDENT)
    elif code:
        out.put(indent, f"$ {code}")


def _departure(out: Script, node_id: str, node: Node, indent: str) -> None:
    computed = source(node.directives.get("expression"))
    ways = edges(node)
    if computed:
        out.put(indent, _going(out, node_id, node, f"expression {computed}"))
    elif len(ways) == 1 and not source(ways[0][1].condition):
        _way(out, node_id, *ways[0], indent)
    else:
        _branch(out, node_id, node, indent)


def _going(out: Script, node_id: str, node: Node, target: str, way: int = 0) -> str:
    if node.verb != "call":
        return f"jump {target}"
    arguments = node.directives.get("arguments")
    passed = f"({arguments})" if isinstance(arguments, str) else ""
    if passed and target.startswith("expression "):
        passed = f" pass {passed}"
    label = out.names.returns[out.scene_id, node_id]
    return f"call {target}{passed} from {f'{label}_{way}' if way else label}"


def _branch(out: Script, node_id: str, node: Node, indent: str) -> None:
    ways = edges(node)
    for place, (edge_id, edge) in enumerate(ways):
        condition = expression(out, edge.condition or "")
        if condition or place == 0 or place < len(ways) - 1:
            out.put(indent, f"{'elif' if place else 'if'} {condition or 'True'}:")
        else:
            out.put(indent, "else:")
        _way(out, node_id, edge_id, edge, indent + INDENT, place)


def _random(out: Script, node_id: str, node: Node, indent: str) -> None:
    """Write a draw by weight among the ways whose condition holds, and a branch for each."""
    ways = edges(node)
    if not ways:
        return
    out.draws = True
    weights: list[str] = []
    for _, edge in ways:
        weight = f"{1.0 if edge.weight is None else edge.weight!r}"
        condition = expression(out, edge.condition or "")
        weights.append(f"{weight} if {condition} else 0.0" if condition else weight)
    out.put(indent, f"$ {WAY} = {DRAW}({', '.join(weights)})")
    for place, (edge_id, edge) in enumerate(ways):
        out.put(indent, f"{'elif' if place else 'if'} {WAY} == {place}:")
        _way(out, node_id, edge_id, edge, indent + INDENT)
