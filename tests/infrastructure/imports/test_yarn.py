"""Yarn stories: plays along plans, features one by one, imports, exports; what is no story stays code."""

import json
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.yarn.reader import pack_of, reader
from tests.infrastructure.imports import yarn_plans
from tests.infrastructure.imports.stories import analysed, compiled, events_of_imports, exported, played, read
from tests.renpy_engine import engine

LAMP = """title: Start
tags: harbour night
colorID: 3
---
// Nobody reads this.
<<declare $oil = 2 as number>>
<<declare $keeper = "Ines">>
The lamp is [b]out[/b]. #line:0a1
Ines: We have {$oil} cans, {$keeper} said. #mood:tired #line:0a2 // and sighed
<<wait 1.5>>
<<play_sound creak "the stairs">>
-> Light it <<if $oil > 0>> #line:0a3
    <<set $oil -= 1>>
    Ines: Light!
    -> Wait
        A ship. <<if $oil == 1>>
    -> Sleep
-> Ring the bell
    <<jump Bell>>
-> Row out <<if visited("Bell") && !($oil == 2)>>
<<if $oil is 2>>
    Dark.
<<elseif $oil gte 1>>
    Dim.
<<else>>
    Empty.
<<endif>>
<<jump Bell>>
===
title: Bell
---
<<if visited_count("Bell") >= 2>>
    Enough.
    <<stop>>
<<endif>>
Ding {visited_count("Bell") + 1}.
<<detour Echo>>
<<jump Bell>>
===
title: Echo
---
<<once>>
    An echo.
<<else>>
    Nothing.
<<endonce>>
<<return>>
Never.
===
"""
PLAN = """
line: `The lamp is out.`
line: `Ines: We have 2 cans, Ines said.`
command: `1.5`
command: `play_sound creak "the stairs"`
option: `Light it`
option: `Ring the bell`
option: `Row out` [disabled]
select: 1
line: `Ines: Light!`
option: `Wait`
option: `Sleep`
select: 1
line: `A ship.`
line: `Dim.`
line: `Ding 1.`
line: `An echo.`
line: `Ding 2.`
line: `Nothing.`
line: `Enough.`
stop
---
set: $oil = 0
line: `The lamp is out.`
line: `Ines: We have 0 cans, Ines said.`
command: `1.5`
command: `play_sound creak "the stairs"`
option: `Light it` [disabled]
option: `Ring the bell`
option: `Row out`
select: 3
line: `Empty.`
line: `Enough.`
"""
UNREACHED = {("echo", "unreachable"), ("start", "unreachable")}
"""What follows a return, and the option that needs a visit which cannot have been before."""
BAKER = """title: Start
---
<<declare $friend = false>>
=> Baker: Hello.
=> Baker: Good day. <<if $friend>>
=> Baker: Once only. <<once>>
<<jump Weather>>
===
title: Weather
when: always
---
Rain.
===
title: Weather
subtitle: Sun
when: once if not $friend
---
Sun.
===
"""
BAKER_PLAN = """
saliency: best_least_recently_seen
line: `Baker: Once only.`
line: `Sun.`
stop
---
set: $friend = true
line: `Baker: Good day.`
line: `Rain.`
stop
---
line: `Baker: Hello.`
line: `Rain.`
"""


@pytest.fixture
def story(tmp_path: Path) -> Any:
    def write(text: str, name: str = "lamp.yarn") -> Pack:
        (tmp_path / name).write_text(text, "utf-8")
        return read(reader(), tmp_path / name)

    return write


def body(text: str) -> str:
    return f"title: Start\n---\n{text}\n===\n"


def test_a_story_keeps_to_its_plan(story: Any) -> None:
    pack = story(LAMP)
    yarn_plans.kept(pack, PLAN)
    assert (pack.recognised, pack.total, dict(pack.raw_kinds)) == (
        pack.total - 1,
        pack.total,
        {"command play_sound": 1},
    )
    assert pack.warnings == ()
    assert {name: (v.type, v.default) for name, v in pack.variables.items() if "_" not in name} == {
        "keeper": ("text", "Ines"),
        "oil": ("int", 2),
    }
    assert pack.scenes["start"].meta == {"tags": ["harbour", "night"], "headers": {"colorID": "3"}}
    lines = [node for _, node in walk(pack.scenes["start"]) if node.type == "text"]
    assert dict(lines[0].directives) == {"line": "0a1"}
    assert dict(lines[1].directives) == {"line": "0a2", "tags": ["mood:tired"]}
    assert (lines[1].source.line, lines[1].speaker) == (9, "ines")


@pytest.mark.parametrize(("old", "new"), [("Dim.", "Dawn."), ("[disabled]", ""), ("select: 1", "select: 2")])
def test_a_plan_that_is_wrong_is_not_kept(story: Any, old: str, new: str) -> None:
    with pytest.raises((AssertionError, StopIteration, ValueError)):
        yarn_plans.kept(story(LAMP), PLAN.replace(old, new))


