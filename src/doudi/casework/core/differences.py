"""Choices a clerk has to settle a difference. What differs, and what it may innocently be, verification compares (its core)."""

from __future__ import annotations

from doudi.casework.core.held import KIND, OUR_BOOKS
from doudi.verification.core.compared import ASSETS

# kind of verification's comparing.toml → choices (codes of core.QUESTION_CHOICES)
CHOICES: dict[str, tuple[str, ...]] = {
    "income": ("data_right", "person_right", "amount", "not_counted", "visit", "discuss"),
    "vehicle": ("data_right", "not_counted", "person_right", "visit", "discuss"),
    "business": ("data_right", "not_counted", "person_right", "visit", "discuss"),
    "homes": ("homes_0", "homes_1", "homes_2", "visit"),
    "deposit": ("data_right", "amount", "not_counted", "visit", "discuss"),
    "securities": ("data_right", "amount", "not_counted", "visit", "discuss"),
    "housing_fund": ("data_right", "amount", "not_counted", "visit", "discuss"),
    "death": ("data_right", "person_right", "visit"),
    "custody": ("data_right", "person_right", "visit"),
    "marriage": ("data_right", "person_right", "visit", "discuss"),
    "roll": ("data_right", "person_right", "visit", "discuss"),
    "member": ("data_right", "person_right", "visit", "discuss"),
    "supporter": ("supporter_unable", "supporter_able", "visit", "discuss"),
    "self_care": ("care_full", "care_half", "care_none", "visit"),
    KIND: ("data_right", "person_right", "visit", "discuss"),
    "silent": ("person_right", "amount", "visit", "discuss"),
}

# Whom a difference without a row is about: the source that should know.
SOURCE_OF = {"homes": "dwelling", "member": "hukou", "supporter": "hukou", "self_care": "tekun", KIND: OUR_BOOKS}


def choices_of(kind: str, said_fen: int | None, found_fen: int | None = None, key: str = "") -> tuple[str, ...]:
    """The choices for a difference; without a number there is no "as they say" or "as found", and only deposits are an amount."""
    offered = CHOICES[kind]
    if kind in (*ASSETS, "income") and found_fen is None:
        offered = tuple(choice for choice in offered if choice != "data_right")
    if kind == "income" and said_fen is None:
        offered = tuple(choice for choice in offered if choice != "person_right")
    if kind == "silent" and not key.endswith(":deposit"):
        offered = tuple(choice for choice in offered if choice != "amount")
    return offered
