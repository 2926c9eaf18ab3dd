"""The lines of a playthrough as they come, over HTTP from a real server on each database."""

import json
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from comfyvn.application.plays.playing import Plays
from comfyvn.application.streaming.hub import Limits
from comfyvn.application.studio import Request
from comfyvn.domain.story.commands import EdgeDraft, OfferChoice, WriteLine
from tests.desks import Desk, open_studio, store_of
from tests.listening import Ear, Frame, Served, serving

LINES = ("one", "Well{w}, {cps=20}slowly{/cps} now.{p=1.5}雨 & {b}rain{/b} for you", "three{nw}", "four")
ASKED = Request(actor="bo")


@pytest.fixture(params=["file", "postgres"])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    if request.param == "file":
        desk = Desk(f"sqlite:///{tmp_path / 'novel.db'}")
    else:
        create: Callable[[], str] = request.getfixturevalue("postgres_database")
        desk = Desk(create())
    desk.open()
    for n, text in enumerate(LINES[1:], 2):
        desk.do(WriteLine(f"n{n}", text, after=f"n{n - 1}"))
    options = (EdgeDraft("l", "Left"), EdgeDraft("r", "Right"))
    desk.do(OfferChoice("c", options, prompt="Where?", after="n4"))
    yield desk
    desk.studio.store.close()


@pytest.fixture
def plays(desk: Desk) -> Iterator[Plays]:
    """Return the playthroughs as another process works on them."""
    elsewhere = open_studio(store_of(desk.studio).database.engine.url.render_as_string(hide_password=False))
    yield Plays(elsewhere)
    elsewhere.store.close()


@pytest.fixture
def served(desk: Desk, tmp_path: Path) -> Iterator[Served]:
    with serving(desk.studio, tmp_path / "home", Limits(beat_seconds=0.2)) as served:
        yield served


@pytest.fixture
def play(desk: Desk, plays: Plays) -> str:
    return plays.begin(desk.studio.store.branch(desk.main), ASKED).id


def path(play: str, query: str = "") -> str:
    return f"/api/playthroughs/{play}/dialogue?project=a-novel{query}"


def line_of(ear: Ear) -> tuple[list[Frame], Frame]:
    """Return the pieces of the next line, and its last frame."""
    frame = ear.named()
    assert frame is not None
    assert frame.name == "line", frame
    pieces = []
    while (frame := ear.named()) is not None and frame.name == "piece":
        pieces.append(frame)
    assert frame is not None
    assert frame.name == "final"
    return pieces, frame


def words(frames: list[Frame]) -> str:
    return "".join(frame.data["text"] for frame in frames)


def document(served: Served, play: str, query: str = "") -> Any:
    with urllib.request.urlopen(f"http://localhost:{served.port}{path(play, '&stream=false' + query)}") as answer:
        return json.load(answer)


def test_lines_come_piece_by_piece_as_the_play_goes_on(desk: Desk, served: Served, plays: Plays, play: str) -> None:
    with served.ready(path(play)) as ear:
        for n, text in enumerate(LINES, 1):
            pieces, final = line_of(ear)
            assert words(pieces) == final.data["text"] == text == desk.words(f"n{n}")
            assert (final.data["node"], final.data["scene"], final.data["who"]) == (f"n{n}", "s", None)
            assert final.data["version"] == n
            plays.read_on("a-novel", play, ASKED)
        assert line_of(ear)[1].data["text"] == "Where?"
        menu = ear.named()
        assert menu is not None
        assert (menu.name, [option["edge"] for option in menu.data["options"]]) == ("menu", ["l", "r"])
        plays.choose("a-novel", play, "r", ASKED)
        plays.end("a-novel", play, ASKED)
        assert [frame.name for frame in ear.rest()] == ["picked", "end", "closed"]
    with Ear(served.port, path(play), ear.last) as again:
        assert again.status == 204


def test_pieces_carry_their_pace(served: Served, plays: Plays, play: str) -> None:
    plays.read_on("a-novel", play, ASKED)
    with served.ready(path(play, "&cps=10")) as ear:
        pieces, final = line_of(ear)
    told = {piece.data["text"]: piece.data for piece in pieces}
    assert told["{w}"]["click"]
    assert (told["slowly"]["speed"], told["now."]["speed"], told["now."]["factor"]) == (20, None, 1)
    assert (told["{p=1.5}"]["pause"], told["{p=1.5}"]["shown"]) == (1.5, "\n")
    assert [told[text]["due"] for text in ("Well", "slowly", "now.")] == [0, 0.6, 1.0]
    assert final.data["gone"] is None


def test_who_was_cut_off_anywhere_gets_the_rest(served: Served, plays: Plays, play: str) -> None:
    plays.read_on("a-novel", play, ASKED)
    with served.ready(path(play, "&follow=false")) as ear:
        whole = ear.rest()
    for n, frame in enumerate(whole):
        with served.ready(path(play, "&follow=false"), last=frame.id) as again:
            rest = again.rest()
        heard = [f for f in whole[: n + 1] if f.name == "piece"] + [f for f in rest if f.name == "piece"]
        assert words(heard) == LINES[1]
        assert [f.name for f in rest if f.name == "final"] == ([] if frame.name == "final" else ["final"])
    with served.ready(path(play, "&follow=false"), last="2.0:7") as between:
        assert words([f for f in between.rest() if f.name == "piece"]) == LINES[1][7:]


