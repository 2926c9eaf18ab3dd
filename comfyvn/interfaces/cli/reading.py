"""Commands that look: play, history, show, blame, diff."""

from argparse import Namespace
from collections.abc import Iterator

from comfyvn.application import blame as blaming
from comfyvn.application import branching
from comfyvn.application.changes.chronicle import Filter
from comfyvn.application.changes.comparing import compare_prose
from comfyvn.application.changes.listing import list_changes
from comfyvn.application.changes.naming import Named
from comfyvn.application.changes.prose import Prose
from comfyvn.application.playing import picks_of, play_branch, program_of, starting_scene
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Studio, plain, story_branches
from comfyvn.domain.kernel import WHOLE, Json, Missing, Refused
from comfyvn.domain.playthrough import start as start_play
from comfyvn.domain.playthrough import step
from comfyvn.domain.playthrough.outputs import Ended, LineSaid, MenuShown, Output, RawSkipped, to_json
from comfyvn.domain.story import Node, Scene, blocks, edges
from comfyvn.interfaces.cli.output import DONE, SIGNS, Printer, commit_json, table
from comfyvn.interfaces.cli.tools import Tools

PAGE = 1000
"""Changes that are named at once."""
SHORT = 12
"""Characters of a commit id in tables."""


def play(tools: Tools, args: Namespace, out: Printer) -> int:
    """Play once; JSON lines or a readable script."""
    row = tools.branch(args.project, args.branch)
    picks = picks_of(args.choices)
    outputs: Iterator[Output]
    if args.interactive:
        outputs = _asked(tools.studio, row.id, args, out)
    else:
        outputs = play_branch(
            tools.studio,
            row.id,
            seed=args.seed,
            at=args.at,
            choices=picks,
            start=args.start,
            max_steps=args.max_steps,
        )
    for output in outputs:
        if out.as_json:
            if (item := to_json(output)) is not None:
                out.line(item)
        else:
            _tell(output, out)
    return DONE


def _asked(studio: Studio, branch: str, args: Namespace, out: Printer) -> Iterator[Output]:
    """Yield a play in which a person picks."""
    program = program_of(studio, branch, args.at)
    state = start_play(program, args.seed, starting_scene(studio, branch, args.at, args.start))
    while state.ended is None:
        pick = None
        if state.menu is not None:
            for n, option in enumerate(state.menu.options):
                out.say(f"  {n}: {option}")
            answer = input("> ").strip()
            pick = int(answer) if answer.isascii() and answer.isdigit() else None
        try:
            state, outputs = step(program, state, pick)
        except Refused as error:
            out.say(str(error))
            continue
        yield from outputs


def _tell(output: Output, out: Printer) -> None:
    match output:
        case LineSaid():
            print(f"{output.who}: {output.what}" if output.who else output.what)
        case MenuShown():
            for n, option in enumerate(output.options):
                print(f"  {'>' if n == output.picked else ' '} {option}")
        case RawSkipped():
            out.say(
                f"  (code of the engine, not run: {output.code.strip().splitlines()[0] if output.code.strip() else ''})"
            )
        case Ended():
            print(f"-- {output.reason}{': ' + output.message if output.message else ''}")
        case _:
            pass


def history(tools: Tools, args: Namespace, out: Printer) -> int:
    """List the commits of a branch, newest first."""
    row = tools.branch(args.project, args.branch)
    wanted = Filter(actor=args.by, entity=None if args.of is None else Ref.of(args.of))
    found: list[Named] = []
    below: int | None = args.at
    while below is not None and (args.limit is None or len(found) < args.limit):
        size = PAGE if args.limit is None else min(PAGE, args.limit - len(found))
        page = list_changes(tools.studio, row.id, wanted, text=args.text, at=below, size=size)
        found += page.items
        below = page.below
    out.result(
        [{**commit_json(n.commit), "name": n.name, "touched": plain(n.touched)} for n in found],
        lambda: table(
            ("commit", "position", "kind", "actor", "when", "events", "change"),
            [
                (c.id[:SHORT], c.position, c.kind, c.actor, c.at[:19], c.events, n.name[:80])
                for n in found
                for c in [n.commit]
            ],
        ),
    )
    return DONE


def show(tools: Tools, args: Namespace, out: Printer) -> int:
    """Show a project, a list of entities, or one entity."""
    row = tools.branch(args.project, args.branch)
    store = tools.studio.store
    if args.entity is None:
        counts = {kind: len(store.heads(row.id, kind, args.at)) for kind in store.kinds if kind != "branch"}
        project = next(p for p in store.projects() if p.id == row.project)
        branches = [plain(b) for b in story_branches(tools.studio, row.project)]
        head = store.head(row.id, args.at)
        view = {
            "project": plain(project),
            "branch": row.name,
            "position": head,
            "entities": counts,
            "branches": branches,
        }
        words = [f"{project.name} ({project.id}), branch {row.name}, position {head}"]
        words += [f"  {count} {kind}{'' if count == 1 else 's'}" for kind, count in counts.items() if count]
        out.result(view, lambda: words)
        return DONE
    ref = Ref.of(args.entity)
    if ref.kind not in store.kinds:
        raise Missing("kind_unknown", f"There is no kind {ref.kind!r}; there are: {', '.join(store.kinds)}.")
    if not ref.id:
        heads = sorted(store.heads(row.id, ref.kind, args.at).items())
        out.result(
            [{"id": r.id, **body} for r, body in heads],
            lambda: table(("id", "title"), [(r.id, body.get("title") or body.get("name") or "") for r, body in heads]),
        )
        return DONE
    state, version = store.load(row.id, ref, args.at)
    if state is None:
        raise Missing(f"{ref.kind}_unknown", f"There is no {ref.kind} {ref.id!r} here.", entity=str(ref))
    document = {**store.kinds[ref.kind].to_document(ref.id, state), "version": version}
    out.result(document, lambda: _script(ref.id, state) if isinstance(state, Scene) else _fields(document))
    return DONE


