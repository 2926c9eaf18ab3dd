"""Ink stories: inkjs and we tell the same along the same choices; what is not understood stays code."""

import time
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.domain.pack import Pack
from comfyvn.domain.story import walk
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.ink.reader import pack_of, reader
from tests.infrastructure.imports.stories import analysed, events_of_imports, exported, played, read
from tests.ink_players import by_inkjs, by_us
from tests.renpy_engine import engine

HARBOUR: Final = """
/* A long
   note. */
VAR gold = 3
VAR name = "Ada"
VAR brave = false
CONST PRICE = 2
-> harbour // begins

=== harbour ===
The harbour is {quiet|busy|loud}. #mood: calm
{&Red|Blue} sails. {!Only once.} {brave:You stand tall.}
Ada: I have {gold} coins, {name} says. {brave} {gold > 2}
- (top)
{ gold > PRICE:
  You are rich.
  ~ gold = gold - PRICE
- else:
  You are poor.
}
{
- gold == 0: Nothing left.
- gold == 1: One coin.
- else: Some coins.
}
{ gold:
- 1: It is one.
- 3: It is three.
- else: It is another.
}
* [Ask for work] "Work?"
  ** "Anything[."] will do," I said.
     ~ pay(3)
  ** "Nothing[."]."
  -- (after) He nods. <>
* (look) {gold < 5} Look around
  You see ships, {not after: all|some} of them-> top
+ {look} [Look again] -> top
+ [Sleep] -> inn.room ->
  You wake.
* -> out
- The day goes on{after: and on}. {harbour} {top}
{harbour > 2 || top > 4: -> out}
{stopping:
- First day.
- Second day.
- More days.
}
-> inn

=== inn ===
{inn > 1: -> harbour}
Through the inn.
-> harbour
= room
{room > 1:Again the|The} room is {~small|small}.
* [Bed] ->->
* [Floor] Cold. ->->
+ [Window] -> jump_out

=== jump_out ===
You jump<>
, and <>
land.
{twice(gold)} coins, {7 / 2}, {7.5 / 2}, {MAX(gold, 2)}.
->->

=== out ===
The end, {name}{gold > 1: with {gold} coins|{gold == 1: with a coin}}.
-> END

=== function pay(x)
~ gold = gold + x
~ brave = true

=== function twice(x)
~ return x * 2
"""
DOORS: Final = """
VAR key = 0
Three doors.
- (hall)
{key > 1: Two keys.}
* {key < 1} [First] A key. -> got(1)
+ {key} [Second]
  {key > 1:
    * * [Deep] Deep. -> hall
    * * [Deeper] Deeper. -> hall
  - else:
    A wall.
  }
  + + [Back] -> hall
  - - Behind.
+ [Third{key: now}] Third{key: door}. -> third
- Out.
-> DONE
== got(many)
~ key += many
{key} so far. {key > 0 && not third: Well.}
-> hall
== third
- (again) I say nothing as -> go
- (go) {again} I go.
{go < 3: -> again | -> DONE}
"""
LOOPS: Final = """
VAR c = 0
VAR n = "Bob"
VAR way = -> two
- (top) Top {top} {c} # loud # clear
~ c += 1
* {c < 3} [a] A
* {c > 1} b # quiet
   {c == 2:
     nested yes
     * * in1 -> lab
     * * in2
        -> lab
   - else:
     nested no
   }
   * * in3
   - - (lab) inner {lab}
+ {c < 6} c -> top
* {n == "Bob"} Wait {c}[ now, {n} # soft] then.
  ** Deeper
  ** Deepest
  -- inner
* ->
- out
{c > 4:
  many
- else:
  {top > 1: few|one}
  {c:
  - 1: c1
  - 2: c2
  - else: cx
  }
}
{stopping:
- one
- two {c}
}
{once:
- only
}
{!A|B} {&1|2|3} {~x|x}
* x
* * y
* * z
- - yz
* w
- (again) last {again} <>
glued
{again < 3: -> again}
-> k.s2
== k
k0
-> s1
= s1
s1 {s1}
-> s2
= s2
s2 {k} {s2}
{s2 < 3: -> s1}
{
  - s2 > 5: no
  - s2 > 2: yes <>
}
and on
-> way
== two
~ temp q = 5
{twice(3)} {sum(2, 4)}
~ more(q)
{q} {q / 2} {7.5 / 2} {-q} {q mod 3} {not (q > 2 && q != 4)}
-> tunnel(1) -> tunnel(q) ->
back
-> DONE
== tunnel(x)
in {x}
->->
== function twice(x)
~ return x * 2
== function sum(a, b)
~ return a + b
== function more(ref z)
~ z = z + 1
"""
STORIES: Final = {"harbour": HARBOUR, "doors": DOORS, "loops": LOOPS}
PLAYS: Final = [[Random(seed).randrange(1_000) for _ in range(60)] for seed in range(20)]


