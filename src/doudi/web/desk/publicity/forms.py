"""The forms of boards: an objection noted at the window or on the telephone, a photograph of a board."""

from __future__ import annotations

from django import forms

from doudi.casework.core.collective import OBJECTION_CHANNELS
from doudi.web.desk import fields
from doudi.web.desk.looking.forms import photo_field


class ObjectionForm(forms.Form):
    """What somebody says against a showing; who they are is theirs to tell."""

    said = fields.words(label="不同意见是什么", missing="请写他说的不同意见", hint="照他说的写", rows=4)
    channel = fields.one_of(
        [one for one in OBJECTION_CHANNELS.items() if one[0] != "board"], label="怎么来的", missing="请选意见是怎么来的"
    )
    who = fields.line(label="谁提的", required=False, hint="不愿意说就空着", longest=40)
    phone = fields.line(label="电话", required=False, hint="愿意听结果的才写", longest=20)


class PhotoForm(forms.Form):
    """A photograph of the board."""

    on = fields.day(label="哪天拍的")
    photo = photo_field("公示栏的照片", hint="拍清楚整张公示；不要拍人脸")
