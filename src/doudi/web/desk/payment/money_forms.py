"""Forms of closing, claims, reserve funds, accounts and arrivals."""

from __future__ import annotations

from datetime import date, datetime

from django import forms

from doudi.facts import money
from doudi.web.desk.looking.forms import photo_field


class MoneyField(forms.CharField):
    """An amount in yuan, as it is written; gives fen."""

    def clean(self, value: object) -> int:
        text = super().clean(value)
        try:
            return money.fen(text)
        except money.NotMoney as why:
            raise forms.ValidationError(f"{why}") from None


def reason(label: str, missing: str, rows: int = 2) -> forms.CharField:
    """A reason in one's own words."""
    return forms.CharField(
        label=label, max_length=500, widget=forms.Textarea(attrs={"rows": rows}), error_messages={"required": missing}
    )


class ClaimForm(forms.Form):
    """What becomes of money paid too much; nothing is chosen for anybody."""

    way = forms.ChoiceField(
        label="怎么办",
        choices=[
            ("at_once", "请家里一次退回"),
            ("instalments", "从以后每月的救助里慢慢抵"),
            ("waive", "免收（要另一位同志同意）"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一种办法"},
    )
    share = forms.IntegerField(label="每月抵当月救助的百分之几（分月抵才填）", required=False, min_value=1, max_value=99)
    against = forms.ChoiceField(label="从哪一项里抵（分月抵才选）", required=False)
    is_hardship = forms.BooleanField(label="家里有难处，退不起", required=False)
    why = reason("为什么这样定", "请写清为什么这样定")

    def __init__(self, *args: object, payers: tuple[tuple[str, str], ...], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["against"].choices = [("", "请选" if payers else "没有还在领的"), *payers]


class WhyForm(forms.Form):
    """A reason, and yes or no."""

    agree = forms.ChoiceField(
        label="同意免收吗",
        choices=[("yes", "同意"), ("no", "不同意")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选同意或者不同意"},
    )
    why = reason("为什么", "请写清为什么")


class EaseForm(forms.Form):
    """Why a household cannot bear what is left."""

    why = reason("家里有什么难处", "请写清家里有什么难处")


class PaidBackForm(forms.Form):
    """Money a household paid back."""

    amount = MoneyField(label="退回多少元", error_messages={"required": "请写退回多少元"})
    voucher = forms.CharField(label="缴款凭证号码", max_length=60, error_messages={"required": "请写缴款凭证的号码"})


class PayInForm(forms.Form):
    """Money for a township's fund."""

    township = forms.ChoiceField(label="哪个乡镇", error_messages={"required": "请选一个乡镇"})
    amount = MoneyField(label="拨多少元", error_messages={"required": "请写拨多少元"})
    voucher = forms.CharField(label="拨款单号", max_length=60, error_messages={"required": "请写拨款单号"})

    def __init__(self, *args: object, townships: list[tuple[str, str]], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["township"].choices = [("", "请选"), *townships]


class ReplenishForm(forms.Form):
    """Putting back what was handed out."""

    voucher = forms.CharField(label="拨款单号", max_length=60, error_messages={"required": "请写拨款单号"})


class CountForm(forms.Form):
    """What two people counted."""

    amount = MoneyField(label="点到多少元", error_messages={"required": "请写点到多少元"})
    second = forms.CharField(label="另一位同志的用户名", max_length=60, error_messages={"required": "点现金要两个人，请写另一位"})
    why = forms.CharField(label="和账上不一样时，写明怎么回事", required=False, max_length=300)


class HeardForm(forms.Form):
    """What the person said about another account."""

    theirs = forms.ChoiceField(
        label="本人怎么说",
        choices=[("yes", "是本人要换的"), ("no", "不是本人要换的")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选本人怎么说"},
    )
    why = forms.CharField(label="不是本人要换的，写下本人的话", required=False, max_length=500)


class WindowAccountForm(forms.Form):
    """Another account, asked for at the window by the person or a helper with a mandate."""

    bank = forms.CharField(label="哪家银行", max_length=60, error_messages={"required": "请写是哪家银行"})
    number = forms.CharField(
        label="新的账号",
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": "请照着卡写账号"},
    )
    holder = forms.ChoiceField(label="是谁的账户", widget=forms.RadioSelect, error_messages={"required": "请选是谁的账户"})
    channel = forms.ChoiceField(
        label="谁来办的",
        choices=[("window", "本人来的"), ("proxy", "别人拿着委托书来的")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选谁来办的"},
    )
    mandate = photo_field("委托书，拍照（别人来办才要）", required=False)
    agreement = photo_field("卡由村里或者单位代管的，代管协议拍照", required=False)

    def __init__(self, *args: object, holders: dict[str, str], **more: object) -> None:
        super().__init__(*args, **more)
        self.fields["holder"].choices = list(holders.items())

    def clean(self) -> dict[str, object]:
        """A helper without a mandate is sent for one before anything is kept."""
        said = super().clean()
        if said.get("channel") == "proxy" and not said.get("mandate") and "mandate" not in self.errors:
            self.add_error("mandate", "帮别人改账户，要有本人签字的委托书")
        return said


class ReceiptForm(forms.Form):
    """The receipt the person signed for cash."""

    receipt = photo_field("签好的收条，拍照")


class ArrivedForm(forms.Form):
    """Whether the money arrived, as the person says."""

    answer = forms.ChoiceField(
        label="钱到了没有",
        choices=[("yes", "收到了"), ("no", "没收到"), ("unsure", "说不清"), ("unreached", "没联系上")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选一个回答"},
    )
    channel = forms.ChoiceField(
        label="怎么问的",
        choices=[("phone", "打电话"), ("village", "村里上门"), ("sms", "短信回的")],
        widget=forms.RadioSelect,
        error_messages={"required": "请选怎么问的"},
    )


class FoundForm(forms.Form):
    """What became of money that did not arrive."""

    finding = reason("查到了什么、怎么办的", "请写清查到了什么、怎么办的")


class SettleForm(forms.Form):
    """What an answer of the bank turned out to be."""

    finding = reason("问了银行哪位、是怎么回事", "请写清问了谁、是怎么回事")


def month_of(text: str) -> date | None:
    """A month of an address, 2026-08; None when it is none."""
    try:
        return datetime.strptime(text, "%Y-%m").date()  # noqa: DTZ007 (a month has no zone)
    except ValueError:
        return None
