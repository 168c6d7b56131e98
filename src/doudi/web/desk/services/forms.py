"""What is typed of a referral: what is needed and who agreed; a department's answer; one look-up. Nothing is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms

from doudi.services.actions import Said
from doudi.services.core import CONSENTS, VERDICTS, Kind
from doudi.services.queries import Offered
from doudi.web.desk import fields

WHO_AGREED = (("self", "本人"), ("guardian", "监护人，或者照顾他的人"), ("nobody", "来不及问"))


def _choice(one: Offered) -> tuple[str, str]:
    kind = one.kind
    hint = "已经转着" if one.running else "" if one.named else "法律没有写明给他，要写理由"
    return kind.code, f"{kind.label}（{kind.department_label}）" + (f"：{hint}" if hint else "")


class ReferForm(forms.Form):
    """Which help, what for, how the person agreed."""

    kind = fields.one_of([], label="请哪个部门帮什么", missing="请选请哪个部门帮什么")
    need_words = fields.words(label="需要帮什么", missing="请写需要帮什么", hint="照他说的写，部门会看到", rows=3)
    consent = fields.one_of(CONSENTS.items(), label="怎么同意的", missing="请选怎么同意的：不同意就不转")
    consent_of = fields.one_of(WHO_AGREED, label="谁同意的", missing="请选谁同意的", hint="14 岁以下要监护人同意")
    reason = fields.words(
        label="理由", required=False, hint="法律没有写明给他的，或者来不及问的，写明为什么", rows=2, longest=300
    )

    def __init__(self, offered: Sequence[Offered], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [_choice(one) for one in offered]


class UnknownForm(ReferForm):
    """Somebody nobody knows: what they are called, and what is needed at once."""

    name = fields.line(label="怎么称呼他", missing="请写怎么称呼他，比如“桥头一位老人”", longest=40)
    field_order = ("name", "kind", "need_words", "consent", "consent_of", "reason")


class AnswerForm(forms.Form):
    """A department's answer."""

    verdict = fields.one_of(VERDICTS.items(), label="回话", missing="请选回话")
    thing = fields.line(label="给什么", required=False, hint="东西、服务、减免，写明是什么", longest=300)
    amount = fields.YuanField(label="金额（元）", required=False, help_text="不是给钱的不写")
    from_on = fields.day(label="从哪天", required=False)
    to_on = fields.day(label="到哪天", required=False, hint="一次性的、没有期限的不写")
    reason = fields.words(label="理由", required=False, hint="不能给、给一部分的要写，本人会看到", rows=2, longest=500)

    def said(self) -> Said:
        """The answer as the act takes it."""
        typed = self.cleaned_data
        return Said(
            verdict=typed["verdict"], thing=typed["thing"], amount_fen=typed["amount"], from_on=typed["from_on"],
            to_on=typed["to_on"], reason=typed["reason"],
        )  # fmt: skip


class LetterForm(AnswerForm):
    """A department's answer as it stands in its letter."""

    letter = fields.line(label="来信的文号", missing="请写来信的文号", longest=80)
    field_order = ("letter", "verdict", "thing", "amount", "from_on", "to_on", "reason")


class ArrivedForm(forms.Form):
    """Whether it arrived, as the family says."""

    arrived = fields.one_of((("yes", "收到了"), ("no", "没收到")), label="家里收到了吗", missing="请选收到没有")
    said = fields.line(label="怎么说的", required=False, hint="没收到的，写一句是怎么回事", longest=300)


class BackForm(forms.Form):
    """Why the person takes it back."""

    why = fields.line(label="本人为什么不转了", missing="请写本人为什么不转了", longest=300)


class LookForm(forms.Form):
    """One person, for one purpose."""

    kind = fields.one_of([], label="为了办什么", missing="请选为了办什么")
    name = fields.line(label="姓名", missing="请写姓名", longest=40)
    number = fields.line(label="身份证号", missing="请写 18 位身份证号", hint="一次查一个人；本人能看到谁查过", longest=18)

    def __init__(self, kinds: Sequence[Kind], *args: object, **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = [(one.code, one.label) for one in kinds]
