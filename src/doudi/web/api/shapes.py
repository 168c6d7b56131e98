"""What goes through the door: requests and answers, typed, described in OpenAPI."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from ninja import Field, Schema


class Health(Schema):
    """Whether the site answers, and what time it goes by."""

    status: str = Field(examples=["ok"])
    version: str
    now: datetime


class Problem(Schema):
    """Why something was refused, in words, and what to do."""

    detail: str
    reason: str = ""
    fix: str = ""


class Batch(Schema):
    """Rows of one dataset, by the column names or aliases of its written contract."""

    as_of: date | None = Field(None, description="the day the rows tell about; today when left out")
    rows: list[dict[str, Any]] = Field(max_length=50_000, examples=[[{"姓名": "王桂兰", "公民身份号码": "990101194803050220"}]])


class CellProblem(Schema):
    field: str
    value: Any = None
    reason: str = Field(description="a stable code")
    message: str
    fix: str


class RowAnswer(Schema):
    """What became of one row, by its place in the request (1 is the first)."""

    row: int
    state: str = Field(description="accepted, rejected or repeated")
    problems: list[CellProblem] = Field(default_factory=list)


class Received(Schema):
    """What became of a batch. The same Idempotency-Key with the same rows answers the same and adds nothing."""

    dataset: str
    batch: int
    receipt: str = Field(description="its number, on paper and in this door")
    already_received: bool
    rows: int
    accepted: int
    rejected: int
    repeated: int
    answers: list[RowAnswer]


class NewUpload(Schema):
    """A file somebody begins to send, and what they say of it: the same words as in a manifest."""

    file_name: str = Field(min_length=1, max_length=200, examples=["hukou_2026-06-30.csv"])
    size: int = Field(gt=0, description="bytes")
    sha256: str = Field(pattern="^[0-9a-f]{64}$", description="of the whole file")
    dataset: str = Field("", description="a code of `doudi feeds contracts`; recognised by the columns when left out")
    as_of: date | None = Field(None, description="the day the file tells about")
    rows: int | None = Field(None, ge=0, description="how many rows you wrote; a file with fewer was cut short")
    part: str = Field("", max_length=80, description="which part, of a dataset that comes in several")
    kind: Literal["full", "add"] = Field("full", description="everything there is on that day, or what came since")
    unchanged: bool = Field(False, description="you know that nothing has changed since the last file")


class UploadState(Schema):
    """How much of a file is here. `receipt` is its number once the file was taken in or refused."""

    ref: str
    file_name: str
    size: int
    offset: int = Field(description="the next piece begins here")
    receipt: str


class ReasonCount(Schema):
    """Why rows were not taken: how many, in words, and what to do."""

    reason: str
    count: int
    message: str
    fix: str


class TakenIn(Schema):
    """One dataset of a file. rows = accepted + rejected + repeated."""

    dataset: str
    label: str
    as_of: date
    kind: str
    rows: int
    accepted: int
    rejected: int
    repeated: int
    skipped: int = Field(description="lines that are no rows: totals, headings again, blank ones")
    reasons: list[ReasonCount]
    notes: list[str]


class FileRefused(Schema):
    """A file, or one inside a zip, of which nothing was taken."""

    file: str
    reason: str
    message: str
    fix: str


class Receipt(Schema):
    """What became of one file. The same file again has the same receipt."""

    receipt: str
    sender: str
    door: str
    file: str
    sha256: str
    bytes: int
    given_at: datetime
    taken: list[TakenIn]
    refused: list[FileRefused]


class Event(Schema):
    """One thing that happened, as a row of its dataset, by the column names or aliases of the written contract."""

    dataset: str = Field(examples=["disaster"], description="a code of `doudi feeds contracts` that may come live")
    key: str = Field(examples=["fire-2026-0117"], description="your own number of this event, at most 80 characters")
    row: dict[str, Any] = Field(examples=[{"姓名": "王桂兰", "公民身份号码": "990101194803050220", "灾种": "火灾"}])


class Events(Schema):
    """One event or a few, in the order they happened."""

    events: list[Event] = Field(max_length=500)


class EventAnswer(Schema):
    """What became of one event."""

    key: str
    state: str = Field(description="accepted, again (kept before under this key), rejected, or key_used (for another event)")
    sequence: int | None = Field(description="its number in the order everything came; null when it is not kept")
    problems: list[CellProblem] = Field(default_factory=list)


class EventsKept(Schema):
    """Answers in the order of the request."""

    answers: list[EventAnswer]


class Alert(Schema):
    """A household or person somebody should look at; the name is masked, and no figures leave with it."""

    ref: str
    indicator: str = Field(description="a code of the rules")
    label: str
    level: str = Field(description="R, O or Y: how soon somebody should look")
    name: str = Field(description="masked")
    area: str
    area_label: str
    state: str
    raised_on: date
    due_on: date


class Alerts(Schema):
    """One page of alerts in the area of the token's post, the soonest due first."""

    rows: list[Alert]
    next: str = Field(description="send it as `after` for the following page; empty at the end")


class Stage(Schema):
    code: str
    label: str
    state: str = Field(description="done, current or ahead")
    on: date | None = None
    due_on: date | None = None


class Progress(Schema):
    """How far a case is, for whoever holds the receipt: no name, no place below the county, no money."""

    receipt: str
    programme: str
    state: str
    says: str
    by_on: date | None
    by_whom: str
    you_do: str
    stages: list[Stage]


class AnswerRowTold(Schema):
    """A row a source holds about the person asked about."""

    row: str = Field(description="your own number of the row", max_length=80)
    values: dict[str, Any] = Field(description="by the column names or aliases of the dataset's contract; money in yuan")


class AnswerTold(Schema):
    """Your answer to one question."""

    question: str = Field(examples=["q0123456789abcdef"], max_length=40)
    said: str = Field(description="found, nothing, no_answer, refused, ambiguous or stale")
    why: str = Field("", description="with anything but found and nothing", max_length=200)
    as_of: date | None = Field(None, description="the day your data speak of")
    rows: list[AnswerRowTold] = Field(default_factory=list, max_length=1000)


class Answers(Schema):
    """Answers to questions, each under its ref."""

    answers: list[AnswerTold] = Field(max_length=200)


class BadRowTold(Schema):
    row: int = Field(description="its place in the answer, 1 is the first")
    field: str
    reason: str = Field(description="a stable code")
    message: str
    fix: str


class AnswerTaken(Schema):
    """What became of one answer."""

    question: str
    state: str = Field(description="taken (now or before), closed (nothing kept), or refused")
    reason: str = ""
    message: str = ""
    fix: str = ""
    rows: list[BadRowTold] = Field(default_factory=list)


class AnswersTaken(Schema):
    """What became of each answer, in their order."""

    answers: list[AnswerTaken]
