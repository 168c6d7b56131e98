"""The calculator: six questions, asked once, answered by the same rules as everything else, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.facts.household import Household, Member, Value
from doudi.facts.money import NotMoney, fen
from doudi.policy.assess import Assessment, assess_each
from doudi.rulebook import queries as rulebook
from doudi.web.parts.templatetags.parts import yuan
from doudi.web.public.standards import PLAIN

PLACES = (("rural", gettext_lazy("村里")), ("urban", gettext_lazy("城镇")))
WHO = (
    ("old", gettext_lazy("60 岁以上，没有人养")),
    ("severe", gettext_lazy("有重度残疾的")),
    ("ill", gettext_lazy("有得大病的")),
    ("student", gettext_lazy("有上学的孩子")),
    ("jobless", gettext_lazy("能干活但没活干")),
)
OWNS = (
    ("car", gettext_lazy("小汽车")),
    ("homes", gettext_lazy("两套以上的房子")),
    ("firm", gettext_lazy("开着公司")),
    ("savings", gettext_lazy("存款够全家花两年多")),
    ("none", gettext_lazy("都没有")),
)


ALWAYS_TOLD = ("dibao", "near_dibao", "rigid_expenditure", "tekun")
MONTHLY = gettext_lazy("大约每月 %(amount)s")
HOW_OFTEN = {"once": gettext_lazy("大约一次给 %(amount)s"), "year": gettext_lazy("一年大约 %(amount)s")}  # by the last step

PLENTY = 10**9  # fen: more savings than any limit


class YuanField(forms.CharField):
    """An amount in yuan as people write it, or nothing; nothing stays unknown."""

    def __init__(self, **more: Any) -> None:
        super().__init__(required=False, max_length=12, **more)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: object) -> int | None:  # type: ignore[override]
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = fen(text)
        except NotMoney:
            raise forms.ValidationError(_("请写成多少元，例如 860")) from None
        if amount < 0:
            raise forms.ValidationError(_("请写成多少元，例如 860"))
        return amount


class AskForm(forms.Form):
    """Six questions; only the first two need an answer."""

    place_kind = forms.ChoiceField(
        label=gettext_lazy("您家在村里还是城镇？"),
        choices=PLACES,
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一下：村里还是城镇")},
    )
    heads = forms.IntegerField(
        label=gettext_lazy("几口人一起吃住？"),
        min_value=1,
        max_value=20,
        error_messages={
            "required": gettext_lazy("请写几口人一起吃住"),
            "invalid": gettext_lazy("请写一个数，例如 3"),
            "min_value": gettext_lazy("请写 1 到 20 之间的数"),
            "max_value": gettext_lazy("请写 1 到 20 之间的数"),
        },
    )
    income = YuanField(
        label=gettext_lazy("全家一个月进多少钱？"), help_text=gettext_lazy("工资、养老金、种地、儿女给的都算，大概就行")
    )
    who = forms.MultipleChoiceField(
        label=gettext_lazy("家里有没有"), choices=WHO, required=False, widget=forms.CheckboxSelectMultiple
    )
    outlay = YuanField(label=gettext_lazy("一年看病、上学自己掏多少钱？"), help_text=gettext_lazy("报销以后自己出的"))
    owns = forms.MultipleChoiceField(
        label=gettext_lazy("家里有这些吗"), choices=OWNS, required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["heads"].widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})


def household(said: dict[str, Any], area: str) -> Household:
    """The answers as a household the rules can read; what was not answered is not known."""
    heads, income, who, owns = said["heads"], said["income"], set(said["who"]), set(said["owns"])
    facts: dict[str, Value] = {"hh_members": heads, "hh_place_kind": said["place_kind"]}
    if income is not None:
        facts |= {"hh_income_month": income, "hh_income_per_head": income // heads, "hh_income_year": income * 12}
    if said["outlay"] is not None:
        facts |= {"hh_rigid_outlay_year": said["outlay"], "hh_medical_self_paid_year": said["outlay"]}
    if owns:  # nothing ticked may mean "I did not answer"; 都没有 says it
        facts |= {
            "hh_car_count": int("car" in owns),
            "hh_dwelling_count": 2 if "homes" in owns else 1,
            "hh_firm_count": int("firm" in owns),
            "hh_financial_assets": PLENTY if "savings" in owns else 0,
        }
    one: dict[str, Value] = {}  # the person the hardship is about; answers do not say who, so it is one person
    if "old" in who:
        one |= {"age": 60, "supporter_unable": True}
    if "severe" in who:
        one |= {"disability_grade": 1, "disability_kind": "4"}
    if "ill" in who:
        one["has_serious_illness"] = True
    if "jobless" in who:
        one["is_registered_unemployed"] = True
    others: list[dict[str, Value]] = [{} for _ in range(heads - 1)]
    if "student" in who:
        (others[-1] if others else one)["student_stage"] = "primary"
    members = tuple(Member(f"ask-{n}", known) for n, known in enumerate([one, *others], 1))
    return Household(hid="ask", area=area, facts=facts, members=members)


@dataclass(frozen=True, slots=True)
class Guess:
    """What the rules say to the answers about one programme: yes, no or unknown, never a decision."""

    code: str
    label: str
    answer: str
    says: tuple[str, ...]


def guesses(said: dict[str, Any], area: str, on: date) -> list[Guess]:
    """The programmes in force, by the same rules that assess real applications; of a programme of persons, the best answer.

    Six answers seldom settle more than the basic ones: any other is told only where they do, with a yes.
    """
    pack, home = rulebook.pack(), household(said, area)
    found = []
    for programme in pack.programmes_on(on):
        each = assess_each(programme.code, home, on, area, pack)
        best = max(each, key=lambda one: ("no", "unknown", "yes").index(one.eligible))
        if programme.code in ALWAYS_TOLD or best.eligible == "yes":
            found.append(_guess(best))
    return found


def _guess(one: Assessment) -> Guess:
    if one.eligible == "yes":
        how_often = HOW_OFTEN.get(one.steps[-1].name, MONTHLY) if one.steps else MONTHLY
        says = [how_often % {"amount": yuan(one.amount_fen)}] if one.amount_fen else []
    elif one.eligible == "unknown":
        says = [_("还要知道：%(what)s") % {"what": "、".join(dict.fromkeys(unknown.label for unknown in one.unknowns))}]
    else:
        says = [result.sentence for result in one.conditions if result.state == "not_met"]
    return Guess(one.programme, str(PLAIN.get(one.programme, one.label)), one.eligible, tuple(says))