def test_who_was_away_for_long_gets_every_line(served: Served, plays: Plays, play: str) -> None:
    with served.ready(path(play)) as ear:
        line_of(ear)
    plays.read_on("a-novel", play, ASKED, lines=2)
    plays.save("a-novel", play, "here", ASKED)
    plays.read_on("a-novel", play, ASKED)
    plays.roll("a-novel", play, 2, ASKED)
    with served.ready(path(play), last=ear.last) as again:
        finals = [line_of(again)[1] for _ in range(4)]
    assert [frame.data["text"] for frame in finals] == [LINES[1], LINES[2], LINES[3], LINES[1]]
    assert [frame.data["version"] for frame in finals] == [2, 2, 4, 5]
    assert [frame.id for frame in finals][:2] == [f"2.0:{len(LINES[1]) + 1}", f"2.1:{len(LINES[2]) + 1}"]
    with served.ready(path(play, "&follow=false")) as late:
        assert [f.data["text"] for f in late.rest() if f.name == "final"] == [LINES[1]]


def test_what_is_due_later_is_held_back_until_the_play_goes_on(served: Served, plays: Plays, play: str) -> None:
    plays.read_on("a-novel", play, ASKED)
    with served.ready(path(play, "&paced=true&cps=0.01")) as ear:
        frames = [ear.named(), ear.named()]
        assert [frame and frame.name for frame in frames] == ["line", "piece"]
        plays.read_on("a-novel", play, ASKED)  # the first piece alone would last for minutes
        while (frame := ear.named()) is not None and frame.name == "piece":
            pass
        assert frame is not None
        assert (frame.name, frame.data["text"]) == ("final", LINES[1])
        frame = ear.named()
        assert frame is not None
        assert (frame.name, frame.data["node"]) == ("line", "n3")


def test_without_streaming_all_comes_in_one_document(served: Served, plays: Plays, play: str) -> None:
    first = document(served, play)
    assert [(item["type"], item["text"], item["node"]) for item in first["items"]] == [("line", "one", "n1")]
    assert document(served, play, f"&after={first['next']}")["items"] == []
    plays.read_on("a-novel", play, ASKED, lines=2)
    found = document(served, play, f"&after={first['next']}")
    assert [item["text"] for item in found["items"]] == list(LINES[1:3])
    assert ["".join(piece["text"] for piece in item["pieces"]) for item in found["items"]] == list(LINES[1:3])
    assert (found["items"][1]["gone"], found["version"], found["more"]) == (0, 2, False)
    document_part = document(served, play, "&after=2.0:7")["items"][0]
    assert "".join(piece["text"] for piece in document_part["pieces"]) == LINES[1][7:]


def test_the_settings_say_what_comes_where_nobody_asks(served: Served, play: str) -> None:
    body = json.dumps({"streaming": {"dialogue": False}}).encode()
    request = urllib.request.Request(f"http://localhost:{served.port}/settings/save", body, method="POST")
    request.add_header("Content-Type", "application/json")
    urllib.request.urlopen(request).close()
    with Ear(served.port, path(play)) as ear:
        assert ear.headers["content-type"] == "application/json"
        assert ear.body()["items"][0]["text"] == "one"
    with served.ready(path(play, "&stream=true")) as ear:
        assert words(line_of(ear)[0]) == "one"


def test_what_cannot_be_told_is_said(served: Served, play: str) -> None:
    for asked, status, code in (
        (path("nobody"), 404, "playthrough_unknown"),
        (path(play, "&after=7"), 400, "cursor_malformed"),
        (path(play, "&after=1.0:%D9%A3"), 400, "cursor_malformed"),
    ):
        with Ear(served.port, asked) as ear:
            assert (ear.status, ear.body()["code"]) == (status, code)
    with served.ready(path(play), last="99.0:1") as ear:
        strayed = ear.named()
        assert strayed is not None
        assert (strayed.name, strayed.data["version"]) == ("resync", 1)
        assert words(line_of(ear)[0]) == "one"


def test_the_longest_line_comes_whole(desk: Desk, served: Served, plays: Plays) -> None:
    text = "雨の夜に、{w=0.1}誰も来ない。" * 3000
    desk.reword(text, node="n1")
    play = plays.begin(desk.studio.store.branch(desk.main), ASKED).id
    with served.ready(path(play)) as ear:
        pieces, final = line_of(ear)
    assert words(pieces) == final.data["text"] == desk.words("n1")
    with served.ready(path(play), last=pieces[500].id) as again:
        rest, _ = line_of(again)
    assert words(pieces[:501] + rest) == final.data["text"]
