"""`doudi demo`: the made-up city, from departments' files to an open site, with logins printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from doudi.config.beside import doudi
from doudi.config.cli import COULD_NOT, answer, say, start_django
from doudi.config.commands import responding
from doudi.config.commands.serve import open_site
from doudi.config.home import home

if TYPE_CHECKING:
    from doudi.casework.core.papers import Body
    from doudi.casework.queries import CasePage

SEED = "1"
ON = date(2026, 6, 30)  # the day the city's files tell about
BEGINS = datetime(2026, 7, 1, 9, tzinfo=ZoneInfo("Asia/Shanghai"))  # the day the Social Assistance Law came into force


def register(cli: click.Group) -> None:
    cli.add_command(demo)


@click.command()
@click.option("--profile", type=click.Choice(["unit", "pilot", "city"]), default="pilot", show_default=True)
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--serve/--no-serve", default=True, help="open the site at the end, or stop after the summary")
@click.option("--json", "as_json", is_flag=True, help="one JSON object on standard output")
def demo(profile: str, port: int, serve: bool, as_json: bool) -> None:
    """Make the city, load it, judge it, appoint its clerks, and open the site. Run again, it goes on where it stopped."""
    os.environ["DOUDI_DEMO"] = "1"
    began = time.monotonic()
    city = home().root / "city" / profile
    done: dict[str, Any] = {"profile": profile, "home": str(home().root)}
    start_django()
    _step("准备数据库和网页", _prepare)
    done["city"] = _run("造一座虚构的城", "city", "make", str(city), "--profile", profile, "--seed", SEED)
    _step("登记各部门的发送方", _senders)
    done["feeds"] = _run("收各部门的数据", "feeds", "load", str(city / "feeds"))
    done["more"] = _run("收其他部门和旧系统的数据", "feeds", "load", str(city / "more"))
    done["cycle"] = _run("算事实、问规则、出预警", "cycle", "--on", ON.isoformat())
    done["resident"] = _step("安排工作人员", _people)
    order = _step("起草、批准核对任务单", _order)
    rolls = ("--order", order, "--roll", "disability_subsidy", "--against", "tekun", "--on", ON.isoformat())
    done["check"] = _run("两项补贴对特困：批量核对", "check", *rolls)
    done["lives"] = _step("让几户人家走到不同的地方（申请、公示、确认、发放）", lambda: _lives(done["resident"]))
    done["seconds"] = round(time.monotonic() - began, 1)
    lines = _summary(done, port)
    if serve:
        outside = _step("登记外面的来源（银行、税务、监狱……），请它们开门", lambda: _outside(city, port, order))
        for line in lines:
            click.echo(line)
        subprocess.Popen(outside, start_new_session=True)  # beside this process, which becomes the server
        open_site(host="127.0.0.1", port=port, workers=2)
    answer(done, as_json=as_json, lines=lambda: lines)


def _step(words: str, work: Any) -> Any:
    say(f"… {words}")
    return work()


def _run(words: str, *command: str) -> dict[str, Any]:
    """Run one of doudi's own commands, its progress on standard error, its answer kept."""
    say(f"… {words}：doudi {' '.join(command)}")
    found = subprocess.run(doudi(*command, "--json"), stdout=subprocess.PIPE, check=False)
    if found.returncode not in (0, 1):
        say(f"doudi {' '.join(command)} could not finish; the lines above say why.")
        sys.exit(COULD_NOT)
    return json.loads(found.stdout)


def _prepare() -> None:
    from django.core.management import call_command

    from doudi.office import actions, queries
    from doudi.office.core import Party

    call_command("migrate", verbosity=0, interactive=False)
    call_command("collectstatic", verbosity=0, interactive=False)
    if queries.now() > BEGINS and not queries.clock_set():
        actions.move_clock(to=BEGINS, by=Party.system("demo"), at=queries.now())


def _senders() -> None:
    from doudi.office import queries
    from doudi.sample import senders

    senders.register_all(at=queries.now())


