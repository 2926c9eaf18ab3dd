"""What we sign is read and found valid by a verifier that shares no code with the library that signs."""

import io
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from comfyvn.domain.credentials import ASSERTION, SOURCE_TYPES, Deed, Ingredient, Work
from comfyvn.infrastructure.credentials.signing import C2paSigning
from tests.infrastructure.media.claims.signed import KIND, signed
from tests.infrastructure.media.samples import sample
from tests.infrastructure.media.stamps.test_stamping import stamp
from tests.other_verifiers import verified

NAMES = ("a.png", "a.jpg", "a.avif")
PART = Ingredient("asset:q", "q.png", "component")
WORK = Work("a", "a.png", "0" * 64, "edited", tool="ComfyUI", told={"seed": 7}, deeds=(Deed("crop"),), inputs=(PART,))


@pytest.fixture(scope="module")
def signing(tmp_path_factory: pytest.TempPathFactory) -> C2paSigning:
    return C2paSigning(tmp_path_factory.mktemp("keys"))


def sign(signing: C2paSigning, content: bytes, work: Work = WORK) -> bytes:
    out = io.BytesIO()
    assert signing.media(io.BytesIO(content), work, out) is None
    return out.getvalue()


def put(folder: Path, **contents: bytes) -> list[Path]:
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    return [folder / name for name in contents]


def test_what_we_sign_is_valid_and_says_the_same_there(signing: C2paSigning, tmp_path: Path) -> None:
    bare = ("a.avif",)  # of boxes with one name this verifier looks at one only, and our stamp there is in such a box
    files = put(tmp_path, **{n: sign(signing, sample(n) if n in bare else stamp(sample(n))) for n in NAMES})
    for name, found in zip(NAMES, verified(*files), strict=True):
        assert (found["valid"], found["codes"]) == (True, []), name
        (manifest,) = found["manifests"]
        assert manifest["title"] == "a.png"
        assert ASSERTION in manifest["assertions"]
        assert manifest["actions"] == [
            {"action": "c2pa.created", "kind": SOURCE_TYPES + "trainedAlgorithmicMedia"},
            {"action": "c2pa.placed"},
            {"action": "c2pa.cropped", "kind": SOURCE_TYPES + "compositeWithTrainedAlgorithmicMedia"},
        ]


def test_credentials_that_were_there_stay_those_of_the_parent(signing: C2paSigning, tmp_path: Path) -> None:
    drawn: dict[str, Any] = {"action": "c2pa.created", "digitalSourceType": KIND + "digitalArt"}
    mimes = {"a.png": "image/png", "a.jpg": "image/jpeg"}
    files = put(tmp_path, **{n: sign(signing, signed(sample(n), mime, drawn)) for n, mime in mimes.items()})
    for found in verified(*files):
        assert found["valid"], found["codes"]
        assert [manifest["title"] for manifest in found["manifests"]] == ["tram", "a.png"]
        assert found["manifests"][1]["actions"][0] == {"action": "c2pa.opened"}


@pytest.mark.parametrize("name", NAMES)
def test_a_changed_byte_is_found_there_too(signing: C2paSigning, tmp_path: Path, name: str) -> None:
    content = bytearray(sign(signing, sample(name)))
    content[-20] ^= 1
    (found,) = verified(*put(tmp_path, **{name: bytes(content)}))
    assert not found["valid"]
    assert found["codes"] in (["assertion.dataHash.mismatch"], ["assertion.bmffHash.mismatch"])


@pytest.mark.engine
@pytest.mark.parametrize("ending", ["png", "jpg", "webp", "avif", "mp3", "wav", "flac", "m4a", "mp4"])
def test_exiftool_reads_the_stamp_under_a_credential(signing: C2paSigning, tmp_path: Path, ending: str) -> None:
    exiftool = shutil.which("exiftool")
    assert exiftool
    (file,) = put(tmp_path, **{f"a.{ending}": sign(signing, stamp(sample(f"a.{ending}")))})
    done = subprocess.run([exiftool, "-j", "-G1", str(file)], capture_output=True, text=True, check=True)
    (shown,) = json.loads(done.stdout)
    values = [value for value in shown.values() if isinstance(value, str) and '{"asset"' in value]
    assert [json.loads(value[value.index("{") :])["asset"] for value in values] == ["asset-1"], shown
    if ending in ("png", "jpg"):
        assert shown["JUMBF:JUMDLabel"] == "c2pa"


def test_what_is_not_signed_has_no_credential(tmp_path: Path) -> None:
    (found,) = verified(*put(tmp_path, **{"a.png": sample("a.png")}))
    assert found["valid"] is None
