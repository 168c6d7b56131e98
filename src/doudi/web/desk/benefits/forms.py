"""What is typed about help in force: changes told, proposed, heard; reviews; offers; how a family is. Nothing is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from doudi.casework.core.causes import CAUSES, CHANNELS, HEARD, KINDS, WAYS, Asked
from doudi.casework.queries import AdjustmentRow
from doudi.web.desk import fields

_PLEASE = ("", "请选")
Pairs = Sequence[tuple[str, str]]


def _somebody(members: Pairs, *, label: str, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(choices=[("", "没有单指哪一位"), *members], label=label, required=False, help_text=hint)


def _choice(choices: Pairs, *, label: str, missing: str, required: bool = True) -> forms.ChoiceField:
    return forms.ChoiceField(choices=[_PLEASE, *choices], label=label, required=required, error_messages={"required": missing})


class MonthField(forms.DateField):
    """A month; its clean value is its first day."""

    def __init__(self, *, label: str, hint: str = "") -> None:
        super().__init__(
            label=label,
            required=False,
            help_text=hint,
            input_formats=["%Y-%m", "%Y-%m-%d"],
            widget=forms.DateInput(attrs={"type": "month"}, format="%Y-%m"),
            error_messages={"invalid": "月份写成 2026-11 这样"},
        )


class TellForm(forms.Form):
    """What happened to the family."""

    def __init__(self, members: Pairs, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="tell", **more)
        told = [(code, cause.label) for code, cause in CAUSES.items() if "clerk" in cause.tells and "family" in cause.tells]
        self.fields["kind"] = _choice(told, label="发生了什么", missing="请选发生了什么")
        self.fields["pid"] = _somebody(members, label="是家里哪一位")
        self.fields["on"] = fields.day(label="哪一天的事")
        self.fields["channel"] = _choice(
            [one for one in CHANNELS.items() if one[0] not in ("data", "phone")], label="从哪里知道的", missing="请选从哪里知道的"
        )
        self.fields["said"] = fields.words(label="怎么说的", required=False, rows=2)
        self.fields["figure_fen"] = fields.YuanField(label="说了多少钱的，写每月多少元", required=False)


class ProposeForm(forms.Form):
    """What should change, from which facts; every month is reckoned by the rules of that month."""

    def __init__(self, members: Pairs, stops: Sequence[AdjustmentRow], *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="propose", **more)
        causes = [(code, f"{cause.label}（{cause.article}）") for code, cause in CAUSES.items() if cause.kinds]
        self.fields["kind"] = fields.one_of(KINDS.items(), label="怎么改", missing="请选怎么改")
        self.fields["cause"] = _choice(causes, label="因为什么", missing="请选因为什么")
        self.fields["on"] = fields.day(label="哪一天的事", required=False, hint="从哪个月起算，按这一天和原因来定")
        self.fields["pid"] = _somebody(members, label="是家里哪一位", hint="去世、搬走、服刑的要选")
        self.fields["relation"] = fields.line(label="来的人和申请人的关系", required=False, longest=20)
        self.fields["figure_fen"] = fields.YuanField(
            label="全家现在每月收入，或者全家存款（元）", required=False, help_text="收入变了写收入，存款变了写存款；写核实过的数"
        )
        self.fields["months"] = forms.IntegerField(
            label="渐退几个月", required=False, min_value=1, max_value=12, help_text="只有渐退要写；最多几个月由地方定"
        )
        self.fields["until_month"] = MonthField(label="先停到哪个月", hint="只有先停要写；到了自己接着发")
        self.fields["rights"] = _choice(
            [(one.ref, f"{one.from_month:%Y-%m} {one.kind_label}：{one.cause_label}") for one in stops],
            label="是哪一次停的、改的", missing="", required=False,
        )  # fmt: skip
        self.fields["goes_to"] = fields.line(
            label="搬到哪里", required=False, longest=120, hint="写到哪个镇、街道的民政；信里告诉家里人找这里办"
        )
        self.fields["reason"] = fields.words(label="理由，要让家里人看得懂", missing="请写理由", rows=3)
        self.fields["amount_fen"] = fields.YuanField(label="不按规则算的数，写每月多少元", required=False)
        self.fields["differs_reason"] = fields.words(label="和规则不一样，写为什么", required=False, rows=2)
        self.fields["happening"] = forms.CharField(required=False, widget=forms.HiddenInput)

    def asked(self) -> Asked:
        """What is proposed, as the act takes it."""
        told = {name: value for name, value in self.cleaned_data.items() if name != "happening"}
        return Asked(**{**told, "months": told["months"] or 0})


class InviteForm(forms.Form):
    """When and how the family may say what they think."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="invite", **more)
        self.fields["way"] = fields.one_of(WAYS.items(), label="怎么听", missing="请选怎么听")
        self.fields["for_on"] = fields.day(label="哪一天")
        self.fields["place"] = fields.line(label="在哪里", required=False, longest=120)


class HearForm(forms.Form):
    """What the family said, or why nobody was heard."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="hear", **more)
        self.fields["outcome"] = fields.one_of(HEARD.items(), label="听得怎么样", missing="请选听得怎么样")
        self.fields["on"] = fields.day(label="哪一天听的")
        self.fields["views"] = fields.words(label="家里人怎么说的", required=False, hint="照原话记", rows=3)
        self.fields["signed_by"] = fields.line(label="谁签的字", required=False, longest=40)
        self.fields["visited_on"] = fields.day(label="没有来的：哪一天上门找过", required=False)


class ReasonForm(forms.Form):
    """A reason, or words."""

    def __init__(self, label: str, *args: Any, required: bool = True, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["reason"] = fields.words(label=label, missing=f"请写{label}", required=required, rows=2)


class OfferForm(forms.Form):
    """Work that was offered to somebody."""

    def __init__(self, members: Pairs, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="offer", **more)
        self.fields["pid"] = _choice(members, label="是家里哪一位", missing="请选是哪一位")
        self.fields["on"] = fields.day(label="哪一天介绍的")
        self.fields["work"] = fields.line(label="介绍的什么工作", missing="请写什么工作")
        self.fields["offered_by"] = fields.line(label="谁介绍的", missing="请写谁介绍的")
        answers = [("taken", "去了"), ("good_reason", "没去，有正当理由"), ("refused", "没去")]
        self.fields["answer"] = fields.one_of(answers, label="本人怎么定的", missing="请选本人怎么定的")
        self.fields["reason"] = fields.words(label="本人说为什么", required=False, rows=2)


class FollowForm(forms.Form):
    """How a family is some months after their help ended."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, prefix="follow", **more)
        outcomes = [
            ("fine", "过得去"), ("struggling", "有点难"), ("fallen_back", "又难起来了，想再申请"), ("not_reached", "没有联系上"),
        ]  # fmt: skip
        self.fields["outcome"] = fields.one_of(outcomes, label="过得怎么样", missing="请选过得怎么样")
        self.fields["way"] = fields.one_of([("call", "打电话"), ("visit", "上门")], label="怎么问的", missing="请选怎么问的")
        self.fields["note"] = fields.words(label="家里人怎么说的", missing="请写家里人怎么说的", rows=2)
