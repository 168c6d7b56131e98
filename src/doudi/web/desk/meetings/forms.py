"""The forms of appraisals and consultations: shape only; nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django import forms

from doudi.casework.actions.consulting import Spoke
from doudi.casework.core.collective import (
    APPRAISAL_CAUSES,
    CONSULTATION_OUTCOMES,
    CONSULTED,
    RECUSALS,
    VOTES,
    Votes,
)
from doudi.casework.queries import AppraisalRow
from doudi.office.queries import HERE
from doudi.web.desk import fields
from doudi.web.desk.looking.forms import photo_field

ROWS = 7  # people one consultation's form holds


def _names(text: str) -> list[str]:
    """One name a line."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class CallForm(forms.Form):
    """Calling an appraisal: why, when, where, who is named and who is drawn."""

    use_required_attribute = False

    why = fields.one_of(APPRAISAL_CAUSES.items(), label="为什么要评议", missing="请选为什么要评议", hint="没有需要，就不用评议")
    reason = fields.line(label="具体是什么事", missing="请写具体是什么事", longest=300)
    on = fields.day(label="哪天开")
    hour = forms.TimeField(
        label="几点开", widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": "请写几点开", "invalid": "时间写成 15:00 这样"},
    )  # fmt: skip
    place = fields.line(label="在哪里开", missing="请写在哪里开")
    representatives = fields.words(label="村民代表、党员代表", required=False, hint="一行一个名字", rows=4)
    committee = fields.words(label="村（居）委会成员", required=False, hint="一行一个名字", rows=2)
    pool = fields.words(
        label="抽签的名单（村民代表户）", required=False, hint="一行一个名字；系统抽，抽签的号留痕，谁重抽都一样", rows=4
    )
    wanted = forms.IntegerField(label="从名单里抽几户", required=False, min_value=0, max_value=100)

    def said(self) -> dict[str, object]:
        """What the act takes."""
        given = self.cleaned_data
        named = [(name, "representative") for name in _names(given["representatives"])]
        named += [(name, "committee") for name in _names(given["committee"])]
        return {
            "why": given["why"], "reason": given["reason"], "place": given["place"], "named": named,
            "meets_at": datetime.combine(given["on"], given["hour"] or time(), HERE), "pool": _names(given["pool"]),
            "wanted": given["wanted"] or 0,
        }  # fmt: skip


class RecuseForm(forms.Form):
    """Who steps back, and why."""

    def __init__(self, meeting: AppraisalRow, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["seat"] = forms.ChoiceField(
            label="谁回避", choices=[("", "请选"), *((one.ref, one.name) for one in meeting.voting)],
            error_messages={"required": "请选谁回避"},
        )  # fmt: skip
        self.fields["why"] = fields.one_of(RECUSALS.items(), label="为什么回避", missing="请选为什么回避")


class HoldForm(forms.Form):
    """How it went: who came, the votes, what was said, the signed sheet."""

    use_required_attribute = False

    def __init__(self, meeting: AppraisalRow, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        here = [(one.ref, f"{one.name}（{one.kind_label}）") for one in meeting.voting]
        self.fields["came"] = fields.several(here, label="谁到了", missing="请选谁到了")
        for name, label in (("agree", "同意几票"), ("against", "不同意几票"), ("abstain", "弃权几票")):
            self.fields[name] = forms.IntegerField(
                label=label, min_value=0, max_value=200, error_messages={"required": f"请写{label}，没有就写 0"}
            )
        self.fields["family_said"] = fields.words(
            label="这家人怎么说", required=False, hint="自己说，或者请人说；不想说就空着", rows=2
        )
        self.fields["dissent"] = fields.words(label="不同意的人怎么说", required=False, rows=2)
        self.fields["minutes"] = fields.words(label="会上说了什么", missing="请写会上说了什么", rows=4, longest=4000)
        self.fields["photo"] = photo_field("签到和记录表，拍照")

    def votes(self) -> Votes:
        return Votes(self.cleaned_data["agree"], self.cleaned_data["against"], self.cleaned_data["abstain"])


class DropForm(forms.Form):
    """Why it is called off."""

    reason = fields.line(label="为什么不开了", missing="请写为什么不开了", longest=300)


class ConsultForm(forms.Form):
    """A county's consultation."""

    use_required_attribute = False

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["on"] = fields.day(label="哪天会商的")
        self.fields["reasons"] = fields.several(CONSULTED.items(), label="为什么要一事一议", missing="请选为什么要一事一议")
        self.fields["question"] = fields.words(label="要商量什么", missing="请写要商量什么", rows=2)
        self.fields["situation"] = fields.words(label="情况是怎样的", missing="请写情况是怎样的", rows=4, longest=4000)
        for row in range(ROWS):
            self.fields[f"name{row}"] = fields.line(label=f"第 {row + 1} 位", required=False, longest=30)
            self.fields[f"duty{row}"] = fields.line(label="单位、职务", required=False, longest=40)
            self.fields[f"vote{row}"] = forms.ChoiceField(label="意见", required=False, choices=[("", "请选"), *VOTES.items()])
            self.fields[f"said{row}"] = fields.line(label="怎么说的", required=False, longest=300)
        self.fields["outcome"] = fields.one_of(CONSULTATION_OUTCOMES.items(), label="会商的结果", missing="请选会商的结果")
        self.fields["gist"] = fields.line(
            label="给以后同样情况看的一句话", missing="请写一句话", hint="不写人名、号码、村名：以后别的案卷会看到", longest=200
        )
        self.fields["photo"] = photo_field("会商纪要（大家签了名的），拍照")

    @property
    def people(self) -> Iterator[list[object]]:
        """The bound fields of each one who took part."""
        for row in range(ROWS):
            yield [self[f"{name}{row}"] for name in ("name", "duty", "vote", "said")]

    def clean(self) -> dict[str, object]:
        said = super().clean()
        for row in range(ROWS):
            if said.get(f"name{row}") and not said.get(f"vote{row}"):
                self.add_error(f"vote{row}", f"请选第 {row + 1} 位的意见")
        return said

    def voices(self) -> list[Spoke]:
        """Those who took part, as the act takes them."""
        said = self.cleaned_data
        return [
            Spoke(said[f"name{row}"], said[f"duty{row}"], said[f"vote{row}"], said[f"said{row}"])
            for row in range(ROWS)
            if said[f"name{row}"]
        ]


class ReviewForm(forms.Form):
    """Whether an old consultation still stands."""

    stands = fields.one_of((("yes", "还照着办"), ("no", "以后不照着办了")), label="再看以后", missing="请选还照不照着办")
    why = fields.line(label="为什么", missing="请写为什么", longest=300)
