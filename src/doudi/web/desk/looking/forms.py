"""The forms of looking: shape only; nothing is chosen beforehand."""

from __future__ import annotations

from django import forms

from doudi.casework.core.asking import Photo
from doudi.casework.core.collective import NEIGHBOURS, SIGNERS, UNSIGNED
from doudi.office.core import BadPaper
from doudi.web.desk import fields
from doudi.web.parts.papers import LARGEST


def photo_field(label: str, *, required: bool = True, hint: str = "") -> forms.FileField:
    """A photograph or PDF of a paper."""
    field = forms.FileField(label=label, required=required, help_text=hint, error_messages={"required": "请拍照或者选一个文件"})
    field.widget.attrs["accept"] = fields.EVIDENCE
    return field


def photo_of(form: forms.Form, name: str = "photo") -> Photo | None:
    """The photograph of a valid form; None where none was handed in.

    :raises BadPaper: too large
    """
    given = form.cleaned_data.get(name)
    if given is None:
        return None
    if given.size > LARGEST:
        raise BadPaper("文件太大，最多 20 MB。请拍小一点。")
    return Photo(given.content_type or "", given.read())


class SignForm(forms.Form):
    """Who signs on this screen; the drawing comes beside it."""

    use_required_attribute = False

    def __init__(self, unsigned: tuple[tuple[str, str], ...], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        wanted = [(code, label) for code, label in unsigned if code in SIGNERS]
        self.fields["role"] = fields.one_of(wanted, label="谁来签", missing="请选谁来签")


class SheetForm(forms.Form):
    """The signed sheet, photographed."""

    photo = photo_field("签好的调查表，拍照")


class UnsignedForm(forms.Form):
    """Why nobody of the family signed, and who saw it."""

    why = fields.one_of(UNSIGNED.items(), label="是不愿意，还是签不了", missing="请选是不愿意签，还是签不了")
    words = fields.line(
        label="为什么没签", missing="请写为什么没签", hint="不会写字的可以按手印，按好拍照，就不用写这里", longest=300
    )
    witness = fields.line(label="谁见证的", missing="请写谁见证的", hint="这家以外的人：村干部、邻居、一起去的同事", longest=40)


class ThingForm(forms.Form):
    """A photograph of a thing, with what it is."""

    what = fields.line(label="拍的是什么", missing="请写拍的是什么", hint="拍东西，不拍人脸：屋顶、药盒、收据……", longest=100)
    photo = photo_field("照片")


class NeighbourForm(forms.Form):
    """What somebody of the village said."""

    on = fields.day(label="哪天问的")
    name = fields.line(label="问的是谁", missing="请写问的是谁", hint="封存起来，这家人看不到是谁说的", longest=40)
    relation = fields.one_of(NEIGHBOURS.items(), label="他是什么人", missing="请选他是什么人")
    said = fields.words(label="他怎么说的", missing="请写他怎么说的", hint="写看到的、知道的，不写猜的", rows=3)


class InquiryForm(forms.Form):
    """A letter of inquiry."""

    to_whom = fields.line(label="寄给哪个单位", missing="请写寄给哪个单位")
    about = fields.words(label="问什么", missing="请写问什么", hint="只问办这件事要知道的", rows=3)


class AnswerForm(forms.Form):
    """What they answered."""

    on = fields.day(label="哪天答复的")
    answer = fields.words(label="他们怎么答复的", missing="请写他们怎么答复的", rows=3)
    photo = photo_field("他们的信，拍照", required=False)
