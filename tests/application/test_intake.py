"""What becomes of a project that is there when a story comes in."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from comfyvn.application.imports import Imported
from comfyvn.application.intake import Aim, Incoming, Policy, preview, take_in
from comfyvn.application.ports import Ref
from comfyvn.application.studio import Request, find_branch
from comfyvn.domain.kernel import Conflict, Missing
from comfyvn.domain.story import walk
from comfyvn.domain.story.commands import RewordLine
from comfyvn.infrastructure.imports.files import Files
from comfyvn.infrastructure.imports.twine.reader import reader
from comfyvn.infrastructure.storage.blobs import FileBlobs
from tests.desks import Desk

ADA = Request(actor="ada")


class Shop:
    """A desk where a story in two passages comes in by one policy or another."""

    def __init__(self, folder: Path) -> None:
        self.desk, self.folder, self.blobs = Desk(), folder, FileBlobs(folder / "blobs")
        self.written("One.", "Two.")

    def written(self, *lines: str) -> None:
        body = "\n\n".join(f":: P{n}\n{words}" for n, words in enumerate(lines))
        (self.folder / "shop.twee").write_text(f":: StoryTitle\nShop\n\n{body}\n", "utf-8")

    def incoming(self) -> Incoming:
        return reader().read(Files(self.folder / "shop.twee"))

    def take(self, policy: Policy = "merge", branch: str | None = None) -> Imported:
        return take_in(self.desk.studio, self.blobs, self.incoming(), Aim(None, branch, policy), ADA)

    def words(self, branch: str = "main") -> list[str]:
        row = find_branch(self.desk.studio, "shop", branch)
        scenes = self.desk.studio.store.load_all(row.id, "scene")
        return [node.content for scene in scenes.values() for _, node in walk(scene) if node.type == "text"]

    def reword(self, words: str) -> None:
        row = find_branch(self.desk.studio, "shop", "main")
        scene = self.desk.studio.store.load(row.id, Ref("scene", "p0")).state
        node = next(i for i, n in walk(scene) if n.type == "text")
        self.desk.do(RewordLine(node, words), Ref("scene", "p0"), branch=row.id)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    found = Shop(tmp_path)
    yield found
    found.desk.studio.store.close()


def test_merge_keeps_what_people_changed(shop: Shop) -> None:
    shop.take()
    shop.reword("Mine.")
    shop.written("One.", "Two!")
    assert not shop.take().conflicts
    assert shop.words() == ["Mine.", "Two!"]


def test_replace_takes_what_the_source_says(shop: Shop) -> None:
    shop.take()
    shop.reword("Mine.")
    shop.written("One!", "Two.")
    assert shop.take().conflicts
    assert shop.words() == ["Mine.", "Two."]
    done = shop.take("replace")
    assert (done.conflicts, shop.words()) == ((), ["One!", "Two."])
    assert shop.take("replace").events == 0
    shop.written("One!")
    shop.take("replace")
    assert shop.words() == ["One!"]


def test_fail_leaves_a_project_with_scenes_alone(shop: Shop) -> None:
    shop.take("fail")
    head = shop.desk.studio.store.head(find_branch(shop.desk.studio, "shop", "main").id)
    shop.written("Other.")
    with pytest.raises(Conflict) as refused:
        shop.take("fail")
    assert refused.value.code == "project_not_empty"
    assert shop.desk.studio.store.head(find_branch(shop.desk.studio, "shop", "main").id) == head


def test_branch_is_for_review(shop: Shop) -> None:
    shop.take("branch")
    shop.written("Other.", "Two.")
    first, second = shop.take("branch"), shop.take("branch")
    assert (first.branch, second.branch) == ("import Shop", "import Shop 2")
    assert shop.words() == ["One.", "Two."]
    assert shop.words("import Shop") == shop.words("import Shop 2") == ["Other.", "Two."]


def test_a_preview_writes_nothing(shop: Shop) -> None:
    found = preview(shop.desk.studio, shop.incoming(), Aim())
    told = found.contents
    assert (found.project, told.lines, [scene["title"] for scene in told.scenes]) == (None, 2, ["P0", "P1"])
    assert [project.name for project in shop.desk.studio.store.projects()] == ["A novel"]
    shop.take()
    assert preview(shop.desk.studio, shop.incoming(), Aim()).project == "shop"


def test_a_new_project_has_no_branch_to_go_to(shop: Shop) -> None:
    with pytest.raises(Missing) as refused:
        shop.take(branch="other")
    assert refused.value.code == "branch_unknown"


def test_a_retry_of_a_request_finds_what_was_done(shop: Shop) -> None:
    request = Request(actor="ada", command_id="once")
    for _ in range(2):
        take_in(shop.desk.studio, shop.blobs, shop.incoming(), Aim(policy="branch"), request)
    assert [row.name for row in shop.desk.studio.store.branches("shop")] == ["main"]
