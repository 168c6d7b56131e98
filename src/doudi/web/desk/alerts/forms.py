"""What is done with a warning: somebody goes, or a reason why nobody needs to."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.monitoring import core
from doudi.web.desk import fields


class AssignForm(forms.Form):
    """Who is asked to go and see."""

    def __init__(self, workers: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="assign", **more)
        self.fields["worker"] = forms.ChoiceField(
            choices=[("", "请选"), *workers], label="请谁去看看", error_messages={"required": "请选一位"}
        )


class DismissForm(forms.Form):
    """Why nobody needs to go; it goes back to the rule."""

    outcome = fields.one_of([(str(one), one.label) for one in core.WITHOUT_VISIT], label="为什么不用管", missing="请选一个原因")
    reason = fields.line(label="一句话说清楚", missing="请写一句为什么不用管", longest=200)
