"""The certificates of an installation: made once, readable by their owner only, renewed under the same root."""

import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.credentials.certificates import LEAF, LEFT, root_of, signer

NOW = datetime(2026, 11, 26, tzinfo=UTC)


def leaf_of(chain: bytes) -> x509.Certificate:
    return x509.load_pem_x509_certificates(chain)[0]


def test_they_are_made_once_and_are_the_owners(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert root_of(folder) is None
    made = signer(folder, NOW)
    assert signer(folder, NOW) == made
    assert root_of(folder) == made.root
    assert stat.S_IMODE((folder / "credentials.pem").stat().st_mode) == 0o600
    assert b"PRIVATE" not in made.root + made.chain


def test_the_leaf_is_fit_to_sign_credentials_and_nothing_else(tmp_path: Path) -> None:
    leaf, root = x509.load_pem_x509_certificates(signer(tmp_path, NOW).chain)
    leaf.verify_directly_issued_by(root)
    assert not leaf.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usage = leaf.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.digital_signature, usage.value.key_cert_sign) == (True, True, False)
    extended = leaf.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(extended) == [ExtendedKeyUsageOID.EMAIL_PROTECTION]
    above = root.extensions.get_extension_for_class(x509.BasicConstraints).value
    assert (above.ca, above.path_length) == (True, 0)


def test_two_installations_have_two_roots(tmp_path: Path) -> None:
    assert signer(tmp_path / "one", NOW).root != signer(tmp_path / "two", NOW).root


def test_what_ends_soon_gives_way_under_the_same_root(tmp_path: Path) -> None:
    first = signer(tmp_path, NOW)
    later = NOW + LEAF - LEFT + timedelta(days=1)
    second = signer(tmp_path, later)
    assert (second.root, second.key == first.key) == (first.root, False)
    assert leaf_of(second.chain).not_valid_after_utc == later + LEAF
    assert signer(tmp_path, later) == second
    assert stat.S_IMODE((tmp_path / "credentials.pem").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"-----BEGIN nothing", b"\xff" * 10])
def test_a_damaged_file_is_refused(tmp_path: Path, content: bytes) -> None:
    signer(tmp_path, NOW)
    (tmp_path / "credentials.pem").write_bytes(content)
    with pytest.raises(Refused) as refusal:
        signer(tmp_path, NOW)
    assert refusal.value.code == "credentials_unusable"