@pytest.fixture
def story(tmp_path: Path) -> Any:
    def write(text: str, name: str = "harbour.ink") -> Pack:
        (tmp_path / name).write_text(text, "utf-8")
        return read(reader(), tmp_path / name)

    return write


@cache
def theirs(name: str) -> dict[str, Any]:
    """Return what inkjs makes of a story, and how it plays it."""
    return by_inkjs(STORIES[name], PLAYS)


@pytest.mark.parametrize("name", STORIES)
def test_inkjs_tells_the_same(story: Any, name: str) -> None:
    found = theirs(name)
    assert not [complaint for complaint in found["complaints"] if "ERROR" in complaint]
    pack = story(STORIES[name])
    assert by_us(pack, PLAYS) == found["told"]
    assert (pack.recognised, pack.warnings) == (pack.total, ())
    assert len({str(told) for told in found["told"]}) > 1


@pytest.mark.parametrize("name", STORIES)
def test_a_compiled_story_is_told_as_its_source(story: Any, tmp_path: Path, name: str) -> None:
    found = theirs(name)
    (tmp_path / "compiled").mkdir()
    (tmp_path / "compiled" / f"{name}.ink.json").write_text(found["compiled"], "utf-8-sig")
    pack = read(reader(), tmp_path / "compiled")
    assert by_us(pack, PLAYS) == found["told"]
    assert (pack.recognised, pack.warnings, dict(pack.raw_kinds)) == (pack.total, (), {})
    source = story(STORIES[name])
    assert (pack.scenes.keys(), pack.start) == (source.scenes.keys(), source.start)
    assert _counted(pack) == _counted(source)
    assert events_of_imports(reader(), tmp_path / "compiled", tmp_path / "blobs")[1:] == [0]


def _counted(pack: Pack) -> tuple[int, int]:
    """Return how many choices there are, and how many options."""
    choices = [n for scene in pack.scenes.values() for _, n in walk(scene) if n.type == "choice"]
    return len(choices), sum(len(choice.next) for choice in choices)


def test_what_is_not_understood_of_a_compiled_story_stays_code(tmp_path: Path) -> None:
    source = (
        "LIST l = a, b\nVAR x = 1\nHello.\n<- side\n~ x = LIST_COUNT(l)\n{TURNS_SINCE(-> k) > 1: y}\n-> k\n"
        "== k\n-> END\n== side\nSide.\n-> DONE"
    )
    (tmp_path / "a.json").write_text(by_inkjs(source, [])["compiled"], "utf-8")
    pack = read(reader(), tmp_path / "a.json")
    assert dict(pack.raw_kinds) == {"LIST": 1, "condition": 1, "logic": 1, "thread": 1}
    assert played(pack) == ["Hello.", "end"]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ('{"inkVersion":17,"root":[]}', "ink_version"),
        ('{"inkVersion":21,"root":{}}', "ink_malformed"),
        ('{"inkVersion":21,"root":[', "ink_malformed"),
        ('{"inkVersion":21,"root":' + "[" * 200 + "null" + ",null]" * 200 + "}", "ink_malformed"),
        ('{"inkVersion":21,"root":[[' + "[]," * 200_000 + "null],null]}", "ink_malformed"),
    ],
)
def test_a_compiled_story_that_is_none_is_refused(tmp_path: Path, told: str, code: str) -> None:
    (tmp_path / "a.json").write_text(told, "utf-8")
    with pytest.raises(Refused) as refusal:
        reader().read(Files(tmp_path / "a.json"))
    assert refusal.value.code == code


