"""Forms of a change: a number for a place from a day; a local warning; approving, rejecting, undoing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms

from doudi.facts import money
from doudi.policy.language.errors import RuleError
from doudi.policy.language.names import Names
from doudi.rulebook.core import examples
from doudi.web.desk import fields
from doudi.web.desk.rules.words import LEVELS, Number

CLAUSES, EXAMPLES = 5, 2
YES_NO = (("yes", "是"), ("no", "不是"))


class ChangeForm(forms.Form):
    """What every change is told with: where, from when, by which document."""

    place = forms.ChoiceField(label="哪里", error_messages={"required": "请选哪里", "invalid_choice": "这里不归您管，请另选"})
    starts_on = fields.day(label="从哪天起", missing="请选从哪天起", hint="这一天以前什么都不变")
    source = fields.line(
        label="依据的文件", missing="请写依据的文件", hint="文号或者会议纪要，例如 禾民〔2026〕12 号", longest=200
    )
    note = fields.words(label="为什么改", required=False, rows=2)

    def __init__(self, places: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["place"].choices = [("", "请选"), *places] if len(places) > 1 else places


class NumberForm(ChangeForm):
    """A number for a place; of a split one, one for each part."""

    def __init__(self, number: Number, names: Names, places: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(places, *args, **more)
        self.number, self.parts = number, parts_of(number, names)
        for key, label in self.parts.items():
            self.fields[f"is-{key}"] = _field(number, label)
        self.order_fields(["place", *(f"is-{key}" for key in self.parts), "starts_on", "source", "note"])

    @property
    def values(self) -> list[forms.BoundField]:
        """The fields of the number itself."""
        return [self[f"is-{key}"] for key in self.parts]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for key in self.parts:
            name = f"is-{key}"
            if name in cleaned:
                try:
                    cleaned[name] = _written(self.number, cleaned[name])
                except ValueError as why:
                    self.add_error(name, str(why))
        return cleaned

    def what(self) -> dict[str, Any]:
        """The value as the text of a pack holds it."""
        given = {key: self.cleaned_data[f"is-{key}"] for key in self.parts}
        return {"is": given[""] if list(given) == [""] else given, "type": self.number.kind.type}


def parts_of(number: Number, names: Names) -> dict[str, str]:
    """The parts a number is split into, with their labels; one without a name where it is not."""
    kind = number.kind
    fact = names.facts.get(kind.by)
    if fact is not None and fact.codes:
        return {code: f"{label}：改成" for code, label in fact.codes.items()}
    if kind.by and kind.rows:
        return {str(row): f"{row} 个时改成" for row in kind.rows} | ({"more": "再多一个加"} if kind.more else {})
    return {"": "改成"}


def _field(number: Number, label: str) -> forms.Field:
    match number.kind.type:
        case "level":
            return fields.one_of([(code, words) for code, (words, _) in LEVELS.items()], label=label, missing="请选急不急")
        case "flag":
            return fields.one_of(YES_NO, label=label, missing="请选是不是")
        case "date":
            return fields.day(label=label)
        case "formula":
            return fields.words(label=label, missing="请写式子", rows=3, longest=4000)
    hint = {"money": "单位：元", "ratio": "小数，例如 0.6"}.get(number.kind.type, "整数")
    return fields.line(label=label, missing="请写改成多少", hint=hint, longest=20)


def _written(number: Number, given: Any) -> Any:
    """A typed value as TOML holds it.

    :raises ValueError: in words for the person
    """
    match number.kind.type:
        case "flag":
            return given == "yes"
        case "date":
            return given.isoformat()
        case "money":
            try:
                return money.yuan(money.fen(given))
            except money.NotMoney as why:
                raise ValueError(str(why)) from None
        case "count":
            if not given.isascii() or not given.lstrip("-").isdigit():
                raise ValueError("请写整数")
            return int(given)
        case "ratio":
            try:
                return str(Decimal(given))
            except InvalidOperation:
                raise ValueError("请写小数，例如 0.6") from None
    return given


class IndicatorForm(ChangeForm):
    """A warning of a place's own, with examples beside it."""

    code = fields.line(label="编号", missing="请写编号", hint="L 开头加数字，例如 L01", longest=4)
    label = fields.line(label="叫什么", missing="请写叫什么", hint="例如：高龄老人独自带孩子", longest=40)
    subject = fields.one_of([("household", "家庭"), ("person", "个人")], label="提醒的是", missing="请选家庭还是个人")
    level = fields.one_of([(code, words) for code, (words, _) in LEVELS.items()], label="急不急", missing="请选急不急")
    mode = fields.one_of(
        [("trigger", "条件都成立就提醒"), ("points", "每条算分，够线才提醒")], label="怎么算", missing="请选怎么算"
    )
    threshold = forms.IntegerField(label="到几分提醒", required=False, min_value=1, max_value=1000)
    among = fields.words(label="只看哪些", required=False, rows=2, hint="不写就是所有人", longest=4000)
    says = fields.line(
        label="提醒时说的话", missing="请写提醒时说的话", hint="花括号里写名称，例如：家里 {hh_members} 口人", longest=200
    )
    advice = fields.line(label="建议怎么做", required=False, longest=200)
    innocent = fields.words(label="可能不准的原因", missing="请至少写一条", rows=2, hint="一行一条。提醒不是指责，先想想别的可能")

    def __init__(self, places: Sequence[tuple[str, str]], *args: Any, **more: Any) -> None:
        super().__init__(places, *args, **more)
        for n in range(CLAUSES):
            self.fields[f"if-{n}"] = fields.words(
                label=f"条件 {n + 1}", required=n == 0, missing="请至少写一条条件", rows=2, longest=4000
            )
            self.fields[f"says-{n}"] = fields.line(label="这一条成立时说的话", required=False, longest=200)
            self.fields[f"weight-{n}"] = forms.IntegerField(label="几分", required=False, min_value=1, max_value=1000)
        for n in range(EXAMPLES):
            self.fields[f"case-{n}"] = fields.line(label=f"例子 {n + 1}", required=n == 0, missing="请至少写一个例子", longest=80)
            self.fields[f"facts-{n}"] = fields.words(
                label="家里的情况", required=False, rows=2, hint="一行一个，例如 hh_members = 2"
            )
            self.fields[f"members-{n}"] = fields.words(
                label="家里的人", required=False, rows=3, hint='一行一个人，例如 age = 78, sex = "2"'
            )
            self.fields[f"expect-{n}"] = fields.one_of(
                examples.ANSWER_LABELS.items(), label="应该", missing="请选应该怎样", required=n == 0
            )

    def clean_code(self) -> str:
        code = str(self.cleaned_data["code"]).upper()
        if not (code[:1] == "L" and code[1:].isascii() and code[1:].isdigit() and len(code) in (3, 4)):
            raise forms.ValidationError("编号是 L 加两三位数字，例如 L01")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        points = cleaned.get("mode") == "points"
        if points and not cleaned.get("threshold"):
            self.add_error("threshold", "算分的要写到几分提醒")
        for n in range(CLAUSES):
            if points and cleaned.get(f"if-{n}") and not cleaned.get(f"weight-{n}"):
                self.add_error(f"weight-{n}", "算分的每条要写几分")
        for n in range(EXAMPLES):
            if not cleaned.get(f"case-{n}"):
                continue
            if not cleaned.get(f"expect-{n}"):
                self.add_error(f"expect-{n}", "请选应该怎样")
            try:
                cleaned[f"case-{n}"] = {
                    "name": cleaned[f"case-{n}"],
                    **dict(
                        zip(("facts", "members"), examples.typed(cleaned[f"facts-{n}"], cleaned[f"members-{n}"]), strict=True)
                    ),
                    "expect": cleaned.get(f"expect-{n}", ""),
                }
            except RuleError as why:
                self.add_error(f"members-{n}" if "第" in why.where else f"facts-{n}", f"{why.where}：{why.message}")
        return cleaned

    def what(self) -> dict[str, Any]:
        """The warning as the text of a pack holds it."""
        said = self.cleaned_data
        points = said["mode"] == "points"
        return {
            **{key: said[key] for key in ("code", "label", "subject", "level", "mode", "among", "says", "advice")},
            "threshold": said["threshold"] if points else None,
            "innocent": [line.strip() for line in said["innocent"].splitlines() if line.strip()],
            "clauses": [
                {"name": f"c{n + 1}", "if": said[f"if-{n}"].strip(), "says": said[f"says-{n}"]}
                | ({"weight": said[f"weight-{n}"]} if points else {})
                for n in range(CLAUSES)
                if said[f"if-{n}"].strip()
            ],
        }

    def cases(self) -> list[dict[str, Any]]:
        """The examples beside it."""
        return [said for n in range(EXAMPLES) if isinstance(said := self.cleaned_data[f"case-{n}"], dict)]

    @property
    def clauses(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField, bool]]:
        """The fields of each clause; whether it is shown open."""
        return [
            (self[f"if-{n}"], self[f"says-{n}"], self[f"weight-{n}"], n < 2 or bool(self[f"if-{n}"].value()))
            for n in range(CLAUSES)
        ]

    @property
    def examples(self) -> list[tuple[forms.BoundField, forms.BoundField, forms.BoundField, forms.BoundField]]:
        """The fields of each example."""
        return [(self[f"case-{n}"], self[f"facts-{n}"], self[f"members-{n}"], self[f"expect-{n}"]) for n in range(EXAMPLES)]


