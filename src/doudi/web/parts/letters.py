"""Letters to the family in plain words: what was decided, by which rule, from which figures, and how to object."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from doudi.casework.core import road
from doudi.casework.queries import AssessmentRow, CasePage
from doudi.casework.queries.letters import Changed
from doudi.facts import days
from doudi.office.queries import today
from doudi.payment.queries import ClaimPage
from doudi.web.parts.templatetags.parts import article as cited
from doudi.web.parts.templatetags.parts import full_day, month, yuan

MOST_FIGURES = 10  # lines of the calculation in a letter; more stand in the case, and on the phone


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter in paragraphs, as it is shown beside the form, printed and kept. `spoken`: what is read to whoever cannot read."""

    code: str  # of the catalogue; empty for a preview of nothing yet
    title: str
    lines: tuple[str, ...]
    office: str
    on: date
    figures: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ()


def of_form(case: CasePage, said: dict, on: date, office: str) -> Letter:
    """The letter that would follow from what is typed now; nothing is kept of it."""
    kind = said.get("kind") or ""
    amount = said.get("amount")
    if amount is None and case.opinion is not None:
        amount = case.opinion.amount_fen
    clock = road(case.programme).clock
    return _decided(
        case, kind, members=case.opinion.members if case.opinion else 0, amount=amount,
        first=(on.replace(day=1) + timedelta(days=32)).replace(day=1), article=said.get("article") or "",
        reason=said.get("reason") or "", one_thing=said.get("one_thing") or "", on=on,
        until=on + timedelta(days=clock["reconsider_days"]), court=days.add_months(on, clock["lawsuit_months"]), office=office,
        where="",
    )  # fmt: skip


def of_decision(case: CasePage, office: str) -> Letter | None:
    """The letter of what was decided, with the days the decision carries; None before."""
    done = case.decision
    if done is None:
        return None
    return _decided(
        case, done.kind, members=done.members, amount=done.amount_fen, first=done.from_month, article=done.article,
        reason=done.reason, one_thing=done.one_thing, on=done.on, until=done.reconsider_until, court=done.lawsuit_until,
        office=office, where=done.reconsider_at,
    )  # fmt: skip


def _decided(
    case: CasePage, kind: str, *, members: int, amount: int | None, first: date | None, article: str, reason: str, one_thing: str,
    on: date, until: date | None, court: date | None, office: str, where: str,
) -> Letter:  # fmt: skip
    asked = f"您申请的{case.programme_label}"
    if kind == "confirm":
        given = _given(case, members, amount, first)
        told = [f"{asked}，县里定下来了。", *given, *filter(None, (reason,)), f"依据：{cited(road(case.programme).article)}。"]
        last = ["家里人、收入有变化，请告诉村里或镇里。", "我们也会定期来看一次。"]
        return _letter(
            case, "confirmed", "县里定下来了", [*told, *last], on=on, office=office, figures=figures_of(case.assessment),
            rights=rights(until, court, where), spoken=[f"{asked}，定下来了。", *given, *last],
        )  # fmt: skip
    if kind == "refuse":
        others = [one.programme_label for one in case.also if one.outcome != "no"]
        also = [f"您可能够得上：{'、'.join(others)}。", "以实际查的为准，镇里可以帮您办。"] if others else []
        told = [f"{asked}，这次没有批。", f"依据：{cited(article) or '（还没选依据）'}。", reason or "（还没写理由）", *also]
        return _letter(
            case, "refused", "这次没有批", told, on=on, office=office, figures=figures_of(case.assessment),
            rights=rights(until, court, where), spoken=[f"{asked}，这次没有批。", reason, *also],
        )  # fmt: skip
    if kind == "return_one":
        told = [f"{asked}，县里请镇里再补一样：{one_thing or '（还没写）'}。", "您不用跑，镇里会找您。"]
        return Letter("", "还要再补一样", (f"{case.name}：", *told), office, on)
    return Letter("", "还没选怎么定", (f"{case.name}：", "先在上面选一个，再看信。"), office, on)


