"""Words and pure steps of asking other people: neighbours, an appraisal's seats and votes, a county's consultation."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from doudi.casework.core import Missing

# ---- looking ------------------------------------------------------------------------------------------------------------

SURVEY_WAYS = {"visit": "入户", "telephone": "电话", "video": "视频"}
SIGNERS = {"first": "第一位调查人", "second": "第二位调查人", "family": "家里人"}
SURVEY_PAPERS = {**SIGNERS, "sheet": "签好的调查表", "thing": "拍的东西"}
UNSIGNED = {"refused": "不愿意签", "unable": "签不了"}  # why nobody of the family signed


def unsigned(papers: Collection[str], way: str, why: str) -> tuple[str, ...]:
    """Codes of SIGNERS who have still to sign the form of a visit (D57 Art. 16); nobody once the signed sheet is kept.

    The family is not waited for where nobody went there (a telephone cannot be signed), nor where it is written down, before a
    witness, why it did not sign.

    :param papers: roles of the visit's papers, codes of SURVEY_PAPERS
    :param way: a code of SURVEY_WAYS
    :param why: a code of UNSIGNED, or ""
    """
    if "sheet" in papers:
        return ()
    asked = [code for code in SIGNERS if code != "family" or (way == "visit" and not why)]
    return tuple(code for code in asked if code not in papers)


NEIGHBOURS = {
    "next_door": "隔壁邻居",
    "same_village": "同村村民",
    "group_head": "村民小组长、楼栋长",
    "committee": "村（居）委会的人",
    "work": "同事、雇主",
    "other": "其他知情的人",
}

INQUIRY_STATES = {"sent": "等答复", "answered": "答复了", "silent": "没有答复"}
OBJECTION_CHANNELS = {"board": "公示页", "telephone": "电话", "window": "窗口"}

# ---- appraisal ----------------------------------------------------------------------------------------------------------

APPRAISAL_CAUSES = {
    "objection": "公示有不同意见（D57 Art. 19）",
    "tekun": "特困认定，镇里认为需要（T43 Art. 14）",
    "local_rule": "本地规定要评议",
    "family": "这家人自己要求",
}
SEATS = {
    "household": "村民代表户",
    "representative": "村民代表、党员代表",
    "committee": "村（居）委会成员",
    "township": "乡镇派来的人",
}
RECUSALS = {
    "kin": "是这家人的近亲属",
    "objector": "就是提意见的人",
    "clerk_kin": "是经办人的近亲属",
    "interest": "和这件事有利害关系",
}
APPRAISAL_STATES = {"called": "已经通知", "held": "开过了", "dropped": "不开了"}


def draw(names: Sequence[str], wanted: int, seed: str) -> list[str]:
    """Draw so many of a list by lot: the same list and seed give the same people, whoever draws, and in whatever order it came.

    :raises Missing: fewer names than are wanted, or one twice
    """
    if len(set(names)) != len(names):
        raise Missing("名单里有重名的，请写清是哪一位（比如加上组别）。")
    if len(names) < wanted:
        raise Missing(f"名单里只有 {len(names)} 位，要抽 {wanted} 位。")
    by_lot = sorted(names, key=lambda name: hashlib.sha256(f"{seed}:{name}".encode()).digest())
    return by_lot[:wanted]


@dataclass(frozen=True, slots=True)
class Votes:
    """The votes of an appraisal, counted by hand and read off the sheet."""

    agree: int
    against: int
    abstain: int

    @property
    def cast(self) -> int:
        return self.agree + self.against + self.abstain

    @property
    def says(self) -> str:
        """What the meeting thought, as advice; a tie is a tie."""
        if self.agree > self.cast / 2:
            return "多数同意"
        if self.against > self.cast / 2:
            return "多数不同意"
        return "没有过半数的意见"


def count(votes: Votes, present: int, quorum: int) -> None:
    """Check the count of an appraisal.

    :raises Missing: not enough people, votes that do not add up, or a number below nothing
    """
    if min(votes.agree, votes.against, votes.abstain) < 0:
        raise Missing("票数不能小于 0。")
    if present < quorum:
        raise Missing(f"到了 {present} 位，至少要 {quorum} 位，这次评议不算。可以改天再开。")
    if votes.cast != present:
        raise Missing(f"票数加起来是 {votes.cast}，到场投票的是 {present} 位，对不上，请再数一遍。")


# ---- consultation -------------------------------------------------------------------------------------------------------

CONSULTED = {
    "no_rule": "没有哪条规定正好管这种情况",
    "rule_hard": "照规定办，对这家明显不合情理",
    "not_known": "有要紧的情况查不清",
    "just_over": "刚刚超过标准，实际很难",
    "care": "有人要长期照料",
    "illness": "看病花费特别大",
    "support": "应当赡养、抚养的人不管",
    "other_place": "牵涉别的地方",
}
CONSULTATION_OUTCOMES = {"help": "建议给予救助", "refuse": "建议不予确认", "more": "再了解以后再议"}
VOTES = {"agree": "同意", "against": "不同意", "abstain": "弃权", "away": "回避"}


def quorate(votes: Iterable[str], quorum: int) -> None:
    """Check that enough people took part in a consultation; who stepped back does not count.

    :raises Missing: too few
    """
    there = sum(vote != "away" for vote in votes)
    if there < quorum:
        raise Missing(f"参加的有 {there} 位，至少要 {quorum} 位。")
