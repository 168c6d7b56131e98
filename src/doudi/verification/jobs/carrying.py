"""Questions that go as files and come back as files: laid out, picked up, taken in answer by answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from doudi.exchange import queries as exchange
from doudi.office.actions import By
from doudi.office.core import NotAllowed
from doudi.office.queries import clock
from doudi.verification import actions
from doudi.verification.core import NotAnAnswer, SourceRow
from doudi.verification.gateways import answer_files, source_folders
from doudi.verification.gateways.answer_files import Filled, Wrong
from doudi.verification.queries import sources


@dataclass
class TakenFile:
    """What became of an answer file: answers kept now, kept before, not kept because the basis ended; and each wrong place."""

    taken: int
    again: int
    closed: int
    wrong: list[Wrong]

    def in_words(self) -> str:
        lines = [
            f"收下 {self.taken} 个回答，以前收过 {self.again} 个，授权已撤回不收 {self.closed} 个，{len(self.wrong)} 处不合格。"
        ]
        lines += [f"第 {one.line} 行 {one.column}：{one.message}。{one.fix}。" for one in self.wrong]
        return "\n".join(lines) + "\n"


def take_file(whom: SourceRow, data: bytes, *, by: By, at: datetime) -> TakenFile:
    """Take in a filled-in table of a source, each answer for itself; the same file again changes nothing.

    An answer with a wrong place is not taken, the others are.

    :raises NotAnAnswer: not such a table at all
    :raises NotAllowed: this clerk's post does not take answers in
    """
    contract = exchange.contracts()[whom.dataset]
    filled, wrong = answer_files.read(contract, data)
    known = sources.answered_before(whom.code, [one.question for one in filled])
    done = TakenFile(0, 0, 0, wrong)
    for one in filled:
        try:
            kept = actions.answer(
                question=sources.question_of(whom.code, one.question),
                said=one.said,
                why=one.why,
                as_of=one.as_of,
                rows=one.rows,
                refs=one.refs,
                by=by,
                at=at,
            )
        except NotAnAnswer as why:
            done.wrong += _places(one, why)
            continue
        done.closed += kept is None
        done.again += kept is not None and one.question in known
        done.taken += kept is not None and one.question not in known
    done.wrong.sort(key=lambda one: one.line)
    return done


def _places(one: Filled, why: NotAnAnswer) -> list[Wrong]:
    """Where in the file an answer is wrong."""
    if not why.rows:
        column = "问题编号" if why.reason == "no_such_question" else "回答"
        return [Wrong(one.lines[0], column, why.reason, why.message.rstrip("。"), why.fix.rstrip("。"))]
    return [Wrong(one.lines[row.row - 1], row.label, row.reason, row.message, row.fix) for row in why.rows]


def carry_files(*, by: By, at: datetime) -> tuple[int, int]:
    """Make the day's file of every source that exchanges files, lay it into its folder, pick up what lies there.

    Killed anywhere and run again: a file made but not laid out is laid out, one taken in but not put away changes nothing.

    :returns: files made, answers taken in
    """
    made = taken = 0
    for whom in sources.with_files(at):
        made += actions.dispatch(source=whom.code, by=by, at=at) is not None
    for whom in sources.with_folders():
        for number, content in sources.open_dispatches(whom.code):
            source_folders.lay_out(whom.address, number, content)
        for path in source_folders.waiting(whom.address, clock().timestamp()):
            try:
                done = take_file(whom, path.read_bytes(), by=by, at=at)
                told, taken = done.in_words(), taken + done.taken
            except (NotAnAnswer, NotAllowed) as why:
                told = f"{why}\n"
            source_folders.put_away(whom.address, path, told)
    return made, taken
