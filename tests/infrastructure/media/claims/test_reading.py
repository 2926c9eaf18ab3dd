"""What files of other programs say of their origin comes into the one model; what is not known stays in the details."""

import contextlib
import hashlib
import io
import json
import shutil
import struct
import subprocess
import sys
import zlib
from pathlib import Path
from typing import Any

import mutagen.flac
import mutagen.id3
import mutagen.mp4
import mutagen.oggopus
import mutagen.oggvorbis
import mutagen.wave
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from comfyvn.domain.provenance import PROVENANCE, RecordOrigin
from comfyvn.infrastructure.media import looking
from comfyvn.infrastructure.media.claims import credentials, exif, graphs, parameters, xmp
from tests.infrastructure.media.samples import image, picture, png_chunk, sample
from tests.infrastructure.media.stamps.tagged import saved, with_frames
from tests.infrastructure.media.stamps.test_stamping import stamp

GRAPH = {
    "3": {
        "class_type": "KSampler",
        "inputs": {"seed": 8566257, "model": ["10", 0], "positive": ["6", 0], "negative": ["7", 0], "steps": 20},
    },
    "4": {"class_type": "CheckpointLoaderSimple", "inputs": {"ckpt_name": "dream_shaper.safetensors"}},
    "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a tram at night", "clip": ["4", 1]}},
    "7": {"class_type": "CLIPTextEncode", "inputs": {"text": "blurry", "clip": ["4", 1]}},
    "10": {"class_type": "LoraLoader", "inputs": {"lora_name": "ink.safetensors", "model": ["4", 0]}},
}
EDITOR = {"nodes": [], "links": [], "version": 0.4}
PARAMETERS = (
    "a tram, night\nNegative prompt: blurry, text\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 42, Size: 512x768,"
    ' Model hash: abc123, Model: dream, Lora hashes: "ink: 1, more: 2", Version: v1.9.4'
)


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def canonical(graph: Any) -> str:
    return digest(json.dumps(graph, sort_keys=True, separators=(",", ":"), ensure_ascii=False))


def claims(content: bytes, name: str = "file") -> list[dict[str, Any]]:
    found = looking.inspect(name, io.BytesIO(content)).claims
    json.dumps(found, allow_nan=False)
    return [dict(claim) for claim in found]


def notes(content: bytes) -> list[str]:
    facts: Any = looking.inspect("file", io.BytesIO(content)).facts
    return list(facts.get("notes", []))


def one(content: bytes, form: str) -> dict[str, Any]:
    (found,) = [claim for claim in claims(content) if claim["details"]["form"] == form]
    assert found.pop("method") == "stamp"
    return found


def png(**texts: str) -> bytes:
    info = PngImagePlugin.PngInfo()
    for key, value in texts.items():
        info.add_text(key, value)
    return image("PNG", pnginfo=info)


COMFY = {
    "activity": "generated",
    "tool": "ComfyUI",
    "model": "dream_shaper.safetensors",
    "seed": 8566257,
    "prompt_hash": digest("a tram at night"),
    "workflow_hash": canonical(GRAPH),
}


def webp_of_comfy() -> bytes:
    found = Image.Exif()
    found[0x0110], found[0x010F] = "prompt:" + json.dumps(GRAPH), "workflow:" + json.dumps(EDITOR)
    return image("WEBP", exif=found)


def mp3_of_comfy() -> bytes:
    file, tags = io.BytesIO(sample("a.mp3")), mutagen.id3.ID3()  # type: ignore[no-untyped-call]
    tags.add(mutagen.id3.TXXX(desc="prompt", text=[json.dumps(GRAPH)]))  # type: ignore[no-untyped-call]
    tags.save(file)
    return file.getvalue()


