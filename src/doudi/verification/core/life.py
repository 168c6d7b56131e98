"""What registers tell of a life beside what the family said: death, custody, marriage, help that is held already."""

from __future__ import annotations

from datetime import date

from doudi.verification.core.compared import NOT_SAID, WRONG, Answers, Compared, Somebody, found_row
from doudi.verification.core.kinds import rolls
from doudi.verification.core.reading import Row, day_of, is_over, order

AWAY = ("prison", "isolation")


def items(one: Somebody, held: Answers, names: set[str], on: date) -> list[Compared]:
    """What differs in one life on a day.

    :param names: of everybody who lives together; a spouse among them is no difference
    """
    found = {}
    for row in held.rows(one.pid):
        values, dataset = row["values"], row["dataset"]
        if dataset == "death" and (died := day_of(values.get("death_date"))) is not None:
            found["death"] = _item(one, "death", f"{one.name}是否在世", f"{died} 死亡登记", "一起生活", row, WRONG)
        elif dataset == "custody" and values.get("kind") in AWAY and not is_over(row, on):
            heading = f"{one.name}现在不在家里吗"
            found["custody"] = _item(one, "custody", heading, f"{values.get('from_date')} 起", "一起生活", row, WRONG)
        elif dataset in rolls() and not is_over(row, on):
            item = _item(one, "roll", f"{one.name}{rolls()[dataset]}", "在名单上", "没有说到", row, NOT_SAID, f":{dataset}")
            found[dataset] = item
    return [*found.values(), *_marriage(one, held, names)]


def _marriage(one: Somebody, held: Answers, names: set[str]) -> list[Compared]:
    events = [row for row in held.rows(one.pid, "marriage") if day_of(row["values"].get("event_date"))]
    if not events:
        return []
    last = max(events, key=lambda row: (day_of(row["values"]["event_date"]) or date.min, order(row)))
    spouse = last["values"].get("spouse_name")
    if last["values"].get("event") != "marriage" or not spouse or spouse in names:
        return []
    words = f"{last['values']['event_date']} 登记结婚"
    return [_item(one, "marriage", f"{one.name}的配偶{spouse}不在这户里", words, "没有说到", last, NOT_SAID)]


def _item(one: Somebody, kind: str, heading: str, data: str, says: str, row: Row, difference: str, more: str = "") -> Compared:
    found = (found_row(row, one.name, data),)
    supporter = one.role == "supporter"
    key = f"{kind}:{one.pid}{more}"
    return Compared(key, kind, one.pid, one.name, heading, None, data, says, difference, found, is_supporter=supporter)
