"""核对报告 laid out for people: the same document on the screen, on paper and on one's own phone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import segno
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from doudi.office.actions import By
from doudi.verification import jobs
from doudi.verification.core import Said
from doudi.verification.core.reports import Body
from doudi.verification.queries import ReportPage
from doudi.web.parts.templatetags.parts import article, day, full_day

SHOWN_DIGITS = 16  # of the digest, in groups of four, for comparing by eye
KNOWN = (Said.FOUND, Said.NOTHING)
CELLS = {Said.NOTHING: "无", Said.NO_ANSWER: "没回话", Said.REFUSED: "拒绝", Said.AMBIGUOUS: "对不准", Said.STALE: "太旧"}


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source over the household: when it was asked and answered, of which day its data are, and a cell for each person."""

    label: str
    department: str
    asked: str
    answered: str
    as_of: str
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Open:
    """What is still not known: the source, about whom, what it said in its own words."""

    label: str
    names: str
    said_label: str
    why: str
    by_on: date | None


@dataclass(frozen=True, slots=True)
class FoundRow:
    """A row of a source, and where it stands."""

    label: str
    words: str
    as_of: date
    place: str


@dataclass(frozen=True, slots=True)
class LaidOut:
    """A report in the order people read it."""

    people: tuple[dict[str, Any], ...]
    counts: tuple[tuple[str, int], ...]
    sources: int
    asked: int
    differences: tuple[dict[str, Any], ...]
    agreed: tuple[dict[str, Any], ...]
    totals: tuple[dict[str, Any], ...]
    covered: tuple[str, ...]
    open: tuple[Open, ...]
    found: tuple[tuple[str, tuple[FoundRow, ...]], ...]
    heads: tuple[str, ...]
    rows: tuple[SourceRow, ...]


def laid_out(body: Body) -> LaidOut:
    """A report's body in the order people read it: what to ask, what is not known, what was found, who was asked."""
    answers = body["answers"]
    mine = [row for row in answers if not row.get("covered")]
    names = {one["pid"]: one["name"] for one in body["people"]}
    compared = [_compared(row) for row in body["compared"] if not row.get("covered")]
    return LaidOut(
        people=tuple(_person(one, names) for one in body["people"]),
        counts=tuple((kind.label, body["said"][kind.value]) for kind in Said if body["said"][kind.value]),
        sources=len({row["source"] for row in answers}),
        asked=len(mine),
        differences=tuple(row for row in compared if row["difference"] and not row["is_total"]),
        agreed=tuple(row for row in compared if not row["difference"] and not row["is_total"]),
        totals=tuple(row for row in compared if row["is_total"]),
        covered=tuple(dict.fromkeys(row["whose"] for row in answers if row.get("covered"))),
        open=tuple(_open(mine)),
        found=tuple(_found(mine)),
        heads=tuple(names.values()),
        rows=tuple(_rows(answers, list(names), date.fromisoformat(body["asked_on"]).year)),
    )


def _person(one: Body, names: dict[str, str]) -> dict[str, Any]:
    return one | {"guardian_name": names.get(one["guardian"], ""), "is_supporter": one["role"] == "supporter"}


def _compared(row: Body) -> dict[str, Any]:
    answers = ["，".join(filter(None, (said["choice"], said["words"]))) for said in row["household_says"]]
    limit = row["limit"]
    return row | {
        "answers": answers,
        "limit_article": article(limit["article"]) if limit else "",
        "numbers": "；".join(f"{one['label']}（{one['source']}）" if one["source"] else one["label"] for one in limit["numbers"])
        if limit
        else "",
    }


def _open(rows: Iterable[Body]) -> Iterable[Open]:
    """Sources that say neither found nor nothing, together where they say the same; never merged with another kind."""
    together: dict[tuple[str, str, str, str | None], list[str]] = {}
    for row in rows:
        if row["said"] not in KNOWN:
            waits = row["due_on"] if row["state"] in ("waiting", "sent") else None
            together.setdefault((row["source_label"], row["said_label"], row["why"], waits), []).append(row["whose"])
    for (label, said_label, why, waits), whose in together.items():
        yield Open(label, "、".join(whose), said_label, why, date.fromisoformat(waits) if waits else None)


