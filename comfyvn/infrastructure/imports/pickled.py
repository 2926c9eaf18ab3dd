"""Pickled data as inert values: an interpreter of the pickle protocols 0 to 5 that imports, calls and runs nothing.

Opcodes are those of PEP 307, PEP 3154 and PEP 574 and of the comments in Python's `pickletools`. Plain data comes back
as itself. What a pickle would import or call is refused, or, where the caller asks for it, becomes an `Inert` that only
holds the name and what was given to it. Time and memory are bounded by the length of the data and by three counts.
"""

import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from comfyvn.domain.kernel import Refused

Value = Any
"""None, bool, int, float, str, bytes, list, tuple, dict, or an `Inert`."""

MAX_STEPS = 6_000_000
"""Opcodes of one pickle."""
MAX_CONTAINERS = 1_000_000
"""Lists, tuples, dicts and inert values of one pickle."""
MAX_REMEMBERED = 2_000_000
"""Values that a pickle refers to again."""
MAX_LINE = 1 << 20
"""Bytes of an argument that ends at a newline."""
MAX_DIGITS = 40
"""Digits of a number written out."""

_BYTES = frozenset({"__builtin__.bytes", "builtins.bytes"})
_ENCODE = "_codecs.encode"
_DATA = _BYTES | {_ENCODE}
"""How protocols before 3 spell bytes: names that are data, whoever asks."""

_NAME = re.compile(r"[\w.]{1,200}")
_QUOTED = re.compile(rb"""(['"])((?:[^\\]|\\.)*)\1""", re.DOTALL)
_ESCAPED = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))", re.DOTALL)
_PLAIN = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"a": b"\a", b"b": b"\b", b"f": b"\f", b"v": b"\v", b"\n": b""}


@dataclass(eq=False, slots=True)
class Inert:
    """What would have been an object, class or function: its name, and what was given to it.

    `name` is ``module.name``. `args` are those of the call or of ``__new__``, None for a mere name. `state` is what
    would have been set; `items` what would have been put into it, pairs as tuples.
    """

    name: str
    args: tuple[Value, ...] | None = None
    state: Value = None
    items: list[Value] = field(default_factory=list)


class _Mark:
    """Stands where an opcode marked the stack."""


_MARK = _Mark()


class _Malformed(Exception):
    """The data is no pickle. Never leaves this module."""


def load(data: bytes, *, inert: bool = False) -> Value:
    """Return the value that a pickle spells.

    Raises Refused: ``pickle_hostile`` (with ``opcode`` and ``offset``) for an opcode that imports or calls, unless
    `inert`; ``pickle_too_large``; ``pickle_malformed``.
    """
    reader = _Reader(data, inert)
    try:
        return reader.run()
    except (_Malformed, IndexError, KeyError, ValueError, TypeError, OverflowError, struct.error) as error:
        message = f"The pickled data is broken at byte {reader.pos}."
        raise Refused("pickle_malformed", message, offset=reader.pos) from error


class _Reader:
    """The stack machine: one stack with marks, and a memo."""

    def __init__(self, data: bytes, inert: bool) -> None:
        self.data = data
        self.inert = inert
        self.pos = 0
        self.start = 0
        self.containers = 0
        self.stack: list[Value] = []
        self.marks: list[int] = []
        self.memo: dict[int, Value] = {}

    def run(self) -> Value:
        """Carry out the opcodes up to the one that stops."""
        for _ in range(MAX_STEPS):
            self.start = self.pos
            code = self.data[self.pos]
            self.pos += 1
            if code == _STOP:
                return self.pop()
            step = _STEPS.get(code) or (_INERT_STEPS.get(code) if self.inert else None)
            if step is None:
                raise self.hostile()
            step(self)
        raise _too_large()

    def hostile(self) -> Refused:
        """Return the refusal of the present opcode."""
        code = self.data[self.start]
        name = chr(code) if 0x20 < code < 0x7F else f"0x{code:02x}"
        message = f"The pickled data asks for code to run: opcode {name} at byte {self.start}."
        return Refused("pickle_hostile", message, opcode=name, offset=self.start)

    def take(self, count: int) -> bytes:
        """Return the next bytes."""
        if not 0 <= count <= len(self.data) - self.pos:
            raise _Malformed
        taken = self.data[self.pos : self.pos + count]
        self.pos += count
        return taken

    def number(self, form: str) -> int:
        """Return the next number in a form of `struct`."""
        (value,) = struct.unpack(form, self.take(struct.calcsize(form)))
        return int(value)

    def line(self) -> bytes:
        """Return the bytes up to the next newline."""
        end = self.data.find(b"\n", self.pos, self.pos + MAX_LINE)
        if end < 0:
            raise _Malformed
        taken = self.data[self.pos : end]
        self.pos = end + 1
        return taken

    def push(self, value: Value) -> None:
        self.stack.append(value)

    def contain(self, value: Value) -> None:
        """Push a value that costs memory beyond its bytes."""
        self.containers += 1
        if self.containers > MAX_CONTAINERS:
            raise _too_large()
        self.stack.append(value)

    def pop(self) -> Value:
        """Return what is on top; a mark is no value."""
        if self.marks and self.marks[-1] == len(self.stack):
            raise _Malformed
        return self.stack.pop()

    def top(self) -> Value:
        if self.marks and self.marks[-1] == len(self.stack):
            raise _Malformed
        return self.stack[-1]

    def marked(self) -> list[Value]:
        """Return what lies above the last mark, and take both away."""
        start = self.marks.pop()
        values = self.stack[start:]
        del self.stack[start:]
        return values


