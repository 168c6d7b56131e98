"""Families under way in the demo: somebody at every step of the road and after it, through acts only: no desk is empty."""

from __future__ import annotations

import csv
import io
import random
import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import duckdb
from django.conf import settings

from doudi.casework import actions as casework
from doudi.casework import jobs
from doudi.casework import queries as cases
from doudi.casework.core import State
from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import SIGNERS
from doudi.casework.core.papers import Body
from doudi.engine import cycle
from doudi.engine.lake import Lake
from doudi.office import queries as office
from doudi.office.actions import By
from doudi.office.core import Party
from doudi.office.queries import today
from doudi.payment import actions as payment
from doudi.payment import queries as payments
from doudi.sample.staff import COUNTY, TOWNSHIP

# Families of the township on no roll, with one adult (who signs for the children too) and without much, so that the rules may
# help; not those of the tutorials.
_WHO = """
WITH everybody AS (
  SELECT p.pid, p.name, p.citizen_no, p.area, p.m, f.* EXCLUDE (tier, died_on)
  FROM read_parquet($person) p POSITIONAL JOIN read_parquet($person_facts) f
  WHERE p.died_on IS NULL AND p.pid LIKE 'p%' AND starts_with(area, $township)
),
homes AS (
  SELECT m, sum(coalesce(pension_month, 0) + coalesce(wage_base_month, 0)) AS income,
    max(age) FILTER (NOT coalesce(is_in_custody, false) AND citizen_no IS NOT NULL) AS eldest
  FROM everybody GROUP BY m
  HAVING count(*) BETWEEN 1 AND 3 AND count(*) FILTER (age >= 18) = 1
    AND NOT bool_or(coalesce(on_dibao OR on_tekun OR on_near_dibao OR on_rigid OR on_monitored OR is_in_custody, false))
    AND NOT bool_or(coalesce(car_count, 0) + coalesce(firm_count, 0) + coalesce(dwelling_bought_count, 0) > 0)
    AND sum(coalesce(pension_month, 0) + coalesce(wage_base_month, 0)) < count(*) * 40000
)
SELECT min(pid) FROM everybody JOIN homes USING (m)
WHERE age = eldest AND age >= 25 AND NOT list_contains($without, citizen_no)
GROUP BY m, income ORDER BY income, m LIMIT $count
"""

NEEDS = {
    "food": ("fine", ""),
    "health": ("hard", "每月都要拿药"),
    "home": ("fine", ""),
    "school": ("unknown", ""),
    "care": ("hard", ""),
}
# What two people who went there found; about everything else the registers are right.
FOUND = {"homes": "homes_1", "silent": "person_right", "vehicle": "not_counted", "supporter": "supporter_unable"}
STORIES = ("看病花钱多，家里没有别的进项。", "腰坏了，干不了重活。", "欠了账，还在看病。")
DAY = timedelta(days=1)
Letter = Callable[[cases.CasePage], tuple[str, Body]]


@dataclass(frozen=True, slots=True)
class Staff:
    """The demo's clerks who take the steps."""

    li: By
    zhao: By
    sun: By
    letter: Letter


def under_way(*, without: list[str], letter: Letter, at: datetime) -> int:
    """Make them, once: the oldest applied ten weeks ago and is paid, the youngest applied yesterday; returns how many.

    :param without: citizen numbers of people the tutorials follow
    :param letter: the code and words of the letter about a decided case, as the desk's pages write it
    :param at: now, by the demo's clock
    """
    li, zhao, sun = (office.clerk(name) for name in ("li", "zhao", "sun"))
    families = _families(without, 11)
    if li is None or zhao is None or sun is None or any(cases.my_cases(pid, at=at) for pid in families):
        return 0
    staff = Staff(li, zhao, sun, letter)
    # Decided seven weeks ago: whoever the rules help is paid since the month after.
    for pid in families[:4]:
        _looked_into(_applied(pid, at - 70 * DAY), staff, at - 68 * DAY)
    jobs.end_showings(at - 58 * DAY)
    for ref in _at_county(staff, at - 57 * DAY):
        _decided(ref, staff, at - 57 * DAY)
    _paid(staff, at)
    _got_work(families, at - DAY)
    # At the county, on the village's board, at the township.
    for pid in families[4:6]:
        _looked_into(_applied(pid, at - 14 * DAY), staff, at - 12 * DAY)
    jobs.end_showings(at)
    for pid in families[6:8]:
        _looked_into(_applied(pid, at - 6 * DAY), staff, at - 3 * DAY)
    casework.accept(ref=_applied(families[8], at - 4 * DAY), by=li, at=at - 3 * DAY)
    _applied(families[9], at - 1 * DAY)
    _helped_first(families[10], staff, at)
    return len(families)


