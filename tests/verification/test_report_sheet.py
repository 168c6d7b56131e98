"""The report on paper: three pages at most, read aloud, signed so that a changed byte shows, proven offline."""

import asyncio
import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
from django.test import override_settings
from pyhanko.pdf_utils.reader import PdfFileReader

import people
from doudi.config.cli import cli
from doudi.config.home import Home
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party
from doudi.office.gateways import seals, sheets
from doudi.office.models import JournalEntry
from doudi.office.sealing import BrokenSeal
from doudi.verification import actions, jobs, queries
from doudi.verification.core.held import Held, compare_held, open_pdf
from doudi.verification.models import ReportPaper
from doudi.web.parts import reports
from people import NOON
from verification import reported

pytestmark = pytest.mark.django_db


@pytest.fixture
def keys(tmp_path):
    (tmp_path / "keys").mkdir()
    with override_settings(HOME=Home(tmp_path)):
        yield tmp_path / "keys"


@pytest.fixture
def page(monkeypatch):
    """Granny alone."""
    reported.sources(monkeypatch)
    return read(reported.checked(people.granny_wang()))


def read(check):
    return queries.report(actions.issue(check=check.ref, by=people.clerk_li(), at=NOON).ref, reader())


@pytest.fixture
def home(monkeypatch):
    """Six people: a child, cars, a shop, deposits, wages, and three sources that leave it open."""
    sources = reported.sources(monkeypatch)
    granny, boy = people.granny_wang(), people.grandson_wang()
    others = [people.person(name, date(1970 + at, 3, 1), order=20 + at) for at, name in enumerate(("王秀兰", "王建国", "王志强"))]
    everybody = [granny, people.uncle_zhou(), boy, *others]
    for at, one in enumerate(everybody):
        sources.row(one.pid, "insurance", employer=f"禾安第{at}建筑劳务有限公司", base=456_700 + at)
        sources.row(one.pid, "marriage", event="marriage", event_date=date(1990 + at, 5, 1), spouse_name="某某")
        sources.row(one.pid, "medical_cost", paid_on=date(2026, 5, 3), self_paid=123_456)
        if at % 2:
            sources.row(one.pid, "deposit", balance_date=date(2026, 6, 20), balance=1_230_000 + at)
    sources.row(others[0].pid, "business", status="active", from_date=date(2020, 1, 1), credit_code="92990101MA0000001X")
    sources.row(others[1].pid, "vehicle", plate="禾B2", **{"class": "truck"}, first_registered=date(2018, 5, 1), status="normal")
    del sources.as_of["dwelling"], sources.as_of["court"]
    sources.as_of["housing"] = date(2024, 1, 1)
    return read(reported.checked(*everybody, guardian=granny))


@pytest.fixture(scope="module")
def plain():
    """A sheet that says nothing of anybody, not signed."""
    html = "<html lang='zh'><title>一</title><p>二</p></html>"
    return sheets.draw(
        lambda tight: html, style="css/report-paper.css", most=3, identifier="1", attached=sheets.Attached("a", "b", b"{}")
    ).data


def reader():
    return office.viewer(people.clerk_li(), "check.read", NOON)


def sheet(page, by=None):
    return reports.sheet_for("https://helan.example/sheet/check/" + page.token + "/", page, by=by or people.clerk_li(), at=NOON)


@pytest.mark.lake
def test_a_household_of_six_fits_three_pages_read_aloud_with_its_own_letters(home, keys):
    pdf = sheet(home)
    paper = ReportPaper.objects.get()
    root = PdfFileReader(BytesIO(pdf)).root

    assert 1 <= paper.pages <= 3 and paper.size == len(pdf) < 700_000
    assert root["/MarkInfo"]["/Marked"] and root["/StructTreeRoot"] and str(root["/Lang"]).startswith("zh")
    assert b"pdfuaid" in root["/Metadata"].data
    fonts = {str(name) for page in PdfFileReader(BytesIO(pdf)).root["/Pages"]["/Kids"] for name in _fonts(page.get_object())}
    assert fonts and all("CJK" in name and "+" in name for name in fonts), fonts


