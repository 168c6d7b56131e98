"""Correcting who lives with whom, and noting what happened in a family."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.registry.core.homes import CHANNELS, EVENTS, SAYINGS
from doudi.web.desk import fields

_PLEASE = ("", "请选")


def _somebody(people: Sequence[tuple[str, str]], *, label: str, required: bool = True, hint: str = "") -> forms.ChoiceField:
    return forms.ChoiceField(
        choices=[_PLEASE if required else ("", "没有"), *people],
        label=label,
        required=required,
        help_text=hint,
        error_messages={"required": "请选一个人"},
    )


class MemberForm(forms.Form):
    """One person lives here, or not."""

    pid = forms.CharField(widget=forms.HiddenInput)
    together = fields.one_of([("yes", "一起生活"), ("no", "不在一起")], label="和这家", missing="请选一个")
    reason = fields.line(label="怎么知道的", missing="请写一句怎么知道的", longest=200)

    def __init__(self, people: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="member", **more)
        self.fields["pid"] = _somebody(people, label="谁")


class SayForm(forms.Form):
    """One tie between two people, or one thing about one, that registers have wrong."""

    def __init__(self, people: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="say", **more)
        kinds = [(code, kind.label) for code, kind in SAYINGS.items() if code != "together"]
        self.fields["kind"] = forms.ChoiceField(
            choices=[_PLEASE, *kinds], label="说哪一样", error_messages={"required": "请选一样"}
        )
        self.fields["a"] = _somebody(people, label="谁", hint="父母和子女、监护：这里选大人")
        self.fields["b"] = _somebody(people, label="和谁", required=False, hint="只说一个人的，不用选")
        self.fields["holds"] = fields.one_of([("yes", "是"), ("no", "不是")], label="是不是", missing="请选是或者不是")
        self.fields["since"] = fields.day(label="从哪天起")
        self.fields["reason"] = fields.line(label="怎么知道的", missing="请写一句怎么知道的", longest=200)


class EventForm(forms.Form):
    """Something that happened."""

    def __init__(self, people: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="event", **more)
        self.fields["kind"] = forms.ChoiceField(
            choices=[_PLEASE, *((code, kind.label) for code, kind in EVENTS.items())],
            label="发生了什么",
            error_messages={"required": "请选发生了什么"},
        )
        self.fields["person"] = _somebody(
            people, label="是谁", required=False, hint="刚出生、还没有身份证号的，不选，在下面写名字"
        )
        self.fields["named"] = fields.line(label="孩子的名字", required=False, hint="还没有身份证号的才写", longest=40)
        self.fields["other"] = _somebody(people, label="和谁", required=False, hint="结婚、离婚、搬来搬走、出生、收养要选")
        self.fields["on"] = fields.day(label="哪天发生的")
        channels = [(code, label) for code, label in CHANNELS.items() if code not in ("data", "online")]
        self.fields["channel"] = forms.ChoiceField(
            choices=[_PLEASE, *channels], label="从哪里知道的", error_messages={"required": "请选从哪里知道的"}
        )
        self.fields["paper"] = fields.line(label="看了什么材料", required=False, longest=120)
        self.fields["note"] = fields.words(label="补充几句", required=False, rows=2, longest=500)


class SettleForm(forms.Form):
    """How something that happened was checked, and whether it is so."""

    verdict = fields.one_of([("confirm", "是这样"), ("dismiss", "不是这么回事")], label="核实下来", missing="请选一个")
    on = fields.day(label="哪天发生的")
    why = fields.line(label="怎么核实的", missing="请写一句怎么核实的", longest=200)

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["on"].required = False


class UndoForm(forms.Form):
    """Why something is taken back."""

    why = fields.line(label="为什么撤回", missing="请写一句为什么撤回", longest=200)
