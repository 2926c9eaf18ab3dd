"""Random histories against a naive model, on every kind of database."""

from collections.abc import Callable
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from comfyvn.application.branching import fork, merge
from comfyvn.application.handle import handle
from comfyvn.application.history import redo, restore, revert, undo
from comfyvn.application.ports import Ref
from comfyvn.application.projects import found_project
from comfyvn.application.studio import Outcome, Request, Studio
from comfyvn.domain.cast import DescribeTrait, DiscardCharacter, IntroduceCharacter, RenameCharacter
from comfyvn.domain.kernel import Missing
from comfyvn.domain.story.commands import (
    AnnotateScene,
    DirectNode,
    DiscardScene,
    OpenScene,
    ReattributeLine,
    RemoveNode,
    RetitleScene,
    RewordLine,
    WriteLine,
)
from comfyvn.infrastructure.storage.rebuild import rebuild
from tests.desks import open_studio, store_of
from tests.journeys.histories import (
    Change,
    Collision,
    History,
    Moment,
    Side,
    State,
    last_common,
    merged,
    plain,
    taken_back,
)

ENTITIES = [Ref("scene", "s1"), Ref("scene", "s2"), Ref("character", "c1")]
actors = st.sampled_from(["ada", "bo"])
entities = st.sampled_from(ENTITIES)
words = st.sampled_from(["x", "y", "z", "w"])
kinds_of_change = st.integers(0, 9)
sides: st.SearchStrategy[Side | None] = st.sampled_from([None, "ours", "theirs"])
walks = st.sampled_from(["u", "uu", "r", "ur", "uur", "uurr", "uru", "ucr", "uucur", "cbu", "cbur"])
"""Steps of one actor: undo, redo, change; and a change of the same by the other one."""
numbers = st.sampled_from(range(60))
_names = count()


