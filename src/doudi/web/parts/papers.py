"""Papers on pages: what a form hands in, and how a kept one is shown."""

from __future__ import annotations

import base64
import binascii

from django.http import HttpRequest, HttpResponse

from doudi.office.core import BadPaper
from doudi.office.queries import PaperRow

File = tuple[str, str, bytes]  # kind of paper, what the sender calls its type, bytes
MOST = {"form": 6, "voice": 2, "guardian": 3, "signed": 12, "application": 6, "mandate": 3}  # files of one kind in one form
LARGEST = 20 * 1024 * 1024
DRAWN = "data:image/png;base64,"
# A file somebody else made never runs anything here, whatever it holds.
ALONE = "sandbox; default-src 'none'; img-src 'self'; media-src 'self'; style-src 'unsafe-inline'"


def signature(request: HttpRequest) -> list[File]:
    """The signature drawn with a finger, if one was drawn.

    :raises BadPaper: what came is no drawing
    """
    drawn = request.POST.get("signature", "")
    if not drawn:
        return []
    if not drawn.startswith(DRAWN) or len(drawn) > 2_000_000:
        raise BadPaper("签名没有存好，请再签一次。")
    try:
        return [("signature", "image/png", base64.b64decode(drawn[len(DRAWN) :], validate=True))]
    except (binascii.Error, ValueError):
        raise BadPaper("签名没有存好，请再签一次。") from None


def handed_in(request: HttpRequest, *kinds: str) -> list[File]:
    """The files of a form, by the kind of paper that names their field.

    :raises BadPaper: too many or too large
    """
    files = []
    for kind in kinds:
        given = request.FILES.getlist(kind)
        if len(given) > MOST[kind]:
            raise BadPaper(f"一次最多交 {MOST[kind]} 个文件。")
        for one in given:
            if one.size > LARGEST:
                raise BadPaper("文件太大，最多 20 MB。请拍小一点或分几次交。")
            files.append((kind, one.content_type or "", one.read()))
    return files


def shown(row: PaperRow, data: bytes) -> HttpResponse:
    """The bytes of a paper; the page before it noted the look."""
    response = HttpResponse(data, content_type=row.content_type)
    response["Content-Security-Policy"] = ALONE
    response["X-Content-Type-Options"] = "nosniff"
    name = f"{row.ref}.{row.content_type.rpartition('/')[2]}"
    response["Content-Disposition"] = f'{"attachment" if row.content_type == "application/pdf" else "inline"}; filename="{name}"'
    return response
