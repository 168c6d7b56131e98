"""Reading what was posted at each step: shape only, with every problem named where it is."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext as _

from doudi.casework.queries import DraftPage
from doudi.facts.money import NotMoney, fen


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing or unreadable: the words, and the place on the page."""

    at: str
    words: str


@dataclass(slots=True)
class Household:
    """Who lives together, as posted."""

    together: dict[str, bool] = field(default_factory=dict)
    others: list[tuple[str, str]] = field(default_factory=list)
    typed: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_household(post: QueryDict, page: DraftPage) -> Household:
    """Read the answers for each known member, and the people added; the applicant lives with themselves."""
    said = Household()
    for n, one in enumerate(member for member in page.members if member.pid):
        if one.is_applicant:
            said.together[one.pid] = True
            continue
        answer = post.get(f"member-{n}")
        if answer in ("together", "apart"):
            said.together[one.pid] = answer == "together"
        else:
            said.problems.append(Problem(f"member-{n}", _("请选一下：%(name)s是不是一起吃住") % {"name": one.name}))
    for n, (name, relation) in enumerate(zip(post.getlist("other_name"), post.getlist("other_relation"), strict=False)):
        name = name.strip()[:40]
        row = {"name": name, "relation": relation, "wrong": ""}
        if name and relation:
            said.others.append((name, relation))
        elif name:
            row["wrong"] = _("请选：%(name)s是什么人") % {"name": name}
            said.problems.append(Problem(f"relation-{n}", row["wrong"]))
        elif relation:
            row["wrong"] = _("请写这个人的名字")
            said.problems.append(Problem(f"other-{n}", row["wrong"]))
        said.typed.append(row)
    return said


@dataclass(slots=True)
class Incomes:
    """What was said of each line, and other income."""

    said: dict[str, str] = field(default_factory=dict)
    others: list[tuple[str, int]] = field(default_factory=list)
    typed: list[dict[str, str]] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_incomes(post: QueryDict, page: DraftPage, kinds: dict[str, str]) -> Incomes:
    """Read right, wrong or nothing for each known line, and the amounts added."""
    said = Incomes()
    for n, line in enumerate(line for line in page.incomes if not line.is_other):
        answer = post.get(f"line-{n}", "")
        said.said[line.key] = answer if answer in ("right", "wrong") else ""
    for n, (kind, amount) in enumerate(zip(post.getlist("other_kind"), post.getlist("other_amount"), strict=False)):
        row = {"kind": kind, "amount": amount.strip(), "wrong": ""}
        if kind and not row["amount"]:
            row["wrong"] = _("请写“%(what)s”一个月大约多少元，说不清就别选") % {"what": _(kinds.get(kind, kind))}
        elif row["amount"]:
            try:
                value = fen(row["amount"])
                if not kind:
                    row["wrong"] = _("请选是什么钱")
                elif value < 0 or kind not in kinds:
                    raise NotMoney(row["amount"])
                else:
                    said.others.append((kind, value))
            except NotMoney:
                row["wrong"] = _("请写成多少元，例如 860")
        if row["wrong"]:
            said.problems.append(Problem(f"amount-{n}" if kind else f"kind-{n}", row["wrong"]))
        said.typed.append(row)
    return said
