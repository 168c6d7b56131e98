"""What a person types to be recognised: shape only."""

from __future__ import annotations

import re
import unicodedata

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

PHONE = re.compile(r"1[3-9]\d{9}")


def plain(text: str) -> str:
    """Half-width, without the blanks and dashes people type into numbers."""
    return re.sub(r"[\s\-—·]", "", unicodedata.normalize("NFKC", text))


class CitizenNumberField(forms.CharField):
    """A citizen number, said wrong in words that help: how many digits there are, how many there should be."""

    def __init__(self, *, may_be_short: bool = False, **more: object) -> None:
        self.may_be_short = may_be_short
        super().__init__(**more)
        self.widget.attrs.update({"autocomplete": "off", "maxlength": "24", "inputmode": "text"})

    def clean(self, value: object) -> str:
        number = plain(super().clean(value)).upper()
        if self.may_be_short and re.fullmatch(r"\d{3}[\dX]", number):
            return number
        if len(number) != 18:
            raise forms.ValidationError(_("身份证号一共 18 位，您填了 %(count)s 位") % {"count": len(number)}, code="length")
        if not re.fullmatch(r"\d{17}[\dX]", number):
            raise forms.ValidationError(_("身份证号只有数字，最后一位可以是 X"), code="signs")
        return number


class SignInForm(forms.Form):
    """Who are you, and where should the code go."""

    error_css_class = "field--wrong"
    name = forms.CharField(label=gettext_lazy("名字"), max_length=40, error_messages={"required": gettext_lazy("请写名字")})
    number = CitizenNumberField(
        label=gettext_lazy("身份证号"),
        help_text=gettext_lazy("以前办过的，写后四位就行"),
        may_be_short=True,
        error_messages={"required": gettext_lazy("请写身份证号")},
    )
    phone = forms.CharField(
        label=gettext_lazy("手机号"),
        help_text=gettext_lazy("验证码发到这个号码"),
        error_messages={"required": gettext_lazy("请写手机号")},
    )

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs.update({"autocomplete": "tel-national", "inputmode": "tel", "maxlength": "20"})

    def clean_name(self) -> str:
        return re.sub(r"\s", "", self.cleaned_data["name"])

    def clean_phone(self) -> str:
        phone = plain(self.cleaned_data["phone"]).removeprefix("+86")
        if not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("手机号一共 11 位，您填了 %(count)s 位") % {"count": len(phone)})
        return phone


class CodeForm(forms.Form):
    """The six digits of the message."""

    code = forms.CharField(label=gettext_lazy("6 位验证码"), error_messages={"required": gettext_lazy("请写短信里的 6 位数字")})

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["code"].widget.attrs.update({"autocomplete": "one-time-code", "inputmode": "numeric", "maxlength": "12"})

    def clean_code(self) -> str:
        code = plain(self.cleaned_data["code"])
        if not re.fullmatch(r"\d{6}", code):
            raise forms.ValidationError(_("验证码是 6 位数字"))
        return code
