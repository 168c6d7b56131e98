"""What a family says to a difference: one tap, own words, a photograph if there is one. Nothing is chosen beforehand."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from doudi.casework.core.asking import Photo
from doudi.casework.queries import AskedOf


class Blank(dict[str, str]):
    """Places of a sentence nobody can fill stay empty."""

    def __missing__(self, name: str) -> str:
        return ""


def asked_words(one: AskedOf) -> str:
    """The question as a sentence, in the language of the page."""
    return _filled(one.asks, one)


def told_words(one: AskedOf) -> str:
    """What was found, as a sentence in the language of the page around the source's own words; "" where it is not shown."""
    return _filled(one.told, one) if one.told else ""


def _filled(sentence: str, one: AskedOf) -> str:
    values = {name: _(value) if name == "what" and value else value for name, value in one.values.items()}
    return _(sentence).format_map(Blank(values))


class SayForm(forms.Form):
    """One question, answered by tapping or in own words; a clerk who writes it down says in which of the `ways` it was said."""

    once = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    waited = forms.IntegerField(min_value=0, max_value=60 * 24 * 3600, required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        answers: Sequence[tuple[str, str]],
        *args: object,
        paper: str = "",
        ways: Mapping[str, str] | None = None,
        **more: object,
    ) -> None:
        more.setdefault("initial", {"once": uuid.uuid4().hex})
        super().__init__(*args, **more)
        if ways:
            self.fields["way"] = forms.ChoiceField(
                choices=list(ways.items()),
                label="怎么说的",
                widget=forms.RadioSelect,
                error_messages={"required": "请点怎么说的"},
            )
        self.fields["choice"] = forms.ChoiceField(
            choices=[(code, _(words)) for code, words in answers],
            label=gettext_lazy("哪一样最像？"),
            widget=forms.RadioSelect,
            required=False,
        )
        self.fields["words"] = forms.CharField(
            label=gettext_lazy("用自己的话说"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 3})
        )
        if paper:
            self.fields["photo"] = forms.FileField(label=gettext_lazy("拍一张"), help_text=_(paper), required=False)
            self.fields["photo"].widget.attrs["accept"] = "image/jpeg,image/png"

    def photo(self) -> Photo | None:
        """The photograph handed in, if any."""
        kept = self.cleaned_data.get("photo")
        return Photo(kept.content_type or "", kept.read()) if kept else None