def test_groups_choose_what_was_seen_least_and_asks_for_most(tmp_path: Path) -> None:
    (tmp_path / "baker.yarn").write_text(BAKER, "utf-8")
    pack = pack_of(Files(tmp_path / "baker.yarn"), saliency="best_least_recently_seen")
    yarn_plans.kept(pack, BAKER_PLAN)
    first = pack_of(Files(tmp_path / "baker.yarn"), saliency="first")
    assert played(first) == ["Baker: Hello.", "Rain.", "end"]
    any_ = pack_of(Files(tmp_path / "baker.yarn"))
    assert played(any_) == ["Baker: Once only.", "Sun.", "end"]
    same = story_of(tmp_path, body("=> One\n=> Two\n=> Three"))
    assert {played(same, seed=seed)[0] for seed in range(20)} == {"One", "Two", "Three"}


def story_of(folder: Path, text: str) -> Pack:
    (folder / "same.yarn").write_text(text, "utf-8")
    return pack_of(Files(folder / "same.yarn"))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("a {1 + 1} b {1 / 2} c {4 / 2}", "a 2 b 0.5 c 2"),
        (r"\{0\} \[b\] \<\<if\>\> \#tag \/\/ \\ 100%", r"{{0} [b] <<if>> #tag // \ 100%"),
        ("[b]bold[/b] [i]it[/i] [wave]sea[/wave][pause=500/]", "{b}bold{/b} {i}it{/i} sea{w=0.5}"),
        ("[nomarkup][b]as is[/b][/nomarkup]", "[b]as is[/b]"),
        ('[plural value={3} one="% can" other="% cans"/]', "3 cans"),
        ('[ordinal value={22} one="%st" two="%nd" few="%rd" other="%th"/]', "22nd"),
        ('[select value={"b"} a="Anna" b="Ben"/]', "Ben"),
        ("Mae-Lin: Hi", "Mae-Lin: Hi"),
        (r"Note\: this", "Note: this"),
        ("Is it, really: yes", "Is it, really: yes"),
        ("{floor(2.7)} {ceil(2.1)} {round(2.6)} {inc(2.5)} {dec(2.5)}", "2 3 3 3 2"),
        ("{min(2, 3)} {max(2, 3)} {int(2.9)} {string(2)} {7 % 4}", "2 3 2 2 3"),
        ("{true xor true} {1 == 1 and not false} {(1 + 2) * 3}", "False True 9"),
        ("{host(1)}", "{{host(1)}"),
        ("an { open brace", "an {{ open brace"),
    ],
)
def test_words(story: Any, source: str, said: str) -> None:
    assert played(story(body(source)))[0] == said


def test_enums_smart_variables_and_declared_types(story: Any) -> None:
    pack = story(
        body(
            '<<enum Food>>\n<<case Apple>>\n<<case Pear = "pear">>\n<<endenum>>\n<<declare $food = Food.Apple>>\n'
            "<<declare $money = 1.5>>\n<<declare $rich = $money > 10>>\n<<set $food to .Pear>>\n"
            '<<if $food == Food.Pear and string(Food.Pear) == "pear">>\nPear.\n<<endif>>\n'
            "<<if not $rich>>\n<<set $money to 20>>\n<<endif>>\nNow {$rich}. {$money}"
        )
    )
    assert played(pack) == ["Pear.", "Now True. 20", "end"]
    assert (pack.variables["money"].type, "rich" in pack.variables) == ("float", False)


def test_variables_that_nobody_declares_get_a_fitting_default(story: Any) -> None:
    pack = story(body('<<if $met>>\nMet.\n<<endif>>\n<<if $name == "x" or $gold < 3>>\nPoor.\n<<endif>>'))
    assert {name: (v.type, v.default) for name, v in pack.variables.items()} == {
        "met": ("bool", False),
        "name": ("text", ""),
        "gold": ("int", 0),
    }
    assert played(pack) == ["Poor.", "end"]


def test_dice_are_drawn_before_the_line(story: Any) -> None:
    pack = story(body("You roll {dice(6)} and {random_range(10, 12)}.\n<<if dice(2) == 1>>\nOne.\n<<endif>>"))
    rolls = {played(pack, seed=seed)[0] for seed in range(40)}
    assert len(rolls) > 8
    assert {len(played(pack, seed=seed)) for seed in range(20)} == {2, 3}


def test_a_jump_out_of_a_detour_leaves_all_that_wait(story: Any) -> None:
    text = (
        "title: Start\n---\n<<detour A>>\nNot here.\n===\ntitle: A\n---\n<<detour B>>\nNor here.\n===\n"
        'title: B\n---\nB.\n<<jump {"C"}>>\n===\ntitle: C\n---\nC.\n===\n'
    )
    assert played(story(text)) == ["B.", "C.", "end"]
    assert played(story(text.replace('<<jump {"C"}>>', "<<stop>>"))) == ["B.", "end"]
    assert played(story(text.replace('<<jump {"C"}>>', "<<return>>"))) == ["B.", "Nor here.", "Not here.", "end"]
    by_value = text.replace('<<jump {"C"}>>', '<<set $to = "C">>\n<<jump {$to}>>')
    assert played(story(by_value)) == ["B.", "C.", "end"]


