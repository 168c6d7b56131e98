"""`doudi cycle`: from what departments delivered to alerts at people's desks, for one day."""

from __future__ import annotations

import datetime
import resource
import sys
import time

import click

from doudi.config.cli import answer, could_not, new_database, say, start_django


def register(cli: click.Group) -> None:
    cli.add_command(cycle)


class _Steps:
    """Says on standard error what is being done, and keeps how long each step took."""

    def __init__(self, quiet: bool) -> None:
        self.seconds: dict[str, float] = {}
        self._quiet = quiet
        self._began = time.monotonic()
        self._name = ""

    def __call__(self, name: str) -> None:
        step = name.split(" ", 1)[0]
        now = time.monotonic()
        if self._name:
            self.seconds[self._name] = round(self.seconds.get(self._name, 0.0) + now - self._began, 3)
        if not self._quiet and step != self._name:
            say(f"… {step}")
        self._name, self._began = step, now


@click.command()
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="the day judged; today by default")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def cycle(on: datetime.datetime | None, as_json: bool) -> None:
    """Join every delivered row to people, work out everybody's facts, ask every rule, and bring the alerts to the desks.

    Running it twice changes nothing; killed anywhere and run again it ends in the same state.
    """
    start_django()
    new_database()
    from doudi.exchange import jobs as exchange
    from doudi.monitoring import jobs
    from doudi.office.queries import now
    from doudi.policy.language.errors import RuleError

    steps = _Steps(quiet=as_json and not sys.stderr.isatty())
    try:
        done = jobs.evaluate(on.date() if on else None, mark=steps)
    except (jobs.NothingLoaded, jobs.OlderThanPublished, RuleError) as why:
        could_not(str(why), as_json=as_json)
    steps("quality")
    exchange.compare(at=now())
    steps("done")
    usage = resource.getrusage(resource.RUSAGE_SELF)
    result = {
        **jobs.summary(done),
        "seconds": steps.seconds,
        "cpu_seconds": round(usage.ru_utime + usage.ru_stime, 2),
        "peak_mb": usage.ru_maxrss >> 10,
    }

    def lines() -> list[str]:
        shown = [
            f"cycle {result['cycle']}{' (published before; nothing changed)' if done.already else ''}",
            f"{result['persons']:,} people in {result['households']:,} households",
            "rows joined: "
            + ", ".join(f"{how} {count:,}" for how, count in sorted(result["links"].items(), key=lambda x: -x[1])),
            "status: " + ", ".join(f"{tier} {count:,}" for tier, count in sorted(result["tiers"].items(), key=lambda x: -x[1])),
            f"{result['findings']:,} findings",
            *(f"  {code:6} {count:>9,}" for code, count in result["by_indicator"].items()),
            "alerts: " + ", ".join(f"{name} {count:,}" for name, count in done.alerts.items()),
        ]
        if result["silent"]:
            shown.append("cannot speak, for no data came: " + ", ".join(sorted(result["silent"])))
        if result["switched_off"]:
            shown.append(
                "switched off: " + ", ".join(f"{code} in {place or 'the nation'}" for code, place in result["switched_off"])
            )
        took = sum(steps.seconds.values())
        return [*shown, f"{took:.1f} s, {result['cpu_seconds']} CPU s, {result['peak_mb']} MB"]

    answer(result, as_json=as_json, lines=lines)
