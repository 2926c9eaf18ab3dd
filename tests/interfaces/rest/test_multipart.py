"""Forms are read part by part, however they are cut into chunks, and never held in memory."""

import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from comfyvn.domain.kernel import Refused
from comfyvn.interfaces.rest.multipart import parts

TYPE = "multipart/form-data; boundary=frontier"
VALUES = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.none() | st.just("f.png"), st.binary(max_size=60)))


def form(values: list[tuple[str, str | None, bytes]]) -> bytes:
    body = b""
    for name, filename, content in values:
        file = f'; filename="{filename}"' if filename else ""
        body += (
            f'--frontier\r\nContent-Disposition: form-data; name="{name}"{file}\r\n\r\n'.encode() + content + b"\r\n"
        )
    return body + b"--frontier--\r\n"


@given(values=VALUES, data=st.data())
def test_parts_come_back_however_they_are_cut(values: list[tuple[str, str | None, bytes]], data: st.DataObject) -> None:
    body = form(values)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(body)), max_size=8)))
    chunks = [body[a:b] for a, b in zip([0, *cuts], [*cuts, len(body)], strict=True)]
    skipped = data.draw(st.sets(st.integers(0, len(values))))
    found = []
    for n, part in enumerate(parts(TYPE, iter(chunks))):
        content = None if n in skipped else b"".join(part.chunks)
        found.append((part.name, part.filename, content))
    assert found == [(name, file, None if n in skipped else content) for n, (name, file, content) in enumerate(values)]


@given(values=VALUES, data=st.data())
def test_a_form_that_breaks_off_is_refused(values: list[tuple[str, str | None, bytes]], data: st.DataObject) -> None:
    body = form(values)
    end = data.draw(st.integers(0, len(body) - 5))
    with pytest.raises(Refused) as refusal:
        for part in parts(TYPE, iter([body[:end]])):
            b"".join(part.chunks)
    assert refusal.value.code == "form_malformed"


@given(body=st.binary(max_size=300))
def test_noise_is_refused_or_read(body: bytes) -> None:
    try:
        for part in parts(TYPE, iter([b"--frontier\r\n" + body])):
            b"".join(part.chunks)
    except Refused as refusal:
        assert refusal.code == "form_malformed"


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=" + "x" * 300,
        "multipart/mixed; boundary=x",
    ],
)
def test_what_is_no_form_is_refused(content_type: str) -> None:
    with pytest.raises(Refused) as refusal:
        list(parts(content_type, iter([b"--frontier--\r\n"])))
    assert refusal.value.code == "form_malformed"


def test_a_long_field_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        next(parts(TYPE, iter([form([("a", None, b"x" * (2 << 20))])]))).text()
    assert refusal.value.code == "form_malformed"


def test_a_large_file_is_not_held_in_memory() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'--frontier\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        for _ in range(300):
            yield bytes(1 << 20)
        yield b"\r\n--frontier--\r\n"

    tracemalloc.start()
    (size,) = [sum(map(len, part.chunks)) for part in parts(TYPE, chunks())]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 300 << 20
    assert peak < 16 << 20
