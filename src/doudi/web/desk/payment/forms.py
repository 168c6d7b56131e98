"""Forms of payment: which month, which file."""

from __future__ import annotations

from datetime import date, datetime

from django import forms


class BuildForm(forms.Form):
    """Which month to pay."""

    month = forms.CharField(label="发哪个月的", error_messages={"required": "请选月份"})

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["month"].widget.input_type = "month"

    def clean_month(self) -> date:
        try:
            return datetime.strptime(self.cleaned_data["month"], "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
        except ValueError:
            raise forms.ValidationError("月份写成 2026-08 这样") from None


class ReturnForm(forms.Form):
    """The file the bank sent back."""

    LARGEST = 20 * 1024 * 1024

    file = forms.FileField(label="银行的回盘文件", error_messages={"required": "请选银行发回的文件", "empty": "这个文件是空的"})

    def clean_file(self) -> object:
        if self.cleaned_data["file"].size > self.LARGEST:
            raise forms.ValidationError("文件超过 20 MB，请核对是不是选错了")
        return self.cleaned_data["file"]
