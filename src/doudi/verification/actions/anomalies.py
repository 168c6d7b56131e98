"""What people do with an anomaly: hand it on, take it back, close it with a cause, open it again. Nothing here stops help."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from doudi.exchange import actions as exchange
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, today
from doudi.verification.core.anomalies import AnomalyState, Cause, Whom, cause_of, due_on, may_close
from doudi.verification.models import Anomaly, AnomalyStep

_TOWNSHIP = 9  # digits that name a township


def _locked(ref: str) -> Anomaly:
    found = Anomaly.objects.select_for_update().filter(ref=ref).first()
    if found is None:
        raise NotAllowed("没有这条疑点。")
    return found


def _note(text: str) -> str:
    if not text.strip():
        raise NotAllowed("请写一句为什么。")
    return text.strip()


def _step(one: Anomaly, act: str, by: By, at: datetime, **told: object) -> AnomalyStep:
    return AnomalyStep.objects.create(anomaly=one, act=act, at=at, by=office.party(by), **told)


@transaction.atomic
def hand_anomaly(*, ref: str, whom: Whom | str, note: str, by: By, at: datetime, came: str = "", area: str = "") -> AnomalyStep:
    """Hand an anomaly to the township that knows the family, or to supervision; they say what it was by a day.

    :param came: ref of what the township finds in its inbox for it, such as a visit asked for
    :param area: where the register knows the person to live; goes before what the roll says
    :raises NotAllowed: no reason, nobody knows which township, it is not open, or not for this post or place
    """
    one = _locked(ref)
    need(by, "anomaly.work", area=one.area, at=at)
    to, note = Whom(whom), _note(note)
    if one.state != AnomalyState.OPEN:
        raise NotAllowed(f"这条疑点现在是“{AnomalyState(one.state).label}”，不能再交出去。")
    if to is Whom.TOWNSHIP:
        one.area = area or one.area
        if len(one.area) < _TOWNSHIP:
            raise NotAllowed("名单没有写住在哪里，登记里也找不到，不知道交给哪个乡镇。请先查清楚，或交给监督检查。")
        need(by, "anomaly.work", area=one.area, at=at)
    one.state, one.whom, one.due_on = AnomalyState.HANDED, to, due_on(to, today(at))
    one.save(update_fields=["state", "whom", "due_on", "area"])
    step = _step(one, "hand", by, at, whom=to, due_on=one.due_on, note=note, came=came)
    detail = {"came": came, "due": one.due_on.isoformat(), "pid": one.pid, "whom": str(to)}
    office.record("verification.hand_anomaly", subject=one.ref, by=by, at=at, detail=detail)
    return step


@transaction.atomic
def take_back_anomaly(*, ref: str, note: str, by: By, at: datetime) -> AnomalyStep:
    """Take an anomaly back from whom it was handed to; it is open again.

    :raises NotAllowed: no reason, it was not handed on, or not for this post or place
    """
    one = _locked(ref)
    need(by, "anomaly.work", area=one.area, at=at)
    note = _note(note)
    if one.state != AnomalyState.HANDED:
        raise NotAllowed("这条疑点没有交出去，不用收回。")
    one.state, one.whom, one.due_on = AnomalyState.OPEN, "", None
    one.save(update_fields=["state", "whom", "due_on"])
    step = _step(one, "take_back", by, at, note=note)
    office.record("verification.take_back_anomaly", subject=one.ref, by=by, at=at, detail={"pid": one.pid})
    return step


@transaction.atomic
def close_anomaly(*, ref: str, cause: str, note: str, by: By, at: datetime) -> AnomalyStep:
    """Say what an anomaly was, and how that is known. Where a list is wrong, its department is asked to correct the row.

    :param cause: of causes.toml
    :raises NotAllowed: no cause or reason, it is with somebody else, it is closed, or not for this post or place
    """
    one = _locked(ref)
    viewer = need(by, "anomaly.close", area=one.area, at=at)
    picked, note = cause_of(cause), _note(note)
    if viewer is None or not may_close(viewer.role, one.state, one.whom):
        raise NotAllowed(f"这条疑点现在是“{AnomalyState(one.state).label}”，不归您写原因。")
    came = _corrected(one, picked, note, by, at)
    one.state, one.cause, one.again_on = AnomalyState.CLOSED, picked.code, picked.again_on(today(at))
    one.closed_at, one.closed_by, one.whom, one.due_on = at, office.party(by), "", None
    one.save(update_fields=["state", "cause", "again_on", "closed_at", "closed_by", "whom", "due_on"])
    step = _step(one, "close", by, at, cause=picked.code, note=note, came=came)
    detail = {"came": came, "cause": picked.code, "kind": one.kind, "pid": one.pid, "real": picked.real}
    office.record("verification.close_anomaly", subject=one.ref, by=by, at=at, detail=detail)
    return step


def _corrected(one: Anomaly, picked: Cause, note: str, by: By, at: datetime) -> str:
    """Ask the department of the wrong row to correct it; the request's ref, or nothing where no row is wrong."""
    if not picked.wrong or not one.pairs:
        return ""
    pair = one.pairs[0]
    asked = exchange.ask_correction(
        dataset=one.roll if picked.wrong == "roll" else one.other,
        field="",
        held=pair[f"{picked.wrong}_words"],
        believed=None,
        evidence=note,
        batch=pair[f"{picked.wrong}_batch"] or None,  # a list nobody showed has no rows
        row_no=pair[f"{picked.wrong}_row"] or None,
        pid=one.pid,
        area=one.area,
        cause=one.ref,
        by=by,
        at=at,
    )
    return str(asked.ref)


@transaction.atomic
def reopen_anomaly(*, ref: str, note: str, by: By, at: datetime) -> AnomalyStep:
    """Open an anomaly again whose cause was wrong; what was said before stays in its story.

    :raises NotAllowed: no reason, it is not closed, or not for this post or place
    """
    one = _locked(ref)
    need(by, "anomaly.work", area=one.area, at=at)
    note = _note(note)
    if one.state != AnomalyState.CLOSED:
        raise NotAllowed("这条疑点没有写过原因，不用再打开。")
    one.state, one.cause, one.again_on, one.opened_at = AnomalyState.OPEN, "", None, at
    one.closed_at, one.closed_by = None, ""
    one.save(update_fields=["state", "cause", "again_on", "opened_at", "closed_at", "closed_by"])
    step = _step(one, "reopen", by, at, note=note)
    office.record("verification.reopen_anomaly", subject=one.ref, by=by, at=at, detail={"pid": one.pid})
    return step


@transaction.atomic
def export_anomalies(*, area: str, people: int, why: str, asked: dict[str, str], by: By, at: datetime) -> None:
    """Note that a list of anomalies was taken away as a table, and what for.

    :param asked: what the list was asked for
    :raises NotAllowed: no purpose, or not for this post or place
    """
    need(by, "anomaly.work", area=area, at=at)
    detail = {"asked": asked, "people": people, "why": _note(why)}
    office.record("verification.export_anomalies", subject=f"area:{area}", by=by, at=at, detail=detail)
