"""The command that looks at all plays of a story: analyse."""

from argparse import Namespace
from collections.abc import Iterator, Mapping

from comfyvn.application.analysis import Analysed, Analyses, heat_of, of_scene, summary, way_to
from comfyvn.application.exports import story_view
from comfyvn.application.graph import GraphWay, graph_of
from comfyvn.application.studio import plain
from comfyvn.domain.analysis import Cause, EndingFacts, Limits, NotReached, minutes
from comfyvn.domain.kernel import Json
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, counted, table
from comfyvn.interfaces.cli.tools import Tools

LISTED = 50
"""Nodes that are told in words; JSON holds all."""
FEW = 3
"""Values of a variable that a table lists."""
BAR = 20
"""Signs of the bar that stands for a scene that every play comes through."""


def analyse(tools: Tools, args: Namespace, out: Printer) -> int:
    """Analyse a branch. The exit code is 1 where something is proven to be unreachable, endless or an error."""
    row = tools.branch(args.project, args.branch)
    done = Analyses(tools.studio).analyse(
        row.id, at=args.at, start=args.start, limits=Limits(args.moments, args.plays), progress=out.progress
    )
    a = done.analysis
    if args.scene is not None:
        items = of_scene(a, args.scene)
        head = ("node", "visits", "words", "picks", "values", "not reached")
        out.result(items, lambda: table(head, [_row(item) for item in items]))
        return DONE
    if args.heat:
        heat = heat_of(done)
        out.result(heat, lambda: table(("scene", "visits", "", "nodes", "words", "minutes"), map(_warmth, heat)))
        return DONE
    if args.to is not None:
        scene, _, node = args.to.rpartition(":")
        way = way_to(done, scene, node, args.option)
        out.result(way, lambda: _way(way))
        return DONE
    value = {**summary(done), "unreachable": plain(a.not_reached)}
    out.result(value, lambda: _words(done))
    broken = any(ending.reason == "error" for ending in a.endings) or bool(a.loops)
    return CHECK_FAILED if broken or any(fact.verdict == "unreachable" for fact in a.not_reached) else DONE


def graph(tools: Tools, args: Namespace, out: Printer) -> int:
    """Tell how the scenes of a branch lead to each other."""
    found = graph_of(story_view(tools.studio, tools.branch(args.project, args.branch).id, args.at))
    head = ("from", "", "to", "")
    out.result(plain(found), lambda: table(head, map(_led, found.ways)))
    return DONE


def _led(way: GraphWay) -> tuple[object, ...]:
    notes = {"computed": way.dynamic, "in code": way.in_code, "not there": way.target is None and not way.dynamic}
    return way.scene, way.kind, way.to, ", ".join(note for note, holds in notes.items() if holds)


def _row(item: dict[str, object]) -> tuple[object, ...]:
    route, lost, visits = item["route"], item["not_reached"], item["visits"]
    held = item["variables"]
    values = ", ".join(f"{name} {_values(seen)}" for name, seen in held.items()) if isinstance(held, dict) else ""
    picks = (
        ",".join(map(str, route["picks"])) + (" with luck" if route["lucky"] else "") if isinstance(route, dict) else ""
    )
    told = lost["verdict"] if isinstance(lost, dict) else ""
    shown = f"{visits:.4g}" if isinstance(visits, float | int) else "endless"
    return item["node"], shown, item["words"], picks, values, told


def _values(seen: Mapping[str, Json]) -> str:
    if seen["many"]:
        return f"{seen['low']} to {seen['high']}" if seen["low"] is not None else "many"
    values = seen["values"]
    return "|".join(map(str, values)) if len(values) <= FEW else counted(len(values), "value")


def _warmth(fact: Mapping[str, Json]) -> tuple[object, ...]:
    visits = fact["visits"]
    bar = "#" * round(BAR * min(1.0, 1.0 if visits is None else visits))
    shown = "endless" if visits is None else f"{visits:.3g}"
    return (
        fact["scene"],
        shown,
        bar.ljust(BAR, "."),
        f"{fact['reached']}/{fact['nodes']}",
        fact["words"],
        fact["minutes"],
    )


