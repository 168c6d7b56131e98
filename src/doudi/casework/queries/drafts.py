"""Reading applications being written, and what is known beforehand."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from doudi.casework import core
from doudi.casework.core import State
from doudi.casework.models import Case, Draft
from doudi.casework.queries import known
from doudi.casework.queries.rows import (
    DraftAccount,
    DraftIncome,
    DraftMember,
    DraftPage,
    KnownAccount,
    KnownNote,
    Prefill,
    Source,
)
from doudi.office import queries as office
from doudi.office.actions import By, party
from doudi.office.core import NotAllowed, Party, mask_name
from doudi.office.queries import need, today
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS, age_on


class NoDraft(NotAllowed):
    """There is no such application being written, or somebody else writes it."""


def prefill(pid: str, *, at: datetime) -> Prefill:
    """All that is known of an applicant before they say a word, each with its source and day.

    Only for the person signed in, or inside an act of a clerk who may take their application.

    :raises NotKnown: nobody of this id
    """
    on, me = today(at), registry.me(pid)
    _, members = known.members_of(pid, on)
    incomes, notes, account = known.money_and_notes(members, on)
    account = known.kept_account(pid) or account
    return Prefill(
        pid=pid,
        name=me.name,
        masked_number=me.masked_number,
        masked_phone=me.masked_phone,
        area=me.area,
        area_label=me.area_label,
        members=tuple(members),
        incomes=tuple(incomes),
        account=account[1] if account else None,
        notes=tuple(notes),
        has_open_case=Case.objects.filter(applicant__in=registry.pids_of(pid), state__in=OPEN).exists(),
    )


OPEN = [state.value for state in State if state.is_open]


def draft(ref: str, *, by: By, at: datetime) -> DraftPage:
    """An application being written, for who writes it (the resident, the proxy, or a clerk of the place).

    :raises NoDraft: there is none, or somebody else writes it
    :raises NotAllowed: a clerk of another place
    """
    row = Draft.objects.filter(ref=ref).select_related("case").first()
    if row is None or (isinstance(by, Party) and row.writer not in writers(by)):
        raise NoDraft("没有这份申请，或者不是您填的。")
    if not isinstance(by, Party):
        need(by, "case.register", area=row.area, at=at)
    return page_of(row, today(at))


def writers(by: By) -> set[str]:
    """Under which names this person may have begun to write: a resident under every id they were ever known by."""
    if isinstance(by, Party) and by.kind == "resident":
        return {party(Party.resident(pid)) for pid in registry.pids_of(by.ref)}
    return {party(by)}


def drafts_of(*, by: By) -> list[DraftPage]:
    """The applications this person has begun and not handed in, latest first."""
    rows = Draft.objects.filter(writer__in=writers(by), case__isnull=True).order_by("-saved_at", "-id")
    return [page_of(row, today(row.saved_at)) for row in rows]


def page_of(row: Draft, on: date) -> DraftPage:
    """A draft with everything answered so far, in words. Who writes for somebody else sees what they typed, not what is known."""
    content: dict[str, Any] = row.content
    if row.writer.startswith("resident:") and row.writer != f"resident:{row.applicant}":
        content = _for_proxy(content)
    members = _members(content, on)
    living = [one for one in members if one.together or one.is_applicant]
    born = {one["pid"]: one["born_on"] for one in content["members"]}
    adults = [one for one in living if one.pid and not is_minor(born.get(one.pid), on)]
    return DraftPage(
        ref=row.ref,
        applicant=row.applicant,
        applicant_name=content["name"],
        area=row.area,
        area_label=office.area_label(row.area),
        programme=row.programme,
        programme_label=core.road(row.programme).label,
        channel=row.channel,
        hardships=tuple(content["hardships"]),
        story=content["story"],
        members=tuple(members),
        incomes=tuple(_incomes(content)),
        account=_account(content),
        notes=tuple(
            KnownNote(one["pid"], one["whose"], one["kind"], one["text"], one["fen"], _read_source(one["source"]))
            for one in content["notes"]
        ),
        adults=tuple(adults),
        done=frozenset(content["done"]),
        saved_at=row.saved_at,
        case_ref=row.case.ref if row.case else None,
        goes_on=row.goes_on_id is not None,
    )


def _for_proxy(content: dict[str, Any]) -> dict[str, Any]:
    """A draft without what a name and a number must not open to a neighbour: incomes, illness, accounts, others' full names."""
    members = [one if one["is_applicant"] else {**one, "name": mask_name(one["name"])} for one in content["members"]]
    known_account = content["known_account"] and {"number": "", "label": core.ACCOUNT_WAYS["same"], "source": None}
    return {**content, "members": members, "incomes": [], "notes": [], "known_account": known_account}


def is_minor(born_on: str | date | None, on: date) -> bool:
    """Whether somebody is younger than 18; who has no known birthday is taken for grown up and asked."""
    day = date.fromisoformat(born_on) if isinstance(born_on, str) else born_on
    age = age_on(day, on)
    return age is not None and age < 18


def _members(content: dict[str, Any], on: date) -> list[DraftMember]:
    rows = []
    is_head = any(one["is_applicant"] and one["relation"] == "self" for one in content["members"])
    for one in content["members"]:
        born = date.fromisoformat(one["born_on"]) if one["born_on"] else None
        label = known.relation_words(one["relation"], is_applicant=one["is_applicant"], applicant_is_head=is_head)
        words = known.about(label, age_on(born, on))
        said = True if one["is_applicant"] else content["together"].get(one["pid"])
        rows.append(DraftMember(one["pid"], one["pid"], one["name"], one["relation"], label, words, one["is_applicant"], said))
    for number, (name, relation) in enumerate(content["others"]):
        label = RELATIONS.get(relation, relation)
        rows.append(DraftMember(f"other-{number}", "", name, relation, label, label, False, True))
    return rows


def _incomes(content: dict[str, Any]) -> list[DraftIncome]:
    rows = [
        DraftIncome(
            key=one["key"],
            pid=one["pid"],
            whose=one["whose"],
            kind=one["kind"],
            what=core.INCOMES[one["kind"]],
            fen=one["fen"],
            source=_read_source(one["source"]),
            said=content["said"].get(one["key"], ""),
            said_fen=None,
            is_other=False,
        )
        for one in content["incomes"]
    ]
    for number, (kind, fen) in enumerate(content["other_incomes"]):
        rows.append(DraftIncome(f"other-{number}", "", "家里", kind, core.INCOMES[kind], None, None, "", fen, True))
    return rows


def _account(content: dict[str, Any]) -> DraftAccount:
    kept, given = content["known_account"], content["account"]
    shown = None
    if kept:
        shown = KnownAccount(kept["number"][-4:], "", kept["label"], _read_source(kept["source"]) if kept["source"] else None)
    label = core.ACCOUNT_WAYS.get(given["way"], "")
    tail = given["number"][-4:] or (shown.tail if shown and given["way"] == "same" else "")
    return DraftAccount(given["way"], label, given["bank"], given["number"], tail, shown)


def write_source(source: Source | None) -> dict[str, Any] | None:
    """A source as it is kept in a draft."""
    if source is None:
        return None
    return {
        "dataset": source.dataset,
        "label": source.label,
        "as_of": source.as_of.isoformat() if source.as_of else None,
        "batch": source.batch,
        "row_no": source.row_no,
    }


def _read_source(kept: dict[str, Any]) -> Source:
    as_of = date.fromisoformat(kept["as_of"]) if kept["as_of"] else None
    return Source(kept["dataset"], kept["label"], as_of, kept["batch"], kept["row_no"])
