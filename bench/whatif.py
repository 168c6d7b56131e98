"""What-if at full size: one scenario and two, the first answer and the next, beside one pass over the columns by numpy."""

from __future__ import annotations

from pathlib import Path

from bench.measure import Spent, django_on, spent
from bench.table import Row


def measure(root: Path, profile: str) -> list[Row]:
    """Ask as the page asks, in this process; the published cycle is the one the bench made."""
    django_on(root / f"home-{profile}")
    from doudi.engine import cycle, everybody
    from doudi.exchange import queries as exchange
    from doudi.monitoring import whatif
    from doudi.monitoring.whatif import Change, Scenario
    from doudi.rulebook import queries as rulebook

    on = whatif.judged_on()

    def ask(*standards: str, with_rates: bool = False) -> None:
        scenarios = [Scenario(said, (Change("dibao_standard", "urban", said),)) for said in standards]
        whatif.compare(area, scenarios, on=on, reading="roll", with_rates=with_rates)

    made = cycle.current(exchange.lake())
    assert made is not None  # whatif.judged_on would have said so
    opened = spent(lambda: everybody.opened(exchange.lake(), made, rulebook.pack(), on))
    area = whatif.place_of("")
    first = spent(lambda: ask("950"))
    one = spent(lambda: ask("951"))
    two = spent(lambda: ask("952", "953"))
    again = spent(lambda: ask("952", "953"))
    rates = spent(lambda: ask("954", with_rates=True))
    city = everybody.opened(exchange.lake(), made, rulebook.pack(), on)
    columns = {name: city.column(name) for name in ("hh_income_month", "hh_members")}

    def by_hand() -> None:
        """The benefit alone: whom a higher standard takes in, and what it costs, over whole columns."""
        (income, known), (members, sure) = columns.values()
        for standard in (85_000, 95_000):
            gap = standard * members.astype("int64") - income
            entitled = known & sure & (gap > 0)
            (entitled.sum(), gap[entitled].sum())

    by_hand()
    limit = spent(by_hand)
    beside = f"one pass over the two columns by numpy, the benefit alone: {limit.cpu:.3f} CPU s"

    def told(one: Spent) -> str:
        return f"{one.cpu:.2f} CPU s, {one.wall:.2f} s"

    size = f"{city.persons:,} people, {city.households:,} households"
    return [
        Row(f"what-if, reading {size}", told(opened), "", ""),
        Row("what-if, the first scenario of a day (with the rules as they are)", told(first), beside, ""),
        Row("**what-if, another scenario**", f"**{told(one)}**", beside, "< 3 s on screen"),
        Row("what-if, two other scenarios side by side", told(two), beside, "< 3 s on screen"),
        Row("what-if, the same again", told(again), "", ""),
        Row("what-if, with what is left of the next 100 yuan", told(rates), "", ""),
    ]
