"""Games made to be wrong are read or refused with a code; `benchmarks/fuzz_imports.py` makes many more of them."""

import io
import zipfile
from collections import Counter
from pathlib import Path

import pytest

from comfyvn.domain.kernel import Refused
from tests.infrastructure.imports.renpy import paths
from tests.infrastructure.imports.renpy.fuzzing import KINDS, bring, case


def test_each_is_read_or_refused(tmp_path: Path) -> None:
    outcomes: Counter[tuple[str, bool]] = Counter()
    for number in range(260):
        found = case(number)
        outcomes[found.kind, bring(found, tmp_path) == "read"] += 1
    assert {kind for kind, _ in outcomes} == KINDS.keys()
    assert sum(count for (_, read), count in outcomes.items() if read) > 20
    assert sum(count for (_, read), count in outcomes.items() if not read) > 100


def test_a_member_without_a_name_is_refused(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("no name", b"x")
    whole = made.getvalue()
    local, central = whole.index(b"PK\1\2"), whole.index(b"PK\5\6")
    nameless = bytearray(whole[local:central].replace(b"no name", b""))
    nameless[28:30] = b"\0\0"
    end = bytearray(whole[central:])
    end[12:16] = len(nameless).to_bytes(4, "little")
    (tmp_path / "a.zip").write_bytes(whole[:local] + nameless + end)
    with pytest.raises(Refused) as refusal:
        paths.read(tmp_path / "a.zip")
    assert refusal.value.code == "member_name_unsafe"
