"""Writing: a change is drafted, edited, proposed, approved by another person, rejected, taken back, undone."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, same_eyes, today
from doudi.policy.language.errors import RuleError
from doudi.policy.pack import Pack
from doudi.rulebook import core, queries
from doudi.rulebook.core import Kind, State
from doudi.rulebook.models import Change


@transaction.atomic
def draft(
    *, kind: Kind | str, title: str, source: str, place: str, starts_on: date, what: dict[str, Any], rule: str = "",
    parameter: str = "", cases: list[dict[str, Any]] | None = None, note: str = "", by: By, at: datetime,
) -> Change:  # fmt: skip
    """Write down a change; nothing counts yet, and it need not be understood yet.

    :param parameter: the number it sets, or of a warning `A01.weight`; `what` then holds it under "is"
    :param cases: examples beside a warning: name, facts, members, expect (yes, no, unknown)
    :raises NotAllowed: another place's, a number this place may not set, or no document it stands on
    """
    if kind == Kind.UNDO:
        raise NotAllowed("撤回要从那条变更的页面上办。")
    change = Change(kind=Kind(kind), rule=rule, parameter=parameter, drafted_at=at, drafted_by=office.party(by))
    _fill(change, title, source, place, starts_on, what, cases or [], note)
    _may_set(change, by, at)
    change.text = queries.text_of(change, known_since=today(at))
    change.save()
    office.record("rulebook.draft", subject=change.ref, by=by, at=at, detail=_told(change))
    return change


@transaction.atomic
def edit(
    *, ref: str, title: str, source: str, place: str, starts_on: date, what: dict[str, Any],
    cases: list[dict[str, Any]] | None = None, note: str = "", by: By, at: datetime,
) -> Change:  # fmt: skip
    """Write a draft anew.

    :raises NotAllowed: it is no draft any more, another place's, or a number this place may not set
    """
    change = _lock(ref)
    core.move(change.state, "edit")
    _may_set(change, by, at)  # whose it was before
    _fill(change, title, source, place, starts_on, what, cases or [], note)
    _may_set(change, by, at)
    change.text = queries.text_of(change, known_since=today(at))
    change.save()
    office.record("rulebook.edit", subject=change.ref, by=by, at=at, detail=_told(change))
    return change


@transaction.atomic
def propose(*, ref: str, by: By, at: datetime) -> Change:
    """Hand a draft to a second person: understood together with all that counts, every example comes out.

    :raises NotAllowed: not understood (with the place and a hint), an example that comes out otherwise, or it starts in the past
    """
    change = _lock(ref)
    _may_set(change, by, at)
    change.state = core.move(change.state, "propose")
    _check(change, change.starts_on, at)
    change.text = queries.text_of(change, known_since=today(at))
    change.proposed_at, change.proposed_by = at, office.party(by)
    change.save(update_fields=["state", "text", "proposed_at", "proposed_by"])
    office.record("rulebook.propose", subject=change.ref, by=by, at=at, detail=_told(change))
    return change


def _wrote(change: Change, by: By, at: datetime) -> bool:
    """Whether this person, or somebody they are one pair of eyes with while one stands in, drafted or proposed the change."""
    eyes = same_eyes(by, at)
    return eyes.did(change.drafted_by, change.drafted_at) or eyes.did(change.proposed_by, change.proposed_at)


@transaction.atomic
def approve(*, ref: str, starts_on: date | None = None, by: By, at: datetime) -> Change:
    """Let a change count from its day, or a later one; by somebody who neither drafted nor proposed it.

    :raises NotAllowed: the same person, another place's, it starts before today, or it is not understood any more
    """
    change = _lock(ref)
    need(by, "rules.approve", area=change.place, at=at)
    if _wrote(change, by, at):
        raise NotAllowed("自己写的、自己提交的，自己不能批。请另一位同志看。")
    change.state = core.move(change.state, "approve")
    change.starts_on = starts_on or change.starts_on
    _check(change, change.starts_on, at)
    change.approved_at, change.approved_by = at, office.party(by)
    change.save(update_fields=["state", "starts_on", "text", "approved_at", "approved_by"])
    office.record("rulebook.approve", subject=change.ref, by=by, at=at, detail=_told(change))
    return change


@transaction.atomic
def reject(*, ref: str, reason: str, by: By, at: datetime) -> Change:
    """Say no, and why.

    :raises NotAllowed: no reason, the same person, or another place's
    """
    change = _lock(ref)
    need(by, "rules.approve", area=change.place, at=at)
    if _wrote(change, by, at):
        raise NotAllowed("自己提交的请收回，不用自己来否。")
    if not reason.strip():
        raise NotAllowed("请写一句为什么不批。")
    return _close(change, "reject", reason, by, at)


@transaction.atomic
def withdraw(*, ref: str, reason: str = "", by: By, at: datetime) -> Change:
    """Take a draft or a proposal back.

    :raises NotAllowed: it has an outcome already, or another place's
    """
    change = _lock(ref)
    need(by, "rules.change", area=change.place, at=at)
    return _close(change, "withdraw", reason, by, at)


@transaction.atomic
def undo(*, ref: str, source: str, starts_on: date, note: str = "", by: By, at: datetime) -> Change:
    """Propose that an approved change stops counting from a day; what counted before it counts again. Another person approves.

    :raises NotAllowed: it was not approved, is undone already, or another place's
    """
    undone = _lock(ref)
    need(by, "rules.change", area=undone.place, at=at)
    if undone.state != State.APPROVED or undone.kind == Kind.UNDO:
        raise NotAllowed("只有批了的变更能撤回。要恢复一条撤回了的，请重新写一条。")
    if undone.undone_by.filter(state__in=[State.PROPOSED, State.APPROVED]).exists():
        raise NotAllowed("这条已经有人提了撤回。")
    change = Change(
        kind=Kind.UNDO,
        rule=undone.rule,
        parameter=undone.parameter,
        undoes=undone,
        state=State.PROPOSED,
        drafted_at=at,
        drafted_by=office.party(by),
        proposed_at=at,
        proposed_by=office.party(by),
    )
    _fill(change, f"撤回：{undone.title}"[:120], source, undone.place, starts_on, {}, [], note)
    _check(change, starts_on, at)
    change.save()
    office.record("rulebook.undo", subject=change.ref, by=by, at=at, detail=_told(change) | {"undoes": undone.ref})
    return change


# ---- what the acts share ------------------------------------------------------------------------------------------------


def _lock(ref: str) -> Change:
    change = Change.objects.select_for_update(of=("self",)).filter(ref=ref).first()
    if change is None:
        raise NotAllowed("没有这条变更。")
    return change


def _fill(
    change: Change, title: str, source: str, place: str, starts_on: date, what: dict[str, Any], cases: list[dict[str, Any]],
    note: str,
) -> None:  # fmt: skip
    if not source.strip():
        raise NotAllowed("请写依据的文件，没有文件不能改规则。")
    if not title.strip():
        raise NotAllowed("请写这条变更叫什么。")
    change.title, change.source, change.place = title.strip(), source.strip(), place
    change.starts_on, change.what, change.cases, change.note = starts_on, what, cases, note.strip()


def _may_set(change: Change, by: By, at: datetime) -> None:
    """The post, the area, and for a number also the level of the place."""
    need(by, "rules.change", area=change.place, at=at)
    core.level_of(change.place)
    if change.kind == Kind.UNDO or change.kind == Kind.INDICATOR:
        return
    pack = _law()
    if change.kind == Kind.TUNE:
        versions = pack.indicators.get(change.rule, ())
        if change.parameter not in {one.name for rule in versions for one in rule.tunables}:
            raise NotAllowed(f"没有“{change.parameter}”可以调。")
        return
    parameter = pack.parameters.get(change.parameter)
    if parameter is None or parameter.rule:
        raise NotAllowed(f"没有“{change.parameter}”这个数。")
    core.check_setter(parameter, change.place)


def _law() -> Pack:
    """The law that counts.

    :raises NotAllowed: a change made here is not understood any more, and is undone first
    """
    try:
        return queries.pack()
    except RuleError as why:
        raise NotAllowed(f"有一条批过的变更现在读不懂了，请先撤回它：{why}") from None


def _check(change: Change, starts_on: date, at: datetime) -> Pack:
    """Understood with everything that counts, from today on at the earliest, every example as expected; the text is renewed.

    :raises NotAllowed: with what is wrong and where
    """
    on = today(at)
    if starts_on < on:
        raise NotAllowed(f"开始的日子（{starts_on}）已经过去了。规则不往回改：请从 {on} 或以后的一天开始。")
    undone = change.undoes
    change.text = queries.text_of(change, starts_on=starts_on, known_since=on, undone=undone)
    undoes = undone.ref if undone else None
    try:
        pack = queries.with_text(change.ref, change.title, change.text, undoes)
    except RuleError as why:
        if change.kind != Kind.UNDO:
            raise NotAllowed(f"读不懂，不能用：{why}") from None
        pack = _drop(change, why)
    try:
        outcomes = queries.run_cases(pack, change, starts_on)
    except RuleError as why:
        raise NotAllowed(f"例子读不懂：{why}") from None
    if wrong := [one for one in outcomes if not one.right]:
        raise NotAllowed(f"例子没有算出要的结果：{wrong[0].case.name}")
    return pack


def _drop(change: Change, why: RuleError) -> Pack:
    """Undo a change the program does not understand any more: even its past cannot be kept, so that nothing is left of it.

    :raises NotAllowed: something else is not understood either
    """
    assert change.undoes is not None
    change.text = ""
    try:
        return queries.with_text(change.ref, change.title, "", change.undoes.ref)
    except RuleError:
        raise NotAllowed(f"撤回以后还是读不懂：{why}") from None


def _close(change: Change, act: str, reason: str, by: By, at: datetime) -> Change:
    change.state = core.move(change.state, act)
    change.closed_at, change.closed_by, change.reason = at, office.party(by), reason.strip()
    change.save(update_fields=["state", "closed_at", "closed_by", "reason"])
    office.record(f"rulebook.{act}", subject=change.ref, by=by, at=at, detail={"kind": change.kind, "place": change.place})
    return change


def _told(change: Change) -> dict[str, Any]:
    """What the journal keeps of a change: which, where, from when; the text is in the change, which never goes away."""
    found = {
        "kind": str(change.kind),
        "place": change.place,
        "starts_on": change.starts_on.isoformat(),
        "state": str(change.state),
    }
    return found | ({"rule": change.rule} if change.rule else {}) | ({"parameter": change.parameter} if change.parameter else {})