def test_another_story_is_told_otherwise(story: Any) -> None:
    assert by_us(story(HARBOUR.replace("You wake.", "You rise.")), PLAYS) != theirs("harbour")["told"]


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("One\n\n  two  \nthree", ["One", "two", "three"]),
        (r"\{a\} [b] 100% \\ }", r"{{a} [b] 100% \ }"),
        ("A <>\n B", ["A {fast}B"]),
        ("a{1 + 1}b{true}c{\"x\"}", ["a2btruecx"]),
        ("# speaker: Ben\nHi # speaker: Ben # loud", ["Ben: Hi"]),
        ("Ben: Hi", ["Ben: Hi"]),
        ("He said: hi", ["He said: hi"]),
        ("{unknown(1)} x", ["{{unknown(1)} x"]),
        ("~ x = 1\nfin", ["fin"]),
        ("TODO: more\nfin", ["fin"]),
        ("VAR s = -> a\n-> s\n== a\nA.", ["A."]),
        ("LIST l = a, b\n<- thread\nfin", ["fin"]),
        ("-> a(2, \"x\")\n== a(n, w)\n{n} {w}", ["2 x"]),
    ],
)  # fmt: skip
def test_features(story: Any, source: str, told: list[str] | str) -> None:
    found = played(story(source))
    assert [line for line in found if line != "end"][-1 if isinstance(told, list) else 0 :][0] == (
        told[-1] if isinstance(told, list) else told
    )


def test_what_is_not_understood_stays_code(story: Any) -> None:
    pack = story("LIST l = a, b\nEXTERNAL f(x)\n<- side\n~ f(1)\n{TURNS_SINCE(-> k) > 1: x}\n-> k\n== k\n-> END")
    assert dict(pack.raw_kinds) == {"EXTERNAL": 1, "LIST": 1, "call f": 1, "condition": 1, "thread": 1}
    assert played(pack) == ["end"]


def test_variables_and_constants(story: Any) -> None:
    variables = story('VAR a = 1\nVAR b = 0.5\nVAR c = true\nCONST D = "d"\n~ temp e = a / b\nx {e}').variables
    assert {n: (v.type, v.default, v.constant) for n, v in variables.items()} == {
        "a": ("int", 1, False),
        "b": ("float", 0.5, False),
        "c": ("bool", True, False),
        "D": ("text", "d", True),
        "e": ("float", 0, False),
    }


def test_numbers_are_drawn(story: Any) -> None:
    pack = story("VAR x = 0\n~ x = RANDOM(1, 6)\n~ temp y = RANDOM(7, 7)\n{x} {y}")
    assert {played(pack, seed=seed)[0] for seed in range(60)} == {f"{number} 7" for number in range(1, 7)}
    assert dict(story("VAR x = 0\n~ x = RANDOM(1, 1000)").raw_kinds) == {"logic": 1}


def test_names_before_lines_can_be_left_alone(tmp_path: Path) -> None:
    (tmp_path / "a.ink").write_text("Ada: Hello.\n", "utf-8")
    assert played(pack_of(Files(tmp_path / "a.ink"), named_lines=False)) == ["Ada: Hello.", "end"]
    assert not pack_of(Files(tmp_path / "a.ink"), named_lines=False).characters
    assert {c.name for c in pack_of(Files(tmp_path / "a.ink")).characters.values()} == {"Ada"}


