"""The report as a PDF: drawn by WeasyPrint, tagged for those who listen to it, signed by the office's certificate (PAdES).

Both libraries take half a second to load, so they are loaded by the first sheet, not by every command.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from django.contrib.staticfiles import finders

from doudi.verification.core.own_thread import in_own_thread
from doudi.verification.gateways.seals import OfficeSeal

FIELD = "Office"
ATTACHED = "report.json"  # the exact bytes the journal's digest is over, inside the PDF
ROOM = 24_000  # bytes kept free for the signature: a chain of a few certificates


@dataclass(frozen=True, slots=True)
class Drawn:
    """A PDF and how many pages it has."""

    data: bytes
    pages: int


def draw(html: Callable[[bool], str], *, most: int, attached: bytes, identifier: str) -> Drawn:
    """Draw a page of HTML as a tagged PDF (PDF/UA-1) with the report's bytes inside. Nothing is fetched from anywhere.

    :param html: the document in large type, or (True) in smaller, for what would have more than `most` pages
    """
    from weasyprint import Attachment

    document = _laid_out(html(False))
    if len(document.pages) > most:
        document = _laid_out(html(True))
    attachment = Attachment(
        string=attached,
        name=ATTACHED,
        description="核对报告的原文，供程序核验",
        relationship="Source",
        url_fetcher=_fetch_nothing,
    )
    document.metadata.attachments = [attachment]
    data = document.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=identifier.encode(), pdf_tags=True)
    assert data is not None
    return Drawn(data, len(document.pages))


def _laid_out(html: str) -> Any:
    from weasyprint import CSS, HTML

    style = CSS(filename=finders.find("css/report-paper.css"), url_fetcher=_fetch_nothing)
    return HTML(string=html, base_url="about:blank", url_fetcher=_fetch_nothing).render(stylesheets=[style])


def _fetch_nothing(url: str, *_: Any, **__: Any) -> Any:
    raise ValueError(f"a report is drawn from what stands in it; {url[:80]} is not read")


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
