"""One household's file of some 200 pages as one PDF: index, bookmarks, numbers; beside merely copying its pages."""

from __future__ import annotations

import os
import random
import tempfile
from io import BytesIO
from pathlib import Path

from bench.measure import cpu_of, django_on, spent
from bench.table import Row

PHOTOGRAPHS = int(os.environ.get("PHOTOGRAPHS", "180"))  # of signed papers, as a phone takes them
FORMS = 20  # drawn papers of one page each


def photograph(seed: int) -> bytes:
    """A page as a phone takes it and the office keeps it: 1,700 by 2,400, uneven grey."""
    from PIL import Image

    small = Image.frombytes("L", (170, 240), random.Random(seed).randbytes(170 * 240))
    drawn = BytesIO()
    small.resize((1700, 2400)).convert("RGB").save(drawn, "JPEG", quality=85)
    return drawn.getvalue()


def measure(root: Path, profile: str) -> list[Row]:
    """Seconds to bind, and what reading and writing the same pages alone costs."""
    with tempfile.TemporaryDirectory() as home:
        django_on(Path(home))
        from django.template.loader import render_to_string
        from pypdf import PdfReader, PdfWriter

        from doudi.office import jobs
        from doudi.office.queries import clock

        words = render_to_string("parts/file_numbers.html", {"feet": ["表"]})
        form = jobs.document(lambda tight: words, style="css/file-numbers.css", most=1, identifier="form", at=clock()).pdf
        pieces = [jobs.Piece(f"表 {at}", form) for at in range(FORMS)]
        pieces += [jobs.Piece(f"照片 {at}", photograph(at), "image/jpeg") for at in range(PHOTOGRAPHS)]
        feet = [one.title for one in pieces]

        def bind() -> bytes:
            numbers = render_to_string("parts/file_numbers.html", {"feet": feet})
            return jobs.bind(pieces, title="一户一档", author="bench", numbers=numbers)

        took = spent(bind)
        bound = took.answer

        def copy() -> None:
            writer = PdfWriter()
            for page in PdfReader(BytesIO(bound)).pages:
                writer.add_page(page)
            writer.write(BytesIO())

        pages, alone = len(PdfReader(BytesIO(bound)).pages), cpu_of(copy)
    what = f"one household's file as PDF: {pages} pages, {len(bound) >> 20} MB"
    return [Row(what, f"{took.cpu:.1f} s of CPU", f"{alone:.1f} s of CPU: the same pages read and written", "200 pages < 10 s")]
