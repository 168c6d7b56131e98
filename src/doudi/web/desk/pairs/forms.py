"""What is asked when somebody decides about records: what for, which answer, and why."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from doudi.registry.core import pairs as core
from doudi.web.desk import fields

WHY = {
    "daily": "核对像是同一个人的记录",
    "asked": "他本人来问",
    "department": "部门来函核对",
    "other": "别的，我来写",
}
ASK = "ask"


class PurposeForm(forms.Form):
    """One purpose for the next half hour of looking at pairs."""

    why = fields.one_of(WHY.items(), label="为什么要看", missing="请选一个原因")
    words = fields.line(label="别的原因", required=False, hint="选了“别的”才要写", longest=80)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("why") == "other" and not said.get("words"):
            self.add_error("words", "请写清楚为什么要看")
        return said

    @property
    def purpose(self) -> str:
        """The purpose in words, as the person will read it."""
        said = self.cleaned_data
        return str(said["words"] if said["why"] == "other" else WHY[said["why"]])


class SettleForm(forms.Form):
    """One of three answers, and why where it is needed."""

    verdict = forms.ChoiceField(
        choices=[*core.VERDICTS.items(), (ASK, "拿不准，去问")], error_messages={"required": "请选一个答案"}
    )
    reason = fields.words(
        label="写一句", required=False, rows=2, longest=300, hint="和系统算的不一样时写为什么；拿不准时写去问谁、问什么"
    )


class WhyForm(forms.Form):
    """One sentence why."""

    why = fields.words(label="为什么撤销", missing="请写一句为什么撤销", rows=2, longest=300)


class WeighForm(forms.Form):
    """What is to be done about help received twice."""

    note = fields.words(
        label="两份待遇怎么办", missing="请写一句两份待遇怎么办", rows=2, longest=300, hint="这里只记下来，不会停发、少发一分钱"
    )


class JoinForm(forms.Form):
    """Which of the records found is the same person."""

    def __init__(self, found: Iterable[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["other"] = fields.one_of(found, label="哪一份也是他", missing="请选哪一份也是他")
        missing = "请写一句凭什么说是同一个人"
        self.fields["reason"] = fields.words(label="凭什么说是同一个人", missing=missing, rows=2, longest=300)


class SplitForm(forms.Form):
    """Which rows are somebody else's, whose, and why."""

    def __init__(self, rows: Iterable[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["rows"] = forms.MultipleChoiceField(
            choices=list(rows),
            label="哪几行是别人的",
            widget=forms.CheckboxSelectMultiple,
            error_messages={"required": "请选哪几行是别人的"},
        )
        self.fields["number"] = fields.line(
            label="那是谁的：身份证号", required=False, hint="知道才写；不写就由系统重新找，找不到就先单独放着", longest=24
        )
        self.fields["reason"] = fields.words(label="怎么知道的", missing="请写一句怎么知道的", rows=2, longest=300)


class NumberForm(forms.Form):
    """Why somebody has no citizen number."""

    reason = fields.one_of(core.NO_NUMBER.items(), label="为什么没有身份证号", missing="请选一个原因")
    note = fields.line(label="说明", required=False, hint="选了“别的原因”要写清楚", longest=200)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("reason") == "other" and not said.get("note"):
            self.add_error("note", "请写清楚是什么原因")
        return said
