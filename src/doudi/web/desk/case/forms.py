"""The forms of the case page: shape only. What is allowed is in casework; nothing is chosen beforehand."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.casework import core
from doudi.casework.core.collective import SURVEY_WAYS
from doudi.casework.queries import CasePage
from doudi.web.desk import fields
from doudi.web.parts.templatetags.parts import yuan


class AcceptForm(forms.Form):
    """Taking in: only whether it is somebody's kin."""

    def __init__(self, colleagues: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="accept", **more)
        self.fields["near_kin_clerk"] = forms.ChoiceField(
            choices=[("", "不是"), *colleagues],
            label="是哪位工作人员的近亲属吗",
            required=False,
            help_text="是就单独登记，他要回避，县里自己去看",
        )
        self.fields["near_kin_of"] = fields.line(label="是哪位村干部的近亲属吗", required=False, longest=40)
        self.fields["kin_relation"] = forms.ChoiceField(
            choices=[("", "没有说"), *core.KIN.items()],
            label="是他的什么人",
            required=False,
            help_text="不是近亲属的，只写明，不用回避",
        )


class AskForm(forms.Form):
    """What is missing, once and all together."""

    missing = fields.words(label="还差什么", missing="请写清楚还差什么", hint="一次写全。能查到的不要让人交", rows=3, longest=300)


class IdentityForm(forms.Form):
    """Who somebody is whom the family only named, as the identity card has it."""

    def __init__(self, member: object, *args: object, **more: object) -> None:
        super().__init__(*args, prefix=f"who{member.ref[:8]}", initial={"name": member.name}, **more)
        self.fields["name"] = fields.line(label="身份证上的姓名", missing="请写姓名", longest=30)
        self.fields["number"] = fields.line(label="身份证号", missing="请写身份证号", hint="对着身份证写，18 位", longest=18)


class JudgeForm(forms.Form):
    """One difference: the choices the case offers, an amount if another one is set, why."""

    def __init__(self, question: object, *args: object, **more: object) -> None:
        super().__init__(*args, prefix=f"q{question.ref[:8]}", **more)
        self.fields["choice"] = fields.one_of(question.choices, label=f"{question.heading}：您的判断", missing="请选一个")
        if any(code == "amount" for code, _ in question.choices):
            self.fields["amount"] = fields.YuanField(
                label="另定的数（每月多少元）" if question.kind == "income" else "另定的数（一共多少元）", required=False
            )
        self.fields["reason"] = fields.line(label="为什么", missing="请写一句为什么", longest=300)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("choice") == "amount" and said.get("amount") is None and "amount" not in self.errors:
            self.add_error("amount", "另定一个数，就要写多少元")
        return said


class SurveyForm(forms.Form):
    """A household visit: when, with whom, who signed, what was seen, how hard each side of life is."""

    def __init__(self, colleagues: Sequence[tuple[str, str]], asked: Sequence[object], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="survey", **more)
        self.fields["on"] = fields.day(label="哪天去的")
        self.fields["second"] = forms.ChoiceField(
            label="和谁一起去的", choices=[("", "请选"), *colleagues], error_messages={"required": "要两个人去，请选另一位"}
        )
        self.fields["signed_by"] = fields.line(label="家里谁在场签字", missing="请写在场签字的家里人", longest=40)
        self.asked = {f"seen_{question.ref}": question.heading for question in asked}
        for name, heading in self.asked.items():
            self.fields[name] = fields.line(label=f"{heading}：走访看到的", required=False, longest=200)
        for code, label in core.NEED_AREAS.items():
            levels = core.NEED_LEVELS.items()
            self.fields[f"need_{code}"] = fields.one_of(levels, label=label, missing=f"{label}这一项还没选，不知道就选“不清楚”")
        self.fields["note"] = fields.words(label="看到的、听到的", required=False, rows=3)
        self.fields["way"] = forms.ChoiceField(label="怎么调查的", choices=SURVEY_WAYS.items(), required=False)
        self.fields["way_reason"] = fields.line(
            label="没有上门的原因", required=False, hint="重大突发事件才可以打电话、视频", longest=200
        )

    @property
    def needs(self) -> list[object]:
        """The bound questions about the five sides of life."""
        return [self[f"need_{code}"] for code in core.NEED_AREAS]

    @property
    def seen(self) -> list[object]:
        """The bound lines for what the visit was to look at."""
        return [self[name] for name in self.asked]

    def needs_said(self) -> dict[str, tuple[str, str]]:
        """The levels as the act takes them."""
        return {code: (self.cleaned_data[f"need_{code}"], "") for code in core.NEED_AREAS}

    def answers_said(self) -> dict[str, str]:
        """What was seen, by what was asked."""
        return {heading: self.cleaned_data[name] for name, heading in self.asked.items() if self.cleaned_data[name]}


