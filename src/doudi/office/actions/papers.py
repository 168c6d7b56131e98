"""Keeping papers."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.office import core
from doudi.office.actions.journal import By, party, record
from doudi.office.gateways import papers as files
from doudi.office.models import (
    Paper,
)


@transaction.atomic
def keep_paper(*, kind: str, content_type: str, data: bytes, area: str, subject: str, by: By, at: datetime) -> Paper:
    """Keep a photograph, recording, signature or PDF, sealed. The same bytes of the same person are one paper.

    Whether `by` may hand it in is the matter of the act it belongs to. A photograph loses where and with what it was taken.

    :param kind: a key of core.PAPERS
    :param content_type: what the sender calls it; what it is, its bytes say
    :param subject: the pid it belongs to, who may always look at it
    :raises BadPaper: empty, too large, of a type not taken here, or broken; in words for the person
    :raises KeyError: no such kind of paper
    """
    if kind not in core.PAPERS:
        raise KeyError(kind)
    kept = files.clean(data, content_type, kind)
    file = files.put(kept.data)  # before its row: a file nobody names does no harm, a name without its file would
    paper, new = Paper.objects.get_or_create(
        subject=subject,
        kind=kind,
        sha256=kept.sha256,
        defaults={
            "content_type": kept.content_type, "size": len(kept.data), "area": area, "file": file, "at": at, "by": party(by),
        },
    )  # fmt: skip
    if new:
        detail = {"kind": kind, "paper": paper.ref, "sha256": kept.sha256, "size": paper.size, "type": kept.content_type}
        record("office.keep_paper", subject=subject, by=by, at=at, detail=detail)
    return paper
