"""What a resident says about the data kept of them."""

from __future__ import annotations

import re

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.registry.core.requests import WISHES
from doudi.web.phone.my.forms import PHONE, plain


def _sentences(label: object, missing: object, hint: object = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": missing},
    )


class WrongForm(forms.Form):
    """Which cell of a delivered row is wrong, and what would be right."""

    field = forms.ChoiceField(
        label=gettext_lazy("哪一项不对"), widget=forms.RadioSelect, error_messages={"required": gettext_lazy("请选哪一项不对")}
    )
    right = forms.CharField(
        label=gettext_lazy("应该是什么"),
        required=False,
        max_length=200,
        help_text=gettext_lazy("说不清就空着，写“没有这回事”也行"),
    )
    words = _sentences(gettext_lazy("怎么知道不对"), gettext_lazy("请写一句怎么知道不对"))

    def __init__(self, *args: object, fields: list[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["field"].choices = [*fields, ("", _("整行都不是我的"))]
        self.fields["field"].required = False
        self.fields["right"].widget.attrs["autocomplete"] = "off"

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if "field" not in self.data:
            self.add_error("field", _("请选哪一项不对"))
        return said


class WishForm(forms.Form):
    """What is asked for; who asks for a relative who died says whose and as what."""

    wish = forms.ChoiceField(
        label=gettext_lazy("您要什么"),
        choices=[(wish.value, gettext_lazy(label)) for wish, (label, _basis) in WISHES.items()],
        widget=forms.RadioSelect,
        error_messages={"required": gettext_lazy("请选一样")},
    )
    words = _sentences(gettext_lazy("说一说"), gettext_lazy("请写一句您要什么"), gettext_lazy("想到什么写什么，不用写全"))
    whose_name = forms.CharField(
        label=gettext_lazy("去世的亲人叫什么"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("替去世的亲人办，才要写"),
    )
    relation = forms.CharField(label=gettext_lazy("您是他的什么人"), required=False, max_length=20)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("wish") == "kin":
            for name in ("whose_name", "relation"):
                if not said.get(name):
                    self.add_error(name, _("替去世的亲人办，请写上"))
        return said


class PhoneForm(forms.Form):
    """A new telephone number."""

    phone = forms.CharField(label=gettext_lazy("新的手机号"), error_messages={"required": gettext_lazy("请写手机号")})

    def __init__(self, *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["phone"].widget.input_type = "tel"
        self.fields["phone"].widget.attrs.update({"autocomplete": "tel-national", "inputmode": "tel", "maxlength": "20"})

    def clean_phone(self) -> str:
        phone = re.sub(r"^\+86", "", plain(self.cleaned_data["phone"]))
        if not PHONE.fullmatch(phone):
            raise forms.ValidationError(_("手机号一共 11 位，您填了 %(count)s 位") % {"count": len(phone)})
        return phone
