"""Receipt numbers: short, running, with a check digit, easy to say on the telephone."""

from __future__ import annotations


def check_digit(digits: str) -> str:
    """The check digit of ISO 7064 MOD 11,10: every single wrong digit and nearly every swap shows."""
    product = 10
    for digit in digits:
        total = (int(digit) + product) % 10 or 10
        product = total * 2 % 11
    return str((11 - product) % 10)


def receipt_of(county: str, year: int, number: int) -> str:
    """Write a receipt number: county, year, running number, check digit."""
    body = f"{county[:6]}{year % 100:02d}{number:05d}"
    return body + check_digit(body)


def read_receipt(text: str) -> str | None:
    """Read a receipt number as people type or say it (blanks, dashes, full width); None when a digit is wrong."""
    digits = "".join(str(int(sign)) for sign in text if sign.isdecimal())
    if len(digits) < 14 or check_digit(digits[:-1]) != digits[-1]:
        return None
    return digits


def show_receipt(receipt: str) -> str:
    """A receipt number in groups, as it is printed and read out: 990101-26-00017-4."""
    return f"{receipt[:6]}-{receipt[6:8]}-{receipt[8:-1]}-{receipt[-1]}"
