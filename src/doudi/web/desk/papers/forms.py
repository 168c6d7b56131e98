"""What is said when a letter was brought, when a signed paper comes back, and why a file is exported."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from doudi.casework.core import papers
from doudi.web.desk import fields


class NumberForm(forms.Form):
    """The number on a paper, typed or read from its picture."""

    number = fields.line(
        label="纸上的编号", missing="请写纸上的编号", hint="照着纸上写，或用手机扫纸上的图，把网址贴进来。", longest=200
    )


class ServeForm(forms.Form):
    """How a letter was brought: nothing is chosen beforehand; what a way asks for is asked by the act."""

    way = fields.one_of(papers.WAYS.items(), label="信是怎么送到的", missing="请选信是怎么送到的")
    on = fields.day(label="哪天送到的")
    receiver = fields.line(label="谁收的，和本人是什么关系", required=False, hint="本人收的可以不写")
    first_witness = fields.line(label="见证的人", required=False, hint="念给本人听，写一位；不肯收，写两位")
    second_witness = fields.line(label="另一位见证的人", required=False)
    mail_number = fields.line(label="邮件号码", required=False, hint="邮寄的才写", longest=40)


class ScanForm(forms.Form):
    """Photographs of a paper that came back: which one, from which page, and whether it can be read."""

    def __init__(self, offered: Iterable[papers.Paper], *args: Any, known: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not known:
            self.fields["code"] = forms.ChoiceField(
                choices=[("", "请选"), *((one.code, one.label) for one in offered)],
                label="这是哪一张纸",
                error_messages={"required": "请选这是哪一张纸"},
            )
        self.fields["page"] = forms.IntegerField(
            label="第一张照片是第几页", min_value=1, max_value=60,
            error_messages={"required": "请写是第几页", "invalid": "页数写成数字"},
        )  # fmt: skip
        self.fields["legible"] = fields.one_of(
            papers.LEGIBLE.items(), label="您看一眼，字和签名看得清吗", missing="请先看一眼，再选看得清还是看不清"
        )


class ExportForm(forms.Form):
    """Why a whole file leaves the system."""

    why = fields.line(label="为什么要导出", missing="请写一句为什么要导出", hint="写进留痕，这家人也看得到", longest=200)
