"""What a visit writes down: taps, one optional note, and with a yes who agreed and how."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.monitoring import core
from doudi.web.desk import fields


class VisitForm(forms.Form):
    """At most six questions, each with an answer for "could not tell"; nothing has to be typed."""

    once = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    way = forms.ChoiceField(choices=list(core.WAYS.items()), widget=forms.HiddenInput)
    waited = forms.IntegerField(min_value=0, max_value=60 * 24 * 3600, required=False, widget=forms.HiddenInput)

    def __init__(self, people: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        for code, (question, answers) in core.QUESTIONS.items():
            self.fields[code] = fields.one_of(answers.items(), label=f"{question}？", missing=f"“{question}”还没点")
        self.fields["note"] = fields.words(label="您看到的、听到的", required=False, rows=3)
        self.fields["wish"] = fields.one_of(core.WISHES.items(), label="愿意让我们帮您申请吗？", missing="还没问他愿不愿意申请")
        self.fields["agreed"] = forms.MultipleChoiceField(
            choices=list(people), label="谁同意查收入和财产", required=False, widget=forms.CheckboxSelectMultiple
        )
        channels = [("paper", "签字或按手印"), ("voice", "录了一段话")]
        self.fields["channel"] = fields.one_of(channels, label="怎么同意的", missing="", required=False)

    @property
    def questions(self) -> list[object]:
        """The bound questions, in the order they are asked."""
        return [self[code] for code in core.QUESTIONS]

    def answers(self) -> dict[str, str]:
        """What was tapped, by question."""
        return {code: self.cleaned_data[code] for code in core.QUESTIONS}

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("wish") == "yes":
            for name, missing in (("agreed", "请点谁同意了"), ("channel", "请点怎么同意的")):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, missing)
        return said
