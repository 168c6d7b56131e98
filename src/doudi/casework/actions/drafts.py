"""An application, step by step, until it is handed in. Every answer is kept on the server at once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import filing, mandates
from doudi.casework.core import Missing
from doudi.casework.models import Case, Draft
from doudi.casework.queries import known
from doudi.casework.queries.drafts import NoDraft, write_source, writers
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed, Party
from doudi.office.queries import need, today
from doudi.registry import actions as registry_actions
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS

STEPS = {"hardship": "最近难在哪里", "household": "谁和您一起吃住", "income": "每月有哪些进项", "account": "钱打到哪张卡"}
Content = dict[str, Any]  # of a draft
SAID = frozenset({"right", "wrong", ""})


@transaction.atomic
def start_draft(*, pid: str, by: By, at: datetime, channel: str = "phone", programme: str = "dibao") -> Draft:
    """Begin an application for a person, or go on with the one begun: the household comes into the database, prefilled.

    :param by: the resident, who may be a proxy for `pid`; or a clerk who may register applications there
    :param channel: one of core.CHANNELS
    :raises NotAllowed: a clerk of another place, no such programme, or begun by what is no person
    :raises NotKnown: nobody of this id, or of the helper's
    """
    core.road(programme)
    if channel not in core.CHANNELS:
        raise NotAllowed(f"没有“{channel}”这种渠道。")
    me = registry.me(pid)
    pid = me.pid  # the one that stands, where two records were found to be one person
    if not isinstance(by, Party):
        need(by, "case.register", area=me.area, at=at)
    elif by.kind != "resident":
        raise NotAllowed("申请要由本人、帮忙的人或者工作人员来填。")
    else:
        registry.me(by.ref)  # whoever helps is somebody the register knows
    begun = Draft.objects.select_for_update().filter(
        applicant__in=registry.pids_of(pid), writer__in=writers(by), programme=programme, case__isnull=True
    )
    if (row := begun.first()) is not None:
        return row
    bring_home(pid, by=by, at=at)
    me = registry.me(pid)
    row = Draft.objects.create(
        applicant=pid,
        writer=office.party(by),
        area=me.area,
        programme=programme,
        channel=channel,
        content=first_content(pid, at),
        started_at=at,
        started_by=office.party(by),
        saved_at=at,
        saved_by=office.party(by),
    )
    office.record("casework.start_draft", subject=row.ref, by=by, at=at, detail={"channel": channel, "programme": programme})
    return row


def bring_home(pid: str, *, by: By, at: datetime) -> str:
    """See to it that the household is in the database; its id, or "" for a person the register has in no household."""
    try:
        return registry_actions.bring_in(subject=pid, by=by, at=at).hid
    except registry.NotKnown:
        try:
            return registry.my_household(pid).hid
        except registry.NotKnown:
            return ""


def first_content(pid: str, at: datetime) -> dict[str, Any]:
    """What an application begins with: everything known, nothing answered."""
    on = today(at)
    hid, members = known.members_of(pid, on)
    incomes, notes, account = known.money_and_notes(members, on)
    account = known.kept_account(pid) or account
    born = {one.pid: registry.me(one.pid).born_on for one in members}
    return {
        "name": registry.me(pid).name,
        "household": hid,
        "hardships": [],
        "story": "",
        "members": [
            {
                "pid": one.pid,
                "name": one.name,
                "relation": one.relation,
                "born_on": day.isoformat() if (day := born[one.pid]) else None,
                "is_applicant": one.is_applicant,
            }
            for one in members
        ],
        "together": {},
        "others": [],
        "incomes": [
            {
                "key": one.key,
                "pid": one.pid,
                "whose": one.whose,
                "kind": one.kind,
                "fen": one.fen,
                "source": write_source(one.source),
            }
            for one in incomes
        ],
        "said": {},
        "other_incomes": [],
        "known_account": {"number": account[0], "label": account[1].label, "source": write_source(account[1].source)}
        if account
        else None,
        "account": {"way": "", "bank": "", "number": ""},
        "notes": [
            {
                "pid": one.pid,
                "whose": one.whose,
                "kind": one.kind,
                "text": one.text,
                "fen": one.fen,
                "source": write_source(one.source),
            }
            for one in notes
        ],
        "done": [],
    }


def _open(ref: str, by: By, at: datetime) -> Draft:
    """An application being written, locked, for who writes it; a colleague of the place may go on with a clerk's.

    :raises NoDraft: there is none, it is somebody else's, or it was handed in
    """
    row = Draft.objects.select_for_update().filter(ref=ref).first()
    if row is None or (isinstance(by, Party) and row.writer not in writers(by)):
        raise NoDraft("没有这份申请，或者不是您填的。")
    if not isinstance(by, Party):
        need(by, "case.register", area=row.area, at=at)
    return row


def _save(row: Draft, step: str, content: dict[str, Any], *, by: By, at: datetime) -> Draft:
    if row.case_id is not None:
        raise NoDraft("这份申请已经交上来了。要改，请打电话告诉经办人。")
    done = sorted({*content["done"], step})
    row.content = {**content, "done": done}
    row.saved_at, row.saved_by = at, office.party(by)
    row.save(update_fields=["content", "saved_at", "saved_by"])
    office.record(f"casework.save_{step}", subject=row.ref, by=by, at=at, detail={"done": done})
    return row


@transaction.atomic
def save_hardships(*, ref: str, kinds: list[str], story: str = "", by: By, at: datetime) -> Draft:
    """Keep what hurts most (codes of core.HARDSHIPS) and the person's own words.

    :raises Missing: nothing chosen and nothing written
    """
    row = _open(ref, by, at)
    return _save(row, "hardship", fill_hardships(row.content, kinds, story), by=by, at=at)


def fill_hardships(content: Content, kinds: Sequence[str], story: str) -> Content:
    """The content with what hurts.

    :raises Missing: nothing chosen and nothing written
    """
    chosen = [kind for kind in core.HARDSHIPS if kind in kinds]
    if not chosen and not story.strip():
        raise Missing("请选一样，或者写一句。")
    return {**content, "hardships": chosen, "story": story.strip()[:500]}


@transaction.atomic
def save_members(*, ref: str, together: dict[str, bool], others: list[tuple[str, str]], by: By, at: datetime) -> Draft:
    """Keep who lives together: an answer for each known member (pid → yes or no), and other people (name, relation).

    :raises Missing: a known member without an answer
    """
    row = _open(ref, by, at)
    return _save(row, "household", fill_members(row.content, together, others), by=by, at=at)


def fill_members(content: Content, together: dict[str, bool], others: Sequence[tuple[str, str]]) -> Content:
    """The content with who lives together.

    :raises Missing: a known member without an answer
    """
    asked = [one for one in content["members"] if not one["is_applicant"]]
    left_out = [one["name"] for one in asked if one["pid"] not in together]
    if left_out:
        raise Missing(f"还没有选：{'、'.join(left_out)}是不是和您一起吃住。")
    more = [[name.strip(), relation] for name, relation in others if name.strip()]
    if any(relation not in RELATIONS for _, relation in more):
        raise Missing("请选他是您的什么人。")
    return {**content, "together": {one["pid"]: bool(together[one["pid"]]) for one in asked}, "others": more}


@transaction.atomic
def save_incomes(*, ref: str, said: dict[str, str], others: list[tuple[str, int]], by: By, at: datetime) -> Draft:
    """Keep what was said of each known line (key → right, wrong or "" when not sure) and other income (kind, fen a month).

    :raises Missing: an answer that is none of these, or a kind that is not on the list
    """
    row = _open(ref, by, at)
    return _save(row, "income", fill_incomes(row.content, said, others), by=by, at=at)


def fill_incomes(content: Content, said: dict[str, str], others: Sequence[tuple[str, int]]) -> Content:
    """The content with what was said of incomes.

    :raises Missing: an answer that is none of these, or a kind that is not on the list
    """
    keys = {one["key"] for one in content["incomes"]}
    if any(answer not in SAID for answer in said.values()):
        raise Missing("请选对，或者不对。")
    if any(kind not in core.INCOMES or fen < 0 for kind, fen in others):
        raise Missing("请选是什么钱，金额写大于 0 的数。")
    return {
        **content,
        "said": {key: answer for key, answer in said.items() if key in keys},
        "other_incomes": [[kind, int(fen)] for kind, fen in others if fen > 0],
    }


@transaction.atomic
def save_account(*, ref: str, way: str, bank: str = "", number: str = "", by: By, at: datetime) -> Draft:
    """Keep where the money should go: `same`, `other` (with bank and number) or `none`.

    :raises Missing: another account without its number, or the same account where none is known
    """
    row = _open(ref, by, at)
    return _save(row, "account", fill_account(row.content, way, bank, number), by=by, at=at)


def fill_account(content: Content, way: str, bank: str, number: str) -> Content:
    """The content with where the money goes.

    :raises Missing: another account without its number, or the same account where none is known
    """
    digits = "".join(sign for sign in number if sign.isdecimal())
    if way not in core.ACCOUNT_WAYS or (way == "same" and not content["known_account"]):
        raise Missing("请选钱打到哪张卡。")
    if way == "other" and not 8 <= len(digits) <= 32:
        raise Missing("卡号好像不对，请再看一眼卡上的号码。")
    given = {"way": way, "bank": bank.strip()[:60] if way == "other" else "", "number": digits if way == "other" else ""}
    return {**content, "account": given}


@transaction.atomic
def save_programmes(*, ref: str, programmes: Sequence[str], reason: str = "", by: By, at: datetime) -> Draft:
    """Keep which programmes are asked for: as proposed, or more, or fewer. A clerk who sets aside what was asked for says why.

    :param programmes: codes; code:pid where it is for another of the household than the applicant
    :raises Missing: none is left, or a clerk gave no reason
    :raises NotAllowed: nobody can apply for one of them here, or it is for somebody not of this household
    """
    row = _open(ref, by, at)
    chosen = list(dict.fromkeys(programmes))
    people = {"", *(one["pid"] for one in row.content["members"])}
    for key in chosen:
        code, _, recipient = key.partition(":")
        core.road(code)
        if recipient not in people:
            raise NotAllowed("要帮的人不在这户里。")
    if not chosen:
        raise Missing("至少留一样帮助来问。")
    fewer = set(asked_programmes(row)) - set(chosen) if row.content.get("programmes") else set()
    if fewer and not isinstance(by, Party) and not reason.strip():
        raise Missing("少问一样，要写一句为什么。")
    content = {**row.content, "programmes": chosen, "programmes_reason": reason.strip()[:200]}
    return _save(row, "programmes", content, by=by, at=at)


def asked_programmes(row: Draft) -> tuple[str, ...]:
    """The programmes this application asks for; by default the one it was begun for."""
    return tuple(row.content.get("programmes") or (row.programme,))


@transaction.atomic
def drop_draft(*, ref: str, by: By, at: datetime) -> None:
    """Throw an application away that was not handed in; what was typed is gone.

    :raises NoDraft: there is none, or it was handed in
    """
    row = _open(ref, by, at)
    if row.case_id is not None:
        raise NoDraft("这份申请已经交上来了。不想办了，请选“我不申请了”。")
    row.delete()
    office.record("casework.drop_draft", subject=ref, by=by, at=at)


@transaction.atomic
def submit(
    *,
    ref: str,
    consent: bool,
    by: By,
    at: datetime,
    consent_channel: str = "",
    proxy_relation: str = "",
    mandate: str = "",
    may_see: bool = False,
    files: Sequence[tuple[str, str, bytes]] = (),
    typed_name: str = "",
) -> Case:
    """Hand the application in: receipt, named officer, the clock of the township, consent of who is here, a notice queued.

    One application opens a case for each programme asked for in it; the first is returned, the others stand beside it in
    `case.application.cases`.

    Twice (a double click, two browsers) gives the same case. Adults who have not agreed are listed on the case; it starts
    all the same, and the check waits for them only.

    :param consent: the one handing in agrees to the check, for themselves and their minor children. Handed in by a proxy, it
        is kept when the applicant sat beside them and tapped (mandate `screen`); else it waits for the paper.
    :param consent_channel: screen | paper | voice; by default from the channel
    :param files: the applicant's signature (kind, what the sender calls its type, bytes)
    :param typed_name: signed by writing the applicant's name
    :param mandate: for a proxy, how the mandate was given, a key of core.doors.MANDATES
    :param may_see: the applicant, beside them, tapped that the proxy may see how it ends
    :raises Missing: an unanswered step, no consent, or a proxy without mandate; the text names all that is missing at once
    """
    row = _open(ref, by, at)
    if row.case_id is not None:
        return Case.objects.get(pk=row.case_id)
    content = row.content
    wanting = [f"“{words}”" for step, words in STEPS.items() if step not in content["done"]]
    if not consent:
        wanting.append("同意核对")
    is_proxy = isinstance(by, Party) and by.ref not in registry.pids_of(row.applicant)
    if is_proxy and not mandate:
        wanting.append("委托书")
    if is_proxy and not proxy_relation:
        wanting.append("您和他是什么关系")
    if wanting:
        raise Missing(f"还差：{'、'.join(wanting)}。")
    more = {"proxy": by.ref, "proxy_relation": proxy_relation} if is_proxy else {}
    case = filing.file(filing.of_draft(row, **more), by=by, at=at)
    agreed = [row.applicant] if not is_proxy or mandate == "screen" else []
    kept = filing.keep_papers(case, files, case.applicant, by=by, at=at)
    signed = {"papers": kept, "typed_name": typed_name} if agreed else {}
    channel = consent_channel or ("screen" if row.channel == "phone" else "paper")
    filing.keep_consents(case, agreed, channel=channel, by=by, at=at, **signed)
    row.case = case
    row.save(update_fields=["case"])
    filing.tell_received(case, by=by, at=at)
    detail: dict[str, Any] = {"channel": case.channel, "due": case.due_on.isoformat(), "receipt": case.receipt}
    detail["cases"] = {one.programme: one.ref for one in filing.beside(case)}
    if is_proxy:
        given = mandates.give(case, relation=proxy_relation, way=mandate, may_see=may_see, papers=kept, by=by, at=at)
        detail |= {"mandate": mandate, "sees": given.seeing_at is not None}
    office.record("casework.submit", subject=case.ref, by=by, at=at, detail=detail)
    return case