def _given(case: CasePage, members: int, amount: int | None, first: date | None) -> list[str]:
    """What they get, from when, and how it reaches them."""
    whom = f"您家 {members} 口人" if members > 1 else "您"
    if amount and road(case.programme).monthly:
        return [f"从 {month(first)}起，每月给{whom} {yuan(amount)}。", f"钱打到您说的账户：{case.account_label}。"]
    if amount:
        return [f"一次给{whom} {yuan(amount)}。", f"钱打到您说的账户：{case.account_label}。"]
    return ["这一项不发每月的钱。", "看病、上学、住房、找工作，可以凭它得到帮助。"]


def figures_of(found: AssessmentRow | None) -> tuple[str, ...]:
    """The lines of the calculation: how much, from where, of which day, counted or not and why."""
    if found is None:
        return ()
    lines = []
    if found.standard_fen is not None:
        lines.append(f"标准：每人每月 {yuan(found.standard_fen)}，按 {road(found.programme).helps(found.members)} 口人算。")
    if found.income_fen is not None:
        lines.append(f"全家每月算进去的收入：{yuan(found.income_fen)}。")
    known = [row for row in found.table if row.fen is not None]
    for row in known[:MOST_FIGURES]:
        whose = f"（{row.whose}）" if row.whose else ""
        day = f"，{full_day(row.as_of)}的数" if row.as_of else ""
        counted = (
            "算进去了" if row.counted else "还没定算不算" if row.counted is None else f"没有算{'，' + row.why if row.why else ''}"
        )
        lines.append(f"{row.what}{whose}：{yuan(row.fen)}，{counted}（{row.source}{day}）。")
    if len(known) > MOST_FIGURES:
        lines.append(f"还有 {len(known) - MOST_FIGURES} 行，可以在手机上或镇里看全。")
    return tuple(lines)


def ended(said: str) -> str:
    """A sentence with its full stop."""
    return said if not said or said[-1] in "。！？；）" else f"{said}。"


def rights(until: date | None, court: date | None, where: str) -> tuple[str, ...]:
    """How to object: where, until which day, and that it may be said aloud (ARL Art. 20, 22; Administrative Procedure Law)."""
    if until is None:
        return ()
    found = [f"您不同意，{full_day(until)}前可以申请行政复议。", f"向{where or '县人民政府'}申请，口头说也行。"]
    if court is not None:
        found.append(f"也可以在 {full_day(court)}前向法院起诉。")
    return tuple(found)


def _letter(
    case: CasePage, code: str, title: str, told: list[str], *, on: date, office: str, figures: tuple[str, ...] = (),
    rights: tuple[str, ...] = (), spoken: list[str],
) -> Letter:  # fmt: skip
    told = [ended(one) for one in told if one]
    call = f"想问清楚，打 {settings.SITE['hotline']}，或找镇里的{case.handler or '经办人'}。"
    heard = (f"{case.name}，您好。", *filter(None, spoken), *rights, call)
    return Letter(code, title, (f"{case.name}：", *told), office, on, figures, (*rights, call), heard)


# Which letter of the catalogue a decided change is told by, and how it begins.
CHANGES = {
    "change": ("changed", "每月的钱有变化"),
    "restore": ("changed", "改回来，少发的补给您"),
    "exit": ("changed", "再发几个月，然后停"),
    "suspend": ("suspended", "先停一停"),
    "resume": ("resumed", "接着发"),
    "end": ("ended", "以后不再发了"),
}
# Of a family that moved away: another letter than of help that ends, for it is told where it is helped next.
MOVED = ("moved", "您家搬走以后，接着怎么办")


