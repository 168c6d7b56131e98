"""The office's certificate, which signs reports and letters: made at first use or brought by the office; its key lies sealed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key, pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from doudi.office.core import NotAllowed
from doudi.office.gateways import key_files
from doudi.office.sealing import seal_bytes, unseal_bytes

NAME = "reports"  # the file under the installation's keys
BITS = 3072
GOOD_FOR = timedelta(days=3650)


@dataclass(frozen=True, slots=True)
class OfficeSeal:
    """A private key (PKCS#8) and its certificates (the office's own first), all DER."""

    key: bytes
    certificates: tuple[bytes, ...]

    @property
    def certificate(self) -> x509.Certificate:
        return x509.load_der_x509_certificate(self.certificates[0])

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the office's certificate, as reading programs show it."""
        return self.certificate.fingerprint(SHA256()).hex()

    @property
    def subject(self) -> str:
        return self.certificate.subject.rfc4514_string()

    @property
    def own_word(self) -> bool:
        """Whether only we ourselves vouch for it: no authority stands behind."""
        return self.certificate.issuer == self.certificate.subject


def current(at: datetime) -> OfficeSeal:
    """The certificate in use; made on the first day, good for ten years, kept by whoever was quicker.

    :raises BrokenSeal: the file was changed, or sealed with another key
    """
    path = _path()
    if not path.exists():
        key_files.keep(path, _sealed(_made(settings.SITE["office"], at)), replace=False)
    return _read(path)


def bring(data: bytes, password: str, at: datetime) -> OfficeSeal:
    """Take the office's own certificate from a PKCS#12 file (.p12, .pfx) into use for everything signed from now on.

    :raises NotAllowed: not such a file, a wrong password, no key in it, a kind of key PDF readers do not know, or not valid now
    """
    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, password.encode() or None)
    except ValueError:
        raise NotAllowed("打不开这个证书文件：密码不对，或者不是 .p12/.pfx 文件。") from None
    if key is None or certificate is None:
        raise NotAllowed("这个文件里没有私钥或证书，请导出时选“连同私钥”。")
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise NotAllowed("这种密钥 PDF 阅读软件认不得，请用 RSA 或 ECDSA 的证书。")
    if key.public_key() != certificate.public_key():
        raise NotAllowed("文件里的私钥和证书不是一对。")
    if not certificate.not_valid_before_utc <= at <= certificate.not_valid_after_utc:
        raise NotAllowed(f"这张证书现在无效，有效期到 {certificate.not_valid_after_utc:%Y-%m-%d}。")
    seal = OfficeSeal(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()),
        (certificate.public_bytes(Encoding.DER), *(one.public_bytes(Encoding.DER) for one in others)),
    )
    key_files.keep(_path(), _sealed(seal))
    return seal


def _made(office: str, at: datetime) -> OfficeSeal:
    key = rsa.generate_private_key(public_exponent=65537, key_size=BITS)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{office}文书专用"),
        ]
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + GOOD_FOR)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signing(), critical=True)
        .sign(key, SHA256())
    )
    return OfficeSeal(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), (certificate.public_bytes(Encoding.DER),)
    )


def _for_signing() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _path() -> Path:
    return Path(settings.HOME.keys) / NAME


def _read(path: Path) -> OfficeSeal:
    told = json.loads(unseal_bytes(path.read_bytes(), f"keys/{NAME}"))
    load_der_private_key(bytes.fromhex(told["key"]), None)
    return OfficeSeal(bytes.fromhex(told["key"]), tuple(bytes.fromhex(one) for one in told["certificates"]))


def _sealed(seal: OfficeSeal) -> bytes:
    text = json.dumps({"key": seal.key.hex(), "certificates": [one.hex() for one in seal.certificates]})
    return seal_bytes(text.encode(), f"keys/{NAME}")