def _fonts(page):
    for font in page["/Resources"]["/Font"].values():
        inner = font.get_object()["/DescendantFonts"][0].get_object()
        descriptor = inner["/FontDescriptor"].get_object()
        assert any(kind in descriptor for kind in ("/FontFile2", "/FontFile3")), "not embedded"
        yield inner["/BaseFont"]


def test_it_is_made_once_and_the_signature_and_the_journal_tell_a_changed_byte(page, keys, monkeypatch):
    pdf = sheet(page)
    monkeypatch.setattr(sheets, "draw", lambda *_, **__: pytest.fail("drawn again"))

    assert sheet(page) == pdf
    (line,) = JournalEntry.objects.filter(act="verification.keep_sheet")
    told = json.loads(line.detail)
    assert told["certificate"] == seals.current(NOON).fingerprint and told["of"] == page.sha256
    assert actions.keep_sheet(token=page.token, pdf=b"%PDF-another", pages=1, certificate="x", by=people.clerk_li(), at=NOON)
    assert sheet(page) == pdf

    opened = open_pdf(pdf)
    assert opened.intact and opened.fingerprint == seals.current(NOON).fingerprint and opened.attached == page.data
    assert opened.signed_at == NOON
    for at in (30, len(pdf) // 3, len(pdf) // 2, len(pdf) - 2000):
        other = bytearray(pdf)
        other[at] ^= 1
        found = open_pdf(bytes(other))
        assert found is None or not found.intact, at
    assert not open_pdf(pdf + b"\n% more").intact
    assert open_pdf(b"%PDF-1.7 nothing") is None

    told = jobs.verified(page.token, on=NOON.date())
    line = json.loads(told.proof["leaf"])
    assert compare_held(Held(page.data, True, ""), line)["same"]
    for held in (
        Held(page.data.replace("禾A1".encode(), "禾A2".encode()), True, ""),
        Held(page.data, False, ""),
        Held(None, True, ""),
    ):
        assert not compare_held(held, line)["same"]
    assert not compare_held(Held(page.data, True, "ab"), line, certificate="cd")["same"]
    assert not compare_held(Held(page.data, True, ""), line | {"act": "verification.request"})["same"]


def test_a_clerk_hands_one_out_and_its_files_prove_it_offline(page, keys, tmp_path, monkeypatch):
    def hand(number, by):
        return CliRunner().invoke(cli, ["report", "hand", number, "--out", str(out), "--by", by, "--json"])

    out, number = tmp_path / "out", page.row.number
    for which, by in ((number, "sun"), ("HD2026999999-1", "li"), (number, "nobody")):
        people.clerk_sun()
        assert hand(which, by).exit_code == 2 and not out.exists()
    told = json.loads(hand(number, "li").stdout)
    assert sorted(told["files"]) == sorted(one.name for one in out.iterdir()) and len(told["files"]) == 3
    assert (out / f"{number}.json").read_bytes() == page.data
    assert JournalEntry.objects.filter(act="office.look", subject=people.granny_wang().pid).count() == 1

    (proof,) = {*told["files"]} - {f"{number}.json", f"{number}.pdf"}
    changed = bytearray((out / f"{number}.pdf").read_bytes())
    changed[len(changed) // 2] ^= 1
    (out / "changed.pdf").write_bytes(changed)
    command = ("report", "check", "--proof", proof, "--json")
    alone = subprocess.run(
        [str(Path(sys.executable).parent / "doudi"), *command, f"{number}.pdf"], cwd=out, capture_output=True, check=False
    )
    monkeypatch.chdir(out)
    here = [CliRunner().invoke(cli, [*command, name]) for name in (f"{number}.json", "changed.pdf")]

    assert alone.returncode == 0 and json.loads(alone.stdout)["number"] == number, alone.stderr
    assert here[0].exit_code == 0 and json.loads(here[0].stdout)["number"] == number
    assert here[1].exit_code == 1 and "changed" in json.loads(here[1].stdout)["error"]


def test_only_those_who_may_read_a_copy_make_its_sheet(page, keys):
    granny, uncle = people.granny_wang(), people.uncle_zhou()
    mine = queries.my_report(page.row.ref, [granny.pid])
    for by in (people.worker_wang(), people.clerk_sun(), Party.resident(uncle.pid)):
        with pytest.raises(NotAllowed):
            actions.keep_sheet(token=mine.token, pdf=b"%PDF-", pages=1, certificate="x", by=by, at=NOON)
    assert actions.keep_sheet(token=mine.token, pdf=b"%PDF-", pages=1, certificate="x", by=Party.resident(granny.pid), at=NOON)
    assert not ReportPaper.objects.exclude(of__token=mine.token).exists()


# ---- the office's certificate -------------------------------------------------------------------------------------------


def brought(key, *, good=True, password="geheim-123"):
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "禾安县民政局")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(7)
        .not_valid_before(NOON.replace(year=2025))
        .not_valid_after(NOON.replace(year=2030 if good else 2026, month=1))
        .sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())
    )
    return pkcs12.serialize_key_and_certificates(b"office", key, made, None, BestAvailableEncryption(password.encode()))


