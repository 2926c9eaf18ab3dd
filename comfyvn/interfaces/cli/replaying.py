"""The command that plays all recorded playthroughs of a project again."""

from argparse import Namespace

from comfyvn.application.plays import recording
from comfyvn.application.plays.comparing import Comparison, compare
from comfyvn.application.plays.playing import Plays
from comfyvn.domain.kernel import Json
from comfyvn.domain.playthrough.following import Moment, route, words
from comfyvn.domain.playthrough.outputs import to_json
from comfyvn.interfaces.cli.output import CHECK_FAILED, DONE, Printer, commit_json, counted
from comfyvn.interfaces.cli.tools import Tools


def test_story(tools: Tools, args: Namespace, out: Printer) -> int:
    """Play every recorded playthrough on the branch; the first that parts fails the check."""
    row = tools.branch(args.project, args.branch)
    plays = Plays(tools.studio)
    sight = route if args.route else words
    names = sorted(ref.id for ref in recording.heads(tools.studio, row.project, "playthrough"))
    for number, play_id in enumerate(names, 1):
        out.progress("plays", number, len(names))
        found = compare(tools.studio, plays.get(row.project, play_id), row.id, args.at, sight)
        if found.parted is not None:
            view = _view(play_id, found)
            out.result(view, lambda view=view: _told(view))  # type: ignore[misc]
            return CHECK_FAILED
    out.result({"plays": len(names), "parted": None}, lambda: [f"{counted(len(names), 'playthrough')}: all the same."])
    return DONE


def _view(play_id: str, found: Comparison) -> Json:
    parted = found.parted
    if parted is None:
        return None
    return {
        "playthrough": play_id,
        "step": parted.step,
        "scene": parted.scene,
        "node": parted.node,
        "before": _met(parted.before),
        "now": None if parted.now is None else _met(parted.now),
        "message": parted.message,
        "commit": None if found.commit is None else commit_json(found.commit),
    }


def _met(moment: Moment) -> list[Json]:
    return [item for output in moment.outputs if (item := to_json(output)) is not None]


def _told(view: Json) -> list[str]:
    commit = view["commit"]
    since = f"{commit['commit'][:12]} by {commit['actor']}: {commit['message']}" if commit else "unknown"
    return [
        f"Playthrough {view['playthrough']} parts after {counted(view['step'], 'step')}, "
        f"at {view['scene']}/{view['node']}:",
        f"  before: {view['before']}",
        f"  now:    {view['message'] if view['now'] is None else view['now']}",
        f"  since:  {since}",
    ]