def typed(what: Mapping[str, Any], cases: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """A warning as it was typed, to be written anew."""
    found = {key: what.get(key) for key in ("code", "label", "subject", "level", "mode", "threshold", "among", "says", "advice")}
    found["innocent"] = "\n".join(what.get("innocent", ()))
    for n, clause in enumerate(what.get("clauses", ())):
        found |= {f"if-{n}": clause["if"], f"says-{n}": clause.get("says", ""), f"weight-{n}": clause.get("weight")}
    for n, case in enumerate(cases):
        found |= {
            f"case-{n}": case["name"],
            f"facts-{n}": examples.shown(case.get("facts", {})),
            f"members-{n}": "\n".join(examples.shown(one).replace("\n", ", ") for one in case.get("members", ())),
            f"expect-{n}": case.get("expect", ""),
        }
    return found


def typed_number(what: Mapping[str, Any]) -> dict[str, Any]:
    """A number as it was typed."""
    written = what.get("is")
    parts = written if isinstance(written, dict) else {"": written}
    return {f"is-{key}": {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
            for key, value in parts.items()}  # fmt: skip


class ApproveForm(forms.Form):
    """From which day it counts."""

    starts_on = fields.day(label="从哪天起", missing="请选从哪天起")


class ReasonForm(forms.Form):
    """Why not."""

    reason = fields.words(label="为什么不批", missing="请写一句为什么不批", rows=2, longest=400)


class UndoForm(forms.Form):
    """On which document, and from when it stops counting."""

    source = fields.line(label="依据的文件", missing="请写依据的文件", longest=200)
    starts_on = fields.day(label="从哪天起不再用", missing="请选哪天起")
    note = fields.words(label="为什么撤回", required=False, rows=2)

    def __init__(self, today: date, *args: Any, **more: Any) -> None:
        super().__init__(*args, **{"initial": {"starts_on": today}, **more})
