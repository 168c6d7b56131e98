"""The banks: which takes which format (`banks.toml`), how lines are split among them, and how their answers are read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from doudi.payment.core import WrongReturns
from doudi.payment.gateways.banks import comma, control, fixed
from doudi.payment.gateways.banks.forms import BankSaid, Form, Payee, safe

__all__ = ["FORMS", "Bank", "BankSaid", "Form", "Payee", "bank_of", "banks", "read", "safe"]

FORMS = {form.code: form for form in (comma.FORM, fixed.FORM, control.FORM)}


@dataclass(frozen=True, slots=True)
class Bank:
    """A bank that pays: its code, name and format, and what people call it."""

    code: str
    label: str
    form: Form
    names: tuple[str, ...]


@cache
def banks() -> tuple[Bank, ...]:
    """Every bank, the one that pays for all others first.

    :raises KeyError: `banks.toml` names a format nobody wrote
    """
    read = tomllib.loads((Path(__file__).parent / "banks.toml").read_text(encoding="utf-8"))
    return tuple(Bank(one["code"], one["label"], FORMS[one["form"]], tuple(one["names"])) for one in read["bank"])


@cache
def bank_of(text: str) -> Bank:
    """Which bank pays a line, by what the household calls its bank."""
    return next((one for one in banks() if any(name in text for name in one.names)), banks()[0])


def read(content: bytes) -> list[BankSaid]:
    """What a bank answered, in whichever format it is written.

    :raises WrongReturns: it is in none; the text says which line and why
    """
    if b"\0" in content:
        raise WrongReturns("文件里有不该有的字符（空字符），可能传坏了。整份没有收下。")
    form = next((form for form in (control.FORM, fixed.FORM) if form.knows(content)), comma.FORM)
    return form.read(content)
