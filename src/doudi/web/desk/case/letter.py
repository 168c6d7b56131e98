"""The letter to the family: what was decided, by which rule, what else may help, how to object, whom to call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from doudi.casework.core import road
from doudi.casework.queries import CasePage
from doudi.web.parts.templatetags.parts import full_day, month, yuan


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in paragraphs, as it is shown beside the form and printed."""

    title: str
    lines: tuple[str, ...]
    office: str
    on: date


def of_form(case: CasePage, said: dict, on: date, office: str) -> Letter:
    """The letter that would follow from what is typed now; nothing is kept of it."""
    kind = said.get("kind") or ""
    amount = said.get("amount")
    if amount is None and case.opinion is not None:
        amount = case.opinion.amount_fen
    members = case.opinion.members if case.opinion else 0
    first = (on.replace(day=1) + timedelta(days=32)).replace(day=1)
    until = on + timedelta(days=road(case.programme).clock["reconsider_days"])
    return _letter(
        case, kind, members, amount, first, said.get("article") or "", said.get("reason") or "", said.get("one_thing") or "",
        on, until, office, "",
    )  # fmt: skip


def of_decision(case: CasePage, office: str) -> Letter | None:
    """The letter of what was decided, with the days the decision carries; None before."""
    done = case.decision
    if done is None:
        return None
    return _letter(
        case, done.kind, done.members, done.amount_fen, done.from_month, done.article, done.reason, done.one_thing,
        done.on, done.reconsider_until, office, done.reconsider_at,
    )  # fmt: skip


def _letter(
    case: CasePage, kind: str, members: int, amount: int | None, first: date | None, article: str, reason: str,
    one_thing: str, on: date, until: date | None, office: str, reconsider_at: str,
) -> Letter:  # fmt: skip
    lines = [f"{case.name}："]
    if kind == "confirm":
        title = "县里定下来了"
        whom = f"您家 {members} 口人" if members > 1 else "您"
        lines.append(f"您申请的{case.programme_label}，县里定下来了。")
        if amount:
            lines.append(f"从 {month(first)}起，每月给{whom} {yuan(amount)}，打到您说的账户。")
        if reason:
            lines.append(reason)
        lines.append("家里人、收入有变化，请告诉村里或镇里。我们一年也会来看一次。")
    elif kind == "refuse":
        title = "这次没有批"
        lines.append(f"您申请的{case.programme_label}，这次没有批。")
        lines.append(f"依据：{article or '（还没选依据）'}。")
        lines.append(reason or "（还没写理由）")
        others = [one.programme_label for one in case.also if one.outcome != "no"]
        if others:
            lines.append(f"您可能够得上：{'、'.join(others)}。以实际查的为准，镇里可以帮您办。")
    elif kind == "return_one":
        title = "还要再补一样"
        lines.append(f"您申请的{case.programme_label}，县里请镇里再补一样：{one_thing or '（还没写）'}。您不用跑，镇里会找您。")
        return Letter(title, tuple(lines), office, on)
    else:
        return Letter("还没选怎么定", ("先在上面选一个，再看信。",), office, on)
    if until is not None:
        where = reconsider_at or "县人民政府"
        lines.append(f"您不同意，可以在 {full_day(until)}前向{where}申请行政复议，也可以在六个月内向法院起诉。")
    lines.append(f"想问清楚，打 {settings.SITE['hotline']}，或找镇里的{case.handler or '经办人'}。")
    return Letter(title, tuple(lines), office, on)
