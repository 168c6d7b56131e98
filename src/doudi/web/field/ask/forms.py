"""What a visit brings home of the questions: a tap each, their own words if one likes, "not asked" always allowed."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.casework.queries import AskedOf
from doudi.web.desk import fields
from doudi.web.parts.saying import asked_words

UNASKED = "unasked"


class AskForm(forms.Form):
    """At most six questions; none has to be answered, nothing has to be typed."""

    once = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    waited = forms.IntegerField(min_value=0, max_value=60 * 24 * 3600, required=False, widget=forms.HiddenInput)

    def __init__(self, asked: Sequence[AskedOf], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.asked = asked
        for one in asked:
            choices = [*one.answers, (UNASKED, "没问到")]
            self.fields[f"q-{one.ref}"] = fields.one_of(choices, label=asked_words(one), missing="", required=False)
            self.fields[f"w-{one.ref}"] = fields.line(label="他们的原话", required=False, longest=300)

    @property
    def questions(self) -> list[tuple[forms.BoundField, forms.BoundField, AskedOf]]:
        """Each question with its answers and the line for their own words."""
        return [(self[f"q-{one.ref}"], self[f"w-{one.ref}"], one) for one in self.asked]

    def answers(self) -> list[tuple[str, str, str]]:
        """What was answered: question, choice, words."""
        said = self.cleaned_data
        found = [(one.ref, said[f"q-{one.ref}"], said[f"w-{one.ref}"]) for one in self.asked]
        return [(ref, "" if choice == UNASKED else choice, words) for ref, choice, words in found if choice or words]