def _too_large() -> Refused:
    return Refused("pickle_too_large", "The pickled data has too many parts.")


def _text(data: bytes) -> str:
    """Return what an old program's byte string says."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _whole(digits: bytes) -> int:
    if len(digits) > MAX_DIGITS:
        raise _Malformed
    return int(digits)


def _mark(r: _Reader) -> None:
    r.marks.append(len(r.stack))


def _pop(r: _Reader) -> None:
    if r.marks and r.marks[-1] == len(r.stack):
        r.marks.pop()
    else:
        r.stack.pop()


def _int(r: _Reader) -> None:
    digits = r.line()
    r.push({b"00": False, b"01": True}[digits] if digits in (b"00", b"01") else _whole(digits))


def _long(r: _Reader, length: int) -> None:
    if length > MAX_DIGITS:
        raise _Malformed
    r.push(int.from_bytes(r.take(length), "little", signed=True))


def _string(r: _Reader) -> None:
    quoted = _QUOTED.fullmatch(r.line().strip())
    if quoted is None:
        raise _Malformed
    r.push(_text(_ESCAPED.sub(_unescaped, quoted[2])))


def _unescaped(match: re.Match[bytes]) -> bytes:
    hexadecimal, octal, char = match.groups()
    if hexadecimal:
        return bytes((int(hexadecimal, 16),))
    return bytes((int(octal, 8) & 0xFF,)) if octal else _PLAIN.get(char, char)


def _append(target: Value, values: list[Value]) -> None:
    """Put values into a list or into what stands for one."""
    if isinstance(target, Inert):
        target = target.items
    if not isinstance(target, list):
        raise _Malformed
    target.extend(values)


def _set(target: Value, values: list[Value]) -> None:
    """Put pairs into a dict or into what stands for one."""
    if len(values) % 2:
        raise _Malformed
    pairs = zip(values[::2], values[1::2], strict=True)
    if isinstance(target, Inert):
        target.items.extend(pairs)
    elif isinstance(target, dict):
        target.update((_key(key), value) for key, value in pairs)
    else:
        raise _Malformed


def _key(key: Value) -> Value:
    """Return a key that cannot be made to collide with others at will."""
    if key is None or isinstance(key, str | bytes | bool) or (isinstance(key, int) and abs(key) < 1 << 60):
        return key
    return key if isinstance(key, Inert) else Inert("key", (key,))


def _appends(r: _Reader) -> None:
    values = r.marked()
    _append(r.top(), values)


def _setitems(r: _Reader) -> None:
    values = r.marked()
    _set(r.top(), values)


def _setitem(r: _Reader) -> None:
    value, key = r.pop(), r.pop()
    _set(r.top(), [key, value])


def _append_one(r: _Reader) -> None:
    value = r.pop()
    _append(r.top(), [value])


def _dict(r: _Reader) -> None:
    made: dict[Value, Value] = {}
    _set(made, r.marked())
    r.contain(made)


def _tuple(r: _Reader, count: int) -> None:
    values = [r.pop() for _ in range(count)]
    r.contain(tuple(reversed(values)))


def _get(r: _Reader, index: int) -> None:
    r.push(r.memo[index])


def _put(r: _Reader, index: int) -> None:
    r.memo[index] = r.top()
    if len(r.memo) > MAX_REMEMBERED:
        raise _too_large()


# --- Names and what would be objects ---------------------------------------------------------


def _named(r: _Reader, name: str, args: tuple[Value, ...] | None = None) -> None:
    if not r.inert and name not in _DATA:
        raise r.hostile()
    if not _NAME.fullmatch(name):
        raise _Malformed
    r.contain(Inert(name, args))


def _global(r: _Reader) -> None:
    module, name = r.line(), r.line()
    _named(r, f"{module.decode()}.{name.decode()}")


def _stack_global(r: _Reader) -> None:
    name, module = r.pop(), r.pop()
    if not (isinstance(name, str) and isinstance(module, str)):
        raise _Malformed
    _named(r, f"{module}.{name}")


def _called(r: _Reader, function: Value, args: Value) -> None:
    """Push what stands for the result of a call, or for a new object of a class."""
    if not isinstance(function, Inert) or function.args is not None or not isinstance(args, tuple):
        raise _Malformed
    if function.name in _BYTES and not args:
        r.push(b"")
    elif function.name == _ENCODE and len(args) == 2 and isinstance(args[0], str) and args[1] in ("latin1", "latin-1"):
        r.push(args[0].encode("latin-1"))
    elif not r.inert:
        raise r.hostile()
    elif function.name.endswith((".__newobj__", "._reconstructor")):
        if not (args and isinstance(args[0], Inert)):
            raise _Malformed
        _named(r, args[0].name, args[1:])
    else:
        _named(r, function.name, args)


def _call(r: _Reader) -> None:
    args, function = r.pop(), r.pop()
    _called(r, function, args)


def _call_with_names(r: _Reader) -> None:
    _names, args, function = r.pop(), r.pop(), r.pop()
    _called(r, function, args)


def _build(r: _Reader) -> None:
    state = r.pop()
    target = r.top()
    if not isinstance(target, Inert):
        raise _Malformed
    target.state = state


def _object(r: _Reader) -> None:
    function, *args = r.marked()
    _called(r, function, tuple(args))


def _instance(r: _Reader) -> None:
    module, name = r.line(), r.line()
    _named(r, f"{module.decode()}.{name.decode()}", tuple(r.marked()))


def _empty_set(r: _Reader) -> None:
    _named(r, "builtins.set", ())


def _frozen_set(r: _Reader) -> None:
    _named(r, "builtins.frozenset", (r.marked(),))


_STOP = ord(".")

_STEPS: dict[int, Callable[[_Reader], None]] = {
    0x80: lambda r: _no_newer(r.number("<B")),
    0x95: lambda r: _ignored(r.take(8)),
    ord("("): _mark,
    ord("0"): _pop,
    ord("1"): lambda r: _ignored(r.marked()),
    ord("2"): lambda r: r.push(r.top()),
    ord("N"): lambda r: r.push(None),
    0x88: lambda r: r.push(True),
    0x89: lambda r: r.push(False),
    ord("I"): _int,
    ord("J"): lambda r: r.push(r.number("<i")),
    ord("K"): lambda r: r.push(r.number("<B")),
    ord("M"): lambda r: r.push(r.number("<H")),
    ord("L"): lambda r: r.push(_whole(r.line().removesuffix(b"L"))),
    0x8A: lambda r: _long(r, r.number("<B")),
    0x8B: lambda r: _long(r, r.number("<I")),
    ord("F"): lambda r: r.push(float(r.line()[:MAX_DIGITS])),
    ord("G"): lambda r: r.push(struct.unpack(">d", r.take(8))[0]),
    ord("S"): _string,
    ord("T"): lambda r: r.push(_text(r.take(r.number("<I")))),
    ord("U"): lambda r: r.push(_text(r.take(r.number("<B")))),
    ord("V"): lambda r: r.push(r.line().decode("raw-unicode-escape")),
    ord("X"): lambda r: r.push(r.take(r.number("<I")).decode("utf-8", "surrogatepass")),
    0x8C: lambda r: r.push(r.take(r.number("<B")).decode("utf-8", "surrogatepass")),
    0x8D: lambda r: r.push(r.take(r.number("<Q")).decode("utf-8", "surrogatepass")),
    ord("B"): lambda r: r.push(r.take(r.number("<I"))),
    ord("C"): lambda r: r.push(r.take(r.number("<B"))),
    0x8E: lambda r: r.push(r.take(r.number("<Q"))),
    ord("]"): lambda r: r.contain([]),
    ord("l"): lambda r: r.contain(r.marked()),
    ord("a"): _append_one,
    ord("e"): _appends,
    ord(")"): lambda r: r.contain(()),
    ord("t"): lambda r: r.contain(tuple(r.marked())),
    0x85: lambda r: _tuple(r, 1),
    0x86: lambda r: _tuple(r, 2),
    0x87: lambda r: _tuple(r, 3),
    ord("}"): lambda r: r.contain({}),
    ord("d"): _dict,
    ord("s"): _setitem,
    ord("u"): _setitems,
    ord("g"): lambda r: _get(r, _whole(r.line())),
    ord("h"): lambda r: _get(r, r.number("<B")),
    ord("j"): lambda r: _get(r, r.number("<I")),
    ord("p"): lambda r: _put(r, _whole(r.line())),
    ord("q"): lambda r: _put(r, r.number("<B")),
    ord("r"): lambda r: _put(r, r.number("<I")),
    ord("c"): _global,
    0x93: _stack_global,
    ord("R"): _call,
    0x94: lambda r: _put(r, len(r.memo)),
}
"""Opcodes of plain data, and of names: a few of these are data too."""

_INERT_STEPS: dict[int, Callable[[_Reader], None]] = {
    0x81: _call,
    0x92: _call_with_names,
    ord("b"): _build,
    ord("o"): _object,
    ord("i"): _instance,
    0x8F: _empty_set,
    0x90: _appends,
    0x91: _frozen_set,
}
"""Opcodes of objects. Persistent ids, extension codes and outside buffers have no meaning here at all."""


def _ignored(_value: object) -> None:
    """Take something that says nothing about the value."""


def _no_newer(protocol: int) -> None:
    if protocol > 5:
        raise _Malformed