def _families(without: list[str], count: int) -> list[str]:
    lake = Lake(settings.LAKE)
    published = cycle.current(lake)
    if published is None:
        return []
    tables = {name: str(lake.object(published.manifest["objects"][name]["sha256"])) for name in ("person", "person_facts")}
    with duckdb.connect() as con:
        found = con.execute(_WHO, {**tables, "township": TOWNSHIP, "without": without, "count": count}).fetchall()
    return [pid for (pid,) in found]


def _applied(pid: str, at: datetime, programme: str = "dibao") -> str:
    """By phone, everything on record right; the ref of the case."""
    me = Party.resident(pid)
    draft = casework.start_draft(pid=pid, programme=programme, by=me, at=at)
    story = STORIES[int(pid[-1], 36) % len(STORIES)]
    casework.save_hardships(ref=draft.ref, kinds=["illness"], story=story, by=me, at=at)
    others = {one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}
    casework.save_members(ref=draft.ref, together=others, others=[], by=me, at=at)
    right = {one["key"]: "right" for one in draft.content["incomes"]}
    casework.save_incomes(ref=draft.ref, said=right, others=[], by=me, at=at)
    number = f"62305299{int(pid[1:], 36) % 10**11:011d}"
    casework.save_account(ref=draft.ref, way="other", bank="农信社", number=number, by=me, at=at)
    return casework.submit(ref=draft.ref, consent=True, by=me, at=at).ref


def _looked_into(ref: str, staff: Staff, at: datetime) -> None:
    """Accepted, checked, visited by two people, every difference settled, the first opinion as the rules say."""
    casework.accept(ref=ref, by=staff.li, at=at)
    first = _case(ref, staff.li, at)
    visit = casework.survey(
        ref=ref, on=today(at), second="wang", signed_by=first.name, answers={}, needs=NEEDS, by=staff.li, at=at + DAY
    )
    for place, role in enumerate(SIGNERS):
        name = Photo("image/png", _scribble(f"{ref}{place}"))
        casework.keep_survey_paper(ref=ref, survey=visit.ref, role=role, photo=name, by=staff.li, at=at + DAY)
    for one in _case(ref, staff.li, at + DAY).questions:
        if not one.is_settled:
            choices = [code for code, _ in one.choices]
            choice = FOUND.get(one.kind, "data_right")
            chosen = choice if choice in choices else choices[0]
            casework.judge(ref=ref, question=one.ref, choice=chosen, reason="入户看过了", by=staff.li, at=at + DAY)
    ruled = casework.assess(ref=ref, by=staff.li, at=at + DAY)
    if ruled.outcome == "unknown":  # not for a made-up clerk to decide: it stays where it is
        return
    kind = "help" if ruled.outcome == "yes" else "refuse"
    reason = "您家的收入和财产都在标准以下。" if kind == "help" else "您家的收入或者财产超过了标准。"
    casework.propose(ref=ref, kind=kind, reason=reason, by=staff.li, at=at + DAY)


