"""Declared against found: each difference becomes a question to a person, with innocent explanations beside it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from doudi.casework.core import reading
from doudi.casework.core.reading import Place, Row, day_of, place_of
from doudi.casework.core.words import INCOMES
from doudi.facts.money import spoken


@dataclass(frozen=True, slots=True)
class Someone:
    """A member as differences look at them. `key`: the pid, or the row of who has none."""

    key: str
    pid: str
    name: str
    proposed: bool
    together: bool | None
    is_adult: bool


@dataclass(frozen=True, slots=True)
class SaidLine:
    """A line of income as the family answered it."""

    pid: str
    whose: str
    kind: str
    found_fen: int | None
    said: str
    said_fen: int | None
    place: Place | None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing to settle. `key` stays the same when the sources are asked again."""

    key: str
    kind: str
    pid: str
    heading: str
    data_says: str
    person_says: str
    found_fen: int | None = None
    said_fen: int | None = None
    place: Place | None = None


# kind → (innocent explanations, choices a person has)
KINDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "income": (
        ("刚停发或刚涨", "扣了别的钱，到手少", "是另一个同名的人"),
        ("data_right", "person_right", "amount", "not_counted", "visit", "discuss"),
    ),
    "vehicle": (
        ("已经卖了，还没过户", "借名给亲戚买的", "是残疾人代步或农用车", "是另一个同名的人"),
        ("data_right", "not_counted", "person_right", "visit", "discuss"),
    ),
    "business": (
        ("早就不干了，没去注销", "被别人拿身份证登记的", "是合作社普通社员"),
        ("data_right", "not_counted", "person_right", "visit", "discuss"),
    ),
    "homes": (
        ("房屋登记只看得到买卖，看不全", "旧房已经塌了或不能住", "拆迁安置的房", "替子女登记的"),
        ("homes_0", "homes_1", "homes_2", "visit"),
    ),
    "deposit": (
        ("看病借来的钱", "和别人合用的账户", "刚领的赔偿或丧葬费"),
        ("data_right", "amount", "not_counted", "visit", "discuss"),
    ),
    "death": (("同名的人", "登记错了"), ("data_right", "person_right", "visit")),
    "custody": (("已经放出来了", "同名的人"), ("data_right", "person_right", "visit")),
    "marriage": (("已经离了或分开多年", "对方长期在外"), ("data_right", "person_right", "visit", "discuss")),
    "roll": (("已经停了，名单还没改", "同名的人"), ("data_right", "person_right", "visit", "discuss")),
    "member": (
        ("户口在一起，人早分开过", "长期在外打工或上学", "一直一起吃住，只是户口不在"),
        ("data_right", "person_right", "visit", "discuss"),
    ),
    "supporter": (
        ("子女在外地多年没有来往", "子女自己也有难处"),
        ("supporter_unable", "supporter_able", "visit", "discuss"),
    ),
    "self_care": (
        ("吃饭、穿衣、上下床、上厕所、室内走动、洗澡，六项一项一项看",),
        ("care_full", "care_half", "care_none", "visit"),
    ),
    "silent": (("这个来源还没有回话，不等于没有",), ("person_right", "amount", "visit", "discuss")),
}

# Whom a difference without a row is about: the source that should know.
SOURCE_OF = {"homes": "dwelling", "member": "hukou", "supporter": "hukou", "self_care": "tekun"}

# What must be answered before property can be judged; silence there is a question, elsewhere only a line of the report.
PROPERTY = ("deposit", "vehicle", "business")
SILENT_WORDS = {"deposit": "银行存款还没有查回来", "vehicle": "车辆还没有查回来", "business": "企业登记还没有查回来"}
ROLLS = {"dibao": "在领低保", "tekun": "在领特困供养", "near_dibao": "已是低保边缘家庭"}


def choices_of(kind: str, said_fen: int | None, key: str = "") -> tuple[str, ...]:
    """The choices for a difference; without a number said there is no "as they say", and only deposits are an amount."""
    offered = KINDS[kind][1]
    if kind == "income" and said_fen is None:
        offered = tuple(choice for choice in offered if choice != "person_right")
    if kind == "silent" and not key.endswith(":deposit"):
        offered = tuple(choice for choice in offered if choice != "amount")
    return offered


def from_what_was_said(members: Iterable[Someone], lines: Iterable[SaidLine]) -> list[Difference]:
    """Differences visible before any source was asked: who lives together, and lines of income said to be wrong."""
    found = []
    for one in members:
        if one.together is not None and one.together != one.proposed:
            data = "登记在同一户" if one.proposed else "登记信息里没有这个人"
            says = "一起吃住" if one.together else "不在一起"
            found.append(Difference(f"member:{one.key}", "member", one.pid, f"{one.name}算不算一起吃住的家里人", data, says))
    for line in lines:
        if line.said == "wrong" and line.found_fen is not None:
            data = f"每月 {spoken(line.found_fen)} 元"
            says = "不对" if line.said_fen is None else f"每月 {spoken(line.said_fen)} 元"
            heading = f"{line.whose}的{INCOMES[line.kind]}"
            key = f"income:{line.pid}:{line.kind}"
            found.append(Difference(key, "income", line.pid, heading, data, says, line.found_fen, line.said_fen, line.place))
    return found


