"""What is written on a task order, and the sentence for not approving or stopping it."""

from __future__ import annotations

from typing import Any

from django import forms

from doudi.web.desk import fields


class DraftForm(forms.Form):
    """A task order: why, whom, against what, where, on which days."""

    def __init__(
        self, *given: Any, lists: list[tuple[str, str]], rolls: list[tuple[str, str]], places: list[tuple[str, str]]
    ) -> None:
        super().__init__(*given)
        self.fields["purpose"] = fields.words(
            label="为什么核对", missing="请写清楚为什么核对", hint="写明依据和目的，例如：按季度复核在享人员", rows=3, longest=500
        )
        self.fields["rolls"] = fields.several(rolls, label="查哪些名单上的人", missing="请至少选一份名单")
        self.fields["datasets"] = fields.several(
            lists, label="和哪些数据放在一起看", missing="请至少选一份数据", hint="只选这次用得着的；没有选的，这张单子不能查"
        )
        self.fields["area"] = forms.ChoiceField(
            choices=places, label="哪个地方", error_messages={"required": "请选一个地方", "invalid_choice": "这个地方不归您负责"}
        )
        self.fields["from_on"] = fields.day(label="从哪天起")
        self.fields["until_on"] = fields.day(label="到哪天止", hint="最长一年")


class WhyForm(forms.Form):
    """One sentence of why."""

    why = fields.line(label="为什么", missing="请写一句为什么", longest=300)
