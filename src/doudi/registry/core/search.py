"""What somebody types to find a person, taken apart; and the keys under which people in our own database are found."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, product

from doudi.engine.finding import letters_of, sounds

LONGEST = 60  # characters of a question that are read
MOST_PIECES = 5
_LETTER = "[A-Za-z\u00c0-\u024f]"
_PIECE = re.compile(
    r"(?P<han>[\u3400-\u9fff\U00020000-\U0003ffff·•]+)"
    r"|(?P<digits>\d{3,}[xX]?)"
    rf"|(?P<letters>{_LETTER}(?:{_LETTER}|[1-5](?!\d))*)"  # a tone is written as a mark or as a number
)
_PHONE = re.compile(r"1[3-9]\d{9}")
_PLACE_ENDINGS = ("村", "社区", "镇", "乡", "街道", "县", "区", "市")

# Kinds of keys, as the trace of a search names them; never what was typed.
KINDS = {"name": "姓名", "letters": "拼音", "number": "证件号", "phone": "电话", "place": "地名"}


@dataclass(frozen=True, slots=True)
class Piece:
    """One thing that was typed: characters, letters without tones, or digits."""

    kind: str  # han, letters, digits
    text: str

    @property
    def is_phone(self) -> bool:
        return self.kind == "digits" and bool(_PHONE.fullmatch(self.text))


def read(text: str) -> tuple[Piece, ...]:
    """Take a question apart: 王桂兰1952 柳林村 → 王桂兰, 1952, 柳林村; digits under four say too little and are left out."""
    plain = unicodedata.normalize("NFKC", text)[:LONGEST]
    plain = re.sub(r"(?<=\d)[\s\-—](?=\d)", "", plain)
    pieces = []
    for found in _PIECE.finditer(plain):
        kind = str(found.lastgroup)
        said = found.group()
        if kind == "letters":
            said = letters_of(said)
        elif kind == "digits":
            said = said.upper() if len(said) >= 4 else ""
        else:
            said = re.sub("[·•]", "", said)
        if said:
            pieces.append(Piece(kind, said))
    return tuple(pieces[:MOST_PIECES])


def places_named(piece: Piece, places: Iterable[tuple[str, str]]) -> list[str]:
    """The codes of places a piece may name: 柳林, 柳林村, liulin, llc (not: 柳)."""
    if piece.kind == "digits" or len(piece.text) < (2 if piece.kind == "han" else 4):
        return []
    if piece.kind == "han":
        return [code for code, label in places if label.startswith(piece.text)]
    return [code for code, label in places if _sound(label).startswith(piece.text)]


def split_place(piece: Piece, places: Sequence[tuple[str, str]]) -> tuple[Piece, ...]:
    """王桂兰柳林村 → 王桂兰, 柳林村: a place written on to a name without a blank, before it or after it."""
    if piece.kind != "han" or len(piece.text) < 3:
        return (piece,)
    names = sorted({label for _, label in places} | {_short(label) for _, label in places}, key=len, reverse=True)
    for name in names:
        if len(name) < 2 or len(name) >= len(piece.text):
            continue
        if piece.text.endswith(name) and (name.endswith(_PLACE_ENDINGS) or len(piece.text) - len(name) > 1):
            return Piece("han", piece.text.removesuffix(name)), Piece("han", name)
        if piece.text.startswith(name) and name.endswith(_PLACE_ENDINGS):
            return Piece("han", piece.text.removeprefix(name)), Piece("han", name)
    return (piece,)


def _short(label: str) -> str:
    for ending in _PLACE_ENDINGS:
        if label.endswith(ending) and len(label) > len(ending) + 1:
            return label.removesuffix(ending)
    return label


def _sound(label: str) -> str:
    return "".join(sounds(character)[0] for character in label)


# ---- keys of people in our own database ---------------------------------------------------------------------------------


def contact_keys(phone: str) -> set[str]:
    """The keys of a telephone number: the whole, and its last four."""
    return {f"phone:{phone}", f"phone:{phone[-4:]}"} if phone else set()


def name_keys(name: str, number: str, born_on: date | None) -> set[str]:
    """The keys of somebody no register knows: parts of the name, their sounds and initials, ends of the number, the birthday."""
    characters = [one for one in name if one.strip("·• ")][:8]
    found = set()
    for first in range(len(characters)):
        for end in range(first + 1, len(characters) + 1):
            part = characters[first:end]
            found.add(f"han:{''.join(part)}")
            for said in islice(product(*(sounds(one)[:3] for one in part)), 12):
                found |= {f"letters:{''.join(said)}", f"letters:{''.join(one[:1] for one in said)}"}
    if number:
        found |= {f"digits:{number}", f"digits:{number[-4:]}", f"digits:{number[-6:]}"}
    if born_on:
        day = f"{born_on:%Y%m%d}"
        found |= {f"digits:{day}", f"digits:{day[:6]}", f"digits:{day[:4]}"}
    return found


def asked_keys(piece: Piece) -> set[str]:
    """The keys that answer a piece."""
    if piece.kind == "han":
        first = "".join(sounds(character)[0] for character in piece.text)
        return {f"han:{piece.text}"} | ({f"letters:{first}"} if len(piece.text) > 1 else set())
    if piece.kind == "letters":
        return {f"letters:{piece.text}"}
    return {f"digits:{piece.text}", f"phone:{piece.text}"}
