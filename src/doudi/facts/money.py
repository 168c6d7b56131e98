"""Money: whole fen inside, yuan with at most two decimals at the edges."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

LARGEST_FEN = 10**14  # one million million yuan; more than that is a slip of the pen, not an amount

_PLAIN = re.compile(r"[0-9]{1,12}\.[0-9]{2}")  # as machines write it; needs no tidying
_AMOUNT = re.compile(r"(-?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.([0-9]{1,2})0*)?")
_AROUND = re.compile(r"^(?:人民币|RMB|CNY|¥)|(?:元整|元)$", re.IGNORECASE)
_BLANKS = re.compile(r"[\s\u200b-\u200f\u2060\ufeff']+")


class NotMoney(ValueError):
    """A text that is not an amount of yuan with at most two decimals."""


def fen(yuan: str | int | Decimal) -> int:
    """Yuan as written by people → whole fen. Accepts "1,234.5", "￥1234.50", "1234 元", full-width digits, negatives.

    :raises NotMoney: not an amount, more than two decimals, or beyond a million million yuan
    """
    if isinstance(yuan, str) and _PLAIN.fullmatch(yuan):
        return int(yuan.replace(".", ""))
    text = _AROUND.sub("", _BLANKS.sub("", unicodedata.normalize("NFKC", str(yuan)))).replace("−", "-")
    match = _AMOUNT.fullmatch(text)
    if match is None:
        raise NotMoney(f"“{yuan}”不是金额：请写成元，最多两位小数，例如 1234.50")
    sign, whole, cents = match.groups()
    amount = int(whole.replace(",", "")) * 100 + int((cents or "").ljust(2, "0"))
    if amount > LARGEST_FEN:
        raise NotMoney(f"“{yuan}”太大了，请核对单位是不是元")
    return -amount if sign else amount


def yuan(amount_fen: int) -> str:
    """Fen → yuan with two decimals for files and machines: 90050 → "900.50"."""
    sign = "-" if amount_fen < 0 else ""
    return f"{sign}{abs(amount_fen) // 100}.{abs(amount_fen) % 100:02d}"


def spoken(amount_fen: int) -> str:
    """Fen → yuan as people read it: 1842000 → "18,420", 90050 → "900.50"."""
    sign = "-" if amount_fen < 0 else ""
    whole, cents = divmod(abs(amount_fen), 100)
    return f"{sign}{whole:,}.{cents:02d}" if cents else f"{sign}{whole:,}"


def ceil_yuan(amount_fen: int) -> int:
    """Fen rounded up to whole yuan, the way benefits are rounded: 189401 → 189500."""
    return -(-amount_fen // 100) * 100
