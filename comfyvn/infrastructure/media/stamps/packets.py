"""Our stamp in a packet of XMP (ISO 16684-1): one description of its own, put in and cut out by the byte."""

import re
from typing import Final

from comfyvn.application.provenance.stamping import Stamp, StampUnfit
from comfyvn.infrastructure.media.stamps.splices import Edit, inserted
from comfyvn.infrastructure.media.stamps.words import padded, parts, text

NAMESPACE: Final = "urn:comfyvn:provenance:"
SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
_IPTC: Final = "http://iptc.org/std/Iptc4xmpExt/2008-02-29/"
_RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_BEGIN: Final = (
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
    f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
).encode()
_END: Final = b'</rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
_CLOSED: Final = re.compile(rb"</([A-Za-z_][A-Za-z0-9_.-]{0,40}):RDF\s*>")
_OURS: Final = re.compile(
    rb'<([A-Za-z_][A-Za-z0-9_.-]{0,40}):Description \1:about="" xmlns:comfyvn="'
    + NAMESPACE.encode()
    + rb'"[^<>]{0,400}><comfyvn:provenance>([^<>]{0,16384})</comfyvn:provenance></\1:Description>'
)
_WORD: Final = re.compile(r"[A-Za-z]{1,60}")


def packet(stamp: Stamp, *more: str) -> bytes:
    """Return a packet that holds nothing else."""
    return _BEGIN + _description(b"rdf", text(stamp, "packet", *more), stamp) + _END


def added(content: bytes, at: int, stamp: Stamp) -> Edit:
    """Return the edit that puts a stamp into a packet which stands at `at`; it adds an even number of bytes."""
    closed = list(_CLOSED.finditer(content))
    if not closed:
        raise StampUnfit("Its XMP packet is not understood, so nothing is added to it.")
    said = b"DigitalSourceType" in content
    new = _description(closed[-1][1], text(stamp), stamp, source=not said, even=True)
    return inserted(at + closed[-1].start(), new)


def found(content: bytes, at: int) -> tuple[bytes, Edit, bool] | None:
    """Return the stamp in a packet, the edit that cuts it out, and whether the whole packet came with it."""
    matches = list(_OURS.finditer(content))
    if not matches:
        return None
    match = matches[-1]
    alone = content.startswith(_BEGIN) and content.endswith(_END) and len(match[0]) + len(_BEGIN + _END) == len(content)
    return match[2], Edit(at + match.start(), at + match.end(), b""), alone and "packet" in parts(match[2])


def _description(prefix: bytes, said: bytes, stamp: Stamp, *, source: bool = True, even: bool = False) -> bytes:
    kind = ""
    if source and _WORD.fullmatch(stamp.source):
        kind = f' xmlns:Iptc4xmpExt="{_IPTC}" Iptc4xmpExt:DigitalSourceType="{SOURCE_TYPES}{stamp.source}"'
    start = b'<%b:Description %b:about="" xmlns:comfyvn="%b"%b>' % (prefix, prefix, NAMESPACE.encode(), kind.encode())
    begin, end = start + b"<comfyvn:provenance>", b"</comfyvn:provenance></%b:Description>" % prefix
    return begin + (padded(said, 2, len(begin) + len(end)) if even else said) + end
