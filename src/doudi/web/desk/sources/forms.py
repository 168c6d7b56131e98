"""What is typed of a source, and of an answer read from paper. Nothing is chosen."""

from __future__ import annotations

from typing import Any

from django import forms

from doudi.exchange import queries as exchange
from doudi.verification.core import Said, SourceRow, Way, asked_datasets
from doudi.web.desk import fields

ROWS = 20  # rows of one typed answer at most


class SourceForm(forms.Form):
    """How a source is asked."""

    code = forms.SlugField(label="代码", max_length=40, help_text="小写字母、数字和 - _，以后不改。")
    label = forms.CharField(label="名称", max_length=60)
    dataset = forms.ChoiceField(label="问什么")
    adapter = forms.ChoiceField(
        label="怎么问", widget=forms.RadioSelect, error_messages={"required": "请选怎么问。"},
        choices=[(way.value, way.label) for way in Way],
    )  # fmt: skip
    address = forms.CharField(
        label="地址", max_length=300, required=False,
        help_text="接口写网址；文件交换写文件夹的名字（空着就在网页上取送）；信函写寄到哪里；外地写对方的区划代码；"
        "隐私比对写网址和限额，像 …/?over=50000。",
    )  # fmt: skip
    public_key = forms.CharField(
        label="对方的公钥", max_length=44, required=False,
        help_text="对方自己送来的回话用它验。Ed25519，Base64，44 个字符。",
    )  # fmt: skip
    area = forms.CharField(label="只问哪个地方的人", max_length=12, required=False, help_text="区划代码；空着就是都问。")
    answer_wd = forms.IntegerField(
        label="几个工作日内回话", min_value=1, max_value=60,
        help_text="政务数据共享条例第 21 条：无条件共享 1 个，有条件共享 10 个。",
    )  # fmt: skip
    daily_quota = forms.IntegerField(label="一天最多问几次", min_value=0, help_text="0 是不限。")
    at_once = forms.IntegerField(label="一次最多问几个", min_value=1, max_value=1000)

    def __init__(self, data: Any = None, *, source: SourceRow | None = None) -> None:
        super().__init__(data, initial=_said(source))
        contracts = exchange.contracts()
        kinds = [(one.dataset, f"{one.asks}（{contracts[one.dataset].department}）") for one in asked_datasets()]
        self.fields["dataset"].choices = [("", "请选"), *kinds]
        if source is not None:
            del self.fields["code"]
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"


def _said(source: SourceRow | None) -> dict[str, Any]:
    """What the form says before anybody has changed it."""
    if source is None:
        return {"answer_wd": 10, "daily_quota": 0, "at_once": 50}
    told = {name: getattr(source, name) for name in SourceForm.base_fields}
    return told | {"adapter": source.adapter.value}


class TypeForm(forms.Form):
    """An answer as it stands on paper: rows under the columns of the contract."""

    said = fields.one_of([(said.value, said.label) for said in Said], label="纸上怎么答", missing="请选对方怎么答的。")
    as_of = forms.DateField(
        label="数据截至哪一天", required=False, help_text="查到了、没有查到，都要写。",
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    why = forms.CharField(label="原因", max_length=200, required=False, help_text="拒绝回答、对不准、太旧，照纸上的话写。")
    paper = forms.FileField(
        label="答复的照片或扫描件", required=False, help_text="照片（JPG、PNG）或 PDF。退回重录的，可以不再传。"
    )

    def __init__(
        self, data: Any = None, files: Any = None, *, columns: tuple[tuple[str, str], ...], rows: int, held: Any = None
    ) -> None:
        super().__init__(data, files, initial=held)
        self.columns, self.count = columns, min(max(rows, 1), ROWS)
        self.fields["paper"].widget.attrs["accept"] = fields.EVIDENCE
        for number in range(1, self.count + 1):
            for name, label in columns:
                self.fields[f"row{number}-{name}"] = forms.CharField(
                    label=label, required=False, max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"})
                )

    @property
    def row_fields(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [(number, [self[f"row{number}-{name}"] for name, _ in self.columns]) for number in range(1, self.count + 1)]

    def rows(self) -> list[dict[str, str]]:
        """The rows that hold something."""
        told = [
            {name: value for name, _ in self.columns if (value := self.cleaned_data[f"row{number}-{name}"])}
            for number in range(1, self.count + 1)
        ]
        return [row for row in told if row]


class LookForm(forms.Form):
    """Whether what was typed is what stands on the paper."""

    agree = fields.one_of(
        [("yes", "和纸上一样，算回话"), ("no", "不一样，退回重录")], label="和纸上一样吗", missing="请选一样还是不一样。"
    )
    why = forms.CharField(label="哪里不一样", max_length=200, required=False, help_text="退回时要写。")
