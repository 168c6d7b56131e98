"""What is typed at the other doors: as few fields as each needs, nothing a register can answer."""

from __future__ import annotations

from django import forms

from doudi.casework import core
from doudi.casework.core import doors
from doudi.web.desk import fields
from doudi.web.desk.register.forms import citizen_number


class KeepForm(forms.Form):
    """A paper as it is handed over: the photograph, the day, whose it is where that is legible."""

    handed_on = fields.day(label="哪天交来的", missing="请写哪天交来的：期限从那天算起")
    name = fields.line(label="谁的", required=False, hint="写得清就写，看不清就空着", longest=40)
    phone = fields.line(label="他的电话", required=False, hint="写了就发短信告诉他收到了", longest=20)

    def __init__(self, *args: object, places: list[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)
        choices = places if len(places) == 1 else [("", "请选"), *places]
        self.fields["area"] = forms.ChoiceField(
            choices=choices, label="哪个村（社区）收的", error_messages={"required": "请选哪个村（社区）"}
        )


class KeyForm(forms.Form):
    """The six key fields of a paper; the case runs as soon as they are typed."""

    name = fields.line(label="姓名", missing="请写姓名", longest=40)
    number = fields.line(label="身份证号", missing="请写身份证号", longest=24)
    phone = fields.line(label="电话", required=False, longest=20)
    hardships = fields.several(core.HARDSHIPS.items(), label="最近难在哪里", missing="难在哪里，照表上打的勾选")
    story = fields.line(label="他自己写的话", required=False, longest=500)
    signed = fields.one_of((("yes", "签了字或按了手印"), ("no", "没有签")), label="表上签了吗", missing="表上签没签，还没选")

    def clean_number(self) -> str:
        return citizen_number(self.cleaned_data["number"])


class DropForm(forms.Form):
    why = fields.one_of(doors.FORM_DROPPED.items(), label="为什么放到一边", missing="请选为什么放到一边")


class CallForm(forms.Form):
    """A call: two check questions (may stay empty), and four fields."""

    once = forms.CharField(widget=forms.HiddenInput, max_length=40)
    name = fields.line(label="他说的名字", required=False, longest=40)
    tail = fields.line(label="身份证后四位", required=False, hint="对上了才能说他的事；对不上也照样记", longest=4)
    phone = fields.line(label="来电号码", required=False, longest=20)
    topic = fields.one_of(doors.CALL_TOPICS.items(), label="什么事", missing="请选是什么事")
    said = fields.words(label="他说了什么", missing="请写他说了什么", rows=3)
    mood = fields.one_of(doors.CALL_MOODS.items(), label="急不急", missing="请选急不急")
    answered = fields.words(label="怎么答复的", required=False, hint="当场没答复就空着：明天前回电", rows=2)
    ring_back = forms.BooleanField(label="答应了回电", required=False)


class BackForm(forms.Form):
    reached = fields.one_of((("yes", "通了"), ("no", "没人接")), label="打通了吗", missing="请选打通没有")
    said = fields.words(label="说了什么", required=False, rows=2)

    def clean(self) -> dict[str, object]:
        given = super().clean()
        if given.get("reached") == "yes" and not given.get("said"):
            self.add_error("said", "打通了，写一句说了什么")
        return given


class ListForm(forms.Form):
    """A department's list, or one person it passes on: who sends it, by what, and the people."""

    channel = fields.one_of(
        (("list", "一份名单"), ("referral", "转来一个人")), label="送来什么", missing="请选是名单，还是一个人"
    )
    department = fields.line(label="哪个部门", missing="请写哪个部门", longest=40)
    basis = fields.line(label="凭什么转来", hint="协议、条文或来文的文号", missing="请写凭什么转来", longest=120)
    file = forms.FileField(label="名单（CSV，有“姓名”“身份证号”“情况”三栏）", required=False)
    name = fields.line(label="姓名", required=False, longest=40)
    number = fields.line(label="身份证号", required=False, longest=24)
    why = fields.line(label="情况", required=False, longest=200)

    def clean(self) -> dict[str, object]:
        given = super().clean()
        if given.get("channel") == "list" and not given.get("file"):
            self.add_error("file", "请选名单文件")
        if given.get("channel") == "referral" and not (given.get("name") and given.get("number")):
            self.add_error("name", "转来一个人，要写姓名和身份证号")
        return given


class AskedForm(forms.Form):
    """How it went with somebody pointed out."""

    ANSWERS = (
        ("begun", "愿意，开始填申请"),
        ("declined", "问了，说不用"),
        ("helped", "已经在领或正在办"),
        ("away", "不在这里住了"),
        ("missed", "没有碰到人，再去"),
    )
    state = fields.one_of(ANSWERS, label="问下来怎么样", missing="请选问下来怎么样")
    note = fields.line(label="他怎么说", required=False, longest=300)


class HelperForm(forms.Form):
    """What the applicant said about who helps them, by telephone or in person."""

    SAYS = (("hide", "结果不再告诉他"), ("show", "结果也告诉他"), ("end", "不要他代办了"))
    says = fields.one_of(SAYS, label="本人怎么说", missing="请选本人怎么说")
    way = fields.one_of(
        [(code, words) for code, words in doors.TAKEN_BACK.items() if code != "page"],
        label="怎么说的",
        missing="请选是打电话说的，还是当面说的",
    )


class MandateForm(forms.Form):
    way = fields.one_of((("paper", "签了字"), ("fingerprint", "按了手印")), label="委托书上是", missing="请选签了字还是按了手印")
    may_see = forms.BooleanField(label="委托书上写了：结果也告诉代办的人", required=False)
