"""XMP: the few properties that tell of rights and of the kind of source.

The parser is expat with its own limits and no document type: without one there are no entities to unfold, nothing to
fetch, and no need of a library for that (it would do the same to the same parser). XMP has no document type.
"""

from typing import Any, Final
from xml.parsers import expat

from comfyvn.infrastructure.media.claims.rights import Rights

MAX_PACKET: Final = 4 << 20
"""Bytes of a packet."""
MAX_DEPTH: Final = 40
MAX_ELEMENTS: Final = 20_000
_MAX_TEXT: Final = 8_000

_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_DC: Final = "http://purl.org/dc/elements/1.1/"
_RIGHTS: Final = "http://ns.adobe.com/xap/1.0/rights/"
_IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_PLUS: Final = "http://ns.useplus.org/ldf/xmp/1.0/"

_FIELDS: Final = {
    f"{_DC} rights": "copyright",
    f"{_DC} creator": "creator",
    f"{_RIGHTS} UsageTerms": "terms",
    f"{_RIGHTS} WebStatement": "statement",
    "http://creativecommons.org/ns# license": "licence",
    "http://web.resource.org/cc/ license": "licence",
    f"{_PLUS} LicensorURL": "statement",
    "http://ns.adobe.com/photoshop/1.0/ Credit": "credit",
    "http://ns.adobe.com/xap/1.0/ CreatorTool": "software",
    f"{_IPTC} DigitalSourceType": "source_type",
    f"{_IPTC} DigitalsourceType": "source_type",
    f"{_IPTC} AISystemUsed": "system",
    f"{_IPTC} AIPromptInformation": "prompt",
}
_CONTAINERS: Final = frozenset(f"{_RDF} {name}" for name in ("Alt", "Seq", "Bag", "li", "value", "Description"))


class _Unfit(Exception):
    """The packet is not read further."""


class _Reader:
    """Collects the properties of a packet."""

    def __init__(self) -> None:
        self.found: dict[str, list[str]] = {}
        self._way: list[str] = []
        self._text = ""
        self._elements = 0

    def read(self, packet: bytes) -> None:
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.StartDoctypeDeclHandler = self._doctype
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._data
        parser.Parse(packet.strip(b"\0 \r\n\t"), True)

    def _doctype(self, *_: Any) -> None:
        raise _Unfit

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        self._way.append(name)
        if self._elements > MAX_ELEMENTS or len(self._way) > MAX_DEPTH:
            raise _Unfit
        self._text = ""
        for key, value in attributes.items():
            self._say(key, value)
        self._say(name, attributes.get(f"{_RDF} resource", ""))

    def _data(self, text: str) -> None:
        self._text = (self._text + text)[:_MAX_TEXT]

    def _end(self, name: str) -> None:
        holder = next((step for step in reversed(self._way) if step not in _CONTAINERS), "")
        if self._text.strip():
            self._say(holder, self._text)
        self._text = ""
        self._way.pop()

    def _say(self, key: str, value: str) -> None:
        name = _FIELDS.get(key)
        if name and value.strip():
            said = self.found.setdefault(name, [])
            if value.strip() not in said and len(said) < 10:
                said.append(value.strip())


def rights(packet: bytes) -> Rights:
    """Return what a packet says; raise ValueError for one that cannot be read."""
    reader = _Reader()
    if len(packet) > MAX_PACKET:
        raise ValueError("too large")
    try:
        reader.read(packet)
    except (expat.ExpatError, _Unfit, UnicodeError, LookupError) as error:
        raise ValueError("malformed") from error
    joined = {name: (", " if name == "creator" else " / ").join(said) for name, said in reader.found.items()}
    return Rights(**joined)  # type: ignore[arg-type]