def test_options_end_at_an_empty_row_and_nest_by_indentation(story: Any) -> None:
    pack = story(body("-> A\n\t-> B\n\t\tin b\n\t-> C\n-> D\n\n-> E\nlast"))
    assert played(pack, 0, 0) == [["A", "D"], ["B", "C"], "in b", ["E"], "last", "end"]
    assert played(pack, 1) == [["A", "D"], ["E"], "last", "end"]


def test_every_ending_is_found(story: Any) -> None:
    analysis = analysed(story(LAMP.replace('<<play_sound creak "the stairs">>', "")))
    assert {(found.scene, found.verdict) for found in analysis.not_reached} == UNREACHED
    assert {ending.reason for ending in analysis.endings} == {"end"}
    assert analysis.dead_ends == ()


def test_a_project_takes_its_files_in(tmp_path: Path) -> None:
    folder = tmp_path / "game"
    (folder / "story" / "deep").mkdir(parents=True)
    (folder / "story" / "deep" / "a.yarn").write_text(LAMP, "utf-8")
    (folder / "story" / "old.yarn").write_text("title: Old\n---\nOld.\n===\n", "utf-8")
    project = {"projectFileVersion": 3, "sourceFiles": ["story/**/*.yarn"], "excludeFiles": ["**/old.yarn"]}
    (folder / "game.yarnproject").write_text(json.dumps(project), "utf-8")
    (folder / "bell.ogg").write_bytes(b"OggS")
    pack = read(reader(), folder)
    assert sorted(pack.scenes) == ["bell", "echo", "start"]
    assert [(w.code, w.file) for w in pack.warnings] == [("file_passed_over", "story/old.yarn")]
    assert [member.name for member in pack.members] == ["bell.ogg"]
    with zipfile.ZipFile(tmp_path / "game.zip", "w") as packed:
        for file in folder.rglob("*.*"):
            packed.write(file, file.relative_to(folder))
    assert read(reader(), tmp_path / "game.zip").scenes == pack.scenes
    assert events_of_imports(reader(), folder, tmp_path / "blobs")[1:] == [0]


def test_what_is_no_story_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yarn").write_text("nothing", "utf-8")
    with pytest.raises(Refused) as refusal:
        reader().read(Files(tmp_path / "a.yarn"))
    assert refusal.value.code == "not_a_game"
    (tmp_path / "b.txt").write_text("title: a\n---\n===\n", "utf-8")
    assert reader().probe(Files(tmp_path / "b.txt")).confidence == 0


@pytest.mark.engine
def test_an_export_is_clean_for_the_engine(story: Any, tmp_path: Path) -> None:
    for number, text in enumerate((LAMP, BAKER)):
        pack = story(text)
        assert exported(pack, tmp_path / f"out{number}") == []
        assert engine.lint(tmp_path / f"out{number}").code == 0
        records = engine.play(tmp_path / f"out{number}", seed=1, choices=[1])
        assert records[-1]["why"] == "finished"
        said = [record["what"] for record in records if record["kind"] == "say"]
        assert number or said == [told.rpartition(": ")[2] for told in played(pack, 1)[:-1] if isinstance(told, str)]


BITS = st.sampled_from(
    "-> => << >> <<if <<endif>> <<else>> <<once>> <<endonce>> <<set~$x~=~1>> <<jump~Start>> <<detour~Start>> <<stop>> "
    '{ } {$x} {1/0} [b] [/b] [a=" #line:1 # // \\ : $x dice(3) visited("Start") ~ \n \n~ \n~~ === --- title: ( '
    "<<return>> <<declare~$x~=~$x>> <<enum~E>> <<case~A>> E.A \" ' ! && == % when: once".replace("\n", "|").split()
)


@given(parts=st.lists(BITS, max_size=40))
def test_any_text_is_read_and_played(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.yarn"
    path.write_text("title: Start\n---\n" + " ".join(parts).replace("~", " ").replace("|", "\n"), "utf-8")
    pack = read(reader(), path)
    assert compiled(pack)
    assert played(pack, seed=1)


@pytest.mark.parametrize(
    "bit",
    ["{", "[", "<<", "<<if 1", "-> ", "\n-> a", "\n<<if 1>>", '{"', "#", "\\", '[a="', "\n\t-> ", "(", "\n---\n", "a:"],
)
def test_hostile_repetition_takes_bounded_time(story: Any, bit: str) -> None:
    begun = time.process_time()
    story(body(bit * (100_000 // len(bit))))
    story(body("\n".join([bit * (4_000 // len(bit))] * 20)))
    story(body("{" + bit * 300 + "}"))
    assert time.process_time() - begun < 20
