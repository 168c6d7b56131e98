"""The forms of a programme's own steps: shape only; nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django import forms

from doudi.casework import core
from doudi.casework.queries import FactRow
from doudi.web.desk import fields
from doudi.web.desk.looking.forms import photo_field

YES_NO = (("yes", "是"), ("no", "不是"))


def colleague(colleagues: Sequence[tuple[str, str]], label: str) -> forms.ChoiceField:
    """The second person, to choose from."""
    return forms.ChoiceField(
        label=label, choices=[("", "请选"), *colleagues], error_messages={"required": "要两个人，请选另一位"}
    )


class FirstForm(forms.Form):
    """The quick form of an emergency: one officer fills it on the spot."""

    kind = fields.one_of(core.EMERGENCIES.items(), label="遭了什么难", missing="请选遭了什么难")
    band = fields.one_of(core.BANDS.items(), label="有多重", missing="请选有多重")
    happened_on = fields.day(label="哪天出的事")
    place = fields.line(label="在哪里出的事", missing="请写在哪里", longest=80)
    cause = fields.words(label="出了什么事，家里现在怎么样", missing="请写几句", rows=3, longest=500)
    from_elsewhere = fields.one_of(
        YES_NO, label="户口在外地吗", missing="请选。在外地一样能帮", hint="在哪里出事就在哪里帮，不看户口"
    )
    amount = fields.YuanField(label="先给多少元", error_messages={"required": "请写先给多少元"})
    differs_reason = fields.words(label="规则还算不出来，或者想多给？写一句为什么", required=False, rows=2, longest=300)


class CompleteForm(forms.Form):
    """Two people complete the papers."""

    def __init__(self, colleagues: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["second"] = colleague(colleagues, "和谁一起了解的")
        self.fields["found"] = fields.words(label="补了哪些材料、了解到什么", missing="请写一写", rows=3)
        self.fields["holds"] = fields.one_of(
            (("yes", "属实"), ("no", "和当时说的不一样")), label="当时说的", missing="请选一个",
            hint="不一样也不会自动收回，由人再定",
        )  # fmt: skip


class CareForm(forms.Form):
    """The six items, as two people saw them."""

    def __init__(self, colleagues: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["on"] = fields.day(label="哪天评估的")
        self.fields["second"] = colleague(colleagues, "和谁一起评估的")
        for code, label in core.SELF_CARE.items():
            choices = (("can", "能"), ("cannot", "不能"))
            self.fields[code] = fields.one_of(choices, label=label, missing=f"“{label}”还没选")
        self.fields["words"] = fields.words(label="看到了什么", missing="请写看到了什么", rows=2, longest=500)

    @property
    def items(self) -> list[forms.BoundField]:
        return [self[code] for code in core.SELF_CARE]

    def fails(self) -> dict[str, bool]:
        """Each item → whether they cannot do it."""
        return {code: self.cleaned_data[code] == "cannot" for code in core.SELF_CARE}


class SupportForm(forms.Form):
    """Where the person wants to be looked after."""

    form = fields.one_of(core.SUPPORT_FORMS.items(), label="本人想在哪里生活", missing="请选。由他自己定")
    said = fields.line(label="本人怎么说的", missing="请写本人怎么说的", longest=300)


class AgreementForm(forms.Form):
    """An agreement about the card or about care."""

    kind = fields.one_of(core.AGREEMENTS.items(), label="哪一种", missing="请选是哪一种")
    party = fields.line(label="和谁签的", missing="请写和谁签的", longest=40)
    relation = fields.line(label="他是本人的什么人", required=False, longest=40)
    phone = fields.line(label="他的电话", required=False, longest=20)
    duties = fields.words(label="约定了什么", missing="请写约定了什么", rows=3)
    from_on = fields.day(label="从哪天起")
    to_on = fields.day(label="到哪天止")
    photo = photo_field("签好的协议，拍照", required=False)


class EndForm(forms.Form):
    """An agreement is over."""

    on = fields.day(label="到哪天为止")
    why = fields.line(label="为什么不再算了", missing="请写为什么", longest=200)


class ChangedForm(forms.Form):
    """Somebody says that self-care has changed."""

    said = fields.line(label="有什么变化", missing="请写有什么变化", longest=300)


class ElsewhereForm(forms.Form):
    """What another place is asked for."""

    def __init__(
        self, members: Sequence[tuple[str, str]], places: Sequence[tuple[str, str]], *args: object, **more: object
    ) -> None:
        super().__init__(*args, **more)
        self.fields["member"] = forms.ChoiceField(
            label="了解谁", choices=[("", "请选"), *members], error_messages={"required": "请选了解谁"}
        )
        self.fields["area"] = forms.ChoiceField(
            label="请哪里协助", choices=[("", "请选"), *places], error_messages={"required": "请选一个地方"}
        )
        self.fields["kind"] = fields.one_of(core.ELSEWHERE.items(), label="请当地做什么", missing="请选一样")
        self.fields["asks"] = fields.words(label="写清楚要了解的", missing="请写清楚", rows=2, longest=500)


class AnswerForm(forms.Form):
    """What this place answers another one."""

    refusal = forms.ChoiceField(label="不能办的理由", required=False, choices=[("", "能办"), *core.REFUSALS.items()])
    answer = fields.words(label="了解到什么", missing="请写一写", rows=3)


class FactForm(forms.Form):
    """One fact the rules lack."""

    def __init__(self, fact: FactRow, *args: object, **more: object) -> None:
        super().__init__(*args, prefix=f"f{fact.name[:20]}", **more)
        self.fact = fact
        label = f"{fact.whose}：{fact.label}"
        if fact.type == "flag":
            self.fields["value"] = fields.one_of(YES_NO, label=label, missing="请选一个")
        elif fact.type == "code":
            self.fields["value"] = fields.one_of(fact.codes, label=label, missing="请选一个")
        elif fact.type == "date":
            self.fields["value"] = fields.day(label=label)
        elif fact.type == "money":
            self.fields["value"] = fields.YuanField(label=f"{label}（元）", error_messages={"required": "请写多少元"})
        else:
            self.fields["value"] = forms.IntegerField(label=label, min_value=0, error_messages={"required": "请写一个数"})
        self.fields["reason"] = fields.line(label="怎么知道的", missing="请写怎么知道的", hint=fact.settle, longest=300)

    def value(self) -> bool | int | str | date:
        """The value as the act takes it."""
        said = self.cleaned_data["value"]
        return said == "yes" if self.fact.type == "flag" else said
