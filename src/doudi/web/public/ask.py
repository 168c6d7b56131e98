"""The calculator: six questions, asked once, answered by the same rules as everything else, kept nowhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.facts.household import Household, Member, Value
from doudi.facts.money import NotMoney, fen

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
    ("none", gettext_lazy("都没有")),
)


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
        }
    first: dict[str, Value] = {}
    if "old" in who:
        first |= {"age": 60, "supporter_unable": True}
    if "severe" in who:
        first |= {"disability_grade": 1, "disability_kind": "4"}
    if "ill" in who:
        first["has_serious_illness"] = True
    if "student" in who:
        facts["hh_has_student"] = True
        facts.pop("hh_has_student")
    if "jobless" in who:
        first["is_registered_unemployed"] = True
    members = (Member("ask-1", first, relation="self"), *(Member(f"ask-{n}") for n in range(2, heads + 1)))
    return Household(hid="ask", area=area, facts=facts, members=members)