class Histories(RuleBasedStateMachine):
    """People work on the branches of one project; the model keeps every moment."""

    url = "sqlite://"

    @initialize()
    def found(self) -> None:
        self.studio = open_studio(self.url)
        self.lines = count()
        row = found_project(self.studio, f"Novel {next(_names)}", Request(actor="system"))
        self.project = row.id
        start = self.studio.store.head(row.main)
        first = Change("first", "system", "", {}, {})
        self.branches: dict[str, History] = {row.main: History([Moment(start, {}, (first,), frozenset({first.id}))])}
        for ref in ENTITIES:
            self.begin(0, "ada", ref, "x")
        for what in (2, 2, 5):
            self.change(0, "ada", ENTITIES[0], "x", "x", what)
        self.walk(0, "ada", None, "y", "uruu")
        self.fork(0, None, "ada")

    @property
    def store(self) -> Any:
        return self.studio.store

    def pick(self, number: int) -> str:
        return list(self.branches)[number % len(self.branches)]

    def wrote(
        self, branch: str, actor: str, outcome: Outcome, after: State, reverts: Change | None = None,
        learned: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        """Compare what a use case did with what the model expects, and follow it."""
        history = self.branches[branch]
        assert not outcome.conflicts
        if after == history.now.state:
            assert outcome.commit is None
            assert outcome.position == history.now.position
            return
        assert outcome.commit is not None
        commit = outcome.commit
        assert (commit.branch, commit.actor, commit.position) == (branch, actor, self.store.head(branch))
        change = Change(commit.id, commit.kind, actor, history.now.state, after, reverts)
        history.add(change, commit.position, learned)

    def edit(self, branch: str, actor: str, ref: Ref, command: Any, change: Callable[[dict[str, Any]], None]) -> None:
        state = self.branches[branch].now.state
        document = plain_copy(state[ref])
        change(document)
        outcome = handle(self.studio, branch, ref, command, Request(actor=actor))
        self.wrote(branch, actor, outcome, {**state, ref: document})

    @rule(number=numbers, actor=actors, ref=entities, word=words)
    def begin(self, number: int, actor: str, ref: Ref, word: str) -> None:
        branch = self.pick(number)
        state = self.branches[branch].now.state
        if ref in state:
            return
        scene = ref.kind == "scene"
        command = OpenScene(word) if scene else IntroduceCharacter(word)
        outcome = handle(self.studio, branch, ref, command, Request(actor=actor))
        document = {"title": word, "nodes": {}, "meta": {}} if scene else {"name": word, "traits": {}}
        self.wrote(branch, actor, outcome, {**state, ref: document})

    @rule(number=numbers, actor=actors, ref=entities)
    def end(self, number: int, actor: str, ref: Ref) -> None:
        branch = self.pick(number)
        state = self.branches[branch].now.state
        command = DiscardScene() if ref.kind == "scene" else DiscardCharacter()
        if ref not in state:
            with pytest.raises(Missing):
                handle(self.studio, branch, ref, command, Request(actor=actor))
            return
        outcome = handle(self.studio, branch, ref, command, Request(actor=actor))
        self.wrote(branch, actor, outcome, {r: d for r, d in state.items() if r != ref})

    @rule(number=numbers, actor=actors, ref=entities, word=words, key=words, what=kinds_of_change)
    def change_too(self, number: int, actor: str, ref: Ref, word: str, key: str, what: int) -> None:
        self.change(number, actor, ref, word, key, what)

    @rule(number=numbers, actor=actors, ref=entities, word=words, key=words, what=kinds_of_change)
    def change(self, number: int, actor: str, ref: Ref, word: str, key: str, what: int) -> None:
        branch = self.pick(number)
        document = self.branches[branch].now.state.get(ref)
        if document is None:
            return
        if ref.kind == "character":
            if what < 5:
                self.edit(branch, actor, ref, RenameCharacter(word), lambda d: d.update(name=word))
            else:
                self.edit(branch, actor, ref, DescribeTrait(key, word), lambda d: d["traits"].update({key: word}))
            return
        nodes = sorted(document["nodes"])
        if what == 0:
            self.edit(branch, actor, ref, RetitleScene(word), lambda d: d.update(title=word))
        elif what == 1:
            self.edit(branch, actor, ref, AnnotateScene(key, word), lambda d: d["meta"].update({key: word}))
        elif what < 5 or not nodes:
            line = f"n{next(self.lines)}"
            new = {"words": word, "directives": {}}
            self.edit(branch, actor, ref, WriteLine(line, word), lambda d: d["nodes"].update({line: new}))
        else:
            self.edit_line(branch, actor, ref, nodes[number % len(nodes)], word, key, what)

    def edit_line(self, branch: str, actor: str, ref: Ref, line: str, word: str, key: str, what: int) -> None:
        match what:
            case 5 | 6:
                self.edit(branch, actor, ref, RewordLine(line, word), lambda d: d["nodes"][line].update(words=word))
            case 7:
                command: Any = ReattributeLine(line, word)
                self.edit(branch, actor, ref, command, lambda d: d["nodes"][line].update(speaker=word))
            case 8:
                command = DirectNode(line, key, word)
                self.edit(branch, actor, ref, command, lambda d: d["nodes"][line]["directives"].update({key: word}))
            case _:
                self.edit(branch, actor, ref, RemoveNode(line), lambda d: d["nodes"].pop(line))

    def settle(self, ask: Callable[[dict[str, Side]], Outcome], side: Side | None) -> Outcome:
        """Ask, and where sides collide see that nothing is written; then ask again with every conflict settled."""
        outcome = ask({})
        if outcome.conflicts:
            assert outcome.commit is None
            if side is not None:
                return ask({item.id: side for item in outcome.conflicts})
        return outcome

    def step(self, branch: str, actor: str, side: Side | None, backwards: bool) -> None:
        history = self.branches[branch]
        move = undo if backwards else redo
        candidates = list(history.undoable(actor) if backwards else history.redoable(actor))

        def ask(settled: dict[str, Side]) -> Outcome:
            return move(self.studio, branch, Request(actor=actor), settled)

        if not candidates:
            with pytest.raises(Missing):
                ask({})
            return
        for change in candidates:
            try:
                after = taken_back(history.now.state, change)
            except Collision:
                assert ask({}).conflicts
                if side is None:
                    return
                after = taken_back(history.now.state, change, side)
                if after == history.now.state:
                    return  # nothing of this change is wanted back
            if after != history.now.state:
                self.wrote(branch, actor, self.settle(ask, side), after, change)
                return
        assert ask({}).commit is None

    @rule(number=numbers, actor=actors, side=sides, word=words, steps=walks)
    def walk(self, number: int, actor: str, side: Side | None, word: str, steps: str) -> None:
        for step in steps:
            if step in "cb":
                someone, said = (actor, word) if step == "c" else ("bo" if actor == "ada" else "ada", f"not {word}")
                self.change(number, someone, ENTITIES[number % 3], said, word, number % 10)
            else:
                self.step(self.pick(number), actor, side, backwards=step == "u")

    @rule(number=numbers, old=numbers, actor=actors, side=sides)
    def revert(self, number: int, old: int, actor: str, side: Side | None) -> None:
        branch = self.pick(number)
        history = self.branches[branch]
        changes = [c for c in history.now.log if c.kind != "system"]
        if not changes:
            return
        change = changes[old % len(changes)]

        def ask(settled: dict[str, Side]) -> Outcome:
            return revert(self.studio, branch, change.id, Request(actor=actor), settled)

        self.expect(branch, actor, ask, lambda chosen: taken_back(history.now.state, change, chosen), side)

    def expect(
        self, branch: str, actor: str, ask: Callable[[dict[str, Side]], Outcome],
        model: Callable[[Side | None], State], side: Side | None, learned: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        try:
            after = model(None)
        except Collision:
            assert ask({}).conflicts
            if side is None:
                return
            after = model(side)
        self.wrote(branch, actor, self.settle(ask, side), after, learned=learned)

    @rule(number=numbers, old=numbers, actor=actors)
    def restore(self, number: int, old: int, actor: str) -> None:
        branch = self.pick(number)
        moments = self.branches[branch].moments
        moment = moments[old % len(moments)]
        outcome = restore(self.studio, branch, moment.position, Request(actor=actor))
        self.wrote(branch, actor, outcome, moment.state)

    @rule(number=numbers, old=numbers, actor=actors, ref=entities)
    def restore_one(self, number: int, old: int, actor: str, ref: Ref) -> None:
        branch = self.pick(number)
        history = self.branches[branch]
        moment = history.moments[old % len(history.moments)]
        outcome = restore(self.studio, branch, moment.position, Request(actor=actor), only=[ref])
        state = {r: d for r, d in history.now.state.items() if r != ref}
        self.wrote(branch, actor, outcome, state | ({ref: moment.state[ref]} if ref in moment.state else {}))

    @precondition(lambda self: len(self.branches) < 5)
    @rule(number=numbers, old=st.none() | numbers, actor=actors)
    def fork(self, number: int, old: int | None, actor: str) -> None:
        parent = self.branches[self.pick(number)]
        at = None if old is None else parent.moments[old % len(parent.moments)].position
        row = fork(self.studio, self.pick(number), f"b{len(self.branches)}", Request(actor=actor), at)
        moments = [moment for moment in parent.moments if at is None or moment.position <= at]
        self.branches[row.id] = history = History(moments)
        change = Change(row.id, "system", "", history.now.state, history.now.state)
        history.add(change, self.store.head(row.id))

    @precondition(lambda self: len(self.branches) > 1)
    @rule(first=numbers, second=numbers, actor=actors, side=sides)
    def merge(self, first: int, second: int, actor: str, side: Side | None) -> None:
        one, other = self.pick(first), self.pick(first + 1 + second % (len(self.branches) - 1))
        theirs, ours = self.branches[one], self.branches[other]
        base = last_common(theirs, ours)
        if base is None:
            return

        def ask(settled: dict[str, Side]) -> Outcome:
            return merge(self.studio, one, other, Request(actor=actor), settled)

        preview = merge(self.studio, one, other, Request(actor=actor), write=False)
        state = ours.now.state

        def model(chosen: Side | None) -> State:
            return merged(state, base.state, theirs.now.state, ENTITIES, chosen)

        self.expect(other, actor, ask, model, side, theirs.now.seen)
        assert preview.commit is None

    @rule(number=numbers, old=numbers)
    def look_back(self, number: int, old: int) -> None:
        branch = self.pick(number)
        moments = self.branches[branch].moments
        moment = moments[old % len(moments)]
        assert self.shown(branch, moment.position) == moment.state
        for ref in ENTITIES:
            assert plain(self.store.load(branch, ref, at=moment.position).state) == moment.state.get(ref)

    @precondition(lambda self: self.url != "sqlite://")
    @rule()
    def crash_and_reopen(self) -> None:
        self.store.close()
        self.studio = open_studio(self.url)

    def shown(self, branch: str, *at: int) -> State:
        found = {**self.store.load_all(branch, "scene", *at), **self.store.load_all(branch, "character", *at)}
        return {ref: plain(state) for ref, state in found.items()}

    @invariant()
    def every_head_is_what_the_model_says(self) -> None:
        for branch, history in self.branches.items():
            assert self.store.head(branch) == history.now.position
            state = history.now.state
            assert {ref: plain(self.store.load(branch, ref).state) for ref in ENTITIES} == {
                ref: state.get(ref) for ref in ENTITIES
            }

    def teardown(self) -> None:
        for branch, history in self.branches.items():
            latest = self.shown(branch)
            assert latest == history.now.state == self.shown(branch, history.now.position)
        verified = self.store.verify(self.project)
        assert verified.first_bad is None
        if self.url == "sqlite://":
            rebuilt = rebuild(store_of(self.studio))
            assert rebuilt.equal, rebuilt.first_difference
        self.store.close()


def plain_copy(document: Any) -> Any:
    """Return a copy of a document all the way down."""
    return {k: plain_copy(v) for k, v in document.items()} if isinstance(document, dict) else document


def play(url: str, examples: int) -> None:
    machine = type("Machine", (Histories,), {"url": url})
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        machine,
        settings=settings(
            max_examples=examples,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def rebuilt_is_equal(studio: Studio) -> None:
    rebuilt = rebuild(store_of(studio))
    studio.store.close()
    assert rebuilt.equal, rebuilt.first_difference
    assert rebuilt.rows > 0


def test_histories_in_memory() -> None:
    play("sqlite://", 40)


def test_histories_in_a_file(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'histories.db'}"
    play(url, 15)
    rebuilt_is_equal(open_studio(url))


def test_histories_on_postgres(postgres_database: Callable[[], str]) -> None:
    url = postgres_database()
    play(url, 10)
    rebuilt_is_equal(open_studio(url))