def from_answers(
    programme: str, members: Iterable[Someone], lines: Iterable[SaidLine], rows: dict[str, list[Row]],
    silent: dict[str, set[str]], on: date,
) -> list[Difference]:  # fmt: skip
    """Differences between what the family said and what sources answered.

    :param rows: pid → rows found; pid only of people who were asked
    :param silent: pid → datasets that did not answer
    """
    people, said = list(members), {(line.pid, line.kind) for line in lines}
    names = {one.name for one in people}
    found: list[Difference] = []
    for one in people:
        if one.pid not in rows:
            continue
        mine = rows[one.pid]
        found += _incomes(one, mine, said, on)
        found += _property(one, mine)
        found += _life(one, mine, names, on)
    trades = [
        f"{one.name} {row['values'].get('event_date')} {'买入' if row['values'].get('event') == 'bought' else '卖出'}一处"
        for one in people
        for row in rows.get(one.pid, [])
        if row["dataset"] == "dwelling"
    ]
    unanswered = any("dwelling" in silent.get(one.pid, set()) for one in people)
    none = "房屋交易还没有查回来" if unanswered else "没有买卖记录"
    found.append(Difference("homes", "homes", "", "家里有几处能住的房子", "；".join(trades) or none, "没有说到"))
    if programme == "tekun":
        found.append(Difference("supporter", "supporter", "", "有没有该照顾他、也能照顾他的人", "数据看不出来", "没有说到"))
        found.append(Difference("self_care", "self_care", "", "六项自理能力", "数据看不出来，要两个人上门评估", "没有说到"))
    for dataset in PROPERTY:
        missing = [one.name for one in people if one.is_adult and dataset in silent.get(one.pid, set())]
        if missing:
            heading = f"{SILENT_WORDS[dataset]}（{'、'.join(missing)}）"
            found.append(Difference(f"silent:{dataset}", "silent", "", heading, "没有回话，不等于没有", "没有说过"))
    return found


def _incomes(one: Someone, rows: list[Row], said: set[tuple[str, str]], on: date) -> list[Difference]:
    return [
        Difference(
            f"income:{one.pid}:{income.kind}",
            "income",
            one.pid,
            f"{one.name}的{INCOMES[income.kind]}",
            f"每月 {spoken(income.fen)} 元",
            "没有说到",
            income.fen,
            None,
            income.place,
        )
        for income in reading.incomes(one.pid, rows, on)
        if (one.pid, income.kind) not in said
    ]


def _property(one: Someone, rows: list[Row]) -> list[Difference]:
    found = []
    for row in rows:
        values, place = row["values"], place_of(row)
        if row["dataset"] == "vehicle" and values.get("status") == "normal" and values.get("class") in ("car", "truck"):
            words = f"{'汽车' if values['class'] == 'car' else '货车'}，{values.get('first_registered')} 登记，状态正常"
            key = f"vehicle:{one.pid}:{values.get('plate')}"
            found.append(Difference(key, "vehicle", one.pid, f"{one.name}名下有一辆车", words, "没有说到", place=place))
        elif row["dataset"] == "business" and values.get("status") == "active":
            words = f"{values.get('from_date')} 登记，存续"
            key = f"business:{one.pid}:{values.get('credit_code')}"
            found.append(
                Difference(key, "business", one.pid, f"{one.name}名下有一家企业或个体户", words, "没有说到", place=place)
            )
        elif row["dataset"] == "deposit" and int(values.get("balance") or 0) > 0:
            balance = int(values["balance"])
            key = f"deposit:{one.pid}:{place.row_no}"
            words = f"{values.get('balance_date')} 余额 {spoken(balance)} 元"
            found.append(Difference(key, "deposit", one.pid, f"{one.name}的银行存款", words, "没有说到", balance, None, place))
    return found


def _life(one: Someone, rows: list[Row], names: set[str], on: date) -> list[Difference]:
    found = []
    for row in rows:
        values, place, dataset = row["values"], place_of(row), row["dataset"]
        if dataset == "death" and (died := day_of(values.get("death_date"))) is not None:
            key = f"death:{one.pid}"
            found.append(Difference(key, "death", one.pid, f"{one.name}是否在世", f"{died} 死亡登记", "一起生活", place=place))
        elif dataset == "custody" and values.get("kind") in ("prison", "isolation"):
            ends = day_of(values.get("to_date"))
            if ends is None or ends >= on:
                words = f"{values.get('from_date')} 起"
                key = f"custody:{one.pid}"
                found.append(Difference(key, "custody", one.pid, f"{one.name}现在不在家里吗", words, "一起生活", place=place))
        elif dataset in ROLLS and not _ended(row, on):
            key, heading = f"roll:{one.pid}:{dataset}", f"{one.name}{ROLLS[dataset]}"
            found.append(Difference(key, "roll", one.pid, heading, "在名单上", "没有说到", place=place))
    events = [row for row in rows if row["dataset"] == "marriage" and day_of(row["values"].get("event_date"))]
    if events:
        last = max(events, key=lambda row: day_of(row["values"]["event_date"]) or date.min)
        spouse = last["values"].get("spouse_name")
        if last["values"].get("event") == "marriage" and spouse and spouse not in names:
            words = f"{last['values']['event_date']} 登记结婚"
            heading, key = f"{one.name}的配偶{spouse}不在这户里", f"marriage:{one.pid}"
            found.append(Difference(key, "marriage", one.pid, heading, words, "没有说到", place=place_of(last)))
    return found


def _ended(row: Row, on: date) -> bool:
    ended = day_of(row["values"].get("to_date"))
    return ended is not None and ended < on
