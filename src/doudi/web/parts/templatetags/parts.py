"""How pages write money, days, people, states and icons; one way for all."""

from __future__ import annotations

import re
import tomllib
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

register = template.Library()
INSTRUMENTS: dict[str, str] = tomllib.loads((Path(__file__).parent.parent / "instruments.toml").read_text())
CITATION = re.compile(r"\b(?P<name>[A-Z]+\d*)\b(?: Art\. (?P<art>\d+(?:[、–-]\d+)*)| ?§ ?(?P<part>\d+))?")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def _english() -> bool:
    return (get_language() or "").startswith("en")


def _as_day(value: date | datetime) -> date:
    return timezone.localtime(value).date() if isinstance(value, datetime) else value


@register.filter
def money(fen: int | None) -> str:
    """Fen as yuan for a table: 48600 → 486, 48650 → 486.50, nothing known → 不清楚."""
    if fen is None:
        return _("不清楚")
    yuan, rest = divmod(abs(int(fen)), 100)
    return ("-" if fen < 0 else "") + f"{yuan:,}" + (f".{rest:02d}" if rest else "")


@register.filter
def count(number: int | None) -> str:
    """A large count in threes, as figures are read everywhere: 1284 → 1,284."""
    return "" if number is None else f"{number:,}"


@register.filter
def shown(number: int | None) -> str:
    """A count that may be hidden because it is small: 1,284, or 不写."""
    return "不写" if number is None else f"{number:,}"


@register.filter
def percent(share: float | None) -> str:
    """A share of one as people say it: 0.934 → 93.4%."""
    return "不写" if share is None else f"{100 * share:.1f}".removesuffix(".0") + "%"


@register.filter
def yuan(fen: int | None) -> str:
    """Fen as words: 48600 → 486 元."""
    return _("不清楚") if fen is None else _("%(amount)s 元") % {"amount": money(fen)}


@register.filter
def day(value: date | datetime | None) -> str:
    """A day in words, without its year: 11 月 25 日."""
    if value is None:
        return ""
    on = _as_day(value)
    return f"{on.day} {MONTHS[on.month - 1]}" if _english() else f"{on.month} 月 {on.day} 日"


@register.filter
def full_day(value: date | datetime | None) -> str:
    """A day with its year: 2026 年 11 月 25 日."""
    if value is None:
        return ""
    on = _as_day(value)
    return f"{day(on)} {on.year}" if _english() else f"{on.year} 年 {on.month} 月 {on.day} 日"


@register.filter
def month(value: date | None) -> str:
    """A month in words: 2026 年 11 月."""
    if value is None:
        return ""
    return f"{MONTHS[value.month - 1]} {value.year}" if _english() else f"{value.year} 年 {value.month} 月"


@register.filter
def moment(value: datetime | None) -> str:
    """A moment in words: 11 月 19 日 10:32."""
    return "" if value is None else f"{day(value)} {timezone.localtime(value):%H:%M}"


@register.filter
def clock(value: datetime | None) -> str:
    """The time of day here: 10:32."""
    return "" if value is None else f"{timezone.localtime(value):%H:%M}"


@register.filter
def short_day(value: date | datetime | None) -> str:
    """A day for a dense staff table: 11-25."""
    return "" if value is None else f"{_as_day(value):%m-%d}"


@register.filter
def article(text: str | None) -> str:
    """Citations as people read them: "D57 Art. 14、15" → 《最低生活保障审核确认办法》第 14、15 条."""

    def written(found: re.Match[str]) -> str:
        name = INSTRUMENTS.get(found["name"])
        if name is None:
            return found[0]
        if found["art"]:
            return f"《{name}》第 {found['art']} 条"
        return f"《{name}》第 {found['part']} 部分" if found["part"] else f"《{name}》"

    return CITATION.sub(written, text or "")


@register.filter
def tail(number: str | None, count: int = 4) -> str:
    """The last characters of a card or citizen number, all that a page needs to show."""
    return (number or "")[-count:]


@register.filter
def years(born_on: date | None, on: date) -> int | None:
    """Full years between a birth and a day; nothing known stays unknown."""
    if born_on is None:
        return None
    on = _as_day(on)
    return on.year - born_on.year - ((on.month, on.day) < (born_on.month, born_on.day))


@register.filter
def entry(mapping: dict[str, Any] | None, key: object) -> Any:
    """What a mapping holds under a key known only to the template."""
    return (mapping or {}).get(key)


@register.filter
def may(viewer: Any, act: str) -> bool:
    """Whether the viewer's post allows an act of the permission table; nobody may anything without a post."""
    return bool(viewer) and viewer.may(act)


@register.simple_tag
@cache  # a page has dozens, and where the sprite lies does not change while this process runs
def icon(name: str, size: str = "") -> SafeString:
    """A picture from the sprite, hidden from screen readers: the words beside it say the same."""
    return format_html(
        '<svg class="icon{}" aria-hidden="true" focusable="false"><use href="{}#{}"></use></svg>',
        f" icon--{size}" if size else "",
        static("img/sprite.svg"),
        name,
    )


@register.simple_tag
def tag(text: str, tone: str = "plain") -> SafeString:
    """A state in at most six characters; the colour only repeats the words. Tones: plain pine amber red blue violet."""
    return format_html('<span class="tag tag--{}">{}</span>', tone, text)


@register.inclusion_tag("parts/_person.html")
def person(who: Any, today: date | None = None, heading: bool = False) -> dict[str, Any]:
    """A person in a list: name, then age and village. `who` has name (or masked_name), born_on or age, place."""
    age = getattr(who, "age", None)
    if age is None and today is not None:
        age = years(getattr(who, "born_on", None), today)
    return {
        "name": getattr(who, "name", None) or getattr(who, "masked_name", ""),
        "age": age,
        "place": getattr(who, "place", ""),
        "heads": getattr(who, "heads", None),
        "heading": heading,
    }


@register.inclusion_tag("parts/_field.html")
def field(bound: Any) -> dict[str, Any]:
    """One form field: label above, hint, the error in the same words as the summary."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    described = [f"{bound.id_for_label}-hint"] if bound.help_text else []
    if bound.errors:
        described.append(f"{bound.id_for_label}-error")
        attrs["aria-invalid"] = "true"
    grouped = getattr(widget, "input_type", "") in ("radio", "checkbox") and hasattr(bound.field, "choices")
    if described and not grouped:
        attrs["aria-describedby"] = " ".join(described)
    drawn = "" if grouped else bound.as_widget(attrs=attrs)
    return {"bound": bound, "grouped": grouped, "drawn": drawn, "described": " ".join(described)}


@register.inclusion_tag("parts/_errors.html")
def errors(*forms: Any) -> dict[str, Any]:
    """What is missing on this page, said once at the top, each line a link to its place."""
    found = []
    for form in forms:
        for name, lines in form.errors.items() if form is not None else ():
            if name == "__all__":
                found += [("", line) for line in lines]
                continue
            bound = form[name]
            grouped = bound.use_fieldset and hasattr(bound.field, "choices")
            found += [(f"{bound.auto_id}_0" if grouped else bound.auto_id, line) for line in lines]
    return {"found": found}
