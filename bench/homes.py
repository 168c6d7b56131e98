"""Who lives together where the booklet is wrong for every fifth household: by booklet, by rules, after visits.

The made-up city's booklets are right for 95 % of households, which is easier than real ones. Here families are drawn in which
grown children, parents and newly-weds live elsewhere than they are registered; nobody is on a roll, and the address is where a
department last met them. Nobody is real: 虚构数据.

    python -m bench.homes [households]
"""

from __future__ import annotations

import sys
import time
from datetime import date

import click
import numpy as np

from doudi.engine import visited
from doudi.engine.living import NOBODY, RELATIONS, Couples, Known
from doudi.sample.city.score_homes import Truth, score
from doudi.sample.city.visits import booklets, visit

ON = date(2026, 6, 30)
# Booklets: who stands in them (relation, age from the head's), how common, and who really lives elsewhere, each how often.
FAMILIES = (
    # share, members beside the head, groups who leave together (places of members) and how often
    (0.42, (), ()),
    (0.16, (("spouse", 0),), ()),
    (0.13, (("spouse", 0), ("son", -27)), (((2,), 0.2),)),
    (0.07, (("spouse", 0), ("son", -26), ("daughter", -29)), (((3,), 0.25), ((2,), 0.1))),
    (0.10, (("spouse", 0), ("son", -27), ("in_law", -28), ("grandchild", -52)), (((2, 3, 4), 0.35),)),
    (0.06, (("parent", 27),), (((1,), 0.25),)),
    (0.04, (("spouse", 0), ("parent", 26), ("son", -30)), (((2,), 0.25), ((3,), 0.2))),
    (0.02, (("sibling", 4),), (((1,), 0.4),)),
)
# Couples in the marriage register; who moved and is written where they live; whose address is wrong (A1 of the city: 2 %).
TIED, ADDRESS, STRANGERS = 0.8, 0.8, 0.02


def world(homes: int, seed: int = 1) -> tuple[Known, np.ndarray]:
    """What registers would say of so many booklets, and with whom everybody really lives."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(len(FAMILIES), homes, p=np.array([one[0] for one in FAMILIES]) / sum(one[0] for one in FAMILIES))
    rows: list[tuple[int, int, int, int, int]] = []  # book, relation, age, true home, address
    couples: list[tuple[int, int]] = []
    home = address = 0
    for book, kind in enumerate(kinds.tolist(), 1):
        _, members, leaving = FAMILIES[kind]
        head = int(rng.integers(30, 75)) if not members else int(rng.integers(46, 70))
        first = len(rows)
        home, address = home + 1, address + 1
        people = [
            (0, head),
            *((RELATIONS.index(word), max(head + apart + int(rng.integers(-4, 5)), 1)) for word, apart in members),
        ]
        mine = [(home, address)] * len(people)
        for who, share in leaving:
            grown = all(people[one][1] >= 18 or len(who) > 1 for one in who)
            if grown and rng.random() < share:
                home, address = home + 1, address + 1
                told = address if rng.random() < ADDRESS else mine[0][1]
                for one in who:
                    mine[one] = (home, told)
        rows += [(book, relation, age, *at) for (relation, age), at in zip(people, mine, strict=True)]
        words = [RELATIONS[relation] for relation, _ in people]
        if "spouse" in words and rng.random() < TIED:
            couples.append((first, first + words.index("spouse")))
        if "in_law" in words and rng.random() < TIED:
            couples.append((first + 2, first + words.index("in_law")))
    said = np.array(rows, np.int64)
    count = len(said)
    by_chance = rng.random(count) < STRANGERS
    said[by_chance, 4] = rng.integers(1, address, int(by_chance.sum()))
    none, no = np.full(count, NOBODY, np.int8), np.zeros(count, bool)
    nobody, nowhere = np.full(count, NOBODY, np.int32), np.full(count, -1, np.int64)
    pairs = np.array(couples, np.int32).reshape(-1, 2)
    known = Known(
        age=said[:, 2].astype(np.int16), sex=np.where(said[:, 1] == 1, 2, 1).astype(np.int8), surname=said[:, 0].astype(np.int32),
        book=said[:, 0].astype(np.uint64), book_line=np.arange(count), relation=said[:, 1].astype(np.int8),
        address=said[:, 4].astype(np.uint64), roll=none, roll_home=np.zeros(count, np.uint64), roll_line=nowhere,
        roll_relation=none, single=no, dependent=no, master=no, dead=no, custody=no, missing=no, clergy=no,
        moved=no,
        guardian=nobody, guardian_line=nowhere, guardian_source=none,
        couples=Couples(
            pairs[:, 0], pairs[:, 1], np.ones(len(pairs), bool), np.full(len(pairs), 9000, np.int32), np.arange(len(pairs))
        ),
    )  # fmt: skip
    return known, said[:, 3]


def main() -> None:
    homes = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    known, home = world(homes)
    count = known.count
    true = Truth(
        np.arange(count), home, np.arange(count), np.bincount(home)[home], np.zeros(count, bool), np.full(count, "none", object)
    )

    def line(name: str, said: np.ndarray, seconds: float | None) -> None:
        told = score(true, said)
        cpu = "" if seconds is None else f"{seconds:8.2f} CPU s"
        click.echo(f"{name:28} exact {told['exact']:.4f}  pairs {told['pairs']}  largest {told['largest']}{cpu}")

    click.echo(f"{count:,} people in {len(np.unique(home)):,} households")
    line("booklet", booklets(known), None)
    began = time.process_time()
    ruled = visited.propose(known, [], ON)
    line("rules", ruled.home, time.process_time() - began)
    pairs = visited.pairs_of(known, ruled)
    for many in (300, 1000, 3000):
        said = visit(known, ruled, pairs, true, many)
        began = time.process_time()
        found = visited.propose(known, said, ON)
        line(f"rules and {many:,} visits", found.home, time.process_time() - began)


if __name__ == "__main__":
    main()