def test_an_end_in_a_tunnel_is_the_end(story: Any) -> None:
    source = "-> t ->\nNot here.\n== t\nIn t.\n-> u\n== u\n* [End] -> END\n* [Back] ->->\n"
    assert played(story(source), 0) == ["In t.", ["End", "Back"], "end"]
    assert played(story(source), 1) == ["In t.", ["End", "Back"], "Not here.", "end"]


def test_included_files_stand_in_their_place(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "main.ink").write_text("INCLUDE parts/one.ink\nINCLUDE parts/none.ink\n-> one\n", "utf-8")
    (tmp_path / "parts" / "one.ink").write_text("INCLUDE main.ink\n== one\nOne.\n-> END\n", "utf-8")
    pack = read(reader(), tmp_path)
    assert played(pack) == ["One.", "end"]
    assert dict(pack.raw_kinds) == {"INCLUDE": 1}
    (line,) = [node for _, node in walk(pack.scenes["one"]) if node.type == "text"]
    assert (line.source.file, line.source.line) == ("parts/one.ink", 3)
    assert events_of_imports(reader(), tmp_path, tmp_path / "blobs")[1:] == [0]


def test_every_line_is_reached_or_told_why(story: Any) -> None:
    analysis = analysed(story(DOORS))
    assert {ending.reason for ending in analysis.endings} == {"end"}
    assert analysis.dead_ends == ()


def test_what_is_no_story_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.ink").write_text("  \n", "utf-8")
    with pytest.raises(Refused) as refusal:
        reader().read(Files(tmp_path / "a.ink"))
    assert refusal.value.code == "not_a_game"


@pytest.mark.engine
def test_an_export_is_clean_for_the_engine(story: Any, tmp_path: Path) -> None:
    pack = story(DOORS)
    assert exported(pack, tmp_path / "out") == []
    assert engine.lint(tmp_path / "out").code == 0
    records = engine.play(tmp_path / "out", choices=[1, 0])
    assert records[-1]["why"] == "finished"
    said = [record["what"] for record in records if record["kind"] == "say"]
    assert [line.replace("{fast}", "") for line in said][-1].endswith("I go.")
    pack = story(HARBOUR)
    assert exported(pack, tmp_path / "harbour") == []
    assert engine.lint(tmp_path / "harbour").code == 0


BITS = st.sampled_from(
    "-> => == === k = s * + - -- (l) [ ] { } | : & ! ~ $ <> # // /* */ ->-> END {k} {x: {&a|b} {x:a|b} VAR~x~=~1 "
    '~~x~=~2 \\ " ( ) \n \n* \n- \n==k \n=s \n~~ \nINCLUDE~any.ink {stopping:\n \n-~else: <- x > 1 '
    "function f(x) TODO:".replace("\n", "|").split()
)


@given(parts=st.lists(BITS, max_size=40))
def test_any_text_is_read_and_played(tmp_path_factory: pytest.TempPathFactory, parts: list[str]) -> None:
    path = tmp_path_factory.getbasetemp() / "any.ink"
    path.write_text("Begin\n" + " ".join(parts).replace("~~", "~ ").replace("~", " ").replace("|", "\n"), "utf-8")
    assert played(read(reader(), path), seed=1)


@pytest.mark.parametrize(
    "bit",
    [
        "{",
        "}",
        "[",
        "\n* a",
        "\n- a",
        "{a|",
        "{a:",
        "->",
        "<>",
        "\n== k",
        "/*",
        "#",
        "\\",
        "(",
        "\n{\n- a:\n",
        "{&a|b}",
    ],
)
def test_hostile_repetition_takes_bounded_time(story: Any, bit: str) -> None:
    begun = time.process_time()
    story("Begin\n" + bit * (50_000 // len(bit)))
    story("Begin\n" + "\n".join([bit * (2_000 // len(bit))] * 20))
    assert time.process_time() - begun < 20
