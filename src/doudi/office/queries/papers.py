"""Papers handed in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from doudi.office.core import PAPERS, NotAllowed, Viewer
from doudi.office.gateways import papers as files
from doudi.office.models import Paper


@dataclass(frozen=True, slots=True)
class PaperRow:
    """That a paper was handed in; not what it shows."""

    ref: str
    kind: str  # a key of core.PAPERS
    label: str
    content_type: str
    size: int  # bytes
    sha256: str
    area: str
    subject: str
    at: datetime
    by: str

    @property
    def is_image(self) -> bool:
        return self.content_type.startswith("image/")

    @property
    def is_voice(self) -> bool:
        return self.content_type.startswith("audio/")


def papers(refs: Collection[str]) -> dict[str, PaperRow]:
    """Papers by ref, for the room that keeps the refs; what they show is opened by `paper` or `my_paper`."""
    return {row.ref: _paper_row(row) for row in Paper.objects.filter(ref__in=refs)}


def paper_bytes(refs: Collection[str]) -> list[tuple[PaperRow, bytes]]:
    """Papers with their bytes, in the order of the refs, for an act that keeps them as another's; never for a page.

    :raises BrokenSeal: a file was changed
    """
    rows = {row.ref: row for row in Paper.objects.filter(ref__in=refs)}
    return [(_paper_row(rows[ref]), files.read(rows[ref].file, rows[ref].sha256)) for ref in refs if ref in rows]


def paper(ref: str, viewer: Viewer) -> tuple[PaperRow, bytes]:
    """A paper and its bytes, for a clerk; the page that shows it notes the look (`office.actions.look`).

    :raises NotAllowed: no such paper, another area, or a post that does not look at papers of this kind; never says which
    :raises BrokenSeal: the file was changed
    """
    viewer.need("paper.read")
    row = Paper.objects.filter(ref=ref).first()
    if row is None or not viewer.sees(row.area) or not viewer.may(PAPERS[row.kind][1]):
        raise NotAllowed("没有这份材料，或者不归您看。")
    return _paper_row(row), files.read(row.file, row.sha256)


def my_paper(ref: str, pids: Collection[str]) -> tuple[PaperRow, bytes]:
    """A paper and its bytes, for whose it is; `pids` are theirs and those they are guardian of.

    :raises NotAllowed: no such paper, or somebody else's
    :raises BrokenSeal: the file was changed
    """
    row = Paper.objects.filter(ref=ref, subject__in=pids).first()
    if row is None:
        raise NotAllowed("没有这份材料，或者不是您的。")
    return _paper_row(row), files.read(row.file, row.sha256)


def _paper_row(row: Paper) -> PaperRow:
    return PaperRow(
        row.ref, row.kind, PAPERS[row.kind][0], row.content_type, row.size, row.sha256, row.area, row.subject, row.at, row.by
    )
