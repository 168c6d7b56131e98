"""What the village says of somebody no data know."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django import forms

from doudi.web.desk import fields


class TellForm(forms.Form):
    """Who, about how old, where, what is the trouble, who said it."""

    ref = forms.CharField(widget=forms.HiddenInput, max_length=21)
    name = fields.line(label="姓名，或者大家怎么叫他", missing="请写姓名；不知道全名，写大家怎么叫他", longest=20)
    about_age = forms.IntegerField(
        label="大概多大年纪",
        required=False,
        min_value=0,
        max_value=120,
        help_text="不知道就空着",
        error_messages={"invalid": "请只写数字", "min_value": "请写 0 到 120 之间的数", "max_value": "请写 0 到 120 之间的数"},
    )
    place = fields.line(label="住在哪里", required=False, hint="比如：三组，河边的棚子", longest=80)
    trouble = fields.words(label="有什么难处", missing="请写一句有什么难处", rows=2, longest=300)
    said_by = fields.line(label="谁说的", missing="请写是谁说的，以后好问", longest=40)
    sure = forms.BooleanField(required=False, label="看过了，都不是他")

    def __init__(self, *args: object, villages: Sequence[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)
        choices = [("", "请选"), *villages] if len(villages) != 1 else list(villages)
        self.fields["area"] = forms.ChoiceField(
            choices=choices,
            label="哪个村（社区）",
            error_messages={"required": "请选哪个村（社区）", "invalid_choice": "请选您负责的村（社区）"},
        )

    def clean_name(self) -> str:
        name = self.cleaned_data["name"].strip()
        if not re.fullmatch(r"[\u3400-\u9fff·•]{1,20}", name):
            raise forms.ValidationError("请只写汉字")
        return name
