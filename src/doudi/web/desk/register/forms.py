"""The window's form: who it is, then all questions of an application on one page."""

from __future__ import annotations

import re
import unicodedata

from django import forms

from doudi.casework import core
from doudi.casework.queries import DraftPage, Proposed
from doudi.registry.core import RELATIONS
from doudi.web.desk import fields


class WhoForm(forms.Form):
    """The citizen number, from a card reader or typed; of somebody without one, or not found by it, the name."""

    number = fields.line(label="身份证号", required=False, hint="读卡或手写，18 位", longest=24)
    name = fields.line(label="姓名", required=False, hint="没有身份证号、或者号码找不到时才写", longest=40)
    born_on = forms.DateField(
        label="出生日期",
        required=False,
        help_text="知道才写",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": "日期写成 2026-07-01 这样"},
    )
    chosen = forms.CharField(required=False, max_length=21, widget=forms.HiddenInput)  # of those shown, who it is

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not said.get("number") and not said.get("name") and "number" not in self.errors:
            self.add_error("number", "请写身份证号；没有号码就写姓名")
        return said

    def clean_number(self) -> str:
        return citizen_number(self.cleaned_data["number"]) if self.cleaned_data["number"].strip() else ""


def citizen_number(typed: str) -> str:
    """A citizen number as people write it (blanks, dashes, full width).

    :raises ValidationError: not 18 characters, or another sign than a digit or X
    """
    number = re.sub(r"[\s\-—]", "", unicodedata.normalize("NFKC", typed)).upper()
    if len(number) != 18:
        raise forms.ValidationError(f"身份证号一共 18 位，您填了 {len(number)} 位")
    if not re.fullmatch(r"\d{17}[\dX]", number):
        raise forms.ValidationError("身份证号只有数字，最后一位可以是 X")
    return number


class WindowForm(forms.Form):
    """Everything an application needs; what the registers know is shown, not typed."""

    def __init__(self, draft: DraftPage, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.draft = draft
        self.fields["hardships"] = forms.MultipleChoiceField(
            choices=list(core.HARDSHIPS.items()),
            label="最近难在哪里",
            required=False,
            widget=forms.CheckboxSelectMultiple,
            initial=list(draft.hardships),
        )
        self.fields["story"] = fields.words(label="他自己怎么说", required=False, rows=2, longest=500)
        self.fields["story"].initial = draft.story
        self.others = [one for one in draft.members if not one.is_applicant]
        for one in self.others:
            answers = (("yes", "一起吃住"), ("no", "不在一起"))
            label = f"{one.name}（{one.about}）和他一起吃住吗"
            self.fields[f"member_{one.key}"] = fields.one_of(answers, label=label, missing=f"{one.name}是不是一起吃住，还没选")
        self.fields["new_name"] = fields.line(label="登记里没有的家里人", required=False, longest=40)
        self.fields["new_relation"] = forms.ChoiceField(
            choices=[("", "请选"), *RELATIONS.items()], label="是他的什么人", required=False
        )
        self.known = [one for one in draft.incomes if not one.is_other]
        for number, one in enumerate(self.known):
            answers = (("right", "对"), ("wrong", "不对"), ("unsure", "说不清"))
            self.fields[f"income_{number}"] = fields.one_of(
                answers, label=f"{one.whose} {one.what}", missing=f"{one.what}对不对，还没选"
            )
        self.fields["kind"] = forms.ChoiceField(
            choices=[("", "没有别的"), *core.INCOMES.items()], label="还有别的进项", required=False
        )
        self.fields["amount"] = fields.YuanField(label="每月大约多少元", required=False)
        ways = [(code, words) for code, words in core.ACCOUNT_WAYS.items() if code != "same" or draft.account.known]
        self.fields["way"] = fields.one_of(ways, label="钱打到哪张卡", missing="钱打到哪张卡，还没选")
        self.fields["bank"] = fields.line(label="哪家银行", required=False, longest=60)
        self.fields["account"] = fields.line(label="卡号", required=False, longest=40)

    @property
    def member_questions(self) -> list[object]:
        """The bound question about each person the register has in the household."""
        return [self[f"member_{one.key}"] for one in self.others]

    @property
    def income_questions(self) -> list[tuple[object, object]]:
        """Each known income with its bound question."""
        return [(one, self[f"income_{number}"]) for number, one in enumerate(self.known)]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if not said.get("hardships") and not said.get("story"):
            self.add_error("hardships", "难在哪里，选一样或者写一句")
        if said.get("new_name") and not said.get("new_relation"):
            self.add_error("new_relation", "请选他是申请人的什么人")
        if said.get("kind") and said.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "别的进项要写大约多少元")
        if said.get("way") == "other" and not said.get("account"):
            self.add_error("account", "打到另一张卡，要写卡号")
        return said

    def together(self) -> dict[str, bool]:
        """Who lives with the applicant, as the act takes it."""
        return {one.pid: self.cleaned_data[f"member_{one.key}"] == "yes" for one in self.others if one.pid}

    def said_of_incomes(self) -> dict[str, str]:
        """Each known income: right, wrong, or "" when they are not sure."""
        answers = {one.key: self.cleaned_data[f"income_{number}"] for number, one in enumerate(self.known)}
        return {key: "" if answer == "unsure" else answer for key, answer in answers.items()}


class HelpForm(forms.Form):
    """Which help to ask for, as proposed or otherwise, and the yes to the check; read out to who sits there."""

    def __init__(self, asked: tuple[Proposed, ...], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.asked = asked
        choices = [(one.key, f"{one.label}{f'（{one.whom}）' if one.whom else ''}：{one.tells}") for one in asked]
        self.fields["programmes"] = fields.several(choices, label="替他问哪几样帮助", missing="至少留一样帮助来问")
        self.fields["programmes"].initial = [one.key for one in asked if one.is_asked]
        self.fields["reason"] = fields.line(label="少问一样，为什么", required=False, longest=200)
        channels = [("paper", "签了同意书"), ("voice", "念给他听，录了音")]
        self.fields["consent"] = fields.one_of(
            channels, label="他同意查收入和财产吗", missing="还没有他的同意", hint="法律规定领救助要先同意核对。不同意可以先不交"
        )

    def clean(self) -> dict[str, object]:
        said = super().clean()
        left = [one for one in self.asked if one.is_proposed and one.key not in said.get("programmes", ())]
        if said.get("programmes") and left and not said.get("reason"):
            self.add_error("reason", "替他少问了一样，写一句为什么")
        return said
