"""Writing: a cycle's alerts all at once; assigning, answering and closing one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from doudi.casework import actions as casework
from doudi.monitoring import core
from doudi.monitoring.core import Finding, Level, Outcome
from doudi.monitoring.models import Alert, Evaluation, Visit
from doudi.office import actions as office
from doudi.office import queries as office_queries
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need

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

    A closed alert stays closed, an assigned one stays with its worker. The same cycle a second time changes nothing.

    :param cycle: the name of the published manifest, and `manifest` its SHA-256, which goes into the journal
    :param counts: what the cycle counted (persons, findings …), kept with the evaluation
    :returns: new, kept, returned, lapsed and open alerts
    """
    if (done := Evaluation.objects.filter(cycle=cycle).first()) is not None:
        return dict(done.counts["alerts"])
    raised = office_queries.today(at)
    due = {str(level): core.due_on(level, raised) for level in Level}
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming (ref varchar(21) PRIMARY KEY, indicator varchar(40), level varchar(1), "
            "subject_kind varchar(10), subject varchar(21), pid varchar(21), hid varchar(21), area varchar(12), "
            "masked_name varchar(40), basis varchar(120), mask bigint, figures text, due_on date)"
        )
        _fill(cursor, findings, due)
        counted = _settle(cursor, judged_on=judged_on, raised=raised)
        cursor.execute("DROP TABLE incoming")
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


def _fill(cursor: Any, findings: Iterable[Finding], due: dict[str, date]) -> None:
    """Put the findings into the incoming table: by COPY where the database has it, in batches where not."""
    rows = (
        (
            one.ref, one.indicator, one.level, one.subject_kind, one.subject, one.pid, one.hid, one.area, one.masked_name,
            one.basis, one.mask, one.values, due[one.level],
        )
        for one in findings
    )  # fmt: skip
    if connection.vendor == "postgresql":
        with cursor.copy(f"COPY incoming ({', '.join(COLUMNS)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    insert = f"INSERT INTO incoming ({', '.join(COLUMNS)}) VALUES ({', '.join(['%s'] * len(COLUMNS))})"
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            cursor.executemany(insert, batch)
            batch.clear()
    if batch:
        cursor.executemany(insert, batch)


def _settle(cursor: Any, *, judged_on: date, raised: date) -> dict[str, int]:
    """Compare what came in with what is known, in the database, and count."""

    def run(statement: str, *values: Any) -> int:
        cursor.execute(statement, values)
        return int(cursor.rowcount)

    known = "(SELECT ref FROM incoming)"
    lapsed = run(f"UPDATE monitoring_alert SET state = 'lapsed' WHERE state = 'open' AND ref NOT IN {known}")
    returned = run(
        "UPDATE monitoring_alert SET state = 'open', raised_on = %s, due_on = (SELECT i.due_on FROM incoming i WHERE i.ref = "
        f"monitoring_alert.ref) WHERE state = 'lapsed' AND ref IN {known}",
        raised,
    )
    kept = run(
        "UPDATE monitoring_alert SET seen_on = %s, level = (SELECT i.level FROM incoming i WHERE i.ref = monitoring_alert.ref), "
        "mask = (SELECT i.mask FROM incoming i WHERE i.ref = monitoring_alert.ref), "
        "figures = (SELECT i.figures FROM incoming i WHERE i.ref = monitoring_alert.ref) "
        f"WHERE ref IN {known} AND state <> 'closed'",
        judged_on,
    )
    closed = run(f"UPDATE monitoring_alert SET seen_on = %s WHERE ref IN {known} AND state = 'closed'", judged_on)
    plain = ", ".join(COLUMNS)
    new = run(
        f"INSERT INTO monitoring_alert ({plain}, raised_on, seen_on, state, outcome, reason, closed_by) "
        f"SELECT {plain}, %s, %s, 'open', '', %s, '' FROM incoming "
        "WHERE NOT EXISTS (SELECT 1 FROM monitoring_alert a WHERE a.ref = incoming.ref)",
        raised,
        judged_on,
        Alert._meta.get_field("reason").get_db_prep_value("", connection),
    )
    cursor.execute("SELECT count(*) FROM monitoring_alert WHERE state IN ('open', 'assigned')")
    (standing,) = cursor.fetchone()
    return {"new": new, "kept": kept - returned, "returned": returned, "lapsed": lapsed, "closed": closed, "open": int(standing)}


# ---- one alert ----------------------------------------------------------------------------------------------------------


def _lock(ref: str) -> Alert:
    alert = Alert.objects.select_for_update().filter(ref=ref).first()
    if alert is None:
        raise NotAllowed("没有这条提醒。")
    return alert


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
    result = _result(answers, wish, outcome)
    case_ref = ""
    if result is Outcome.APPLICATION_STARTED:
        case = casework.open_case(
            pid=alert.pid,
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


def _result(answers: dict[str, str], wish: str, outcome: Outcome | str) -> Outcome | None:
    """What a visit ended in; None leaves the alert open: nobody home, or ask later."""
    if outcome:
        if outcome not in list(Outcome) or outcome == Outcome.APPLICATION_STARTED:
            raise NotAllowed("没有这种结果。")
        return Outcome(outcome)
    if wish in ("yes", "cannot"):
        return Outcome.APPLICATION_STARTED
    if wish == "later" or answers.get("home") in ("no", "unclear"):
        return None
    return Outcome.FALSE_ALARM if answers.get("true") == "no" else Outcome.OFFERED_DECLINED