def _found(rows: Iterable[Body]) -> Iterable[tuple[str, tuple[FoundRow, ...]]]:
    by_person: dict[str, list[FoundRow]] = {}
    for row in rows:
        for item in row["items"]:
            place = item["their_ref"] or f"{item['batch']} 批 {item['row_no']} 行"
            label = row["source_label"] if row["said"] == Said.FOUND else f"{row['source_label']}（{row['said_label']}）"
            found = FoundRow(label, item["words"] or "有一条记录", date.fromisoformat(item["as_of"]), place)
            by_person.setdefault(row["whose"], []).append(found)
    for whose, found_rows in by_person.items():
        yield whose, tuple(found_rows)


def _rows(answers: Iterable[Body], pids: list[str], year: int) -> Iterable[SourceRow]:
    by_source: dict[str, list[Body]] = {}
    for row in answers:
        by_source.setdefault(row["source"], []).append(row)
    for of in by_source.values():
        cells = {row["pid"]: _cell(row) for row in of}
        yield SourceRow(
            label=of[0]["source_label"],
            department=of[0]["department"],
            asked=_days((row["asked_at"] for row in of), year),
            answered=_days((row.get("answered_at") for row in of), year) or "—",
            as_of=_days((row.get("as_of") for row in of), year) or "—",
            cells=tuple(cells.get(pid, "—") for pid in pids),
        )


def _cell(row: Body) -> str:
    if row.get("covered"):
        return "问过"
    if row["said"] == Said.FOUND:
        return f"有 {len(row['items'])} 条" if row["items"] else "有"
    return CELLS[Said(row["said"])]


def _days(moments: Iterable[str | None], year: int) -> str:
    """One day, or the first and last of several, in words; of another year than the report's, with its year."""
    found = sorted({datetime.fromisoformat(one).date() for one in moments if one})
    said = [day(one) if one.year == year else full_day(one) for one in found]
    return "至".join(dict.fromkeys((said[0], said[-1]))) if said else ""


# ---- the document -------------------------------------------------------------------------------------------------------


def address(request: HttpRequest, token: str) -> str:
    """Where whoever holds the report sees whether it was issued here."""
    return request.build_absolute_uri(reverse("public:report-check", args=[token]))


def own_address(token: str) -> str:
    """The same without a request: by the first origin this site says it has (DOUDI_ORIGINS), else its own machine."""
    origin = next(iter(settings.CSRF_TRUSTED_ORIGINS), "http://127.0.0.1:8000")
    return origin.rstrip("/") + reverse("public:report-check", args=[token])


def code(where: str) -> SafeString:
    """The picture of an address."""
    drawn = segno.make(where, error="m", micro=False).svg_inline(omitsize=True, border=1, title="扫码看这份报告是不是这里出的")
    return mark_safe(drawn)  # drawn here from our own address


def short(sha256: str) -> str:
    """The beginning of a digest as people compare it: four by four."""
    return " ".join(sha256[at : at + 4] for at in range(0, SHOWN_DIGITS, 4))


def context(page: ReportPage, where: str) -> dict[str, Any]:
    """What the document shows of a report."""
    body = page.body
    return {
        "body": body,
        "laid": laid_out(body),
        "asked_on": date.fromisoformat(body["asked_on"]),
        "issued_at": datetime.fromisoformat(body["issued_at"]),
        "valid_until": date.fromisoformat(body["valid_until"]),
        "issued_words": full_day(datetime.fromisoformat(body["issued_at"])),
        "short": short(page.sha256),
        "code": code(where),
        "where": where,
        "changes": page.changes,
        "hotline": settings.SITE["hotline"],
    }


def sheet(request: HttpRequest, page: ReportPage, *, by: By, at: datetime) -> bytes:
    """The signed PDF of a report: made the first time somebody wants it, the same bytes ever after."""
    return sheet_for(address(request, page.token), page, by=by, at=at)


def sheet_for(where: str, page: ReportPage, *, by: By, at: datetime) -> bytes:
    """The same where there is no request: `where` is the address the picture leads to."""
    shown = context(page, where)
    return jobs.sheet_of(page, lambda tight: render_to_string("parts/report_paper.html", shown | {"tight": tight}), by=by, at=at)


def as_file(data: bytes, kind: str, name: str) -> HttpResponse:
    """Bytes to keep, under a name that tells nothing of anybody; no copy stays in a shared browser."""
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "no-store"
    return response
