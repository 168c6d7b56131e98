"""Inputs drawn by hand are what Django's templates give, letter by letter."""

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from hypothesis import given
from hypothesis import strategies as st

from doudi.web.parts.drawing import INPUTS, OPTIONS, Drawing

DJANGOS, OURS = DjangoTemplates(), Drawing()
said = st.text(max_size=12) | st.sampled_from(["<b>", "\"&'", "", "0"]) | st.just("<i>").map(mark_safe)
attributes = st.dictionaries(
    st.sampled_from(["id", "class", "required", "aria-describedby", "data-<x>"]), said | st.booleans() | st.integers()
)
WIDGETS = [
    forms.TextInput, forms.NumberInput, forms.EmailInput, forms.HiddenInput, forms.DateInput, forms.Textarea, forms.CheckboxInput,
    forms.ClearableFileInput, forms.PasswordInput,
]  # fmt: skip


@given(value=st.none() | said | st.integers(), attrs=attributes, name=st.text(min_size=1, max_size=8))
@pytest.mark.parametrize("widget", WIDGETS)
def test_every_input_is_drawn_as_django_draws_it(widget, value, attrs, name):
    ours, djangos = (widget(attrs=attrs).render(name, value, renderer=one) for one in (OURS, DJANGOS))
    assert ours == djangos


@given(chosen=st.sampled_from(["a", "<b>", "none"]), label=said, attrs=attributes)
@pytest.mark.parametrize("widget", [forms.RadioSelect, forms.CheckboxSelectMultiple, forms.Select])
def test_every_choice_is_drawn_as_django_draws_it(widget, chosen, label, attrs):
    choices = [("a", "甲"), ("<b>", label), ("", "都不是")]
    asked = widget(attrs=attrs, choices=choices)
    given = [chosen] if widget is forms.CheckboxSelectMultiple else chosen
    assert asked.render("x", given, renderer=OURS) == asked.render("x", given, renderer=DJANGOS)

    class One(forms.Form):
        field = forms.ChoiceField(choices=choices, widget=widget, initial=given)

    ours, djangos = One(renderer=OURS), One(renderer=DJANGOS)
    for drawn in ("tag", "choice_label"):
        mine, theirs = (
            (
                [getattr(one, drawn)() if drawn == "tag" else getattr(one, drawn) for one in form["field"]]
                for form in (ours, djangos)
            )
            if widget is not forms.Select
            else ([], [])
        )
        assert mine == theirs


def test_what_is_drawn_by_hand_is_in_use_and_is_still_djangos_own():
    assert type(forms.renderers.get_default_renderer()) is Drawing
    assert all(DJANGOS.get_template(name) for name in INPUTS | OPTIONS)