def _way(way: Mapping[str, Json]) -> Iterator[str]:
    picks = ",".join(map(str, way["picks"]))
    yield from (f"  {c['scene']}:{c['node']}  {c['pick']}: {c['text']}" for c in way["choices"])
    length = f"{counted(way['words'], 'word')}, {way['minutes']:g} minutes"
    yield f"{counted(len(way['picks']), 'choice')} on the way there, {length}."
    if way["seed"] is None:
        yield "Chance has to help, and none of the seeds that were tried does."
    else:
        yield f"Play it: --seed {way['seed']}" + (f" --choices {picks}" if picks else "")


def _words(done: Analysed) -> Iterator[str]:
    a = done.analysis
    how = f"all {counted(a.moments, 'moment')} visited" if a.exact else f"{counted(a.plays, 'play')} sampled"
    yield f"{a.reached} of {counted(a.nodes, 'node')} are reached ({how})."
    if not a.exact:
        yield f"The bound of {counted(a.limit, 'moment')} was met; shares are estimates with their 95 % intervals."
    yield f"{counted(a.words.total, 'word')}, {minutes(a.words.total):.0f} minutes to read all."
    yield from (f"  {_ending(ending)}" for ending in a.endings)
    if a.endless.value:
        yield f"  never ending: {_share(a.endless)}"
    yield from (f"  stuck at {end.scene}:{end.node}: no option is open" for end in a.dead_ends if end.reason != "error")
    yield from (f"  no way out of {scene}:{node}" for loop in a.loops for scene, node in loop[:1])
    for choice in a.choices:
        if choice.same:
            yield f"  {choice.scene}:{choice.node}: all options do the same"
        if choice.never_offered:
            yield f"  {choice.scene}:{choice.node}: never offered: {', '.join(choice.never_offered)}"
    yield from (f"  {_lost(fact)}" for fact in a.not_reached[:LISTED])
    if len(a.not_reached) > LISTED:
        yield f"  and {len(a.not_reached) - LISTED} more; --json lists all"
    if a.raw:
        yield f"  {counted(len(a.raw), 'piece')} of code stood on the way and was not run, so nothing is proven"


def _share(share: tuple[float, float, float]) -> str:
    value, low, high = share
    return f"{value:.1%}" if low == high else f"{value:.1%} ({low:.1%} to {high:.1%})"


def _ending(ending: EndingFacts) -> str:
    at = f"{ending.scene}:{ending.node}" if ending.node else ending.scene
    way = f", picks {','.join(map(str, ending.picks)) or 'none'}" if ending.picks is not None else ""
    luck = " with luck" if ending.lucky else ""
    seed = f", seed {ending.seed}" if ending.seed is not None else ""
    message = f" - {ending.message}" if ending.message else ""
    read = f", {minutes(ending.words):.1f} minutes" if ending.words is not None else ""
    return f"{ending.reason} at {at}: {_share(ending.share)}{read}{way}{luck}{seed}{message}"


def _lost(fact: NotReached) -> str:
    return f"{fact.scene}:{fact.node} {fact.verdict.replace('_', ' ')}{_because(fact.cause)}"


def _because(cause: Cause | None) -> str:
    if cause is None:
        return ""
    at = f"{cause.scene}:{cause.node}"
    match cause.reason:
        case "no_way":
            return f": no way leads to {at}"
        case "condition_never_true":
            return f": {cause.condition!r} never holds at {at}"
        case "variable_never_set":
            return f": {cause.condition!r} never holds at {at}, since nothing sets {', '.join(cause.variables)}"
        case "weight_zero":
            return f": its weight at {at} is zero"
        case "after_unreachable":
            return f": it comes after {at}"