def _scribble(seed: str) -> bytes:
    """A made-up signature, as a finger leaves it on the screen: nobody's name, and nobody's twice."""
    hand, width, height, stroke = random.Random(seed), 240, 120, 12
    turns = [hand.randint(20, 100) for _ in range(width // stroke + 1)]
    rows = [bytearray(b"\xff" * width) for _ in range(height)]
    for x in range(width):
        turn, on = divmod(x, stroke)
        y = turns[turn] + (turns[turn + 1] - turns[turn]) * on // stroke
        for row in rows[y - 4 : y + 4]:
            row[x] = 0
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)  # eight bits of grey
    lines = zlib.compress(b"".join(b"\0" + row for row in rows))
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", lines) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, data: bytes) -> bytes:
    """A part of a PNG: its length, its kind, what it holds, and the check over both."""
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _case(ref: str, clerk: By, at: datetime) -> cases.CasePage:
    viewer = office.need(clerk, "case.read", area=TOWNSHIP, at=at)
    assert viewer is not None
    return cases.case(ref, viewer, at=at)


def _at_county(staff: Staff, at: datetime) -> list[str]:
    viewer = office.need(staff.zhao, "case.list", area=COUNTY, at=at)
    assert viewer is not None
    return [one.ref for one in cases.inbox(viewer, at=at, pile="all", limit=60).rows if one.state == State.AT_COUNTY]


def _decided(ref: str, staff: Staff, at: datetime) -> None:
    case = _case(ref, staff.zhao, at)
    if case.opinion is not None and case.opinion.kind == "help":
        casework.confirm(ref=ref, by=staff.zhao, at=at)
    else:
        casework.refuse(ref=ref, article="LAW Art. 18", reason="您家的收入或者财产超过了标准。", by=staff.zhao, at=at)
    decided = _case(ref, staff.li, at)
    assert decided.decision is not None
    code, body = staff.letter(decided)
    sheet = casework.print_sheet(ref=ref, code=code, body=body, about=decided.decision.ref, by=staff.li, at=at + DAY)
    casework.serve_letter(sheet=sheet.ref, way="handed", on=today(at + DAY), by=staff.li, at=at + DAY)


def _paid(staff: Staff, at: datetime) -> None:
    """The newest run: built, approved by another, sent; the bank sends one line back."""
    built = at - 9 * DAY
    run = payment.build(county=COUNTY, month=today(built).replace(day=1), by=staff.zhao, at=built)
    payment.approve(ref=run.ref, by=staff.sun, at=built + DAY)
    payment.send(ref=run.ref, by=staff.zhao, at=built + 2 * DAY)
    viewer = office.need(staff.zhao, "payment.send", area=COUNTY, at=at)
    assert viewer is not None
    for file in payments.run(run.ref, viewer).files:
        sent = payments.bank_file(run.ref, viewer, bank=file.bank).content
        payment.read_returns(ref=run.ref, content=_answered(sent), by=staff.zhao, at=built + 4 * DAY)


def _got_work(families: list[str], at: datetime) -> None:
    """The first family that is helped says that somebody found work; what follows is for people to decide."""
    for pid in families:
        for case in cases.my_cases(pid, at=at):
            if case.benefit is not None:
                casework.tell_happening(
                    benefit=case.benefit.ref, kind="job", on=today(at - 20 * DAY), channel="phone", pid=pid,
                    said="在镇上找了活干", by=Party.resident(pid), at=at,
                )  # fmt: skip
                return


def _helped_first(pid: str, staff: Staff, at: datetime) -> None:
    """A fire in the night: helped the same morning within what the township may give; the papers follow."""
    ref = _applied(pid, at - timedelta(hours=2), "temporary_emergency")
    casework.help_first(
        ref=ref, kind="fire", band="light", happened_on=today(at - DAY), place="柳塘镇，自己家里", cause="灶房起火，铺盖烧了",
        amount_fen=100_000, differs_reason="先买铺盖和吃的，其余的等材料齐了再看。", by=staff.li, at=at,
    )  # fmt: skip


def _answered(sent: bytes) -> bytes:
    """What a bank says to a file in the comma format: all paid, the first line sent back."""
    out = io.StringIO()
    told = csv.writer(out)
    told.writerow(("行号", "结果", "金额", "原因"))
    lines = [row for row in csv.DictReader(io.StringIO(sent.decode())) if row["行号"]]
    for place, row in enumerate(lines):
        told.writerow((row["行号"], *(("失败", row["金额"], "账户已销户") if not place else ("成功", row["金额"], ""))))
    return out.getvalue().encode()
