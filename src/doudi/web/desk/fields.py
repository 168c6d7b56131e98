"""Form fields of the staff side: money in yuan, one of several answers with nothing chosen, days."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from doudi.facts import money

EVIDENCE = "image/jpeg,image/png,application/pdf"  # what a file field asks for where a paper is shown: a photograph or a PDF


class YuanField(forms.CharField):
    """An amount typed in yuan; its clean value is whole fen, or None when left empty."""

    def __init__(self, **more: object) -> None:
        super().__init__(max_length=20, **more)
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off"})

    def clean(self, value: object) -> int | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            amount = money.fen(text)
        except money.NotMoney as why:
            raise forms.ValidationError(str(why), code="money") from None
        if amount < 0:
            raise forms.ValidationError("金额不能是负数", code="negative")
        return amount


def one_of(
    choices: Iterable[tuple[str, str]], *, label: str, missing: str, required: bool = True, hint: str = ""
) -> forms.ChoiceField:
    """A question with its answers side by side; nothing is chosen beforehand."""
    return forms.ChoiceField(
        choices=list(choices),
        label=label,
        widget=forms.RadioSelect,
        required=required,
        help_text=hint,
        error_messages={"required": missing},
    )


def several(choices: Iterable[tuple[str, str]], *, label: str, missing: str, hint: str = "") -> forms.MultipleChoiceField:
    """Some of several answers; nothing is chosen beforehand."""
    return forms.MultipleChoiceField(
        choices=list(choices),
        label=label,
        help_text=hint,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": missing},
    )


def words(
    *, label: str, missing: str = "", required: bool = True, hint: str = "", rows: int = 4, longest: int = 1000
) -> forms.CharField:
    """A few sentences."""
    return forms.CharField(
        label=label,
        required=required,
        help_text=hint,
        max_length=longest,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": missing or "请写一写"},
    )


def line(*, label: str, missing: str = "", required: bool = True, hint: str = "", longest: int = 80) -> forms.CharField:
    """One line of text."""
    field = forms.CharField(
        label=label, required=required, help_text=hint, max_length=longest, error_messages={"required": missing or "请写一写"}
    )
    field.widget.attrs["autocomplete"] = "off"
    return field


def day(*, label: str, missing: str = "请选日期", required: bool = True, hint: str = "") -> forms.DateField:
    """A day, by the browser's own calendar."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=hint,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": missing, "invalid": "日期写成 2026-07-01 这样"},
    )