def _fields(document: dict[str, Json]) -> list[str]:
    return [f"{key}: {value}" for key, value in document.items()]


def _script(scene_id: str, scene: Scene) -> list[str]:
    """Return a scene as a readable script: ids at the left, blocks indented."""
    lines = [f"{scene.title} (scene:{scene_id})"]
    by_block = blocks(scene)
    stack: list[tuple[int, str, Node] | str] = [(0, i, n) for i, n in reversed(by_block.get("", []))]
    while stack:
        item = stack.pop()
        if isinstance(item, str):
            lines.append(item)
            continue
        depth, node_id, node = item
        pad = "    " * depth
        lines.append(f"{node_id:>14}  {pad}{_words(node)}")
        below: list[tuple[int, str, Node] | str] = []
        for edge_id, edge in edges(node):
            target = "/".join(t for t in (edge.scene, edge.node) if t)
            condition = f" if {edge.condition}" if edge.condition else ""
            way = f" -> {target}" if target else ""
            said = edge.text or ("" if condition or way else "else" if node.verb == "branch" else "")
            below.append(f"{'':>14}  {pad}  * {said}{condition}{way}")
            below += [(depth + 1, i, n) for i, n in by_block.get(edge_id, [])]
        stack.extend(reversed(below))
    if scene.falls_to:
        lines.append(f"{'':>14}  goes on in {scene.falls_to}")
    return lines


def _words(node: Node) -> str:
    if node.type == "text":
        who = node.speaker or node.directives.get("name")
        return f"{who}: {node.content}" if who else node.content
    first = (node.content.splitlines() or [""])[0]
    return f"[choice] {first}".rstrip() if node.type == "choice" else f"[{node.verb}] {first}".rstrip()


def blame(tools: Tools, args: Namespace, out: Printer) -> int:
    """Show who last set each field of a part, and the versions before."""
    row = tools.branch(args.project, args.branch)
    ref = Ref.of(args.entity)
    if args.part is None and ref.kind == "scene":
        return _blame_scene(tools, row.id, ref, args, out)
    found = blaming.blame(tools.studio, row.id, ref, args.part or WHOLE, args.at)
    value = {
        "entity": found.entity,
        "part": found.part,
        "fields": {name: commit_json(commit) for name, commit in found.fields.items()},
        "versions": [{"commit": commit_json(v.commit), "body": v.body} for v in found.versions],
    }
    out.result(
        value,
        lambda: [
            *table(
                ("field", "commit", "actor", "when", "message"),
                [(n, c.id[:SHORT], c.actor, c.at[:19], c.message[:60]) for n, c in found.fields.items()],
            ),
            f"{len(found.versions)} versions",
        ],
    )
    return DONE


def _blame_scene(tools: Tools, branch: str, ref: Ref, args: Namespace, out: Printer) -> int:
    state = tools.studio.store.load(branch, ref, args.at).state
    if state is None:
        raise Missing("scene_unknown", f"There is no scene {ref.id!r} here.", entity=str(ref))
    rows = blaming.last_changes(tools.studio, branch, ref, args.at)
    nodes = [(i, rows[i], state.nodes[i]) for i in state.nodes if i in rows]
    nodes.sort(key=lambda item: (item[2].place.block, item[2].place.order))
    out.result(
        [{"node": i, "commit": commit_json(c), "content": n.content} for i, c, n in nodes],
        lambda: table(
            ("commit", "actor", "when", "node", ""),
            [(c.id[:SHORT], c.actor, c.at[:19], i, _words(n)[:70]) for i, c, n in nodes],
        ),
    )
    return DONE


def diff(tools: Tools, args: Namespace, out: Printer) -> int:
    """Compare two branches, or a branch with its past."""
    one = tools.branch(args.project, args.branch)
    other = tools.branch(args.project, args.other) if args.other else one
    if args.prose:
        told = compare_prose(tools.studio, one.id, other.id, args.at, args.with_at)
        out.result(plain(told), lambda: [*_in_words(told)] or ["No difference."])
        return DONE
    found = branching.compare(tools.studio, one.id, other.id, args.at, args.with_at)
    out.result(
        [plain(d) for d in found], lambda: [line for d in found for line in _difference(d)] or ["No difference."]
    )
    return DONE


def _in_words(found: Prose) -> Iterator[str]:
    for scene in found.scenes:
        yield f"{scene.title} (scene:{scene.scene}) {scene.what}"
        for line in scene.lines:
            said = "".join(SIGNS[mark.kind].format(mark.text) for mark in line.marks)
            yield f"  {line.node} {line.what}{f' {line.who}:' if line.who else ''} {said}".rstrip()
            yield from (f"    {field.path}: {field.before!r} -> {field.after!r}" for field in line.fields)
    yield from (f"{other.name} ({other.entity}) {other.what}" for other in found.others)


def _difference(found: branching.Difference) -> Iterator[str]:
    before, after = found.before or {}, found.after or {}
    yield f"{found.entity} {found.part}".rstrip()
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            if key in before:
                yield f"  - {key}: {before[key]!r}"
            if key in after:
                yield f"  + {key}: {after[key]!r}"