def of_change(done: Changed, office: str) -> Letter:
    """The letter of a decided change of help in force: from what to what, from when, why, who was heard (LAW Art. 48)."""
    moved = done.kind == "end" and done.cause == "moved_away"
    code, title = MOVED if moved else CHANGES[done.kind]
    told = [f"您家正在领的{done.programme_label}，有一个变化。"]
    if done.kind == "suspend":
        told.append(f"从 {month(done.from_month)}起先停一停，最晚停到 {month(done.until_month)}。")
        told.append("查清了没有问题，停的钱会补给您。")
    elif moved:
        told += _moved(done)
    elif done.kind == "end":
        told.append(f"从 {month(done.from_month)}起不再发。")
        told.append("您家要是还有难处，可以再申请，也可以申请临时救助。")
    else:
        told += [_from_month(done.before_fen, given) for given in done.given]
    told.append(f"因为：{done.cause_label}。")
    told.append(ended(done.reason))
    if done.heard_label:
        told.append(f"定之前问过您家的意见：{done.heard_label}。")
    told.append(f"依据：{cited(done.article)}。")
    call = f"想问清楚，打 {settings.SITE['hotline']}，或找镇里的{done.handler or '经办人'}。"
    may = rights(done.reconsider_until, done.lawsuit_until, done.reconsider_at)
    heard = (f"{done.name}，您好。", *told[:-1], *may, call)
    lines = (f"{done.name}：", *filter(None, told))
    return Letter(code, title, lines, office, done.decided_on, (), (*may, call), tuple(filter(None, heard)))


def _moved(done: Changed) -> list[str]:
    """Until when it is paid here, which office is next, what goes with the family and what it takes along itself."""
    return [
        f"这边发到 {month(days.add_months(done.from_month, -1))}，从 {month(done.from_month)}起不再发。",
        f"以后找这里办：{done.goes_to}。",
        "到了请尽快去说一声，带上身份证和这封信。",
        "能不能接着领、领多少，由那边按当地标准看。",
        "您家的案卷由我们交给那边，不用您送。",
        "案卷里有申请、调查、核对、决定和发钱的记录。",
        "在那边办好以前有急难，随时可以申请临时救助。",
    ]


def _from_month(before: int | None, given: tuple[date, int, int]) -> str:
    first, fen, members = given
    if not fen:
        return f"从 {month(first)}起不再发。"
    whom = f"您家 {members} 口人" if members > 1 else "您"
    was = f"原来每月 {yuan(before)}，" if before else ""
    return f"{was}从 {month(first)}起，每月给{whom} {yuan(fen)}。"


def of_claim(case: CasePage, claim: ClaimPage, office: str) -> Letter:
    """The letter about money paid too much: month by month, how it may come back, or that it need not (LAW Art. 74)."""
    assert claim.decided_at is not None
    waived = claim.row.state == "waived"
    on, clock = today((claim.approved_at if waived else None) or claim.decided_at), road(case.programme).clock
    total = f"一共多发了 {yuan(claim.row.amount_fen)}。"
    told = [f"您家领的{claim.row.programme_label}，有 {len(claim.months)} 个月发多了。", total]
    if waived:
        told += ["县里定了，这笔钱不用退。", claim.why]
    else:
        told += [claim.why, f"退的办法：{claim.way}。"]
        if claim.from_month is not None:
            told.append(f"从 {month(claim.from_month)}起，每月最多抵 {claim.share}%。")
        told += ["退起来有困难，请告诉我们，可以慢慢退。", f"依据：{cited('LAW Art. 74')}。"]
    months = [
        f"{month(one.month)}：发了 {yuan(one.paid_fen)}，应该发 {yuan(one.entitled_fen)}，多了 {yuan(one.over_fen)}。"
        for one in claim.months
    ]
    may = rights(
        on + timedelta(days=clock["reconsider_days"]), days.add_months(on, clock["lawsuit_months"]),
        case.decision.reconsider_at if case.decision else "",
    )  # fmt: skip
    code, title = ("waiver", "多发的钱不用退了") if waived else ("claim", "有一笔钱发多了")
    return _letter(case, code, title, told, on=on, office=office, figures=tuple(months), rights=may, spoken=told)


def body_of(letter: Letter) -> dict:
    """The letter as it is kept: plain data, in the order it is read."""
    return {
        "title": letter.title,
        "office": letter.office,
        "on": letter.on.isoformat(),
        "parts": [
            {"kind": "hello", "heading": "", "lines": list(letter.lines[:1])},
            {"kind": "letter", "heading": "", "lines": list(letter.lines[1:])},
            *([{"kind": "points", "heading": "这样算出来的", "lines": list(letter.figures)}] if letter.figures else []),
            *([{"kind": "letter", "heading": "您不同意怎么办", "lines": list(letter.rights)}] if letter.rights else []),
        ],
        "spoken": list(letter.spoken),
    }