COMMENT = {"prompt": [json.dumps(GRAPH)], "workflow": [json.dumps(EDITOR)]}


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(prompt=json.dumps(GRAPH), workflow=json.dumps(EDITOR)),
        webp_of_comfy,
        mp3_of_comfy,
        lambda: saved("a.flac", lambda tags: tags.update(COMMENT), mutagen.flac.FLAC),
        lambda: saved("a.opus", lambda tags: tags.update(COMMENT), mutagen.oggopus.OggOpus),
    ],
)
def test_the_graph_of_comfyui(make: Any) -> None:
    found = one(make(), "comfyui")
    details = found.pop("details")
    assert found == COMFY
    assert (details["positive"], details["negative"]) == ("a tram at night", "blurry")
    assert (details["also"], details["nodes"]) == (["ink.safetensors"], 5)
    assert details.get("editor_hash", canonical(EDITOR)) == canonical(EDITOR)


def test_what_a_graph_says_twice_is_not_chosen_from() -> None:
    second = {"inputs": {"seed": 1, "ckpt_name": "b"}, "class_type": "Other"}
    found = one(png(prompt=json.dumps({**GRAPH, "20": second})), "comfyui")
    assert not {"seed", "model"} & found.keys()
    assert found["details"]["seeds"] == [1, 8566257]
    assert found["details"]["models"] == ["dream_shaper.safetensors", "b"]
    alone = one(png(workflow=json.dumps(EDITOR)), "comfyui")
    assert alone == {
        "activity": "generated",
        "tool": "ComfyUI",
        "workflow_hash": canonical(EDITOR),
        "details": {"form": "comfyui"},
    }


def comment_of(text: str, encoding: str = "utf-16-be", head: bytes = b"UNICODE\0") -> Image.Exif:
    found = Image.Exif()
    found[0x010E] = "a picture"
    found.get_ifd(0x8769)[0x9286] = head + text.encode(encoding)
    return found


@pytest.mark.parametrize(
    "make",
    [
        lambda: png(parameters=PARAMETERS),
        lambda: image("JPEG", exif=comment_of(PARAMETERS)),
        lambda: image("JPEG", exif=comment_of(PARAMETERS, "utf-16-le")),
        lambda: image("WEBP", exif=comment_of(PARAMETERS, "ascii", b"ASCII\0\0\0")),
        lambda: image("AVIF", exif=comment_of(PARAMETERS)),
    ],
)
def test_the_parameters_of_the_web_ui(make: Any) -> None:
    found = one(make(), "a1111")
    details = found.pop("details")
    assert found == {
        "activity": "generated",
        "tool": "Stable Diffusion web UI v1.9.4",
        "model": "dream",
        "seed": 42,
        "prompt_hash": digest("a tram, night"),
    }
    assert (details["positive"], details["negative"]) == ("a tram, night", "blurry, text")
    assert details["settings"]["Model hash"] == "abc123"
    assert details["settings"]["Lora hashes"] == "ink: 1, more: 2"


@pytest.mark.parametrize(
    ("form", "texts", "tool", "model"),
    [
        (
            "invokeai",
            {"invokeai_metadata": '{"positive_prompt": "a", "seed": 7, "app_version": "5.1", "model": {"name": "m"}}'},
            "InvokeAI 5.1",
            "m",
        ),
        (
            "swarmui",
            {"parameters": '{"sui_image_params": {"prompt": "a", "seed": 7, "model": "m", "swarm_version": "0.9"}}'},
            "SwarmUI 0.9",
            "m",
        ),
        ("novelai", {"Software": "NovelAI", "Source": "m", "Comment": '{"prompt": "a", "seed": 7}'}, "NovelAI", "m"),
    ],
)
def test_other_generators(form: str, texts: dict[str, str], tool: str, model: str) -> None:
    found = one(png(**texts), form)
    assert (found["tool"], found["model"], found["seed"], found["prompt_hash"]) == (tool, model, 7, digest("a"))


def packet(inner: str) -> bytes:
    return (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:cc="http://creativecommons.org/ns#"'
        f' xmlns:I="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">{inner}</rdf:Description></rdf:RDF></x:xmpmeta>'
    ).encode()


