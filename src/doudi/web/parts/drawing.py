"""Inputs of forms, drawn without a template for each: a case page has dozens, and they took a third of its time.

What comes out is what Django's own templates give, letter by letter; whatever is more than one tag is left to them.
"""

from __future__ import annotations

from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape

INPUTS = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("text", "number", "email", "date", "hidden", "input"))
OPTIONS = frozenset(f"django/forms/widgets/{kind}.html" for kind in ("radio_option", "checkbox_option", "input_option"))


class Drawing(DjangoTemplates):
    """Django's renderer of forms, quick for single inputs."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        """The words of a widget, as Django gives them."""
        widget = context.get("widget")
        if template_name in INPUTS:
            return _input(widget)
        if template_name in OPTIONS and not widget.get("wrap_label"):
            return _input(widget)
        text: str = super().render(template_name, context, request)
        return text


def _input(widget: dict[str, Any]) -> str:
    value = "" if widget["value"] is None else f' value="{_said(widget["value"])}"'
    return f'<input type="{_said(widget["type"])}" name="{_said(widget["name"])}"{value}{_attributes(widget["attrs"])}>'


def _attributes(attributes: dict[str, Any]) -> str:
    return "".join(
        f" {_said(name)}" if value is True else f' {_said(name)}="{_said(value)}"'
        for name, value in attributes.items()
        if value is not False
    )


def _said(value: Any) -> str:
    return conditional_escape(value if isinstance(value, str) else str(value))
