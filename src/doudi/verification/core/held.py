"""A report somebody holds, as PDF or data file, against a proven line of the journal: offline, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from doudi.engine.own_thread import in_own_thread
from doudi.verification.core.reports import ISSUED, digest


@dataclass(frozen=True, slots=True)
class Opened:
    """What a PDF somebody holds says of itself: whether its signature fits every byte, whose it is, and what is inside."""

    intact: bool
    fingerprint: str
    signer: str
    signed_at: datetime | None
    attached: bytes | None


def open_pdf(data: bytes) -> Opened | None:
    """Read a signed PDF without trusting it; None when it is no PDF or was never signed.

    Whether the certificate is the office's is for the caller to say: the journal names its fingerprint.
    """
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    try:
        reader = PdfFileReader(BytesIO(data), strict=False)
        signature = reader.embedded_signatures[0]
        own = signature.signer_cert
        trusted = ValidationContext(trust_roots=[own], allow_fetching=False)
        status = in_own_thread(lambda: validate_pdf_signature(signature, trusted))
        intact = (
            status.intact
            and status.valid
            and status.docmdp_ok is not False
            and status.coverage.name == "ENTIRE_FILE"
            and _nothing_beside(data, signature)
        )
        attached = _attached(reader)
    except (PdfError, SignatureValidationError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return None
    return Opened(
        intact, own.sha256.hex(), own.subject.native.get("common_name", ""), status.signer_reported_dt, attached
    )  # fmt: skip


def _nothing_beside(data: bytes, signature: Any) -> bool:
    """Whether the place of the signature holds it and nothing else: these bytes are the only ones it cannot speak for itself."""
    from asn1crypto.parser import peek

    start, length, after, _ = (int(number) for number in signature.byte_range)
    content: bytes = signature.pkcs7_content
    return data[start + length : after] == b"<" + content.hex().upper().encode() + b">" and not any(content[peek(content) :])


def _attached(reader: Any) -> bytes | None:
    names = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
    found: bytes = names[1].get_object()["/EF"]["/F"].data
    return found


@dataclass(frozen=True, slots=True)
class Held:
    """A file somebody holds: the bytes of the report in it (None: there are none), whether its signature fits every byte (a data
    file has none), and the fingerprint of what signed it.
    """

    data: bytes | None
    intact: bool
    certificate: str


def compare_held(held: Held, line: Mapping[str, Any], *, certificate: str = "") -> dict[str, Any]:
    """Whether a file is the report a proven line of the journal speaks of, with nothing but the two.

    :param certificate: the fingerprint it must be signed with; empty: whichever
    :returns: same, and either what it is or what is wrong
    """
    if line["act"] != ISSUED:
        return {"same": False, "error": "the proof is of something else, not of a report"}
    if held.data is None:
        return {"same": False, "error": "the file is not a signed report"}
    if not held.intact:
        return {"same": False, "error": "the file was changed after it was signed"}
    if certificate and held.certificate and held.certificate != certificate.replace(":", "").replace(" ", "").lower():
        return {"same": False, "error": "the file is signed by another certificate"}
    told = line["detail"]
    if digest(held.data) not in (told["sha256"], *told["own"]):
        return {"same": False, "error": "the file does not hold what was issued: its digest is another"}
    return {"same": True, "number": told["number"], "issued_at": line["at"], "valid_until": told["valid_until"], "error": ""}
