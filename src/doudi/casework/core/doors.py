"""The doors of an application in words: how a mandate is given and taken back, papers, calls, people pointed out."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

MANDATES = {
    "screen": "他就在旁边，自己点的同意",
    "paper": "签在纸上",
    "fingerprint": "在纸上按了手印",
    "village": "请村里替他交",
}
HELPERS = {  # what the helper is to the person helped
    "spouse": "老伴、爱人",
    "son": "儿子",
    "daughter": "女儿",
    "grandchild": "孙子女",
    "parent": "父母",
    "sibling": "兄弟姐妹",
    "nephew": "侄子、侄女、外甥",
    "in_law": "儿媳、女婿",
    "neighbour": "邻居",
    "village": "村里的干部",
    "other": "其他",
}
TAKEN_BACK = {"phone": "打电话说的", "window": "当面说的", "page": "在手机上点的"}
FORM_DROPPED = {"unreadable": "看不清，已请他再填一张", "double": "同一张收了两次", "other": "不是申请"}

CALL_TOPICS = {
    "apply": "想申请帮助",
    "progress": "问办到哪一步",
    "money": "钱没收到、不对",
    "disagree": "有不同意见",
    "change": "家里有变化",
    "other": "别的事",
}
CALL_MOODS = {"calm": "平静", "upset": "着急、难过", "urgent": "有急难，要马上办"}

NOT_MADE = {  # 没办成，但不是因为不符合: why, in words
    "begun": "填了没有交",
    "withdrawn": "自己不办了",
    "unread": "纸表看不清",
    "declined": "问了，说不用",
    "unreached": "一直没有联系上",
    "unanswered": "说好回电，还没有回",
}


class OutreachState(StrEnum):
    """Where it stands with a person another department pointed out."""

    WAITING = "waiting"
    BEGUN = "begun"
    DECLINED = "declined"
    HELPED = "helped"
    AWAY = "away"

    @property
    def label(self) -> str:
        return OUTREACH_LABELS[self]


OUTREACH_LABELS = {
    OutreachState.WAITING: "还没有问到",
    OutreachState.BEGUN: "愿意，开始申请",
    OutreachState.DECLINED: "问了，说不用",
    OutreachState.HELPED: "已经在领或正在办",
    OutreachState.AWAY: "不在这里住了",
}


@dataclass(frozen=True, slots=True)
class Pointed:
    """A line of a department's list: who, and what the department wrote."""

    row_no: int
    name: str
    number: str
    why: str


class NotAList(ValueError):
    """The file is not a table with the columns asked for; the text says what is missing."""


COLUMNS = {"name": ("姓名", "名字"), "number": ("身份证号", "身份证号码", "公民身份号码"), "why": ("情况", "原因", "说明")}
LONGEST_LIST = 5000  # lines; longer ones come as deliveries of data


def read_list(data: bytes) -> tuple[list[Pointed], list[tuple[int, str]]]:
    """Read a department's CSV: its good lines, and each bad one with what is wrong with it (never what stood there).

    :raises NotAList: no text, no heading, or too long
    """
    try:
        lines = list(csv.reader(io.StringIO(_text(data), newline="")))
    except csv.Error:
        raise NotAList("这不是 CSV 表，请从表格里另存为 CSV 再送。") from None
    if not lines:
        raise NotAList("文件是空的。")
    heading = [unicodedata.normalize("NFKC", one).strip() for one in lines[0]]
    at = {key: next((heading.index(word) for word in words if word in heading), -1) for key, words in COLUMNS.items()}
    if at["name"] < 0 or at["number"] < 0:
        raise NotAList("第一行要有“姓名”和“身份证号”两栏。")
    if len(lines) - 1 > LONGEST_LIST:
        raise NotAList(f"一次最多 {LONGEST_LIST} 行。更多的请从“送一份数据”进来。")
    good, wrong, seen = [], [], {}
    for row_no, line in enumerate(lines[1:], start=2):
        cells = {key: _cell(line, place) for key, place in at.items()}
        if not any(cells.values()):
            continue
        number = re.sub(r"[\s\-—]", "", cells["number"]).upper()
        if not cells["name"]:
            wrong.append((row_no, "没有写姓名"))
        elif not re.fullmatch(r"\d{17}[\dX]", number):
            wrong.append((row_no, f"身份证号不是 18 位，写了 {len(number)} 位" if number else "没有写身份证号"))
        elif number in seen:
            wrong.append((row_no, f"和第 {seen[number]} 行是同一个人"))
        else:
            seen[number] = row_no
            good.append(Pointed(row_no, cells["name"][:40], number, cells["why"][:200]))
    return good, wrong


def _text(data: bytes) -> str:
    for code in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(code)
        except UnicodeDecodeError:
            continue
    raise NotAList("看不出文字，请存成 CSV 再送。")


def _cell(line: list[str], place: int) -> str:
    return unicodedata.normalize("NFKC", line[place]).strip() if 0 <= place < len(line) else ""
