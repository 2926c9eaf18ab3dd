"""The certificates of this installation: a root of its own and the one that signs, made on first use.

One file holds both with their keys, readable by its owner only; the root alone, which may be shown to anybody, lies
beside it. Nobody else vouches for it: who is to trust it has to be given it.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from comfyvn.domain.kernel import Refused
from comfyvn.infrastructure.signing import kept

SIGNER_FILE: Final = "credentials.pem"
ROOT_FILE: Final = "credentials-root.pem"
YEARS: Final = timedelta(days=365)
LEAF: Final = 10 * YEARS
"""How long a certificate signs. There is no time stamp in a signature: it is good as long as its certificate."""
ROOT: Final = 40 * YEARS
LEFT: Final = YEARS
"""A certificate that ends sooner gives way to a new one under the same root."""

_BEGIN, _END = "-----BEGIN ", "-----END "


@dataclass(frozen=True, slots=True)
class Signer:
    """What signs: its certificate and the root's as PEM, and its key."""

    chain: bytes
    key: bytes
    root: bytes


def signer(folder: Path, now: datetime | None = None) -> Signer:
    """Return what signs in `folder`; make it on first use, and anew when its time is nearly over.

    Raises Refused("credentials_unusable") where the file holds something else.
    """
    now = now or datetime.now(UTC)
    file = folder / SIGNER_FILE
    content = file.read_bytes() if file.exists() else kept(file, _fresh(now))
    root_key, root, key, leaf = _parts(content)
    if x509.load_pem_x509_certificate(leaf).not_valid_after_utc - now < LEFT:
        renewed = kept(folder / f"{SIGNER_FILE}.new", _issued(root_key, root, now))
        with suppress(FileNotFoundError):  # another process put it there
            (folder / f"{SIGNER_FILE}.new").replace(file)
        content = renewed
        root_key, root, key, leaf = _parts(content)
    kept(folder / ROOT_FILE, root)
    return Signer(leaf + root, key, root)


def root_of(folder: Path) -> bytes | None:
    """Return the root certificate of an installation as PEM; None where it never signed."""
    file = folder / ROOT_FILE
    return file.read_bytes() if file.is_file() else None


def _fresh(now: datetime) -> bytes:
    key = generate_private_key(SECP256R1())
    name = _name(f"ComfyVN root {x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:12]}")
    made = _drafted(name, name, key, key, now, ROOT, ca=True).sign(key, SHA256())
    return _issued(_pem(key), made.public_bytes(Encoding.PEM), now)


def _issued(root_key: bytes, root: bytes, now: datetime) -> bytes:
    """Return the file with a new signing certificate under a root."""
    above, issuer = _key(root_key), x509.load_pem_x509_certificate(root)
    key = generate_private_key(SECP256R1())
    mark = x509.SubjectKeyIdentifier.from_public_key(key.public_key()).digest.hex()[:12]
    draft = _drafted(_name(f"ComfyVN installation {mark}"), issuer.subject, key, above, now, LEAF, ca=False)
    use = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION])
    leaf = draft.add_extension(use, critical=False).sign(above, SHA256())
    return root_key + root + _pem(key) + leaf.public_bytes(Encoding.PEM)


def _drafted(
    subject: x509.Name,
    issuer: x509.Name,
    key: EllipticCurvePrivateKey,
    issuer_key: EllipticCurvePrivateKey,
    now: datetime,
    lasts: timedelta,
    *,
    ca: bool,
) -> x509.CertificateBuilder:
    uses = dict.fromkeys(
        (
            "content_commitment",
            "key_encipherment",
            "data_encipherment",
            "key_agreement",
            "encipher_only",
            "decipher_only",
        ),
        False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + lasts)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=0 if ca else None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .add_extension(
            x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **uses),
            critical=True,
        )
    )


def _name(common: str) -> x509.Name:
    made_by = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "ComfyVN, issued by itself")
    return x509.Name([made_by, x509.NameAttribute(NameOID.COMMON_NAME, common)])


def _pem(key: EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _key(pem: bytes) -> EllipticCurvePrivateKey:
    found = load_pem_private_key(pem, None)
    if not isinstance(found, EllipticCurvePrivateKey):
        raise ValueError("another kind of key")
    return found


def _parts(content: bytes) -> tuple[bytes, bytes, bytes, bytes]:
    """Return the root's key and certificate, and those that sign."""
    text = content.decode("ascii", "replace")
    parts = [f"{_BEGIN}{part}".encode() for part in text.split(_BEGIN)[1:]]
    try:
        root_key, root, key, leaf = parts
        _key(root_key), _key(key), x509.load_pem_x509_certificate(root), x509.load_pem_x509_certificate(leaf)
    except ValueError as error:
        raise Refused("credentials_unusable", f"The file {SIGNER_FILE} in the folder of keys is damaged.") from error
    return root_key, root, key, leaf
