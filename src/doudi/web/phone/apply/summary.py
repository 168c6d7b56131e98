"""The answers once more, one line each, with the way back to each question."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.casework import core
from doudi.casework.queries import DraftPage, Proposed
from doudi.web.parts.templatetags.parts import yuan

MANDATES = (
    ("screen", gettext_lazy("他就在旁边，自己点的同意")),
    ("paper", gettext_lazy("签在纸上，我带给镇里")),
    ("fingerprint", gettext_lazy("在纸上按了手印，我带给镇里")),
    ("village", gettext_lazy("请村里替他交")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the summary; without `href` it cannot be changed here."""

    name: str
    value: str
    hint: str = ""
    href: str = ""


def summary(page: DraftPage, *, mine: bool, helper: str, asked: tuple[Proposed, ...]) -> list[Row]:
    """The lines to look over before handing in. What the registers know about somebody else is left out."""
    here = f"/apply/{page.ref}"
    rows = [Row(_("申请人"), page.applicant_name, page.area_label)]
    if not mine:
        way = f"/apply/for/relation/?pid={page.applicant}"
        rows.append(Row(_("谁帮忙办"), helper, _("结果同时告诉两个人"), way))
    troubles = [_(core.HARDSHIPS[code]) for code in page.hardships] + ([page.story] if page.story else [])
    living = [one.name for one in page.members if one.together or one.is_applicant]
    heads = _("%(count)s 口人") % {"count": len(living)}
    return [
        *rows,
        Row(_("难在哪里"), "；".join(troubles), "", f"{here}/hardship/"),
        Row(_("家里人"), heads, "、".join(living), f"{here}/household/"),
        _incomes(page, mine, f"{here}/income/"),
        _account(page, mine, f"{here}/account/"),
        _help(asked, f"{here}/help/"),
    ]


def _help(asked: tuple[Proposed, ...], href: str) -> Row:
    """What is asked for in this one application; named with its reason, so that nobody need know the names."""
    mine = [one for one in asked if one.is_asked]
    named = [_(one.label) + (f"（{one.whom}）" if one.whom else "") for one in mine]
    return Row(_("替您问的帮助"), "、".join(named), "；".join(_(one.tells) for one in mine), href)


def _incomes(page: DraftPage, mine: bool, href: str) -> Row:
    known = [line for line in page.incomes if not line.is_other and line.said != "wrong" and mine]
    seen = known + [line for line in page.incomes if line.is_other]
    each = [f"{_(line.what)} {yuan(line.said_fen if line.is_other else line.fen)}" for line in seen]
    doubted = sum(line.said == "wrong" for line in page.incomes)
    hints = [_("有 %(count)s 样您说不对，我们再查") % {"count": doubted}] if doubted else []
    if not seen:
        return Row(_("每月进项"), _("请你们来查"), "；".join(hints), href)
    if len(seen) == 1:
        return Row(_("每月进项"), each[0], "；".join(hints), href)
    total = sum((line.said_fen if line.is_other else line.fen) or 0 for line in seen)
    value = _("%(count)s 份，共 %(total)s") % {"count": len(seen), "total": yuan(total)}
    return Row(_("每月进项"), value, "；".join(["、".join(each), *hints]), href)


def _account(page: DraftPage, mine: bool, href: str) -> Row:
    account = page.account
    if account.way == "same" and account.known and mine:
        return Row(_("钱打到"), account.known.label, "", href)
    written = f"{account.bank} {account.number[-4:]}".strip() if account.way == "other" else ""
    return Row(_("钱打到"), _(account.way_label), written, href)