@pytest.mark.lake
def test_an_office_brings_its_own_certificate(plain, keys):
    before = seals.current(NOON)
    assert before.own_word and seals.current(NOON) == before
    seal = seals.bring(brought(ec.generate_private_key(ec.SECP256R1())), "geheim-123", NOON)
    actions.use_certificate(fingerprint=seal.fingerprint, by=Party.system("certificate"), at=NOON)

    signed = open_pdf(sheets.sign(plain, seals.current(NOON), at=NOON, reason="三"))
    assert signed.intact and signed.fingerprint == seal.fingerprint != before.fingerprint
    with pytest.raises(NotAllowed):
        actions.use_certificate(fingerprint=seal.fingerprint, by=people.clerk_li(), at=NOON)
    (keys.parent / "office.p12").write_bytes(brought(ec.generate_private_key(ec.SECP256R1())))
    bring = ["report", "certificate", "--p12", str(keys.parent / "office.p12"), "--json"]
    assert CliRunner().invoke(cli, bring, input="wrong\n").exit_code == 2
    told = json.loads(CliRunner().invoke(cli, bring, input="geheim-123\n").stdout.splitlines()[-1])
    assert told["fingerprint"] == seals.current(NOON).fingerprint != seal.fingerprint


@pytest.mark.lake
def test_what_is_no_usable_certificate_is_refused_and_the_old_one_stays(keys):
    before, key = seals.current(NOON), ec.generate_private_key(ec.SECP256R1())
    for data, password in (
        (brought(key), "wrong"),
        (b"nothing", ""),
        (brought(key, good=False), "geheim-123"),
        (brought(ed25519.Ed25519PrivateKey.generate()), "geheim-123"),
    ):
        with pytest.raises(NotAllowed):
            seals.bring(data, password, NOON)
    assert seals.current(NOON) == before


@pytest.mark.lake
def test_the_key_lies_sealed(keys):
    seal = seals.current(NOON)
    (file,) = keys.iterdir()
    assert seal.key not in file.read_bytes() and file.stat().st_mode & 0o077 == 0
    file.write_bytes(file.read_bytes()[:-1] + b"x")
    with pytest.raises(BrokenSeal):
        seals.current(NOON)


def test_it_is_signed_and_read_in_a_thread_where_an_event_loop_runs(plain, keys):
    async def served():
        return open_pdf(sheets.sign(plain, seals.current(NOON), at=NOON, reason="一"))

    with ThreadPoolExecutor(1) as elsewhere:  # in this thread a browser's loop may be running since another test
        assert elsewhere.submit(lambda: asyncio.run(served())).result().intact