RICH = packet(
    "<dc:creator><rdf:Seq><rdf:li>Ann</rdf:li><rdf:li>Bo &amp; Co</rdf:li></rdf:Seq></dc:creator>"
    '<dc:rights><rdf:Alt><rdf:li xml:lang="x-default">© Ann</rdf:li></rdf:Alt></dc:rights>'
    '<cc:license rdf:resource="http://creativecommons.org/licenses/by-sa/4.0/"/>'
    "<I:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia</I:DigitalSourceType>"
    "<I:AISystemUsed>Painter</I:AISystemUsed><I:AIPromptInformation>a tram</I:AIPromptInformation>"
)


def png_with_xmp() -> bytes:
    plain = sample("a.png")
    return plain[:33] + png_chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + RICH) + plain[33:]


@pytest.mark.parametrize(
    "make",
    [
        png_with_xmp,
        lambda: image("JPEG", xmp=RICH),
        lambda: image("WEBP", xmp=RICH),
        lambda: image("AVIF", xmp=RICH),
    ],
)
def test_rights_and_kind_of_source_in_xmp(make: Any) -> None:
    found = one(make(), "xmp")
    assert found == {
        "activity": "generated",
        "tool": "Painter",
        "licence": "http://creativecommons.org/licenses/by-sa/4.0/",
        "credit": "Ann, Bo & Co",
        "kind_of_source": "trainedAlgorithmicMedia",
        "prompt_hash": digest("a tram"),
        "details": {"form": "xmp", "copyright": "© Ann", "positive": "a tram"},
    }


def test_a_kind_of_source_that_is_none_stays_in_the_details() -> None:
    found = one(image("JPEG", xmp=packet("<I:DigitalSourceType>handmade</I:DigitalSourceType>")), "xmp")
    assert found == {"activity": "imported", "details": {"form": "xmp", "source_type": "handmade"}}


def test_rights_in_exif() -> None:
    found = Image.Exif()
    found[0x013B], found[0x8298], found[0x0131] = "Ann", "(c) 2020 Ann", "Inker 2"
    for format_ in ("JPEG", "WEBP", "AVIF", "PNG", "TIFF"):
        assert one(image(format_, exif=found), "exif") == {
            "activity": "licensed",
            "tool": "Inker 2",
            "credit": "Ann",
            "details": {"form": "exif", "copyright": "(c) 2020 Ann"},
        }, format_


@pytest.mark.engine
def test_what_exiftool_writes(tmp_path: Path) -> None:
    exiftool = shutil.which("exiftool")
    assert exiftool
    file = tmp_path / "a.jpg"
    file.write_bytes(sample("a.jpg"))
    words = ["-XMP-iptcExt:DigitalSourceType=http://cv.iptc.org/newscodes/digitalsourcetype/compositeSynthetic"]
    words += ["-XMP-xmpRights:UsageTerms=CC-BY-4.0", "-EXIF:Artist=Ann", "-IPTC:By-line=Bo", "-IPTC:CopyrightNotice=©"]
    subprocess.run([exiftool, "-q", "-codedcharacterset=utf8", *words, str(file)], check=True)
    found = {claim["details"]["form"]: claim for claim in claims(file.read_bytes())}
    assert found.keys() == {"xmp", "exif", "iptc"}
    assert (found["xmp"]["kind_of_source"], found["xmp"]["details"]["terms"]) == ("compositeSynthetic", "CC-BY-4.0")
    assert (found["exif"]["credit"], found["iptc"]["credit"]) == ("Ann", "Bo")
    assert found["iptc"]["details"]["copyright"] == "©"


def frames_with(*frames: Any) -> bytes:
    file, tags = io.BytesIO(sample("a.mp3")), mutagen.id3.ID3()  # type: ignore[no-untyped-call]
    for frame in frames:
        tags.add(frame)
    tags.save(file)
    return file.getvalue()


