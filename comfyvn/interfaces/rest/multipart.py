"""Forms with files, read part by part while they come in (multipart/form-data, RFC 7578)."""

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import NamedTuple

from anyio import from_thread
from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from comfyvn.domain.kernel import Refused

MAX_PARTS = 1000
MAX_FIELD = 1 << 20
"""Bytes in one field that is no file."""


def arriving(stream: AsyncIterator[bytes]) -> Iterator[bytes]:
    """Yield a body as it comes in, in a thread beside the one that receives it."""
    while True:
        try:
            chunk = from_thread.run(partial(anext, stream))
        except StopAsyncIteration:
            return
        if chunk:
            yield chunk


class Part(NamedTuple):
    """One part of a form. `filename` is None for a field; the `chunks` must be read before the next part is asked."""

    name: str
    filename: str | None
    chunks: Iterator[bytes]

    def text(self) -> str:
        """Return the value of a field. Raises Refused("form_malformed")."""
        taken = bytearray()
        for chunk in self.chunks:
            taken += chunk
            if len(taken) > MAX_FIELD:
                raise Refused("form_malformed", f"A field has at most {MAX_FIELD} bytes.")
        try:
            return taken.decode()
        except UnicodeDecodeError as error:
            raise Refused("form_malformed", f"The field {self.name!r} is not UTF-8.") from error


_Event = tuple[str, bytes]


class _Reader:
    """Turns the parser's calls into events that can be asked for one by one."""

    def __init__(self, chunks: Iterator[bytes], boundary: bytes) -> None:
        self._chunks = chunks
        self._events: deque[_Event] = deque()

        def data(kind: str) -> Callable[[bytes, int, int], None]:
            return lambda block, start, end: self._events.append((kind, block[start:end]))

        def mark(kind: str) -> Callable[[], None]:
            return lambda: self._events.append((kind, b""))

        self._parser = MultipartParser(
            boundary,
            {
                "on_header_field": data("field"),
                "on_header_value": data("value"),
                "on_header_end": mark("header"),
                "on_headers_finished": mark("begin"),
                "on_part_data": data("data"),
                "on_part_end": mark("end"),
                "on_end": mark("over"),
            },
        )

    def next(self) -> _Event:
        """Return the next event; raise Refused("form_malformed") where the form breaks off."""
        while not self._events:
            chunk = next(self._chunks, None)
            if chunk is None:
                raise Refused("form_malformed", "The form breaks off before its end.")
            try:
                self._parser.write(chunk)
            except MultipartParseError as error:
                raise Refused("form_malformed", "The body is no form with parts.") from error
        return self._events.popleft()


def parts(content_type: str, chunks: Iterator[bytes]) -> Iterator[Part]:
    """Yield the parts of a form; no more of it is in memory than one chunk. Raises Refused("form_malformed")."""
    kind, options = parse_options_header(content_type)
    boundary = options.get(b"boundary", b"")
    if kind != b"multipart/form-data" or not 0 < len(boundary) <= 200:
        raise Refused("form_malformed", "The body is to be multipart/form-data.")
    reader = _Reader(chunks, boundary)
    for _ in range(MAX_PARTS):
        headers = _headers(reader)
        if headers is None:
            return
        said, options = parse_options_header(headers.get(b"content-disposition"))
        if said != b"form-data" or b"name" not in options:
            raise Refused("form_malformed", "A part of the form has no name.")
        filename = options.get(b"filename")
        part = Part(_text(options[b"name"]), None if filename is None else _text(filename), _content(reader))
        yield part
        for _ in part.chunks:
            pass
    raise Refused("form_malformed", f"A form has at most {MAX_PARTS} parts.")


def _headers(reader: _Reader) -> dict[bytes, bytes] | None:
    """Return the headers of the next part, None at the end of the form."""
    found: dict[bytes, bytes] = {}
    field = value = b""
    while True:
        kind, data = reader.next()
        if kind == "over":
            return None
        if kind == "field":
            field += data
        elif kind == "value":
            value += data
        elif kind == "header":
            found[field.lower()] = value
            field = value = b""
        elif kind == "begin":
            return found


def _content(reader: _Reader) -> Iterator[bytes]:
    while (event := reader.next())[0] == "data":
        yield event[1]


def _text(value: bytes) -> str:
    return value.decode("utf-8", "replace")