def _people() -> dict[str, Any]:
    from doudi.office import queries
    from doudi.sample import applicant, hard_household, staff

    staff.appoint_all(at=queries.now())
    resident, hard = applicant.who_may_apply(), hard_household.of_the_township()
    told = [resident, *([{"name": hard.name, "number": hard.number}] if hard else [])]
    (home().root / "demo.json").write_text(json.dumps(told, ensure_ascii=False))  # for the demo's control page
    return resident | ({"hard": asdict(hard)} if hard else {})


def _lives(resident: dict[str, Any]) -> int:
    from django.db import transaction

    from doudi.office import queries
    from doudi.sample import lives

    hard = resident.get("hard")
    numbers = [resident["number"], *([hard["number"]] if hard else [])]
    with transaction.atomic():  # all of them or none, so that a run cut off here makes them when it is run again
        return lives.under_way(without=numbers, letter=_letter, at=queries.now())


def _letter(case: CasePage) -> tuple[str, Body]:
    """The letter about a decided case, as the desk's pages write it: its code and words."""
    from doudi.web.parts import letters, sheets

    written = letters.of_decision(case, sheets.office_of(case.area))
    assert written is not None
    return written.code, letters.body_of(written)


def _order() -> str:
    from doudi.office import queries
    from doudi.sample import orders

    return orders.in_force(queries.now())


def _outside(city: Path, port: int, order: str) -> list[str]:
    """Register who answers from outside; returns the words that start them."""
    from doudi.office import queries
    from doudi.sample.responders import register
    from doudi.sample.responders.manner import manners
    from doudi.verification.core.matching import CannotMatch
    from doudi.verification.gateways.matching import library
    from doudi.verification.gateways.matching.bank import own_key, write_order

    (bank,) = (one.code for one in manners().values() if one.matching)
    try:
        library.loaded()
        bank_key = own_key(responding.outside() / bank)[1]
        write_order(responding.outside() / bank / "orders.csv", order)
    except CannotMatch as why:
        say(f"  {manners()[bank].label}：{why}")
        bank_key = ""
    there, bank_there = port + responding.PORT_BEYOND, port + responding.BANK_PORT_BEYOND
    register.register_all(responding.outside(), port=there, bank_port=bank_there, bank_key=bank_key, at=queries.now())
    site = f"http://127.0.0.1:{port}"
    return responding.command(city, port=there, bank_port=bank_there, site=site, beside=os.getpid())


def _summary(done: dict[str, Any], port: int) -> list[str]:
    """What was done, and who can sign in, in words."""
    from doudi.sample.staff import PASSWORD, STAFF

    feeds, cycle, check = done["feeds"], done["cycle"], done["check"]
    site, resident = f"http://127.0.0.1:{port}", done["resident"]
    lines = [
        "",
        f"虚构的禾安市（{done['profile']}）准备好了，用了 {done['seconds']:.0f} 秒。数据全是编的，没有一个真人。",
        f"  各部门数据 {feeds['rows']:,} 行，收下 {feeds['accepted']:,}，退回 {feeds['rejected']:,}（每行都写了为什么、怎么改）",
        f"  其他部门和旧系统的数据 {done['more']['rows']:,} 行（不在 26 类里）",
        f"  登记 {cycle['persons']:,} 人、{cycle['households']:,} 户；等人去看的预警 {cycle['alerts']['open']:,} 条",
        f"  残疾人两项补贴对特困：{check['anomalies']:,} 人两边都有",
        f"  {done['lives']} 户人家正在办，或者已经在领（从受理到发放，每一步都有）" if done["lives"] else "",
        "",
        f"网站 {site}/    演示台（拨时钟、看短信）{site}/demo/",
        f"居民    姓名 {resident['name']}   身份证号 {resident['number']}   （验证码在 {site}/demo/sms/）",
    ]
    if hard := resident.get("hard"):
        lines += [
            f"难的一户 姓名 {hard['name']}   身份证号 {hard['number']}   家里：{hard['about']}；外省的儿子 {hard['supporter']} "
            f"{hard['supporter_number']}   （docs/tutorial/hard-household.zh-CN.md）",
        ]
    lines += [f"工作人员 {site}/desk/   密码都是 {PASSWORD}"]
    lines += [f"  {one.username:<6} {one.name}  {one.role.label}：{one.does}" for one in STAFF]
    return [*lines, ""]