TAGGED = {
    "id3": lambda: frames_with(
        mutagen.id3.TPE1(text=["Änn"]),  # type: ignore[no-untyped-call]
        mutagen.id3.TCOP(text=["2020 Ann"]),  # type: ignore[no-untyped-call]
        mutagen.id3.TXXX(desc="LICENSE", text=["CC-BY-4.0"]),  # type: ignore[no-untyped-call]
    ),
    "vorbis-comment": lambda: saved(
        "a.ogg",
        lambda tags: tags.update({"artist": ["Änn"], "copyright": ["2020 Ann"], "license": ["CC-BY-4.0"]}),
        mutagen.oggvorbis.OggVorbis,
    ),
    "mp4": lambda: saved(
        "a.m4a",
        lambda tags: tags.update(
            {"\xa9ART": ["Änn"], "cprt": ["2020 Ann"], "----:com.apple.iTunes:LICENSE": [b"CC-BY-4.0"]}
        ),
        mutagen.mp4.MP4,
    ),
}


@pytest.mark.parametrize("form", TAGGED)
def test_rights_in_the_tags_of_sounds(form: str) -> None:
    found = one(TAGGED[form](), form)
    assert found == {
        "activity": "licensed",
        "licence": "CC-BY-4.0",
        "credit": "Änn",
        "details": {"form": form, "copyright": "2020 Ann"},
    }


def test_rights_in_a_wav() -> None:
    parts = b"INFO" + b"".join(
        name + struct.pack("<I", len(text)) + text for name, text in ((b"IART", b"Ann\0"), (b"ICOP", b"2020\0\0"))
    )
    chunk = b"LIST" + struct.pack("<I", len(parts)) + parts
    whole = sample("a.wav")
    content = whole[:4] + struct.pack("<I", len(whole) - 8 + len(chunk)) + whole[8:] + chunk
    found = one(content, "riff-info")
    assert (found["credit"], found["details"]["copyright"]) == ("Ann", "2020")
    tagged = saved(
        "a.wav", lambda t: (t.add_tags(), t.tags.add(mutagen.id3.TPE1(text=["Bo"]))), mutagen.wave.WAVE
    )  # fmt: skip
    assert one(tagged, "id3")["credit"] == "Bo"


def test_our_own_stamp_is_told_once() -> None:
    for name in ("a.png", "a.jpg", "a.webp", "a.avif", "a.mp3", "a.ogg", "a.flac", "a.wav", "a.m4a"):
        (found,) = claims(stamp(sample(name)))
        assert (found["activity"], found["licence"], found["tool"]) == ("generated", "CC-BY-4.0", "ComfyUI 0.3"), name
        assert found["details"] == {
            "form": "comfyvn",
            "version": 1,
            "asset": "asset-1",
            "project": "novel",
            "commit": "c0",
            "sha256": "ab" * 32,
        }
    assert [c["details"]["form"] for c in claims(stamp(with_frames(4)))] == ["comfyvn", "id3"]


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


BAD: dict[str, bytes] = {
    "deep json": png(prompt=nested(100_000), workflow='{"nodes":' * 50_000),
    "deep in a node": png(prompt=json.dumps({"1": {"class_type": "a", "inputs": {"a": 1}}})[:-2] + nested(90_000)),
    "huge number": png(prompt='{"1":{"class_type":"a","inputs":{"seed":' + "9" * 9_000 + "}}}"),
    "many nodes": png(prompt=json.dumps({str(n): {"class_type": "a", "inputs": {}} for n in range(9_000)})),
    "half a character": png(prompt='{"1":{"class_type":"a","inputs":{"ckpt_name":"\\ud800","text":"\\u0000"}}}'),
    "no number": png(prompt='{"1":{"class_type":"a","inputs":{"seed":NaN,"noise_seed":true}}}'),
    "endless settings": png(parameters="x\nSteps: 1, " + 'A: "' + "\\" * 200_000),
}


