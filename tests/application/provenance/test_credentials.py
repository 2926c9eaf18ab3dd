"""What credentials tell follows from the records of origin, as of a position."""

from comfyvn.application.ports import Ref
from comfyvn.application.provenance.credentials import credentials, works
from comfyvn.domain.assets import ReplaceAsset
from comfyvn.domain.credentials import Deed, Ingredient
from comfyvn.domain.story.commands import OpenScene, WriteLine
from tests.application.provenance.shop import GENERATED, hold, tell
from tests.desks import Desk

GPT = "model:gpt"


def test_each_asset_tells_its_maker_its_edits_and_what_went_in(desk: Desk) -> None:
    sky = hold(desk, "sky", "CC-BY-4.0")
    tell(desk, sky, "generated", tool="ComfyUI", model="sdxl", seed=7, prompt_hash="a" * 64, kind_of_source=GENERATED)
    crop = hold(desk, "crop")
    tell(desk, crop, "derived", sky, method="crop", tool="GIMP", kind_of_source="compositeWithTrainedAlgorithmicMedia")
    hold(desk, "upload")
    photo = hold(desk, "photo")
    tell(desk, photo, "imported", kind_of_source="digitalCapture", credit="Ann")
    collage = hold(desk, "collage")
    tell(desk, collage, "derived", roles={sky: "component", photo: "component", "scene:s/n": "prompt"})
    found = works(desk.studio, desk.main)
    made = found["sky"]
    assert (made.hand, made.kinds, made.tool, made.licence) == ("generated", (GENERATED,), "ComfyUI", "CC-BY-4.0")
    assert made.told == {"model": "sdxl", "seed": 7, "prompt_hash": "a" * 64}
    assert (made.title, made.sha256) == ("sky.png", desk.studio.store.load(desk.main, Ref("asset", "sky")).state.hash)
    cut = found["crop"]
    assert (cut.hand, cut.through, cut.deeds) == ("edited", False, (Deed("crop", "GIMP"),))
    assert cut.inputs == (Ingredient("asset:sky", "sky.png", "parent"),)
    assert (found["upload"].hand, found["upload"].inputs, found["upload"].deeds) == ("unknown", (), ())
    assert (found["photo"].hand, found["photo"].credit) == ("human", "Ann")
    glued = found["collage"]
    assert (glued.hand, glued.through) == ("edited", True)
    assert {(part.title, part.relationship) for part in glued.inputs} == {
        ("sky.png", "componentOf"),
        ("photo.png", "componentOf"),
        ("scene:s/n", "inputTo"),
    }


def test_the_past_tells_what_was_known_then(desk: Desk) -> None:
    sky = hold(desk, "sky")
    before = desk.studio.store.head(desk.main)
    tell(desk, sky, "generated", model="sdxl")
    desk.do(ReplaceAsset("f" * 64, 5), Ref("asset", "sky"))
    then, now = works(desk.studio, desk.main, before)["sky"], works(desk.studio, desk.main)["sky"]
    assert (then.hand, now.hand) == ("unknown", "edited")
    assert (then.commit != now.commit, now.sha256) == (True, "f" * 64)


def test_the_whole_tells_whether_a_model_made_something_in_it(desk: Desk) -> None:
    desk.do(OpenScene("Scene"))
    desk.do(WriteLine("h", "by a person"))
    before = desk.studio.store.head(desk.main)
    assert not credentials(desk.studio, desk.main).whole.made_by_model
    desk.do(WriteLine("g", "by a model"), actor=GPT)
    whole = credentials(desk.studio, desk.main).whole
    assert (whole.made_by_model, whole.title, whole.position) == (True, "A novel", desk.studio.store.head(desk.main))
    assert whole.commit == desk.studio.store.commits_at([whole.position])[whole.position].id
    assert not credentials(desk.studio, desk.main, before).whole.made_by_model
