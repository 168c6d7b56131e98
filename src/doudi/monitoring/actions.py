"""Writing: a cycle's alerts all at once; assigning, answering and closing one."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any

from django.db import connection, transaction

from doudi.casework import actions as casework
from doudi.exchange import actions as exchange
from doudi.exchange.actions import Settled
from doudi.facts import days
from doudi.monitoring import core
from doudi.monitoring import queries as monitoring
from doudi.monitoring.core import Finding, Level, Outcome, State, Trace
from doudi.monitoring.models import Aftermath, Alert, Evaluation, Touched, Visit
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need
from doudi.registry import queries as registry
from doudi.verification import actions as verification
from doudi.verification import queries as verification_queries

COLUMNS = (
    "ref", "indicator", "level", "subject_kind", "subject", "pid", "hid", "area", "masked_name", "basis", "mask", "figures",
    "due_on",
)  # fmt: skip
BATCH = 20_000


# ---- a cycle ------------------------------------------------------------------------------------------------------------


@transaction.atomic
def publish(
    findings: Iterable[Finding], *, cycle: str, judged_on: date, counts: dict[str, Any], manifest: str = "", by: By, at: datetime
) -> dict[str, int]:
    """Bring a cycle's findings to people's desks, all or none: new ones are raised, known ones kept, gone ones lapse.

    A closed alert stays closed, an assigned one stays with its worker. The same cycle twice running changes nothing; after
    another (a delivery was withdrawn, and came back) it is brought to the desks again.

    :param cycle: the name of the published manifest, and `manifest` its SHA-256, which goes into the journal
    :param counts: what the cycle counted (persons, findings …), kept with the evaluation
    :returns: new, kept, returned, lapsed and open alerts
    """
    done = _latest()
    if done is not None and done.cycle == cycle:
        return dict(done.counts["alerts"])
    counted = _bring(findings, judged_on=judged_on, raised=office_queries.today(at))
    Evaluation.objects.create(
        cycle=cycle,
        judged_on=judged_on,
        counts={**counts, "alerts": counted},
        published_at=at,
        published_by=office.party(by),
    )
    detail = {"cycle": cycle, "manifest": manifest, "on": judged_on.isoformat(), **counted}
    office.record("monitoring.publish", subject="alerts", by=by, at=at, detail=detail)
    return counted


def _latest() -> Evaluation | None:
    """The evaluation that counts, locked: a cycle and what events add to one reach the desks one after the other.

    Whoever waited for the lock looks again: the row waited for may not be the latest any more.
    """
    rows = Evaluation.objects.order_by("-published_at", "-id")
    rows.select_for_update().first()
    return rows.first()


class AnotherCycle(Exception):
    """Meanwhile another cycle reached the desks; what was reckoned from the one before must be reckoned again."""


@transaction.atomic
def bring_live(
    findings: Sequence[Finding],
    *,
    pids: Collection[str],
    cycle: str,
    judged_on: date,
    settled: Sequence[Settled],
    by: By,
    at: datetime,
) -> dict[str, int]:
    """Bring what events changed in some homes to the desks, and note the events as shown, all or none.

    Keys and states are those of `publish`: the next cycle finds the same alerts. What people closed stays closed, what is
    assigned stays so, what no longer holds lapses.

    :param findings: everything that holds in these homes now
    :param pids: everybody who lives in them
    :param cycle: the evaluation the homes were reckoned from
    :raises AnotherCycle: it is no longer the latest
    :raises Elsewhere: an event was settled by another process
    """
    done = _latest()
    if done is None or done.cycle != cycle:
        raise AnotherCycle
    raised, found = office_queries.today(at), {one.ref: one for one in map(monitoring.under_known_names(), findings)}
    there: dict[str, Alert] = {}
    everybody = sorted({known for every in registry.together(pids).values() for known in every})
    for first in range(0, len(everybody), 500):
        there |= (
            Alert.objects.select_for_update()
            .defer("reason")
            .in_bulk(list(Alert.objects.filter(pid__in=everybody[first : first + 500]).values_list("ref", flat=True)))
        )
    # an alert about a household keeps the pid of who was its head when it was raised
    there |= Alert.objects.select_for_update().defer("reason").in_bulk([ref for ref in found if ref not in there])
    counted = dict.fromkeys(("new", "kept", "returned", "lapsed", "closed"), 0)
    new, changed = [], []
    for ref, one in found.items():
        alert, due = there.get(ref), core.due_on(one.level, raised)
        if alert is None:
            counted["new"] += 1
            told = dict(zip(Finding._fields, one, strict=True))
            new.append(
                Alert(ref=ref, **{name: value for name, value in told.items() if name != "values"}, figures=one.values,
                      raised_on=raised, seen_on=judged_on, due_on=due, state=State.OPEN)
            )  # fmt: skip
        elif alert.state == State.CLOSED:
            counted["closed"] += 1
        else:
            counted["returned" if alert.state == State.LAPSED else "kept"] += 1
            same = (alert.level, alert.mask, alert.figures) == (one.level, one.mask, one.values)
            if alert.state == State.LAPSED:
                alert.state, alert.raised_on, alert.due_on, same = State.OPEN, raised, due, False
            if not same:  # what says the same as before is not written again for every bill
                alert.seen_on, alert.level, alert.mask, alert.figures = judged_on, one.level, one.mask, one.values
                changed.append(alert)
    for ref, alert in there.items():
        if alert.state == State.OPEN and ref not in found and alert.indicator != core.ASKED:
            alert.state = State.LAPSED
            counted["lapsed"] += 1
            changed.append(alert)
    Alert.objects.bulk_create(new)
    Alert.objects.bulk_update(changed, ["state", "raised_on", "due_on", "seen_on", "level", "mask", "figures"], batch_size=100)
    if settled:
        exchange.settle_events(settled, by=by, at=at)
    detail = {"cycle": cycle, "on": judged_on.isoformat(), "people": len(pids), **counted}
    office.record("monitoring.bring_live", subject="alerts", by=by, at=at, detail=detail)
    return counted


def _bring(findings: Iterable[Finding], *, judged_on: date, raised: date) -> dict[str, int]:
    """Compare what was found with the alerts there are, write what differs in bulk, and count."""
    due = {str(level): core.due_on(level, raised).isoformat() for level in Level}  # as text: a driver adapts each date anew
    before: dict[str, str] = dict(Alert.objects.exclude(indicator=core.ASKED).values_list("ref", "state"))
    seen: set[str] = set()
    unsealed = Alert._meta.get_field("reason").get_db_prep_value("", connection)
    days = {"raised_on": raised.isoformat(), "seen_on": judged_on.isoformat()}
    common = {**days, "state": "open", "outcome": "", "reason": unsealed, "closed_by": ""}
    known: list[tuple[Any, ...]] = []

    lead = monitoring.under_known_names()

    def new() -> Iterator[tuple[Any, ...]]:
        for one in map(lead, findings):
            ref = core.ref_of(one.indicator, one.subject, one.basis)
            if ref in seen:
                continue
            seen.add(ref)
            if ref in before:
                known.append((ref, one.level, one.mask, one.values, due[one.level]))
            else:
                yield (ref, *one, due[one.level], *common.values())

    with connection.cursor() as cursor, office.room_to_write():
        _put(cursor, "monitoring_alert", (*COLUMNS, *common), new())
        gone = [ref for ref, state in before.items() if state == State.OPEN and ref not in seen]
        cursor.executemany("UPDATE monitoring_alert SET state = 'lapsed' WHERE ref = %s", [(ref,) for ref in gone])
        returned = _follow(cursor, known, judged_on=judged_on, raised=raised) if known else 0
        cursor.execute("SELECT count(*) FROM monitoring_alert WHERE state IN ('open', 'assigned')")
        (standing,) = cursor.fetchone()
    closed = sum(before[ref] == State.CLOSED for ref in seen if ref in before)
    return {
        "new": len(seen) - len(known),
        "kept": len(known) - closed - returned,
        "returned": returned,
        "lapsed": len(gone),
        "closed": closed,
        "open": int(standing),
    }


def _follow(cursor: Any, known: list[tuple[Any, ...]], *, judged_on: date, raised: date) -> int:
    """Bring alerts that are found again up to date; those that had lapsed are open again, and are counted. Closed ones stay."""
    cursor.execute(
        "CREATE TEMPORARY TABLE incoming (ref varchar(21) PRIMARY KEY, level varchar(1), mask bigint, figures text, due_on date)"
    )
    _put(cursor, "incoming", ("ref", "level", "mask", "figures", "due_on"), known)
    cursor.execute(
        "UPDATE monitoring_alert SET state = 'open', raised_on = %s, due_on = i.due_on FROM incoming i "
        "WHERE i.ref = monitoring_alert.ref AND state = 'lapsed'",
        [raised],
    )
    returned = int(cursor.rowcount)
    cursor.execute(
        "UPDATE monitoring_alert SET seen_on = %s, level = i.level, mask = i.mask, figures = i.figures FROM incoming i "
        "WHERE i.ref = monitoring_alert.ref AND state <> 'closed'",
        [judged_on],
    )
    cursor.execute("DROP TABLE incoming")
    return returned


def _put(cursor: Any, table: str, columns: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> None:
    """Insert many rows: by COPY where the database has it, in batches where not."""
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(['%s'] * len(columns))})"
    rows = iter(rows)
    while batch := list(islice(rows, BATCH)):
        cursor.executemany(insert, batch)


# ---- a withdrawn delivery -------------------------------------------------------------------------------------------------


@transaction.atomic
def keep_aftermath(
    touched: Iterable[Trace],
    *,
    withdrawal: int,
    load: int,
    before: str,
    after: str,
    counts: dict[str, int],
    by: By,
    at: datetime,
) -> Aftermath:
    """Keep what became of everything that came from a withdrawn delivery; the same withdrawal again changes nothing.

    It changes no alert and no case: what a person decided stays, and is listed for them to look at.
    """
    kept = Aftermath.objects.filter(withdrawal=withdrawal).first()
    if kept is not None:
        return kept
    made = Aftermath.objects.create(
        withdrawal=withdrawal,
        load=load,
        before=before,
        after=after,
        counts=counts,
        found_at=at,
        found_by=office.party(by),
    )
    Touched.objects.bulk_create((Touched(aftermath=made, **one._asdict()) for one in touched), batch_size=100)
    detail = {"load": load, "before": before, "after": after, **counts}
    office.record("monitoring.keep_aftermath", subject=f"load:{load}", by=by, at=at, detail=detail)
    return made


# ---- one alert ----------------------------------------------------------------------------------------------------------


def _lock(ref: str) -> Alert:
    alert = Alert.objects.select_for_update().filter(ref=ref).first()
    if alert is None:
        raise NotAllowed("没有这条提醒。")
    return alert


@transaction.atomic
def ask_visit(*, pid: str, why: str, reason_ref: str = "", by: By, at: datetime) -> Alert:
    """Ask for a visit to somebody of whom little is known; it waits with the alerts and is answered like one.

    A visit to the same person that still waits is not asked for twice.

    :param why: what is not known, or what the village said, in words
    :param reason_ref: what it was asked for, when asked again is the same: a telling
    :raises NotAllowed: the post does not send visitors where the person lives, or no reason
    :raises NotKnown: nobody of this id in the register
    """
    who = registry.me(pid)
    need(by, "alert.assign", area=who.area, at=at)
    if not why.strip():
        raise NotAllowed("请写一句为什么请人去看。")
    return _asked_to_visit(who, why, reason_ref, by, at)


def _asked_to_visit(who: registry.PersonRow, why: str, reason_ref: str, by: By, at: datetime) -> Alert:
    pid = who.pid
    same = Alert.objects.filter(indicator=core.ASKED, subject=pid)
    kept = same.filter(basis=reason_ref).first() if reason_ref else same.filter(state__in=core.IN_WORK).first()
    if kept is not None:
        return kept
    try:
        hid = registry.my_household(pid).hid
    except registry.NotKnown:
        hid = ""
    today = office_queries.today(at)
    basis = reason_ref or f"{today.isoformat()} {same.count() + 1}"
    alert = Alert.objects.create(
        ref=core.ref_of(core.ASKED, pid, basis),
        indicator=core.ASKED,
        level=Level.YELLOW,
        subject_kind="person",
        subject=pid,
        pid=pid,
        hid=hid,
        area=who.area,
        masked_name=who.masked_name,
        basis=basis,
        mask=0,
        figures=json.dumps({"why": why.strip()}, ensure_ascii=False),
        raised_on=today,
        seen_on=today,
        due_on=core.due_on(Level.YELLOW, today),
        state=State.OPEN,
    )
    office.record("monitoring.ask_visit", subject=alert.ref, by=by, at=at, detail={"pid": pid})
    return alert


@transaction.atomic
def hand_to_township(*, anomaly: str, note: str, by: By, at: datetime) -> str:
    """Hand an anomaly of a checked roll to the township; a visit waits there with the alerts, where the register knows who it is.

    Nothing is stopped by it. What the visit gave is told where the anomaly is closed, by a person.

    :param anomaly: the ref of the anomaly; handed on again later it is another visit
    :returns: the ref of the alert the township finds, or nothing where the register does not know the person
    :raises NotAllowed: no reason, nobody knows which township, it is not open, or not for this post or place
    """
    pid, _ = verification_queries.area_of_anomaly(anomaly)
    try:
        who = registry.me(pid)
    except registry.NotKnown:
        verification.hand_anomaly(ref=anomaly, whom="township", note=note, by=by, at=at)
        return ""
    again = verification_queries.times_handed(anomaly) + 1
    alert = _asked_to_visit(who, f"批量核对的疑点，请去核实：{note.strip()}", f"{anomaly}.{again}", by, at)
    verification.hand_anomaly(ref=anomaly, whom="township", note=note, came=alert.ref, area=who.area, by=by, at=at)
    return str(alert.ref)


@transaction.atomic
def assign(*, ref: str, worker: str, by: By, at: datetime) -> Alert:
    """Ask somebody to go and see; a worker of the place, or a clerk of the township itself.

    :param worker: the username of who goes
    :raises NotAllowed: the alert is closed, or who is asked has no post there
    """
    alert = _lock(ref)
    need(by, "alert.assign", area=alert.area, at=at)
    goes = office_queries.clerk(worker)
    if goes is None:
        raise NotAllowed("没有这位工作人员。")
    need(goes, "visit.record", area=alert.area, at=at)
    alert.state = core.move(alert.state, "assign")
    alert.worker = goes
    alert.save(update_fields=["state", "worker"])
    office.record("monitoring.assign", subject=alert.ref, by=by, at=at, detail={"worker": goes.ref, "pid": alert.pid})
    return alert


@transaction.atomic
def dismiss(*, ref: str, outcome: Outcome | str, reason: str, by: By, at: datetime) -> Alert:
    """Say why nobody needs to go; the reason goes back to the hit rate of the rule.

    :raises NotAllowed: no reason, an outcome that needs a visit, or another place's alert
    """
    alert = _lock(ref)
    need(by, "alert.dismiss", area=alert.area, at=at)
    if outcome not in core.WITHOUT_VISIT:
        raise NotAllowed("请选一个原因。要立案或者急救，先去看一眼。")
    if not reason.strip():
        raise NotAllowed("请写一句为什么不用处理。")
    _close(alert, "dismiss", outcome=Outcome(outcome), reason=reason.strip(), by=by, at=at)
    office.record("monitoring.dismiss", subject=alert.ref, by=by, at=at, detail={"outcome": str(outcome), "pid": alert.pid})
    return alert


def _close(alert: Alert, act: str, *, outcome: Outcome, reason: str, by: By, at: datetime) -> None:
    alert.state = core.move(alert.state, act)
    alert.outcome, alert.reason = outcome, reason
    alert.closed_at, alert.closed_by = at, office.party(by)
    alert.save(update_fields=["state", "outcome", "reason", "closed_at", "closed_by"])


@transaction.atomic
def close_visit(
    *,
    ref: str,
    visit_ref: str,
    visited_at: datetime,
    answers: dict[str, str],
    wish: str,
    note: str = "",
    way: str = "visit",
    outcome: Outcome | str = "",
    consents: list[str] | None = None,
    consent_channel: str = "",
    by: By,
    at: datetime,
) -> Visit:
    """Keep a visit and what the family wants. A yes with consent opens a case, prefilled, straight into the check.

    The same visit sent twice (`visit_ref` is made on the phone) is one visit. Nobody home, or "ask later", leaves the
    alert open for another visit.

    :param answers: question → answer, of core.QUESTIONS; what is not there was not asked
    :param wish: of core.WISHES
    :param consents: pids of the adults who agreed to apply and to be checked, when the wish is yes
    :raises NotAllowed: another place's alert, an answer nobody could give, a yes without consent, or a closed alert
    """
    if (kept := Visit.objects.filter(ref=visit_ref).first()) is not None:
        return kept
    alert = _lock(ref)
    need(by, "visit.record", area=alert.area, at=at)
    _check_words(visit_ref, answers, wish, way)
    if visited_at > at:
        raise NotAllowed("走访时间不能在现在之后。")
    result = _result(answers, wish, outcome, consents or [])
    case_ref = ""
    if result is Outcome.APPLICATION_STARTED:
        case = casework.open_case(
            pid=_applicant(alert, wish, consents or [], at),
            visit_ref=visit_ref,
            alert_ref=alert.ref,
            hardships=["other"],
            story=note,
            consent_channel=consent_channel,
            consents=consents or [],
            is_urgent=answers.get("urgent") == "yes",
            by=by,
            at=at,
        )
        case_ref = case.ref
    visit = Visit.objects.create(
        ref=visit_ref,
        alert=alert,
        way=way,
        visited_at=visited_at,
        kept_at=at,
        kept_by=by,
        answers=answers,
        note=note.strip(),
        wish=wish,
        outcome=result or "",
        case_ref=case_ref,
    )
    if result is None:
        alert.state = core.move(alert.state, "come_back") if alert.worker_id is None else alert.state
        alert.save(update_fields=["state"])
    else:
        _close(alert, "close_visit", outcome=result, reason="", by=by, at=at)
    detail = {"alert": alert.ref, "outcome": str(result or ""), "pid": alert.pid, "way": way, "wish": wish}
    office.record("monitoring.close_visit", subject=visit.ref, by=by, at=at, detail=detail)
    return visit


def _check_words(visit_ref: str, answers: dict[str, str], wish: str, way: str) -> None:
    if not 8 <= len(visit_ref) <= 40 or not visit_ref.replace("-", "").isalnum():
        raise NotAllowed("这次走访没有编号，请从走访单重新打开。")
    if wish not in core.WISHES:
        raise NotAllowed("还差 1 处没选：愿意让我们帮您申请吗。")
    if way not in core.WAYS:
        raise NotAllowed("请选上门还是打电话。")
    for question, answer in answers.items():
        if question not in core.QUESTIONS or answer not in core.QUESTIONS[question][1]:
            raise NotAllowed(f"“{question}”没有“{answer}”这个答案。")


def _applicant(alert: Alert, wish: str, consents: list[str], at: datetime) -> str:
    """Who applies: the person noticed; for a child, or who cannot speak for themselves, the adult at home who agreed."""
    if alert.pid in consents or not consents:
        return alert.pid
    born_on = registry.me(alert.pid).born_on
    is_child = born_on is not None and days.age_on(born_on, office_queries.today(at)) < 18
    return consents[0] if wish == "cannot" or is_child else alert.pid


def _result(answers: dict[str, str], wish: str, outcome: Outcome | str, consents: list[str]) -> Outcome | None:
    """What a visit ended in; None leaves the alert open: nobody home, ask later, or nobody there who can say yes."""
    if outcome:
        if outcome not in list(Outcome) or outcome == Outcome.APPLICATION_STARTED:
            raise NotAllowed("没有这种结果。")
        return Outcome(outcome)
    if wish == "yes" or (wish == "cannot" and consents):
        return Outcome.APPLICATION_STARTED
    if wish in ("later", "cannot") or answers.get("home") in ("no", "unclear"):
        return None
    return Outcome.FALSE_ALARM if answers.get("true") == "no" else Outcome.OFFERED_DECLINED