@pytest.mark.parametrize("name", BAD)
def test_hostile_words_do_no_harm(name: str) -> None:
    for claim in claims(BAD[name]):
        fields = {key: value for key, value in claim.items() if key not in ("activity", "details")}
        PROVENANCE.intend(None, RecordOrigin("asset:a", claim["activity"], details=claim["details"], **fields))
        assert len(json.dumps(claim).encode()) < 20_000


LAUGHS = b'<!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'"><!ENTITY b "&a;&a;&a;">]>' + RICH.replace(b"Ann", b"&b;")


@pytest.mark.parametrize(
    "content",
    [
        LAUGHS,
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd">' + RICH,
        b"<a>" * 100 + b"</a>" * 100,
        b"<a>" + b"<b/>" * 30_000 + b"</a>",
        RICH[:-20],
        b"\xff\xfe" + RICH,
        b"",
        b"<?xml version='1.0' encoding='no-such'?><a/>",
    ],
)
def test_xmp_that_is_not_read_is_noted(content: bytes) -> None:
    with pytest.raises(ValueError, match="malformed"):
        xmp.rights(content)
    if 0 < len(content) < 60_000:
        written = image("WEBP", xmp=content)
        assert claims(written) == []
        assert "Its XMP cannot be read." in notes(written)


def test_a_long_text_of_xmp_is_cut() -> None:
    found = xmp.rights(packet(f"<dc:rights>{'x' * 200_000}</dc:rights>")).claim("xmp")
    assert found is not None
    assert len(found["details"]["copyright"]) == 300


def test_damaged_exif_is_noted() -> None:
    content = image("WEBP", exif=b"Exif\0\0MM\0*\0\0\xff\xff\xff\xff" + bytes(20))
    assert claims(content) == []
    whole = png(parameters=PARAMETERS)
    bad = whole[:33] + png_chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 100)[:-6]) + whole[33:]
    assert one(bad, "a1111")["seed"] == 42 if not _refused(bad) else True


def _refused(content: bytes) -> bool:
    from comfyvn.domain.kernel import Refused  # noqa: PLC0415

    try:
        looking.inspect("file", io.BytesIO(content))
    except Refused:
        return True
    return False


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), st.text(max_size=200))
def test_any_words_are_read_or_not(data: bytes, text: str) -> None:
    with contextlib.suppress(ValueError):
        xmp.rights(data)
    graphs.from_graph(text, text)
    parameters.from_texts({"parameters": text + "\nSteps: 1, " + text, "Software": "NovelAI", "Comment": text})
    parameters.from_texts({"parameters": "Steps: 1, " + text})


JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["class_type", "inputs", "seed", "positive", "text", "model", "1"]), inner)
    ),
    max_leaves=30,
)


NODES = st.fixed_dictionaries({"class_type": st.text(max_size=3), "inputs": JSONS})


@settings(max_examples=100, deadline=None)
@given(st.dictionaries(st.text(max_size=3), NODES))
def test_any_graph_is_read_or_not(graph: Any) -> None:
    found = graphs.from_graph(json.dumps(graph), None)
    if found is not None:
        json.dumps(found, allow_nan=False).encode()
        assert found["tool"] == "ComfyUI"


def test_without_the_library_for_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = sample("a.png")
    content = plain[:33] + png_chunk(b"caBX", b"\0\0\0\x10jumb" + bytes(8)) + plain[33:]
    assert "What its content credentials (C2PA) say cannot be read." in notes(content)
    monkeypatch.setitem(sys.modules, "c2pa", None)
    assert credentials.NOT_INSTALLED in notes(content)


def test_a_picture_without_words_claims_nothing() -> None:
    assert claims(image("PNG", picture(mode="P"))) == []
    assert exif.of_exif(b"Exif\0\0")[1] == {}
