"""Documents as PDF: drawn by WeasyPrint, tagged for those who listen to them, signed by the office's certificate (PAdES).

Both libraries take half a second to load, so they are loaded by the first sheet, not by every command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders

from doudi.engine.own_thread import in_own_thread
from doudi.office.gateways.seals import OfficeSeal

FIELD = "Office"
ROOM = 24_000  # bytes kept free for the signature: a chain of a few certificates


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF and how many pages it has."""

    data: bytes
    pages: int


@dataclass(frozen=True, slots=True)
class Attached:
    """What a PDF carries inside: for a report, the exact bytes the journal's digest is over."""

    name: str
    description: str
    data: bytes


def draw(html: Callable[[bool], str], *, style: str, most: int, identifier: str, attached: Attached | None = None) -> Drawn:
    """Draw a page of HTML as a tagged PDF (PDF/UA-1). Nothing is fetched from anywhere.

    :param html: the document in large type, or (True) in smaller, for what would have more than `most` pages
    :param style: the style sheet among our static files, such as `css/report-paper.css`
    :param identifier: what the file is known by; the same words and identifier draw the same document
    """
    document = _laid_out(html(False), style)
    if len(document.pages) > most:
        document = _laid_out(html(True), style)
    if attached is not None:
        document.metadata.attachments = [_attachment(attached)]
    data = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode(), pdf_tags=True)
    assert data is not None
    return Drawn(data, len(document.pages))


def _laid_out(html: str, style: str) -> Any:
    from weasyprint import CSS, HTML

    sheet = CSS(filename=finders.find(style), url_fetcher=_fetch_nothing)
    return HTML(string=html, base_url="about:blank", url_fetcher=_fetch_nothing).render(stylesheets=[sheet])


def _attachment(given: Attached) -> Any:
    from weasyprint import Attachment

    return Attachment(
        string=given.data, name=given.name, description=given.description, relationship="Source", url_fetcher=_fetch_nothing
    )


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a document is drawn from what stands in it; {url[:80]} is not read")


def sign(pdf: bytes, seal: OfficeSeal, *, at: datetime, reason: str) -> bytes:
    """Sign a PDF so that no later change is allowed: a reading program says so if a byte is otherwise.

    :param at: the moment written into the signature
    """
    from asn1crypto import keys, x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import MDPPerm, SigFieldSpec, SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class SignerAt(signers.PdfSigner):
        """Goes by the office's clock, not by the machine's."""

        def init_signing_session(self, *given: Any, **more: Any) -> Any:
            session = super().init_signing_session(*given, **more)
            session.system_time = at
            return session

    chain = [x509.Certificate.load(one) for one in seal.certificates]
    store = SimpleCertificateStore()
    store.register_multiple(chain)
    signer = signers.SimpleSigner(signing_cert=chain[0], signing_key=keys.PrivateKeyInfo.load(seal.key), cert_registry=store)
    meta = signers.PdfSignatureMetadata(
        field_name=FIELD, reason=reason, certify=True, subfilter=SigSeedSubFilter.PADES, docmdp_permissions=MDPPerm.NO_CHANGES,
        md_algorithm="sha256",
    )  # fmt: skip
    output = BytesIO()
    pen = SignerAt(meta, signer=signer, new_field_spec=SigFieldSpec(FIELD))
    in_own_thread(lambda: pen.sign_pdf(IncrementalPdfFileWriter(BytesIO(pdf)), output=output, bytes_reserved=ROOM))
    return output.getvalue()
