"""Changing help in force: proposed with every month laid open, heard where it cuts, decided by another person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from django.db import transaction

from doudi.casework import core
from doudi.casework.actions import awarding, steps
from doudi.casework.actions.happenings import lock as lock_benefit
from doudi.casework.actions.hearing import lock
from doudi.casework.core import AlreadyDone, Missing
from doudi.casework.core import awards as sums
from doudi.casework.core.awards import Given
from doudi.casework.core.causes import CAUSES, Asked, Cause, next_month
from doudi.casework.core.replay import Effect
from doudi.casework.gateways import numbers, replay
from doudi.casework.models import Adjustment, Benefit, FollowUp, Happening, Hearing, Review
from doudi.casework.queries.awards import given
from doudi.casework.queries.reviews import earlier_effects
from doudi.facts import days
from doudi.office import actions as office
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import need, same_eyes, today
from doudi.registry import queries as registry

# What cuts counts from the event; for all other causes, from the month after the decision. Of two kinds of help that bar each
# other the one ends with the month the other began; whether money comes back is then a person's matter.
REACH_BACK = ("death", "fraud", "overlap")


@transaction.atomic
def propose_adjustment(*, benefit: str, asked: Asked, by: By, at: datetime, happening: str = "") -> Adjustment:
    """Propose to change help in force. Every month from its effective month on is laid open: awarded, by the rules, why.

    Where a review of it is open, that ends as changed.

    :raises NotAllowed: paid once only, the cause does not allow this kind, or another proposal waits
    :raises Missing: what the kind or the cause asks for is not said
    """
    held = lock_benefit(benefit)
    need(by, "adjustment.propose", area=held.area, at=at)
    cause = _cause(held, asked, at)
    if Adjustment.objects.filter(benefit=held, state="proposed").exists():
        raise AlreadyDone("这一户已经有一件调整在办，先办完那一件。")
    told = _happening(held, happening)
    rights = _rights(held, asked)
    reason = steps.say(asked.reason, "理由")
    known_on = told.known_on if told else today(at)
    first = _first_month(held, asked, cause, rights, known_on, at)
    effects = _effects(asked, cause, held)
    before, awards = earlier_effects(held, without=rights), given(held)
    last = max(next_month(today(at)), first)
    said, pack = replay.by_rule(
        held.programme, held.decision.assessment.facts, [*before, *effects], sums.months(first, last), held.area,
        subject=held.case.recipient or held.case.applicant,
    )  # fmt: skip
    new, differs = _steps(held, asked, _not_back(said, asked, awards, at), first, awards, rights)
    if differs and not asked.differs_reason.strip():
        raise Missing("和规则算的不一样，请写清为什么。")
    less = any(awarding.cuts(awards, new, until=last)) or asked.kind in ("end", "exit", "suspend")
    kept = Adjustment.objects.create(
        benefit=held, kind=asked.kind, cause=cause.code, article=cause.article, happening=told, rights=rights,
        happened_on=asked.on, from_month=first, until_month=asked.until_month if asked.kind == "suspend" else None,
        effects=[one.kept() for one in effects], months=_table(said, awards, new), steps=[_kept_step(one) for one in new],
        pack=pack, reason=reason, differs=differs, differs_reason=asked.differs_reason.strip() if differs else "",
        is_less=less, goes_to=asked.goes_to.strip(), proposed_at=at, proposed_by=office.party(by),
    )  # fmt: skip
    if told is not None:
        told.state, told.settled_at, told.settled_by = "taken", at, office.party(by)
        told.save(update_fields=["state", "settled_at", "settled_by"])
    _end_review(held, kept, by=by, at=at)
    detail = {"adjustment": kept.ref, "kind": kept.kind, "cause": kept.cause, "from": first.isoformat(), "less": less}
    office.record("casework.propose_adjustment", subject=held.ref, by=by, at=at, detail=detail)
    return kept


def _cause(held: Benefit, asked: Asked, at: datetime) -> Cause:
    cause = CAUSES.get(asked.cause)
    if cause is None or asked.kind not in cause.kinds:
        raise Missing("请选原因，和要怎么改。")
    if held.is_one_off:
        raise NotAllowed("这是一次性的救助，没有以后的月份可以改。")
    over = bool(held.ended_why) or (held.to_month is not None and held.to_month < today(at).replace(day=1))
    if over and asked.kind != "restore":
        raise NotAllowed("这份救助已经停了。停错了，选“我们弄错了，改回来”。")
    if asked.kind == "end" and cause.code == "moved_away" and not asked.goes_to.strip():
        raise Missing("请写搬到哪里，好把材料交过去。")
    return cause


def _happening(held: Benefit, ref: str) -> Happening | None:
    if not ref:
        return None
    told = Happening.objects.select_for_update().filter(benefit=held, ref=ref).first()
    if told is None or told.state != "open":
        raise AlreadyDone("这件事已经处理过了。")
    return told


def _rights(held: Benefit, asked: Asked) -> Adjustment | None:
    """The decided adjustment that is put right or after which help resumes."""
    if asked.kind not in ("resume", "restore"):
        return None
    wrong = Adjustment.objects.filter(benefit=held, ref=asked.rights, state="decided").first()
    if wrong is None or (asked.kind == "resume" and wrong.kind != "suspend"):
        raise Missing("请选是哪一次停的。")
    return wrong


def _first_month(
    held: Benefit, asked: Asked, cause: Cause, rights: Adjustment | None, known_on: date, at: datetime
) -> date:  # fmt: skip
    """The first month it counts for: after the event, after the decision, or where what is put right began.

    What is told late reaches back only so many months as the place allows; what cuts never reaches back, except by a death,
    a proven untruth or other help that bars it (what was paid too much is then a person's matter to claim or to waive).
    """
    following = next_month(today(at))
    if rights is not None:
        return rights.from_month
    if cause.takes == "decision":
        return max(following, held.from_month)
    if asked.on is None or asked.on > today(at):
        raise Missing("请写哪一天发生的，不能晚于今天。")
    first = next_month(asked.on)
    if cause.code not in REACH_BACK:
        back = replay.number("change_back_months", held.area, today(at))
        first = max(first, days.add_months(known_on.replace(day=1), -back))
    return max(first, held.from_month)


def _effects(asked: Asked, cause: Cause, held: Benefit) -> list[Effect]:
    """What becomes different in the household by this."""
    if asked.kind in ("suspend", "resume", "restore") or cause.effect == "none":
        return []
    if asked.on is None:
        raise Missing("请写哪一天发生的。")
    if cause.effect in ("income", "assets"):
        if asked.figure_fen is None or asked.figure_fen < 0:
            what = "全家现在每月收入多少元" if cause.effect == "income" else "全家现在的存款一共多少元"
            raise Missing(f"请写{what}。")
        return [Effect(asked.on, cause.effect, fen=asked.figure_fen)]
    if cause.effect == "out" and not asked.pid:
        raise Missing("请选是家里哪一位。")
    if cause.effect == "in" and not (asked.pid or asked.relation.strip()):
        raise Missing("请写来的是谁，是什么关系。")
    return [Effect(asked.on, cause.effect, pid=asked.pid or f"new{asked.on:%Y%m%d}", relation=asked.relation.strip())]


def _not_back(
    said: list[replay.ByRule], asked: Asked, awards: list[Given], at: datetime
) -> list[replay.ByRule]:  # fmt: skip
    """Months past are never made less, but after a death, a proven untruth or other help that bars it."""
    if asked.cause in REACH_BACK:
        return said
    following, kept = next_month(today(at)), []
    for one in said:
        was = sums.in_month(awards, one.month)
        less = was is not None and one.amount_fen is not None and one.amount_fen < was.amount_fen
        kept.append(replace(one, amount_fen=was.amount_fen, members=was.members) if less and one.month < following else one)
    return kept


def _steps(
    held: Benefit, asked: Asked, said: Sequence[replay.ByRule], first: date, awards: list[Given], rights: Adjustment | None
) -> tuple[list[Given], bool]:
    """The awards this writes, and whether they differ from what the rules say.

    :raises Missing: the rules cannot tell a month and nobody says how much
    """
    now = sums.in_month(awards, first) or awards[0]
    if rights is not None:
        others = [one for one in awards if one.decision_ref != rights.ref]
        last = max([first, *(one.from_month for one in awards), said[-1].month])
        return sums.runs(sums.later(others, first, last)), False
    if asked.kind == "end":
        return [Given(first, 0, 0)], any(one.outcome != "no" for one in said) and _by_means(asked)
    if asked.kind == "suspend":
        return _suspended(held, asked, first, awards), False
    if asked.kind == "exit":
        most = replay.number("exit_gradual_max_months", held.area, first)
        if not 1 <= asked.months <= most:
            raise Missing(f"渐退几个月？最多 {most} 个月。")
        share = replay.share_bp("exit_gradual_share", held.area, first)
        return sums.gradual(now.amount_fen, now.members, first, asked.months, share), any(one.outcome != "no" for one in said)
    if asked.amount_fen is not None:
        if asked.amount_fen <= 0:
            raise Missing("改成 0 元就是停，请选“停”。")
        new = [Given(first, asked.amount_fen, said[0].members)]
        return new, any(one.amount_fen != asked.amount_fen for one in said)
    if any(one.amount_fen is None for one in said):
        raise Missing("有的月份规则说不准，请写每月多少元，再写为什么。")
    if not said[-1].amount_fen:
        raise NotAllowed("按规则以后没有了，请选“停”或者“渐退以后停”。")
    return sums.runs((one.month, one.amount_fen or 0, one.members) for one in said), False


def _by_means(asked: Asked) -> bool:
    """Whether an end stands on the household's means, so that the rules have to say so too."""
    return asked.cause in ("job", "income_up", "property", "review", "disability", "school_end")


def _suspended(held: Benefit, asked: Asked, first: date, awards: list[Given]) -> list[Given]:
    """Nothing until a month, then again what was awarded: it resumes by itself.

    :raises Missing: no last month, or further than the place allows
    """
    most = replay.number("suspend_max_months", held.area, first)
    until = asked.until_month.replace(day=1) if asked.until_month else None
    if until is None or until < first or until > days.add_months(first, most - 1):
        raise Missing(f"请写停到哪个月，一次最多 {most} 个月，从 {first.year} 年 {first.month} 月算起。")
    back = days.add_months(until, 1)
    after = sums.in_month(awards, back) or awards[0]
    return [Given(first, 0, 0), Given(back, after.amount_fen, after.members)]


def _table(said: Sequence[replay.ByRule], awards: list[Given], new: list[Given]) -> list[dict[str, object]]:
    """Each month as it is laid open: awarded so far, by the rules of that month, after this, and why."""
    rows: list[dict[str, object]] = []
    for one in said:
        was, after = sums.in_month(awards, one.month), sums.in_month(new, one.month)
        rows.append(
            {
                "month": one.month.isoformat(),
                "was_fen": was.amount_fen if was else 0,
                "rule_fen": one.amount_fen,
                "after_fen": after.amount_fen if after else was.amount_fen if was else 0,
                "members": one.members,
                "outcome": one.outcome,
                "why": one.why,
            }
        )
    return rows


def _kept_step(one: Given) -> dict[str, object]:
    return {"from_month": one.from_month.isoformat(), "amount_fen": one.amount_fen, "members": one.members}


def steps_of(kept: Adjustment) -> list[Given]:
    """The awards an adjustment will write."""
    return [Given(date.fromisoformat(one["from_month"]), one["amount_fen"], one["members"]) for one in kept.steps]


def _end_review(held: Benefit, kept: Adjustment, *, by: By, at: datetime) -> None:
    """A review that is open ends as changed by what is proposed."""
    review = Review.objects.select_for_update().filter(benefit=held, closed_at__isnull=True).first()
    if review is not None and kept.kind in ("change", "end", "exit"):
        review.outcome, review.adjustment = "changed", kept
        review.closed_at, review.closed_by = at, office.party(by)
        review.save(update_fields=["outcome", "adjustment", "closed_at", "closed_by"])
        set_next_review(held, at=at)


def set_next_review(held: Benefit, *, at: datetime) -> None:
    """The next look again, by the class of the household (D57 Art. 31): as many months on as the last one was."""
    road = core.road(held.programme)
    last = Review.objects.filter(benefit=held).order_by("-pk").values_list("kind", flat=True).first()
    months = road.review_months_unsteady if last == "unsteady" else road.review_months
    held.review_due_on, held.review_state = days.add_months(today(at), months), "none"
    held.called_at, held.called_by = None, ""
    held.save(update_fields=["review_due_on", "review_state", "called_at", "called_by"])


@transaction.atomic
def drop_adjustment(*, ref: str, reason: str, by: By, at: datetime, version: int | None = None) -> Adjustment:
    """Not take a proposal further, with a reason; the help stays as it is.

    :raises Missing: no reason
    """
    kept = lock(ref, version)
    need(by, "adjustment.propose", area=kept.benefit.area, at=at)
    kept.ended_reason = steps.say(reason, "为什么不改了")
    kept.state, kept.dropped_at, kept.dropped_by, kept.version = "dropped", at, office.party(by), kept.version + 1
    kept.save(update_fields=["state", "dropped_at", "dropped_by", "ended_reason", "version"])
    office.record("casework.drop_adjustment", subject=kept.benefit.ref, by=by, at=at, detail={"adjustment": ref})
    return kept


@transaction.atomic
def decide_adjustment(*, ref: str, by: By, at: datetime, reason: str = "", version: int | None = None) -> Adjustment:
    """Decide an adjustment: its awards are written, and with an end the asking after begins.

    :raises NotAllowed: by who proposed it, or it cuts and nobody was heard (LAW Art. 48)
    """
    kept = lock(ref, version)
    held = Benefit.objects.select_for_update().select_related("case").get(pk=kept.benefit_id)
    need(by, "adjustment.decide", area=held.area, at=at)
    if same_eyes(by, at).did(kept.proposed_by, kept.proposed_at):
        raise NotAllowed("这件是您提出的，要由另一位同志来定。")
    hearing = Hearing.objects.filter(adjustment=kept).first()
    if kept.is_less and hearing is None:
        raise NotAllowed("少发、停发以前，要先听本人怎么说（社会救助法第四十八条）。")
    road, on, new = core.road(held.programme), today(at), steps_of(kept)
    kept.state, kept.decided_at, kept.decided_by, kept.version = "decided", at, office.party(by), kept.version + 1
    kept.decided_on, kept.ended_reason = on, reason.strip()
    kept.notice_due_on = days.add_working_days(on, road.clock["refusal_notice_wd"])
    kept.reconsider_until = on + timedelta(days=road.clock["reconsider_days"])
    kept.lawsuit_until = days.add_months(on, road.clock["lawsuit_months"])
    kept.save()
    awarding.write(kept, new, hearing=hearing, by=by, at=at)
    _come_to(held, kept, new, at=at)
    phone = registry.me(held.payee).phone
    if phone:
        steps.tell(held.case, phone, "您家的救助有变化，信会送到您手上，也可以在手机上看。", by=by, at=at, pid=held.payee)
    detail = {"adjustment": ref, "kind": kept.kind, "cause": kept.cause, "heard": kept.heard, "awards": len(new)}
    office.record("casework.decide_adjustment", subject=held.ref, by=by, at=at, detail=detail)
    return kept


def _come_to(held: Benefit, kept: Adjustment, new: list[Given], *, at: datetime) -> None:
    """Where the last award gives nothing any more the help ends with the month before; else it runs on."""
    ends = kept.kind in ("end", "exit") or (kept.kind == "restore" and not new[-1].amount_fen and held.amount_fen > 0)
    if ends:
        last = days.add_months(new[-1].from_month, -1)
        held.to_month, held.ended_why = max(last, held.from_month), kept.cause
    elif held.ended_why:  # it runs on; a recognition as long as it holds
        holds = numbers.valid_months(held.programme, held.area, held.decision.on)
        held.to_month, held.ended_why = days.add_months(held.from_month, holds - 1) if holds else None, ""
    held.save(update_fields=["to_month", "ended_why"])
    FollowUp.objects.filter(benefit=held, done_at__isnull=True).update(done_at=at, done_by=kept.decided_by, outcome="needless")
    if ends and kept.heard != "nobody" and kept.cause != "moved_away":
        names = ("follow_up_first_months", "follow_up_second_months", "follow_up_third_months")
        for months in sorted({replay.number(name, held.area, today(at)) for name in names}):
            due = days.add_months(new[-1].from_month, months)
            if not FollowUp.objects.filter(benefit=held, due_on=due).exists():
                FollowUp.objects.create(benefit=held, after_months=months, due_on=due)
