"""What is started by hand or by the schedule."""

from __future__ import annotations

from doudi.verification.jobs.asking import Asking, ask_source, ask_sources, our_key, take_answers
from doudi.verification.jobs.batches import (
    WORKER,
    Done,
    NotLoaded,
    Offered,
    carry_out,
    checks_for,
    lists_asked,
    made_ready,
    problems_of,
    run_batch,
    work_off,
    work_until,
)
from doudi.verification.jobs.carrying import TakenFile, carry_files, take_file
from doudi.verification.jobs.matching import RollMatched, match_roll
from doudi.verification.jobs.objections import CLOCKS, remind_objections, tell_late_objections
from doudi.verification.jobs.places import digest_of, local_answers, release, run_places, take_part
from doudi.verification.jobs.reports import issue_reports, sheet_of, verified
from doudi.verification.jobs.samples import draw_sample

__all__ = [
    "CLOCKS",
    "WORKER",
    "Asking",
    "Done",
    "NotLoaded",
    "Offered",
    "RollMatched",
    "TakenFile",
    "ask_source",
    "ask_sources",
    "carry_files",
    "carry_out",
    "checks_for",
    "digest_of",
    "draw_sample",
    "issue_reports",
    "lists_asked",
    "local_answers",
    "made_ready",
    "match_roll",
    "our_key",
    "problems_of",
    "release",
    "remind_objections",
    "run_batch",
    "run_places",
    "sheet_of",
    "take_answers",
    "take_file",
    "take_part",
    "tell_late_objections",
    "verified",
    "work_off",
    "work_until",
]
