"""One household asked of every local source over HTTP: request to report, one after another and twenty at once."""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.measure import DOUDI, answers, django_on, spent, until
from bench.table import Row

CASES, AT_ONCE = 60, 20
TOKEN = "b" * 32  # cookie and header alike: this is no browser


def measure(root: Path, profile: str) -> list[Row]:
    """Households of the city that applied, checked again by their township's clerk against the real server."""
    django_on(root / f"home-{profile}")
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)
    from doudi.office import queries as office
    from doudi.verification import queries

    cases, people, cookie = stage(CASES + 1)
    port = free_port()
    server = subprocess.Popen([DOUDI, "serve", "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), "the server does not start")

        def ask(ref: str) -> tuple[float, float, bool]:
            asked = spent(lambda: send(port, cookie, "POST", f"/desk/cases/{ref}/check/"))
            (newest, *_) = queries.reports(check_of(ref))  # every source answered, so it is issued by itself
            shown = spent(lambda: send(port, cookie, "GET", f"/desk/reports/{newest.ref}/"))
            return asked.wall, asked.wall + shown.wall, (asked.answer, shown.answer) == (302, 200)

        ask(cases[-1])  # the server reads its files for the first time
        before = cpu(server.pid)
        alone = [ask(ref) for ref in cases[:CASES]]
        used = (cpu(server.pid) - before) / CASES
        with ThreadPoolExecutor(AT_ONCE) as together:
            done = spent(lambda: list(together.map(ask, cases[:AT_ONCE])))
        crowd, wall = done.answer, done.wall
    finally:
        server.terminate()
        server.wait(30)
    sources = queries.progress(check_of(cases[0]), office.now()).sources
    who = f"{people / CASES:.1f} people each, {sources} local sources"
    failed = sum(not good for _, _, good in alone + crowd)
    return [
        line(f"check: request → numbered report kept, {CASES} households, {who}", [one for one, _, _ in alone], "< 1 s"),
        line("check: request → report on the screen, the same", [one for _, one, _ in alone], "< 1 s"),
        line(f"check: request → report on the screen, {AT_ONCE} at once", [one for _, one, _ in crowd], f"{wall:.1f} s for all"),
        Row("check: CPU of the server for one of them, report and page", f"{used * 1000:.0f} ms", "", "the less the better"),
        Row("check: requests that failed", str(failed), f"of {2 * (len(alone) + len(crowd))}", "0"),
    ]


def line(what: str, seconds: list[float], goal: str) -> Row:
    ordered = sorted(seconds)
    last = ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)]
    return Row(what, f"{statistics.median(ordered) * 1000:.0f} ms", f"p99 {last * 1000:.0f} ms", goal)


def stage(count: int) -> tuple[list[str], int, str]:
    """Households of the township apply, everybody signs, the clerk takes them in; refs, people, and the clerk's cookie."""
    from django.test import Client

    from doudi.casework import actions
    from doudi.monitoring import queries as monitoring
    from doudi.office import queries as office
    from doudi.office.core import NotAllowed, Party
    from doudi.registry import queries as registry
    from doudi.sample import staff

    at = office.now()
    staff.appoint_all(at=at)
    li = office.clerk("li")
    sees = office.viewer(li, "alert.list", at)
    refs, people, after = [], 0, ""
    while len(refs) < count:
        page = monitoring.inbox(sees, after=after, size=200)
        after = page.next
        for row in page.rows:
            if len(refs) == count:
                break
            pid = monitoring.alert(row.ref, sees).pid
            me = Party.resident(pid)
            try:
                draft = actions.start_draft(pid=pid, by=me, at=at)
                others = {one["pid"]: True for one in draft.content["members"] if not one["is_applicant"]}
                actions.save_hardships(ref=draft.ref, kinds=["illness"], story="", by=me, at=at)
                actions.save_members(ref=draft.ref, together=others, others=[], by=me, at=at)
                said = {one["key"]: "right" for one in draft.content["incomes"]}
                actions.save_incomes(ref=draft.ref, said=said, others=[], by=me, at=at)
                actions.save_account(ref=draft.ref, way="other", bank="农信社", number="6230520000000008830", by=me, at=at)
                case = actions.submit(ref=draft.ref, consent=True, by=me, at=at)
                for other in others:
                    actions.record_consent(ref=case.ref, pid=other, channel="paper", by=li, at=at)
                actions.accept(ref=case.ref, by=li, at=at)
            except (NotAllowed, ValueError, registry.NotKnown):
                continue  # applied before, or lives elsewhere by now
            refs.append(case.ref)
            people += 1 + len(others)
        if not after and len(refs) < count:
            raise SystemExit(f"only {len(refs)} households with an alert in the township")
    client = Client()
    client.force_login(li)
    return refs, people, client.cookies["sessionid"].value


def check_of(ref: str) -> str:
    """The latest check of a case."""
    from doudi.casework.models import Case

    return Case.objects.values_list("check_ref", flat=True).get(ref=ref)


def cpu(pid: int) -> float:
    """CPU seconds a process and its children have used so far."""
    ticks = sum(int(text) for text in _stat(pid)[11:15])
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return ticks / os.sysconf("SC_CLK_TCK") + sum(cpu(int(child)) for child in children)


def _stat(pid: int) -> list[str]:
    """What the kernel says of a process, after its name."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


def free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def send(port: int, cookie: str, method: str, path: str) -> int:
    """One request of the clerk, on a connection of its own, read to its end; its status."""
    made = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {
        "cookie": f"sessionid={cookie}; csrftoken={TOKEN}",
        "x-csrftoken": TOKEN,
        "content-type": "application/x-www-form-urlencoded",
    }
    made.request(method, path, "", headers)
    answer = made.getresponse()
    answer.read()
    made.close()
    return answer.status
