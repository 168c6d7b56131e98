"""Days away, who stands in, and the working days of a year."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from django import forms

from doudi.web.desk import fields

KINDS = (("holiday", "休假"), ("ill", "病假"), ("away", "出差或学习"), ("other", "别的事"))
SCOPE = (("all", "全部工作"), ("some", "只有下面选的几类"))


class LeaveForm(forms.Form):
    """Days away: which, who does the work, and which of it; nothing is chosen beforehand."""

    def __init__(self, *given: Any, colleagues: list[tuple[str, str]], groups: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        self.fields["kind"] = fields.one_of(KINDS, label="为什么不在", missing="请选一样")
        self.fields["from_on"] = fields.day(label="从哪天起")
        self.fields["to_on"] = fields.day(label="到哪天止", hint="这一天也算")
        self.fields["stand_in"] = forms.ChoiceField(
            choices=[("", "还没有人，请负责人定"), *colleagues],
            required=False,
            label="谁代办",
            help_text="同一个县里做同样工作的同事。您办过的，他不能再当第二个人来审。",
            error_messages={"invalid_choice": "请从列出的同事里选"},
        )
        self.fields["scope"] = fields.one_of(SCOPE, label="代办哪些", missing="请选代办哪些")
        self.fields["groups"] = fields.several(groups, label="哪几类", missing="", hint="只代一部分时才选")
        self.fields["groups"].required = False

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if said.get("scope") == "some" and not said.get("groups"):
            self.add_error("groups", "请选至少一类，或者选“全部工作”")
        return said


class StandInForm(forms.Form):
    """Who does the work of somebody away."""

    def __init__(self, *given: Any, colleagues: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        self.fields["stand_in"] = forms.ChoiceField(
            choices=[("", "请选"), *colleagues],
            label="谁代办",
            error_messages={"required": "请选一位同事", "invalid_choice": "请从列出的同事里选"},
        )


_LINE = re.compile(r"^(?P<name>\D+?)\s+(?P<first>\d{4}-\d\d-\d\d)(?:\s*(?:到|至|~|－|—)\s*(?P<last>\d{4}-\d\d-\d\d))?$")


class YearForm(forms.Form):
    """The working days of a year, as the State Council's notice says them: one holiday a line."""

    year = forms.IntegerField(label="哪一年", min_value=2020, max_value=2100, error_messages={"required": "请写年份"})
    holidays = fields.words(
        label="放假的日子",
        missing="请写放假的日子",
        hint="一行一个，连着的周末也算在里面。例如：春节 2027-02-05 到 2027-02-12",
        rows=8,
        longest=2000,
    )
    worked = fields.words(
        label="调休上班的周末", required=False, hint="一行一天。例如：2027-02-14。没有就不写", rows=4, longest=400
    )
    source = fields.line(label="出自哪个通知、文号", missing="请写明出自哪个通知、文号", longest=200)

    def clean_holidays(self) -> list[tuple[str, date, date]]:
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["holidays"].splitlines())):
            told = _LINE.match(line)
            if told is None:
                raise forms.ValidationError(f"看不懂这一行：{line}。写成：春节 2027-02-05 到 2027-02-12")
            first = _day(told["first"])
            found.append((told["name"].strip(), first, _day(told["last"]) if told["last"] else first))
        return found

    def clean_worked(self) -> list[date]:
        return [_day(line) for line in self.cleaned_data["worked"].split()]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise forms.ValidationError(f"没有这一天：{text}") from None
