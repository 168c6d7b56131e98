"""Who lives with whom: typed ties out of all datasets, and a proposed household for everybody by D57 Art. 7.

A tie is one thing one dataset says about two people (one booklet, one roll, married, divorced, guardian, one address), or what
somebody said. From the ties everybody is placed with at most one other person, so that a household can never grow through a
chain of weak ties; what the law says of the placed (`households.toml`) makes members and people left out, each with a reason.
Nothing here is decided: a roll stays what it is, and whatever is unsure carries `look`, why a person should go and see.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from doudi.engine.living import (
    ADULT,
    DAUGHTER,
    HUB,
    KINDS,
    LARGE,
    LEARNING,
    LOOKS,
    NEVER,
    NOBODY,
    OF_ONE,
    OF_TWO,
    OTHER,
    SELF,
    SON,
    SOURCES,
    SPOUSE,
    WORKING,
    Array,
    Known,
    reasons,
)  # fmt: skip

_DEEP = 20  # doublings: a million people following one another


@dataclass(frozen=True)
class Said:
    """What a family or an officer said about one tie or one person, and a person may have taken down.

    kind: together, married, guardian, parent (of a: b is the child); or of one person (b empty) custody, missing, clergy, dead,
    school, moved. holds: whether it is so. since: from which day; a later one overrules an earlier one.
    """

    kind: str
    a: str
    b: str
    holds: bool
    since: date


@dataclass(frozen=True)
class Ties:
    """Every tie: kind and source (places in KINDS, SOURCES), two people, the word that says it, from which day to which."""

    kind: Array
    source: Array
    a: Array
    b: Array
    word: Array  # place in RELATIONS, or NOBODY
    start: Array
    end: Array
    line: Array

    def __len__(self) -> int:
        return len(self.a)


@dataclass(frozen=True)
class Proposal:
    """The households proposed. Of people: `home`, their household's number, which is its head's n; `look`, place in LOOKS.

    member, of, reason: who is counted in or left out of which household and why (places in `reasons(on)`); everybody alive is
    counted once at most, and may be left out of several.
    """

    home: Array
    look: Array
    member: Array
    of: Array
    reason: Array
    ties: Ties
    anchor: Array


def propose(
    known: Known,
    said: Sequence[tuple[str, int, int, bool, int]],
    on: date,
    learned: tuple[Array, Array] | None = None,
) -> Proposal:
    """Place everybody and say who is counted.

    :param said: (kind, n of a, n of b or NOBODY, holds, day since 1970), what people said of ties and of themselves
    :param learned: what visited households teach (`visited.choose`): whom the unsure likelier live with, and whom to visit
    """
    return _Placing(_as_said(known, said), on).all(said, learned)


def _as_said(known: Known, said: Sequence[tuple[str, int, int, bool, int]]) -> Known:
    """What registers say of single persons, overruled by what was said; the later word counts."""
    changed: dict[str, Array] = {}
    names = {"school": "dependent"}
    for kind, a, _, holds, _ in sorted((one for one in said if one[0] in OF_ONE), key=lambda one: one[4]):
        name = names.get(kind, kind)
        column = changed.setdefault(name, getattr(known, name).copy())
        column[a] = holds
    return replace(known, **changed) if changed else known


class _Placing:
    """One proposal while it is made. Every step may place a person anew: the later step knows better."""

    def __init__(self, known: Known, on: date) -> None:
        self.known = known
        self.on = (on - date(1970, 1, 1)).days
        self.code = {reason.code: at for at, reason in enumerate(reasons(on))}
        count = known.count
        self.anchor = np.arange(count, dtype=np.int32)
        self.why = np.full(count, self.code["self"], np.int8)
        self.look = np.zeros(count, np.int8)
        self.firm = np.zeros(count, np.int8)  # how firmly somebody is placed: 2 head or the head's spouse, 1 a member, 0 not
        self.left: list[tuple[Array, Array, Array]] = []  # people, whose household they are left out of, why
        self.pieces: list[dict[str, Any]] = []
        self.people = np.arange(count, dtype=np.int32)

    def all(self, said: Sequence[tuple[str, int, int, bool, int]], learned: tuple[Array, Array] | None) -> Proposal:
        self._booklets()
        self._couples(said)
        self._rolls()
        self._spouses()
        self._guardians()
        self._addresses()
        if learned is not None:
            self._better(*learned)
        self._said(said)
        home = self._separate(said)
        return self._law(home)

    # ---- ties ----------------------------------------------------------------------------------------------------------

    def _tie(self, kind: str, source: Array | str, a: Array, b: Array, **more: Any) -> None:
        self.pieces.append({"kind": kind, "source": source, "a": a, "b": b, **more})

    def _ties(self) -> Ties:
        def column(name: str, kind: type, absent: int) -> Array:
            parts = [np.broadcast_to(np.asarray(one.get(name, absent), kind), len(one["a"])) for one in self.pieces]
            return np.concatenate(parts) if parts else np.empty(0, kind)

        for one in self.pieces:
            one["kind"] = KINDS.index(one["kind"])
            one["source"] = SOURCES.index(one["source"]) if isinstance(one["source"], str) else one["source"]
        return Ties(
            column("kind", np.int8, 0), column("source", np.int8, 0), column("a", np.int32, 0), column("b", np.int32, 0),
            column("word", np.int8, NOBODY), column("start", np.int32, NEVER), column("end", np.int32, NEVER),
            column("line", np.int64, -1),
        )  # fmt: skip

    # ---- steps ---------------------------------------------------------------------------------------------------------

    def _booklets(self) -> None:
        """Place everybody of a booklet with its head, unless it is an institution's."""
        known = self.known
        written = np.flatnonzero(known.book != 0).astype(np.int32)
        order = written[np.lexsort((known.book_line[written], known.book[written]))]
        book = known.book[order]
        new = np.concatenate([[True], book[1:] != book[:-1]]) if len(book) else np.empty(0, bool)
        which = np.cumsum(new) - 1
        first = np.flatnonzero(new)
        size = np.diff(np.append(first, len(book)))
        hub = (size > HUB)[which]
        self._leave(order[hub], order[first][which][hub], "collective")
        is_head = known.relation[order] == SELF
        heads = np.bincount(which, is_head, minlength=len(first)).astype(int)
        begins = is_head & (np.cumsum(is_head) - np.concatenate([[0], np.cumsum(heads)[:-1]])[which] > 1)  # a second head
        begins |= new
        part = np.cumsum(begins) - 1
        opening = np.flatnonzero(begins)
        lead = opening.copy()  # where the head of each part stands: the first called so, else the first
        called = np.flatnonzero(is_head)[::-1]
        lead[part[called]] = called
        head = order[lead][part]
        self.headless = np.zeros(known.count, bool)
        self.headless[order] = ~hub & (heads[which] == 0)
        alone = np.bincount(part, minlength=len(opening))[part] == 1
        several = heads[which] > 1
        self.look[order[several & ~hub & ~is_head]] = LOOKS.index("two_heads")
        inside = ~hub & (head != order)
        who, whose, relation = order[inside], head[inside], known.relation[order[inside]]
        self._tie("booklet", "hukou", whose, who, word=relation, line=known.book_line[who])
        self.book_head = np.full(known.count, NOBODY, np.int32)
        self.book_head[order[~hub]] = head[~hub]
        wed = inside & (known.relation[order] == SPOUSE)
        self.book_spouse = np.full(known.count, NOBODY, np.int32)
        self.book_spouse[head[wed]], self.book_spouse[order[wed]] = order[wed], head[wed]
        self.firm[order] = np.where(hub, 0, np.where(head == order, 2, np.where(known.relation[order] == SPOUSE, 2, 1)))
        unplaced = ~hub & alone & self.headless[order]
        self.firm[order[unplaced]] = 0
        self.look[order[unplaced]] = LOOKS.index("headless")
        why = self._by_relation(who, relation)
        counted = np.array([one.counted for one in reasons(self._day())])[why]
        self.anchor[who[counted]] = whose[counted]
        self.why[who] = why
        self.why[who[~counted]] = self.code["self"]
        self.left.append((who[~counted], whose[~counted], why[~counted]))
        self.firm[who[~counted]] = 0
        gone = known.moved & (known.roll == NOBODY)
        moved = np.flatnonzero(gone & (self.anchor != self.people)).astype(np.int32)
        self._leave(moved, self.anchor[moved], "moved")
        self._alone(moved)

    def _day(self) -> date:
        return date.fromordinal(date(1970, 1, 1).toordinal() + self.on)

    def _by_relation(self, who: Array, relation: Array) -> Array:
        """Why somebody of this relation to the head is counted, or left out."""
        known, code = self.known, self.code
        age = known.age[who]
        child = (relation == SON) | (relation == DAUGHTER)
        minor = (age >= 0) & (age < ADULT)
        return np.select(
            [
                relation == SPOUSE,
                child & minor,
                child & known.dependent[who],
                child & known.master[who],
                relation == OTHER,
            ],
            [code["spouse"], code["minor_child"], code["dependent_child"], code["master_student"], code["no_duty"]],
            code["duty_together"],
        ).astype(np.int8)

    def _couples(self, said: Sequence[tuple[str, int, int, bool, int]]) -> None:
        """Who is whose spouse now: the last word about each of two people; `spouse` of everybody, or NOBODY."""
        couples, count = self.known.couples, self.known.count
        self._tie("married", "marriage", couples.a[couples.married], couples.b[couples.married],
                  start=couples.day[couples.married], line=couples.line[couples.married])  # fmt: skip
        apart = ~couples.married
        self._tie("divorced", "marriage", couples.a[apart], couples.b[apart], start=couples.day[apart], line=couples.line[apart])
        told = [(a, b, holds, day) for kind, a, b, holds, day in said if kind == "married"]
        a, b, married, day = (
            np.concatenate([of, np.array([one[at] for one in told], of.dtype)])
            for at, of in enumerate((couples.a, couples.b, couples.married, couples.day))
        )
        later = np.concatenate([np.zeros(len(couples.a), np.int8), np.ones(len(told), np.int8)])
        self.spouse = np.full(count, NOBODY, np.int32)
        self.parted = np.full(count, NOBODY, np.int32)
        known = (a >= 0) & (b >= 0) & (a != b) & (day <= self.on)
        for at in np.lexsort((np.arange(len(a)), married, later, day)):  # of one day a marriage comes after a divorce
            if known[at]:
                self._marry(int(a[at]), int(b[at]), bool(married[at]))

    def _marry(self, a: int, b: int, married: bool) -> None:
        for one, other in ((a, b), (b, a)):
            if married or self.spouse[one] == other:
                before = self.spouse[one]
                if before != NOBODY and before != other and self.spouse[before] == one:
                    self.spouse[before] = NOBODY
                self.spouse[one] = other if married else NOBODY
            if not married:
                self.parted[one] = other
            elif self.parted[one] == other:
                self.parted[one] = NOBODY

    def _rolls(self) -> None:
        """Place everybody on a roll of help with the head of their household there; two helped apart are not joined."""
        known = self.known
        on_roll = np.flatnonzero((known.roll != NOBODY) & (known.roll_home != 0)).astype(np.int32)
        home = known.roll_home[on_roll]
        rank = np.where(known.roll_relation[on_roll] == SELF, 0, 1)
        order = on_roll[np.lexsort((on_roll, rank, home))]
        new = (
            np.concatenate([[True], known.roll_home[order][1:] != known.roll_home[order][:-1]])
            if len(order)
            else np.empty(0, bool)
        )
        head = order[np.flatnonzero(new)][np.cumsum(new) - 1] if len(order) else order
        self.roll_head = np.full(known.count, NOBODY, np.int32)
        self.roll_head[order] = head
        member = head != order
        who, whose, relation = order[member], head[member], known.roll_relation[order[member]]
        self._tie("roll", known.roll[who] + 1, whose, who, word=relation, line=known.roll_line[who])
        from_book = self.book_head[who]
        strays = (from_book != NOBODY) & (from_book != who) & (self.roll_head[np.maximum(from_book, 0)] != whose)
        self._leave(who[strays], from_book[strays], "other_home")
        apart = (self.book_head[who] != self.book_head[whose]) & (self.book_head[who] != NOBODY)
        self.look[who] = np.where(apart, LOOKS.index("on_roll_only"), 0)
        self.anchor[who] = whose
        why = self._by_relation(who, relation)
        examined = np.isin(why, [self.code[name] for name in ("no_duty", "master_student", "duty_together")])
        self.why[who] = np.where(examined, self.code["roll"], why)
        heads = order[~member]
        self.look[heads[self.headless[heads]]] = 0
        up = self.anchor[heads]
        other = (up != heads) & (self.roll_head[up] != NOBODY) & (self.roll_head[up] != heads)
        self._leave(heads[other], up[other], "other_home")
        self._alone(heads[other])
        self.firm[order] = 3 + (self.firm[order] == 2)
        outside = np.flatnonzero(
            (self.roll_head == NOBODY) & (self.anchor != self.people) & (self.roll_head[self.anchor] != NOBODY)
        )
        self.look[outside[~known.single[outside]]] = LOOKS.index("off_roll")

    def _spouses(self) -> None:
        """Bring a couple together: whoever is placed less firmly goes to the other, and their children with them."""
        known = self.known
        who = np.flatnonzero((self.spouse != NOBODY) & (self.people < self.spouse)).astype(np.int32)
        other = self.spouse[who]
        alive = ~known.dead[who] & ~known.dead[other]
        who, other = who[alive], other[alive]
        top = roots(self.anchor)
        apart = top[who] != top[other]
        who, other = who[apart], other[apart]
        helped_apart = (self.roll_head[who] != NOBODY) & (self.roll_head[other] != NOBODY)
        self.look[who[helped_apart]] = self.look[other[helped_apart]] = LOOKS.index("two_rolls")
        who, other = who[~helped_apart], other[~helped_apart]
        written = [(self.book_spouse[one] != NOBODY) & ~known.dead[self.book_spouse[one]] for one in (who, other)]
        doubted = written[0] | written[1]  # the booklet names another spouse: a divorce nobody recorded, or a wrong row
        self.look[who[doubted]] = self.look[other[doubted]] = LOOKS.index("spouse_elsewhere")
        who, other = who[~doubted], other[~doubted]
        swap = (self.firm[who] > self.firm[other]) | ((self.firm[who] == self.firm[other]) & (known.sex[other] == 2))
        mover, stays = np.where(swap, other, who), np.where(swap, who, other)
        both = (self.firm[mover] >= 2) | (self.firm[mover] == 1) & (self.firm[stays] == 1)
        from_parents = self.anchor[mover] != mover
        self._leave(mover[from_parents], self.anchor[mover][from_parents], "independent")
        self.anchor[mover] = stays
        self.why[mover] = self.code["spouse"]
        self.look[mover] = np.where(
            both, LOOKS.index("spouse_elsewhere"), np.where(self.roll_head[stays] != NOBODY, LOOKS.index("off_roll"), 0)
        )
        divorced = np.flatnonzero(
            (self.parted != NOBODY)
            & (self.spouse != self.parted)
            & (self.why == self.code["spouse"])
            & (self.anchor == self.parted)
        ).astype(np.int32)
        divorced = divorced[self.roll_head[divorced] == NOBODY]
        self._leave(divorced, self.anchor[divorced], "divorced")
        self._alone(divorced)

    def _guardians(self) -> None:
        """Place children who stand nowhere, or alone, with their guardian."""
        known = self.known
        who = np.flatnonzero((known.guardian != NOBODY) & (known.guardian != self.people)).astype(np.int32)
        guardian = known.guardian[who]
        self._tie("guardian", known.guardian_source[who], guardian, who, line=known.guardian_line[who])
        young = (known.age[who] >= 0) & (known.age[who] < ADULT) | known.dependent[who] & (known.age[who] < LEARNING)
        nowhere = young & (self.anchor[who] == who) & (self.firm[who] <= 2) & ~known.dead[guardian]
        nowhere &= ~np.isin(who, self.anchor[self.anchor != self.people])  # nobody was placed with them
        child = who[nowhere]
        self.anchor[child] = guardian[nowhere]
        self.why[child] = self.code["ward"]
        self.look[child] = np.where(self.roll_head[guardian[nowhere]] != NOBODY, LOOKS.index("off_roll"), 0)
        top = roots(self.anchor)
        minor = (known.age[who] >= 0) & (known.age[who] < ADULT)
        elsewhere = minor & (top[who] != top[guardian]) & (self.roll_head[who] == NOBODY) & ~known.dead[who]
        self.look[who[elsewhere]] = LOOKS.index("guardian_elsewhere")
        grown = ~young & (top[who] != top[guardian])
        self._leave(guardian[grown], who[grown], "supporter")

    def _addresses(self) -> None:
        """Who stands in another booklet at the same address: said, and joins nobody (half of them are strangers)."""
        known = self.known
        here = np.flatnonzero((known.address != 0) & ~known.dead & ~known.moved).astype(np.int32)
        order = here[np.lexsort((here, known.address[here]))]
        if not len(order):
            return
        new = np.concatenate([[True], known.address[order][1:] != known.address[order][:-1]])
        which = np.cumsum(new) - 1
        first = order[np.flatnonzero(new)][which]
        few = np.bincount(which)[which] <= HUB
        other = few & (known.book[order] != known.book[first])
        self._tie("address", "hukou", first[other], order[other], line=known.book_line[order[other]])

    def _better(self, better: Array, doubted: Array) -> None:
        """Where registers are silent or disagree, whom visited households make likelier, or nobody; all of it to be seen."""
        top = roots(self.anchor)
        told = np.flatnonzero((better != NOBODY) & (self.roll_head == NOBODY)).astype(np.int32)
        alone = told[(better[told] == told) & (self.anchor[told] != told)]
        self._leave(alone, self.anchor[alone], "other_home")
        self._alone(alone)
        with_another = told[(better[told] != told) & (better[told] != self.anchor[told])]
        before = self.anchor[with_another]
        self.anchor[with_another] = better[with_another]
        moved = roots(self.anchor)[before] != roots(self.anchor)[with_another]  # the others only stand beside somebody else now
        moved |= top[before] != top[better[with_another]]
        self._leave(with_another[moved], before[moved], "other_home")
        with_another = with_another[moved]
        self.why[with_another] = self.code["guessed"]
        self.look[np.concatenate([alone, with_another])] = LOOKS.index("unlike")
        self.look[doubted & (self.look == 0)] = LOOKS.index("unlike")

    def _said(self, said: Sequence[tuple[str, int, int, bool, int]]) -> None:
        """What people said overrules every register; of two words about the same the later counts."""
        word = {"together": ("together", "apart"), "guardian": ("guardian", "apart"), "parent": ("parent", "apart"),
                "married": ("married", "divorced")}  # fmt: skip
        self.fixed: set[int] = set()
        for kind, a, b, holds, day in sorted((one for one in said if one[0] in OF_TWO), key=lambda one: one[4]):
            if a == b or NOBODY in (a, b):
                continue
            one, other = np.array([a], np.int32), np.array([b], np.int32)
            self._tie(word[kind][0 if holds else 1], "said", one, other, start=day)
            if kind == "together":
                self._together(a, b, holds)
            elif kind in ("guardian", "parent") and holds:
                minor = 0 <= self.known.age[b] < ADULT or self.known.dependent[b]
                if minor and b not in self.fixed:
                    self.anchor[b], self.look[b] = a, 0
                    self.why[b] = self.code["minor_child" if kind == "parent" else "ward"]
                elif not minor and root_of(self.anchor, a) != root_of(self.anchor, b):
                    self._leave(other, one, "supporter")

    def _together(self, a: int, b: int, holds: bool) -> None:
        """Put one person with another, or take them away from there; who was placed with them stays where they were."""
        same = root_of(self.anchor, a) == root_of(self.anchor, b)
        if same != holds:
            followers = np.flatnonzero((self.anchor == a) & (self.people != a))
            if self.anchor[a] != a:
                self.anchor[followers] = self.anchor[a]
            elif len(followers):
                self.anchor[followers] = b if b in followers else followers[0]
            if not holds:
                self._leave(np.array([a]), np.array([b]), "said_apart")
            self.anchor[a] = b if holds else a
            self.why[a] = self.code["said" if holds else "self"]
        self.look[a] = 0
        self.fixed.add(a)

    # ---- the end -------------------------------------------------------------------------------------------------------

    def _separate(self, said: Sequence[tuple[str, int, int, bool, int]]) -> Array:
        """Households: the people placed together. Two helped apart are parted again, and whatever is too large is to be seen."""
        kept = list(self.fixed | self._between(said))
        top = roots(self.anchor)
        rolls = np.unique(top[self.roll_head != NOBODY].astype(np.int64) * len(top) + self.roll_head[self.roll_head != NOBODY])
        several = np.flatnonzero(np.bincount(rolls // len(top), minlength=len(top)) > 1) if len(rolls) else np.empty(0, int)
        if len(several):
            heads = np.flatnonzero((self.roll_head == self.people) & np.isin(top, several) & (self.anchor != self.people))
            heads = heads[~np.isin(heads, kept)].astype(np.int32)
            self._leave(heads, self.anchor[heads], "other_home")
            self.look[heads] = LOOKS.index("two_rolls")
            self._alone(heads)
            top = roots(self.anchor)
        size = np.bincount(top[~self.known.dead], minlength=len(top))
        large = (size[top] > LARGE) & (self.anchor != self.people)
        bridges = large & (self.book_head != self.book_head[self.anchor]) & (self.roll_head == NOBODY)
        bridges &= ~np.isin(self.people, kept)
        cut = np.flatnonzero(bridges).astype(np.int32)
        self._leave(cut, self.anchor[cut], "other_home")
        self._alone(cut)
        self.look[large] = LOOKS.index("too_large")
        return roots(self.anchor)

    def _between(self, said: Sequence[tuple[str, int, int, bool, int]]) -> set[int]:
        """Through whom two that were said to live together are joined, where registers had joined them already."""
        through: set[int] = set()
        for kind, a, b, holds, _ in said:
            if kind == "together" and holds and NOBODY not in (a, b) and root_of(self.anchor, a) == root_of(self.anchor, b):
                up, other = way(self.anchor, a), way(self.anchor, b)
                meeting = next(one for one in up if one in other)
                through |= {*up[: up.index(meeting)], *other[: other.index(meeting)]}
        return through

    def _law(self, home: Array) -> Proposal:
        known, code = self.known, self.code
        home = self._headed(home)
        out = np.select(
            [known.dead, known.custody, known.missing, known.clergy],
            [code["dead"], code["custody"], code["missing"], code["clergy"]],
            -1,
        )
        why = np.where(out >= 0, out, np.where(home == self.people, code["self"], self.why))
        swapped = (home != self.people) & (why == code["self"])  # the head of a booklet that went to another household
        why[swapped] = code["duty_together"]
        self.look[out >= 0] = 0
        alone = np.bincount(home[out < 0], minlength=known.count)[home] == 1
        child = (known.age >= 0) & (known.age < WORKING) & (out < 0)
        self.look[alone & child] = LOOKS.index("minor_alone")
        whose = np.concatenate([home[one] for _, one, _ in self.left]) if self.left else np.empty(0, np.int32)
        left = np.concatenate([one for one, _, _ in self.left]) if self.left else np.empty(0, np.int32)
        told = np.concatenate([one for _, _, one in self.left]) if self.left else np.empty(0, np.int8)
        real = (home[left] != whose) & ~known.dead[left]
        left, whose, told = left[real], whose[real], told[real]
        _, last = np.unique((whose.astype(np.int64) * known.count + left)[::-1], return_index=True)  # the last reason counts
        kept = len(left) - 1 - last
        member = np.concatenate([self.people, left[kept]])
        of = np.concatenate([home, whose[kept]])
        reason = np.concatenate([why, told[kept]]).astype(np.int8)
        order = np.lexsort((member, of))
        return Proposal(home, self.look, member[order], of[order], reason[order], self._ties(), self.anchor)

    def _headed(self, home: Array) -> Array:
        """Name every household after its head: whom the others were placed with, alive; else its oldest."""
        known = self.known
        fit = np.lexsort((self.people, -known.age, self.anchor != self.people, known.dead | known.custody | known.missing, home))
        of = home[fit]
        new = np.concatenate([[True], of[1:] != of[:-1]]) if len(of) else np.empty(0, bool)
        head = np.zeros(known.count, np.int32)
        head[of[new]] = fit[new]
        return head[home]

    def _leave(self, who: Array, whose: Array, why: str) -> None:
        self.left.append((np.asarray(who, np.int32), np.asarray(whose, np.int32), np.full(len(who), self.code[why], np.int8)))

    def _alone(self, who: Array) -> None:
        self.anchor[who] = who
        self.why[who] = self.code["self"]


def roots(anchor: Array) -> Array:
    """Whom everybody ends up with when each follows whom they were placed with; of a ring the lowest n."""
    top = anchor
    for _ in range(_DEEP):
        further = top[top]
        if np.array_equal(further, top):
            break
        top = further
    if np.array_equal(anchor[top], top):
        return top
    name: dict[int, int] = {}
    for one in np.unique(top[anchor[top] != top]).tolist():  # what never comes to rest goes round a ring
        ring = [one]
        while (following := int(anchor[ring[-1]])) != one:
            ring.append(following)
        name[one] = min(ring)
    turned = np.array([name.get(int(one), int(one)) for one in np.unique(top)], np.int32)
    return turned[np.searchsorted(np.unique(top), top)]


def way(anchor: Array, one: int) -> list[int]:
    """The person and everybody they follow, each once, up to a head or round a ring."""
    seen = [one]
    while (following := int(anchor[seen[-1]])) not in seen:
        seen.append(following)
    return seen


def root_of(anchor: Array, one: int) -> int:
    """The same as `roots` for one person."""
    seen = way(anchor, one)
    return min(seen[seen.index(int(anchor[seen[-1]])) :])
