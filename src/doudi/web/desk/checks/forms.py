"""What people fill in around checks of rolls: a check asked for, an anomaly handed on or closed, a sample and its looks."""

from __future__ import annotations

from typing import Any

from django import forms

from doudi.verification.core.anomalies import Whom, causes
from doudi.verification.core.samples import LABELS
from doudi.web.desk import fields


class AskForm(forms.Form):
    """Which roll of the order, against what; the day and the snapshot only where somebody looks back."""

    def __init__(self, *given: Any, rolls: list[tuple[str, str]], against: list[tuple[str, str]]) -> None:
        super().__init__(*given)
        self.fields["roll"] = fields.one_of(rolls, label="哪份名单", missing="请选一份名单")
        self.fields["against"] = fields.several(against, label="看什么", missing="请至少选一样")
        self.fields["on"] = fields.day(label="看哪一天", required=False, hint="不写就是名单说的那一天")
        self.fields["snapshot"] = fields.line(label="哪一份存下来的数据", required=False, hint="平时不写", longest=60)


class HandForm(forms.Form):
    """To whom, and why."""

    whom = fields.one_of([(one.value, one.label) for one in Whom], label="交给谁", missing="请选交给谁")
    note = fields.words(label="请他核实什么", missing="请写一句请他核实什么", rows=2, longest=300)


class CloseForm(forms.Form):
    """What it was, and how that is known; nothing is chosen beforehand."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        picks = [(one.code, f"{one.label}。{one.follows}") for one in causes().values()]
        self.fields["cause"] = fields.one_of(picks, label="是什么原因", missing="请选一个原因")
        self.fields["note"] = fields.words(label="怎么知道的", missing="请写一句怎么核实的", rows=2, longest=500)


class NoteForm(forms.Form):
    """One sentence of why."""

    note = fields.line(label="为什么", missing="请写一句为什么", longest=300)


class DrawForm(forms.Form):
    """Whom to draw from, what share, and the seed when somebody draws again."""

    hits = fields.one_of(
        [("1", "查出来的人（看查得准不准）"), ("0", "没有查出来的人（看漏没漏）")], label="抽谁", missing="请选抽谁"
    )
    percent = forms.DecimalField(
        label="抽百分之几",
        min_value=0,
        max_value=100,
        decimal_places=1,
        help_text="最多抽 1,000 人",
        error_messages={
            "required": "请写百分之几",
            "invalid": "请写数字，例如 5",
            "max_value": "最多 100",
            "min_value": "要比 0 大",
            "max_decimal_places": "最多写一位小数",
        },
    )
    seed = fields.line(label="种子", required=False, hint="不写就自动取一个，记下来，谁都能重抽", longest=40)


class LookForm(forms.Form):
    """What looking at one person gave."""

    def __init__(self, *given: Any, hits: bool, prefix: str) -> None:
        super().__init__(*given, prefix=prefix)
        self.fields["result"] = fields.one_of(LABELS[hits].items(), label="核实下来", missing="请选核实下来怎么样")
        self.fields["note"] = fields.line(label="怎么核实的", missing="请写一句怎么核实的", longest=300)
