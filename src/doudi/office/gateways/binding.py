"""Papers bound to one PDF: drawn pages, kept PDFs and photographs, each part with its bookmark, every page with its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from PIL import Image

from doudi.office.gateways import sheets

A4 = (595.28, 841.89)  # points
EDGE = 34.0  # points left white around a photograph
FOOT = 48.0  # points left white below it, where the page's number stands


@dataclass(frozen=True, slots=True)
class Piece:
    """One paper to bind: its title in the bookmarks, what stands at the foot of its pages, and its PDF or photograph.

    `level`: 0 opens a chapter, 1 lies in the chapter before it.
    """

    title: str
    data: bytes
    content_type: str = "application/pdf"
    level: int = 1
    foot: str = ""


def pages_of(piece: Piece) -> int:
    """How many pages a piece takes."""
    from pypdf import PdfReader

    return 1 if piece.content_type.startswith("image/") else len(PdfReader(BytesIO(piece.data)).pages)


def bind(pieces: Sequence[Piece], *, title: str, author: str, numbers: str) -> bytes:
    """Bind pieces in their order, with bookmarks and running page numbers.

    :param numbers: a whole document's drawn page numbers: HTML with one `.page` each, as `page_numbers` lays it out
    """
    from pypdf import PdfReader, PdfWriter

    writer, starts = PdfWriter(), []
    for piece in pieces:
        starts.append(len(writer.pages))
        if piece.content_type.startswith("image/"):
            _photograph(writer, piece.data)
        else:
            for page in PdfReader(BytesIO(piece.data)).pages:
                writer.add_page(page)
    stamps = PdfReader(
        BytesIO(sheets.draw(lambda tight: numbers, style="css/file-numbers.css", most=10_000, identifier=title).data)
    )
    for page, stamp in zip(writer.pages, stamps.pages, strict=True):
        page.merge_page(stamp)
    chapter: Any = None
    for piece, start in zip(pieces, starts, strict=True):
        mark = writer.add_outline_item(title=piece.title, page_number=start, parent=chapter if piece.level else None)
        chapter = chapter if piece.level else mark
    writer.add_metadata({"/Title": title, "/Author": author})
    writer.page_mode = "/UseOutlines"
    bound = BytesIO()
    writer.write(bound)
    return bound.getvalue()


def _photograph(writer: Any, data: bytes) -> None:
    """A page with one photograph, as large as fits; the picture's own bytes are kept when it is a JPEG."""
    from pypdf.generic import DecodedStreamObject, DictionaryObject, EncodedStreamObject, NameObject, NumberObject

    with Image.open(BytesIO(data)) as opened:
        width, height = opened.size
        grey = opened.mode == "L"
        if opened.format != "JPEG" or opened.mode not in ("L", "RGB"):
            redrawn = BytesIO()
            opened.convert("RGB").save(redrawn, "JPEG", quality=90)
            data, grey = redrawn.getvalue(), False
    picture = EncodedStreamObject()
    picture._data = data
    for key, value in {
        "/Type": NameObject("/XObject"), "/Subtype": NameObject("/Image"), "/Filter": NameObject("/DCTDecode"),
        "/Width": NumberObject(width), "/Height": NumberObject(height), "/BitsPerComponent": NumberObject(8),
        "/ColorSpace": NameObject("/DeviceGray" if grey else "/DeviceRGB"),
    }.items():  # fmt: skip
        picture[NameObject(key)] = value
    scale = min((A4[0] - 2 * EDGE) / width, (A4[1] - EDGE - FOOT) / height)
    left, below = (A4[0] - width * scale) / 2, FOOT + (A4[1] - EDGE - FOOT - height * scale) / 2
    drawing = DecodedStreamObject()
    drawing.set_data(f"q {width * scale:.2f} 0 0 {height * scale:.2f} {left:.2f} {below:.2f} cm /Photo Do Q".encode())
    page = writer.add_blank_page(*A4)
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/XObject"): DictionaryObject({NameObject("/Photo"): writer._add_object(picture)})}
    )
    page[NameObject("/Contents")] = writer._add_object(drawing)
