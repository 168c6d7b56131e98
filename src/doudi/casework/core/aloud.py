"""The roads read aloud: each move and demand as a sentence, and all of them as a page."""

from __future__ import annotations

from doudi.casework.core.roads import CLOCK, DECIDE, FAMILY, Move, Road, roads
from doudi.office.core import ACTS, ROLE_LABELS

UNITS = {"household": "按户", "person": "按人", "child": "按孩子"}
LIMITS = {
    "accept_wd": "受理或一次告知",
    "investigation_start_wd": "开始调查核对",
    "total_wd": "一共",
    "extended_wd": "延长以后一共",
    "delegated_wd": "由乡镇确认的，一共",
    "county_wd": "县里确认",
    "refusal_notice_wd": "送达书面通知",
    "papers_wd": "补齐急难材料",
    "reassess_wd": "自理能力再评估",
    "elsewhere_wd": "外地答复协助",
}
BEFORE = {"propose": "写初步意见以前", "confirm": "确认以前", "decide": "定下来以前"}


def who(move: Move) -> str:
    """Who takes a step: the posts whose permit it is, the family, or a day that has passed."""
    if move.by == FAMILY:
        return "家里人自己，或者工作人员替他们记下"
    if move.by == CLOCK:
        return "日子到了"
    roles = "、".join(label for role, label in ROLE_LABELS.items() if role in ACTS[move.by][1])
    return f"{roles}（省里、县里委托乡镇的，由乡镇另一位同志）" if move.by == DECIDE else roles


def move_sentence(move: Move) -> str:
    """One move, as one says it."""
    sources = "或".join(f"“{state.label}”" for state in move.sources)
    return f"{move.label}：从{sources}到“{move.target.label}”。谁办：{who(move)}。依据：{move.article}。"


def sentences(road: Road) -> list[str]:
    """A programme's road, sentence by sentence."""
    money = "按月发" if road.monthly else "给一次" if road.one_off else "只认定，不发钱"
    found = [f"{road.label}（{road.article}）：{UNITS[road.unit]}，{money}，{road.procedure.label}。"]
    found += [move_sentence(one) for one in road.procedure.moves.values()]
    found += [f"{BEFORE[one.before]}要有：{one.label}。依据：{one.article}。" for one in road.procedure.demands]
    used = [(label, road.clock[name]) for name, label in LIMITS.items() if _counts(road, name)]
    found.append("期限（工作日）：" + "；".join(f"{label} {count} 天" for label, count in used) + "。")
    found.append("公示：7 天，自然日。" if road.shows else "不公示。")
    return found


def _counts(road: Road, name: str) -> bool:
    """Whether a limit can run on a road at all."""
    if name == "delegated_wd":
        return bool(road.township_if)
    if name == "elsewhere_wd":
        return any(one.code == "elsewhere" for one in road.procedure.demands)
    return name in road.clock


def page() -> str:
    """All roads, as a page to read."""
    lines = [
        "# Roads of the programmes",
        "",
        "Made by `doudi roads --page > docs/reference/roads.md` from `src/doudi/casework/roads.toml`. Every move names who takes",
        "it and its article; a demand is what has to be there before a step. `doudi roads dibao` reads one road aloud.",
        "",
    ]
    for road in roads().values():
        first, *rest = sentences(road)
        lines += [f"## {road.label} `{road.code}`", "", first, ""]
        lines += [f"- {one}" for one in rest]
        lines.append("")
    return "\n".join(lines)
