"""Why somebody is looked up: a purpose, chosen before anything is shown."""

from __future__ import annotations

from django import forms

from doudi.web.desk import fields

WHY = {
    "asked": "他本人来问",
    "application": "办他家的申请",
    "visit": "走访前先了解",
    "review": "一年看一次",
    "complaint": "核对别人反映的情况",
    "other": "别的，我来写",
}


class PurposeForm(forms.Form):
    """One purpose; words only when it is another one."""

    why = fields.one_of(WHY.items(), label="为什么要看", missing="请选一个原因")
    words = fields.line(label="别的原因", required=False, hint="选了“别的”才要写", longest=80)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("why") == "other" and not said.get("words"):
            self.add_error("words", "请写清楚为什么要看")
        return said

    @property
    def purpose(self) -> str:
        """The purpose in words, as the person will read it."""
        said = self.cleaned_data
        return said["words"] if said["why"] == "other" else WHY[said["why"]]