def how_often(programme: str) -> str:
    """What an amount is asked as: a month, or once."""
    return "一次给多少元" if core.road(programme).one_off else "每月给多少元"


class OpinionForm(forms.Form):
    """The township's first opinion."""

    def __init__(self, case: CasePage, *args: object, **more: object) -> None:
        super().__init__(*args, prefix="opinion", **more)
        self.fields["kind"] = fields.one_of(core.OPINIONS.items(), label="您怎么看", missing="请选一个")
        by_rule = case.assessment.amount_fen if case.assessment else None
        hint = f"空着就按规则算出来的 {yuan(by_rule)}" if by_rule is not None else "按规则还算不出来，请写多少元"
        self.fields["amount"] = fields.YuanField(label=how_often(case.programme), required=False, help_text=hint)
        self.fields["reason"] = fields.words(
            label="理由（群众也会看到）", missing="请写理由，群众看得懂的话", hint="用“您”来写，像当面说一样", rows=5
        )
        self.fields["differs_reason"] = fields.words(label="和规则算的不一样？写清为什么", required=False, rows=2, longest=500)


class DecideForm(forms.Form):
    """What the county decides."""

    use_required_attribute = False  # what is needed depends on what is chosen; the server says it

    def __init__(self, case: CasePage, *args: object, **more: object) -> None:
        super().__init__(*args, prefix="decide", **more)
        self.fields["kind"] = fields.one_of(
            core.DECISION_LABELS.items(),
            label="县里怎么定" if case.level == core.Level.COUNTY else "镇里怎么定",
            missing="请选一个",
        )
        amount = case.opinion.amount_fen if case.opinion else None
        self.fields["amount"] = fields.YuanField(
            label=how_often(case.programme),
            required=False,
            help_text=f"空着就按初步意见写的 {yuan(amount)}" if amount is not None else "",
        )
        self.fields["one_thing"] = fields.line(label="退回：补哪一样", required=False, hint="只写一样", longest=300)
        articles = dict.fromkeys(one.article for one in (case.assessment.conditions if case.assessment else ()) if one.article)
        self.fields["article"] = forms.ChoiceField(
            label="不确认：依据哪一条", required=False, choices=[("", "请选"), *((article, article) for article in articles)]
        )
        self.fields["reason"] = fields.words(
            label="理由（写进给群众的信）", required=False, hint="差在哪里、差多少，说清楚", rows=5
        )
        self.fields["differs_reason"] = fields.words(label="和规则算的不一样？写清为什么", required=False, rows=2, longest=500)

    def clean(self) -> dict[str, object]:
        said = super().clean()
        if said.get("kind") == "return_one" and not said.get("one_thing"):
            self.add_error("one_thing", "退回要写清补哪一样")
        if said.get("kind") == "refuse":
            for name, missing in (("article", "不确认要写依据哪一条"), ("reason", "不确认要写理由，群众看得懂的话")):
                if not said.get(name):
                    self.add_error(name, missing)
        return said

    def drawn(self) -> DecideForm:
        """The form to show: what a choice needs is not called optional beside it."""
        for name in ("one_thing", "article"):
            self.fields[name].required = True
        return self


class ReplyForm(forms.Form):
    """What was found about an objection, or what a returned case now has."""

    words = fields.words(label="了解到什么", missing="请写一写")


class FoundForm(ReplyForm):
    """What was found about an objection, for the file; and what the objector is told, which names nobody."""

    reply = fields.words(
        label="答复提意见的人", required=False, rows=2, longest=300,
        hint="他凭记号看得到。不写这家人的名字和家里的事；空着就说已经去了解过",
    )  # fmt: skip


class WithdrawForm(forms.Form):
    """The family takes its application back, through a clerk."""

    reason = fields.line(label="为什么撤回", missing="请写他们说的原因", longest=300)


class HandForm(forms.Form):
    """Which colleague goes on with it."""

    def __init__(self, colleagues: Sequence[tuple[str, str]], *args: object, **more: object) -> None:
        super().__init__(*args, prefix="hand", **more)
        self.fields["to"] = forms.ChoiceField(
            choices=[("", "请选"), *colleagues], label="转给谁", error_messages={"required": "请选一位同事"}
        )


class ExtendForm(forms.Form):
    """Why this one takes longer."""

    reason = fields.line(label="为什么要延长", missing="请写为什么要延长", longest=300)
