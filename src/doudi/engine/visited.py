"""What households that were asked teach about the others: how likely two people with certain ties really live together.

Only where registers are silent or disagree (`UNSURE`), or where the law itself asks whether somebody has lived there for long
(Art. 7 1(4)) and no register can tell, does the likelihood choose between the groupings the ties allow, and what it changes is to
be seen. Where the law is plain it changes nothing; where it finds the rules unlikely it asks for a visit.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from doudi.engine import households
from doudi.engine.households import Proposal
from doudi.engine.living import ADULT, HUB, KINDS, LOOKS, NOBODY, OTHER, RELATIONS, Array, Known, reasons

LEAST = 100  # answers below which nothing is learned, and of each kind a tenth
UNSURE = ("headless", "two_heads", "spouse_elsewhere", "guardian_elsewhere")
_JOIN = 0.5
_UNLIKELY = 0.2  # below which a tie the rules hold asks for a visit
_ROUNDS, _RIDGE = 30, 1.0
Said = tuple[str, int, int, bool, int]


def propose(known: Known, said: Sequence[Said], on: date) -> Proposal:
    """Propose households by the rules and what was said; with enough answers, also by what visited households teach."""
    ruled = households.propose(known, said, on)
    if not said:
        return ruled
    unasked = households.propose(known, [], on)
    pairs = pairs_of(known, unasked)
    learned = learn(pairs, said, known.count)
    if learned is None or not better_than_rules(known, unasked, pairs, said, on):
        return ruled
    return households.propose(known, said, on, choose(known, ruled, pairs, learned, on))


def better_than_rules(known: Known, unasked: Proposal, pairs: Pairs, said: Sequence[Said], on: date) -> bool:
    """Whether what half of the answers teach is wrong less often about the other half than the rules are, where they are unsure.

    :param unasked: what the rules propose without anything said
    """
    where, answer = answers(pairs, said, known.count)
    unsure = _unsure(known, unasked, on)
    half = (pairs.a[where].astype(np.uint64) * np.uint64(2654435761) >> np.uint64(16)) % np.uint64(
        2
    ) == 0  # drawn, yet the same each time
    taught = _fit(pairs.features[where[half]], answer[half])
    if taught is None:
        return False
    other = where[~half]
    asked = unsure[pairs.a[other]] | unsure[pairs.b[other]]
    by_rule = unasked.home[pairs.a[other]] == unasked.home[pairs.b[other]]
    by_answers = Learned(taught, int(half.sum())).likely(pairs)[other] >= _JOIN
    wrong = [int(((told != (answer[~half] == 1)) & asked).sum()) for told in (by_answers, by_rule)]
    return wrong[0] < wrong[1]


@dataclass(frozen=True)
class Pairs:
    """Two people with ties between them, each pair once, a below b, and what the ties and the two people are like."""

    a: Array
    b: Array
    features: Array  # one row a pair


@dataclass(frozen=True)
class Learned:
    """Weights of a logistic regression, and how many answers they come from."""

    weights: Array
    answers: int

    def likely(self, pairs: Pairs) -> Array:
        """How likely each pair lives together, between 0 and 1."""
        found: Array = 1 / (1 + np.exp(-np.clip(pairs.features @ self.weights, -30, 30)))
        return found


def pairs_of(known: Known, proposal: Proposal) -> Pairs:
    """Every two people with a tie between them, and whoever else stands in one booklet that is no institution's."""
    ties = proposal.ties
    more_a, more_b = _of_one_booklet(known)
    a = np.concatenate([ties.a, more_a]).astype(np.int64)
    b = np.concatenate([ties.b, more_b]).astype(np.int64)
    low, high = np.minimum(a, b), np.maximum(a, b)
    keys, at = np.unique(low * known.count + high, return_inverse=True)
    first, second = (keys // known.count).astype(np.int32), (keys % known.count).astype(np.int32)
    kinds = np.zeros((len(keys), len(KINDS) + 1), bool)
    kinds[at, np.concatenate([ties.kind, np.full(len(more_a), len(KINDS))])] = True
    words = np.zeros((len(keys), len(RELATIONS) + 1), bool)
    words[at, np.concatenate([ties.word, np.full(len(more_a), NOBODY)]) + 1] = True
    gap = np.abs(known.age[first].astype(int) - known.age[second])
    rolls = (known.roll[first] != NOBODY).astype(int) + (known.roll[second] != NOBODY)
    same_roll = (known.roll_home[first] == known.roll_home[second]) & (known.roll_home[first] != 0)
    same_book = (known.book[first] == known.book[second]) & (known.book[first] != 0)
    look = [proposal.look[side] for side in (first, second)]
    columns = [
        np.ones(len(keys), bool),
        *(kinds[:, place] for place in range(len(KINDS) + 1) if place >= len(KINDS) or KINDS[place] not in ("together", "apart")),
        *(words[:, place + 1] for place in range(len(RELATIONS))),
        same_book,
        (known.address[first] == known.address[second]) & (known.address[first] != 0),
        (known.surname[first] == known.surname[second]) & (known.surname[first] >= 0),
        (gap > 15) & (gap <= 45),
        gap > 45,
        (known.age[first] >= ADULT) & (known.age[second] >= ADULT),
        (married := _married(proposal))[first] | married[second],
        rolls == 1,
        (rolls == 2) & ~same_roll,
        same_roll,
        *((look[0] == LOOKS.index(word)) | (look[1] == LOOKS.index(word)) for word in UNSURE),
    ]
    return Pairs(first, second, np.column_stack(columns).astype(np.float32))


def _married(proposal: Proposal) -> Array:
    """Who stands in the marriage register as married, or in a booklet as somebody's spouse or a child's."""
    ties = proposal.ties
    found = np.zeros(len(proposal.home), bool)
    wed = ties.kind == KINDS.index("married")
    found[ties.a[wed]] = found[ties.b[wed]] = True
    return found


def _of_one_booklet(known: Known) -> tuple[Array, Array]:
    """Every two people of each booklet."""
    people = np.flatnonzero((known.book != 0) & ~known.dead)
    order = people[np.lexsort((known.book_line[people], known.book[people]))].astype(np.int32)
    book = known.book[order]
    a, b = [], []
    _, size = np.unique(book, return_counts=True)
    few = np.repeat(size <= HUB, size)
    for step in range(1, HUB):  # each with the one so many rows further on
        same = np.flatnonzero((book[:-step] == book[step:]) & few[:-step]) if step < len(book) else np.empty(0, int)
        a.append(order[same])
        b.append(order[same + step])
    return np.concatenate(a), np.concatenate(b)


def answers(pairs: Pairs, said: Sequence[Said], count: int) -> tuple[Array, Array]:
    """Which pairs people spoke about, and what they said: 1 together, 0 not. Two who are both with a third are together."""
    last: dict[tuple[int, int], bool] = {}
    for _, a, b, holds, _ in sorted((one for one in said if one[0] == "together"), key=lambda one: one[4]):
        last[min(a, b), max(a, b)] = holds
    with_whom: dict[int, int] = {}

    def top(one: int) -> int:
        while with_whom.get(one, one) != one:
            one = with_whom[one]
        return one

    for (a, b), holds in last.items():
        if holds:
            with_whom.setdefault(a, a)
            with_whom.setdefault(b, b)
            with_whom[top(a)] = top(b)
    home = np.full(count, NOBODY, np.int64)
    for one in with_whom:
        home[one] = top(one)
    together = (home[pairs.a] != NOBODY) & (home[pairs.a] == home[pairs.b])
    keys = pairs.a.astype(np.int64) * count + pairs.b
    apart = np.isin(keys, np.array([a * count + b for (a, b), holds in last.items() if not holds], np.int64))
    where = np.flatnonzero(together | apart)
    return where, (together & ~apart)[where].astype(np.float64)


def learn(pairs: Pairs, said: Sequence[Said], count: int) -> Learned | None:
    """Learn from what was said, or None while it is too little: a logistic regression, by Newton's steps."""
    where, answer = answers(pairs, said, count)
    weights = _fit(pairs.features[where], answer)
    return None if weights is None else Learned(weights, len(answer))


def _fit(features: Array, answer: Array) -> Array | None:
    if len(answer) < LEAST or min(answer.sum(), len(answer) - answer.sum()) < LEAST / 10:
        return None
    x = features.astype(np.float64)
    weights = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        likely = 1 / (1 + np.exp(-np.clip(x @ weights, -30, 30)))
        slope = x.T @ (answer - likely) - _RIDGE * weights
        curve = (x * (likely * (1 - likely))[:, None]).T @ x + _RIDGE * np.eye(x.shape[1])
        step = np.linalg.solve(curve, slope)
        weights += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return np.round(weights, 9)


def _unsure(known: Known, proposal: Proposal, on: date) -> Array:
    """Of whom registers say too little: on no roll, no lodger, and flagged or counted for having lived there for long."""
    found = np.isin(proposal.look, [LOOKS.index(word) for word in UNSURE]) | _long_together(known, proposal, on)
    return found & (known.roll == NOBODY) & (known.relation != OTHER)


def _long_together(known: Known, proposal: Proposal, on: date) -> Array:
    """Who is counted only because they are taken to have lived there for long."""
    duty = next((at for at, one in enumerate(reasons(on)) if one.code == "duty_together"), NOBODY)
    found = np.zeros(known.count, bool)
    found[proposal.member[(proposal.reason == duty) & (proposal.of == proposal.home[proposal.member])]] = True
    return found


def choose(known: Known, proposal: Proposal, pairs: Pairs, learned: Learned, on: date) -> tuple[Array, Array]:
    """For the unsure on no roll the likeliest person to live with, themselves where all are unlikely; and whom to visit.

    :returns: better (`households.propose`), and for everybody whether a tie the rules hold is unlikely
    """
    likely = learned.likely(pairs)
    unsure = _unsure(known, proposal, on)
    who, whom = np.concatenate([pairs.a, pairs.b]), np.concatenate([pairs.b, pairs.a])
    odds = np.concatenate([likely, likely])
    mine = np.flatnonzero(unsure[who] & ~known.dead[whom] & (known.relation[whom] != OTHER))
    stays = (whom[mine] == proposal.anchor[who[mine]]) & (odds[mine] >= _JOIN)  # who is likely where they are stays there
    order = mine[np.lexsort((whom[mine], -odds[mine], ~stays, who[mine]))]
    best = order[np.concatenate([[True], who[order][1:] != who[order][:-1]])] if len(order) else order
    better = np.full(known.count, NOBODY, np.int32)
    better[who[best]] = np.where(odds[best] >= _JOIN, whom[best], who[best])
    held = (proposal.home[pairs.a] == proposal.home[pairs.b]) & (likely < _UNLIKELY)
    doubted = np.zeros(known.count, bool)
    doubted[pairs.a[held]] = doubted[pairs.b[held]] = True
    return better, doubted
