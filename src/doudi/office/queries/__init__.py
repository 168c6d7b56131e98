"""Reading: the time, who looks from which post, areas, the journal, notices, papers."""

from __future__ import annotations

from doudi.office.queries.areas import AreaRow, area, area_label, area_labels, areas, places_within
from doudi.office.queries.clock import HERE, clock, clock_set, now, today
from doudi.office.queries.journal import (
    JournalState,
    Line,
    Look,
    checkpoint,
    done_lately,
    journal_before,
    journal_of,
    journal_since,
    journal_state,
    looks,
    not_signed,
)
from doudi.office.queries.notices import PACE, NoticeRow, outbox, waiting
from doudi.office.queries.papers import PaperRow, my_paper, paper, papers
from doudi.office.queries.posts import (
    PostRow,
    StaffRow,
    clerk,
    clerk_names,
    clerk_phones,
    helpers_of,
    need,
    posts,
    staff,
    viewer,
    within,
)

__all__ = [
    "AreaRow",
    "HERE",
    "JournalState",
    "Line",
    "Look",
    "NoticeRow",
    "PACE",
    "PaperRow",
    "PostRow",
    "StaffRow",
    "area",
    "area_label",
    "area_labels",
    "areas",
    "checkpoint",
    "clerk",
    "clerk_names",
    "clerk_phones",
    "clock",
    "clock_set",
    "done_lately",
    "helpers_of",
    "journal_before",
    "journal_of",
    "journal_since",
    "journal_state",
    "looks",
    "my_paper",
    "need",
    "not_signed",
    "now",
    "outbox",
    "paper",
    "papers",
    "places_within",
    "posts",
    "staff",
    "today",
    "viewer",
    "waiting",
    "within",
]
