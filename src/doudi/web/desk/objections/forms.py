"""What is typed of an objection: which line, what is wrong with it, evidence, and how each line ends. Nothing is chosen."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

from django import forms
from django.core.files.uploadedfile import UploadedFile

from doudi.verification.actions import Disputed, File
from doudi.verification.core.objections import OUTCOME_LABELS, Channel, Outcome
from doudi.verification.queries import Offered
from doudi.web.desk import fields

NO_CLAIM = ("", "没有不同意见")


class EvidenceField(forms.FileField):
    """A photograph or a PDF; what it really is, its bytes say when it is kept."""

    def __init__(self, *, label: object, hint: object = "") -> None:
        super().__init__(label=label, required=False, help_text=hint)
        self.widget.attrs["accept"] = fields.EVIDENCE

    @staticmethod
    def files(kept: UploadedFile | None) -> list[File]:
        return [File(kept.content_type or "", kept.read())] if kept else []


def field_of(key: str) -> str:
    """The name a line has in a form: the same for the same line, whatever stands around it."""
    return "line-" + sha256(key.encode()).hexdigest()[:12]


class LinesForm(forms.Form):
    """Lines of a report, each with what may be said of it."""

    def __init__(self, offered: Sequence[Offered], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.offered = offered
        for one in self.offered:
            self.fields[field_of(one.key)] = forms.ChoiceField(
                choices=[NO_CLAIM, *one.claims], label=f"{one.whose} {one.label}：{one.words}", required=False
            )

    @property
    def lines(self) -> list[tuple[Offered, forms.BoundField]]:
        return [(one, self[field_of(one.key)]) for one in self.offered]

    def disputed(self) -> list[Disputed]:
        said = ((one.key, self.cleaned_data[field_of(one.key)]) for one in self.offered)
        return [Disputed(key, claim) for key, claim in said if claim]


CHANNELS = [(one.value, one.label) for one in (Channel.DESK, Channel.PAPER)]


class WriteForm(LinesForm):
    """What somebody said at the window, or wrote on paper."""

    channel = fields.one_of(CHANNELS, label="怎么提的", missing="请选怎么提的")
    words = fields.words(label="本人怎么说", required=False, hint="照他说的写，不用改成公文")
    paper = EvidenceField(label="证明，或者交来的那张纸", hint="拍一张照片，或者 PDF。没有也可以提")


class VillageForm(forms.Form):
    """What somebody told the village's helper, who may not see the report: which kinds of data, and the words."""

    datasets = forms.MultipleChoiceField(
        label="说的是哪一类", widget=forms.CheckboxSelectMultiple, required=False, help_text="说不清就不选，写在下面"
    )
    words = fields.words(label="本人怎么说", required=False, hint="照他说的写，不用改成公文")
    paper = EvidenceField(label="证明，或者填好的那张纸", hint="拍一张照片。没有也可以提")

    def __init__(self, datasets: list[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["datasets"].choices = datasets


class FindForm(forms.Form):
    """What stands on the household's own paper: the number of the report, and whose name."""

    number = fields.line(label="报告编号", missing="请写报告编号", hint="在报告右上角，HD 开头", longest=30)
    name = fields.line(label="提意见的人叫什么", missing="请写名字", longest=40)


class AddForm(forms.Form):
    """More words or another paper."""

    words = fields.words(label="补充的话", required=False, rows=2)
    paper = EvidenceField(label="补一份证明")


class LineForm(LinesForm):
    """Which line of the report the person's own words are about."""


class DecideForm(forms.Form):
    """How one line ends, and why."""

    outcome = fields.one_of(list(OUTCOME_LABELS.items()), label="这一处怎么定", missing="请选怎么定")
    instead = fields.line(label="应当是什么情况", required=False, hint="以证明为准时写，会请来源改正", longest=200)
    reason = fields.words(label="凭什么这样定", missing="请写凭什么这样定，本人会看到", rows=2)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("outcome") == Outcome.EVIDENCE and not said.get("instead"):
            self.add_error("instead", "以证明为准，请写应当是什么情况")
        return said


class SettleForm(forms.Form):
    """The answer to the person."""

    answer = fields.words(
        label="写给本人的答复", missing="请写答复：先说结果，再说为什么", hint="先说结果，再说为什么，像当面说话"
    )


class WithdrawForm(forms.Form):
    """Why the person takes it back."""

    why = fields.line(label="本人为什么撤回", missing="请写本人为什么撤回", longest=200)
