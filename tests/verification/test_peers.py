"""Places that ask each other, one installation at a time: who is let in, on what papers, who answers, what both keep."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import people
import walk
from doudi.exchange.core import signing
from doudi.office import queries as office
from doudi.office.core import NotAllowed, Party, Role
from doudi.office.models import JournalEntry
from doudi.verification import actions, jobs, queries
from doudi.verification.core import Asked, Basis, NoBasis, cards, letters, peers
from doudi.verification.core.letters import NotALetter
from doudi.verification.core.peers import NotAMove
from doudi.verification.gateways import places as gateway
from doudi.verification.models import Letter, LetterPart, PeerKey, PlaceExchange
from doudi.verification.queries import exchanges
from doudi.verification.queries import peers as places
from examples import some
from people import NOON
from verification.elsewhere import DATASETS, Elsewhere, everything

pytestmark = pytest.mark.django_db
REF = "e" + "1" * 32
ME = Party.system("places")
CAR = {"plate": "禾A1", "class": "car", "first_registered": date(2015, 5, 1), "status": "normal"}
THEIR_CAR = {"plate": "临B2", "class": "car", "first_registered": "2020-01-01", "status": "normal"}
INCOME = [peers.Wanted("q9", 0, "income")]
ODD = st.none() | st.integers() | st.text(max_size=4) | st.lists(st.integers() | st.text(max_size=3), max_size=2)


@pytest.fixture(autouse=True)
def noon(monkeypatch):
    monkeypatch.setattr("doudi.office.queries.now", lambda: NOON)


@pytest.fixture
def lake(monkeypatch):
    found = walk.everything_answers(walk.Sources().install(monkeypatch))
    found.row(people.granny_wang().pid, "vehicle", **CAR)
    return found


@pytest.fixture
def there(lake):
    return Elsewhere()


def release(by=None, ref=REF):
    _, question = exchanges.exchange_asked(ref)
    return jobs.release(ref, seen=jobs.digest_of(jobs.local_answers(question)), by=by or people.checker_he(), at=NOON)


# ---- who is let in ------------------------------------------------------------------------------------------------------


def test_nothing_is_taken_before_a_second_person_compared_the_fingerprint(lake):
    there = Elsewhere(known=False)
    wu, other = people.keeper_wu(), people.clerk("wu2", "吴二", Role.DATA, people.COUNTY)
    actions.add_peer(card=there.card(), relation="beside", by=wu, at=NOON, clock=office.clock())
    digits = places.peer(there.code).fingerprint
    with pytest.raises(NotALetter, match="核对指纹"):
        there.write(there.question(people.granny_wang()))
    with pytest.raises(NotAllowed, match="另一个人"):
        actions.check_peer(code=there.code, fingerprint=digits, by=wu, at=NOON)
    with pytest.raises(NotAllowed, match="对不上"):
        actions.check_peer(code=there.code, fingerprint=digits[:-1] + str((int(digits[-1]) + 1) % 10), by=other, at=NOON)
    with pytest.raises(NotAllowed):
        actions.check_peer(code=there.code, fingerprint=digits, by=people.clerk_li(), at=NOON)
    actions.check_peer(code=there.code, fingerprint=digits.replace(" ", ""), by=other, at=NOON)
    there.write(there.question(people.granny_wang()))
    actions.stop_peer(code=there.code, by=wu, at=NOON)
    with pytest.raises(NotALetter):
        there.write(there.question(people.granny_wang(), ref="e" + "2" * 32))
    assert PlaceExchange.objects.count() == 1


def test_another_places_key_opens_nothing(there):
    eve = Elsewhere("990300", "别处")
    message = there.question(people.granny_wang())
    for raw in (eve.letter(message, writer=there.code), there.letter(message, sign_with=eve.keys.sign)):
        with pytest.raises(NotALetter):
            jobs.take_part(raw[0], hop=eve.code)
    with pytest.raises(NotALetter, match="打不开"):
        there.write(message, seal_to=eve.keys.public[1])
    eve.write(message)  # Eve signs a question as hers in which another place asks
    assert not PlaceExchange.objects.exists() and Letter.objects.get().problem.startswith("wrong_place")


def test_new_keys_vouched_for_by_the_old_need_no_new_comparison_and_others_do(there):
    old, new = there.keys, cards.new_keys()
    there.keys = new
    there.meet(checked=False, card=there.card(before=old))
    assert places.peer(there.code).active and PeerKey.objects.count() == 2
    there.write(there.question(people.granny_wang()))  # with the new
    there.keys = old
    there.write(there.question(people.granny_wang(), ref="e" + "2" * 32))  # under way for a week
    there.keys = cards.new_keys()
    there.meet(checked=False)
    assert not places.peer(there.code).active
    there.keys = new
    with pytest.raises(NotALetter):
        there.write(there.question(people.granny_wang(), ref="e" + "3" * 32))


def test_our_own_new_keys_open_what_was_sealed_to_the_old(there, settings, tmp_path):
    settings.HOME = type(settings.HOME)(tmp_path)
    settings.HOME.keys.mkdir()
    before = cards.read_card(places.own_card(office.clock()))[0]
    raw = there.letter(there.question(people.granny_wang()))
    text = actions.change_own_keys(by=people.keeper_wu(), at=NOON, clock=office.clock())
    now, vouched = cards.read_card(text, known=before.sign)
    assert vouched and now.seal != before.seal
    jobs.take_part(raw[0], hop=there.code)
    assert PlaceExchange.objects.get().state == "received"
    assert before.sign.encode() not in (tmp_path / "keys" / "places").read_bytes()


# ---- the door -----------------------------------------------------------------------------------------------------------


def knock(raw, keys, *, off=timedelta(0), body=None):
    sent = {"content-digest": signing.digest_of(hashlib.sha256(raw).digest())}
    request = signing.Request("POST", "testserver", "/api/v1/peers/letters", "", sent)
    sent |= signing.sign(keys.sign, request, at=office.clock() + off)
    return Client().post("/api/v1/peers/letters", body or raw, content_type="application/json", headers=sent)


def test_the_door_takes_a_letter_once_and_says_why_it_does_not(there, settings):
    settings.ALLOWED_HOSTS = ["testserver"]
    raw = there.letter(there.question(people.granny_wang()))[0]
    assert knock(raw, there.keys, off=timedelta(minutes=6)).json()["reason"] == "clock"
    assert knock(raw, there.keys, body=raw + b" ").json()["reason"] == "digest_differs"
    assert knock(raw, cards.new_keys()).json()["reason"] == "unknown_key"
    assert knock(raw[:-9], there.keys).status_code == 422
    assert Client().post("/api/v1/peers/letters", raw, content_type="application/json").status_code == 401
    assert not Letter.objects.exists()
    assert knock(raw, there.keys).status_code == 200
    before = everything()
    assert knock(raw, there.keys, off=timedelta(minutes=4)).status_code == 200
    assert everything() == before and PlaceExchange.objects.get().state == "received"


def test_a_large_question_comes_in_parts_in_any_order_and_is_read_when_whole(there):
    crowd = [peers.About(f"某{at}" + "长" * 3000, f"x{at}", None) for at in range(60)]
    raw = there.letter(there.question(people.granny_wang(), people=crowd))
    assert len(raw) == 3
    for part in (raw[2], raw[0], raw[0], raw[2]):
        jobs.take_part(part, hop=there.code)
    assert not PlaceExchange.objects.exists() and LetterPart.objects.count() == 2
    jobs.take_part(raw[1], hop=there.code)
    assert len(PlaceExchange.objects.get().question["people"]) == 60
    assert set(LetterPart.objects.filter(letter__way="in").values_list("raw", flat=True)) == {None}


def test_a_large_letter_goes_on_where_it_stopped(there, monkeypatch):
    crowd = [peers.About(f"某{at}" + "长" * 3000, f"x{at}", None) for at in range(60)]
    actions.ask_place(
        ref=REF, peer=there.code, programme="dibao", basis="consent", order=None, people=crowd, wanted=INCOME,
        area=people.VILLAGE, subject="v1", by=ME, at=NOON, clock=office.clock(),
    )  # fmt: skip
    handed, down = [], [2]

    def hand(address, raw, **more):
        part = letters.read_part(raw).part
        if part in down:
            raise gateway.NotHanded("断了", again=True)
        handed.append(part)

    monkeypatch.setattr("doudi.verification.gateways.places.hand", hand)
    assert jobs.places.hand_letters() == (0, 1) and handed == [1]
    assert jobs.places.hand_letters() == (0, 0), "not again before its time"
    Letter.objects.update(next_try_at=None)
    down.clear()
    assert jobs.places.hand_letters() == (1, 0) and handed == [1, 2, 3]
    assert places.letters_stuck() == []


# ---- on what papers -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"paper": {"number": ""}}, "no_authorisation"),
        ({"paper": {"valid_until": "2026-06-30"}}, "expired"),
        ({"paper": {"programmes": ["tekun"]}}, "wrong_purpose"),
        ({"paper": {"datasets": ["vehicle"]}}, "wrong_sources"),
        ({"basis": "statutory_duty"}, "no_order"),
    ],
)
def test_a_question_without_papers_that_stand_is_refused_at_once_with_the_reason(there, more, why):
    there.write(there.question(people.granny_wang(), **more))
    assert PlaceExchange.objects.get().state == "refused" and [one["kind"] for one in there.read()] == ["refusal"]
    assert there.read()[0]["reason"] == why
    with pytest.raises(NotAMove):
        release()


def test_papers_are_judged_again_on_the_day_of_the_answer(there):
    there.write(there.question(people.granny_wang(), paper={"valid_until": "2026-07-01"}))
    _, question = exchanges.exchange_asked(REF)
    actions.answer_place(
        ref=REF, answers=jobs.local_answers(question), by=people.checker_he(), at=NOON + timedelta(days=1), clock=office.clock()
    )
    assert [one["kind"] for one in there.read()] == ["receipt", "refusal"] and there.read()[1]["reason"] == "expired"


def test_replays_and_repeats_change_nothing(there):
    message = there.question(people.granny_wang())
    raw = there.letter(message)
    for part in raw:
        jobs.take_part(part, hop=there.code)
    before = everything()
    for part in raw:
        jobs.take_part(part, hop=there.code)
    assert everything() == before
    there.write(message)  # the same question in a new letter: they did not hear us, so we say it again
    assert [one["kind"] for one in there.read()] == ["receipt", "receipt"] and PlaceExchange.objects.count() == 1
    there.write(message | {"programme": "tekun"})  # another question under the same number
    assert Letter.objects.order_by("id").last().problem.startswith("other_question")
    assert PlaceExchange.objects.get().question == message


# ---- who answers --------------------------------------------------------------------------------------------------------


def test_a_person_releases_what_was_seen_and_the_person_asked_about_reads_it_at_home(there, lake):
    granny = people.granny_wang()
    there.write(there.question(granny))
    with pytest.raises(NotAllowed):
        release(people.clerk_li())
    with pytest.raises(NotAllowed):
        release(people.clerk("far", "远", Role.VERIFICATION, people.OTHER_COUNTY))
    _, question = exchanges.exchange_asked(REF)
    seen = jobs.digest_of(jobs.local_answers(question))
    lake.row(granny.pid, "deposit", balance_date=date(2026, 6, 20), balance=500000)
    with pytest.raises(NotAMove, match="再看一遍"):
        jobs.release(REF, seen=seen, by=people.checker_he(), at=NOON)
    release()
    told = there.read()[-1]
    assert told["kind"] == "answer" and told["by"] == "person" and told["place"] == "990101"
    vehicle, deposit = told["answers"]
    assert (vehicle["said"], vehicle["rows"][0]["values"]["plate"]) == ("found", "禾A1")
    assert (deposit["said"], deposit["rows"][0]["values"]["balance"]) == ("found", "5000.00")
    look = office.looks(granny.pid)[0]
    assert look.area == there.label and "外地核对" in look.what and "救助" in look.purpose
    with pytest.raises(NotAMove):
        release()
    assert told["digest"] == letters.digest(question)


def test_a_number_under_another_name_is_ambiguous_and_nobody_is_told_that_they_were_seen(there):
    there.write(there.question(people.granny_wang(), name="王桂花"))
    release()
    assert {one["said"] for one in there.read()[-1]["answers"]} == {"ambiguous"}
    assert not office.looks(people.granny_wang().pid)


def test_refusing_needs_a_reason_which_the_other_place_reads(there):
    there.write(there.question(people.granny_wang()))
    with pytest.raises(NotAllowed, match="原因"):
        actions.refuse_place(ref=REF, words=" ", by=people.checker_he(), at=NOON, clock=office.clock())
    actions.refuse_place(ref=REF, words="不是这里的人", by=people.checker_he(), at=NOON, clock=office.clock())
    assert there.read()[-1]["words"] == "不是这里的人"


def test_only_what_two_people_allowed_is_answered_at_once(there):
    first, second = people.officer_zhao(), people.clerk("jiang", "江涛", Role.COUNTY, people.COUNTY)
    terms = {"programmes": ["dibao"], "datasets": DATASETS, "from_on": NOON.date(), "to_on": NOON.date() + timedelta(days=9)}
    made = actions.draft_standing_answer(peer=there.code, **terms, by=first, at=NOON)
    there.write(there.question(people.granny_wang()))
    assert jobs.places.answer_by_policy() == 0, "proposed is not in force"
    with pytest.raises(NotAllowed, match="另一个人"):
        actions.approve_standing_answer(ref=made.ref, by=first, at=NOON)
    with pytest.raises(NotAllowed):
        actions.answer_place(ref=REF, answers=[], policy=made.ref, by=ME, at=NOON, clock=office.clock())
    actions.approve_standing_answer(ref=made.ref, by=second, at=NOON)
    assert jobs.places.answer_by_policy() == 1 and there.read()[-1]["by"] == "policy"
    other = there.question(
        people.granny_wang(), ref="e" + "2" * 32, wanted=[peers.Wanted("q9", 0, "income")], paper={"datasets": ["income"]}
    )
    there.write(other)
    assert jobs.places.answer_by_policy() == 0, "another kind of data"
    actions.end_standing_answer(ref=made.ref, by=second, at=NOON)
    there.write(there.question(people.granny_wang(), ref="e" + "3" * 32))
    assert jobs.places.answer_by_policy() == 0, "ended"


# ---- carried through ----------------------------------------------------------------------------------------------------


def test_a_province_carries_what_it_cannot_read_and_only_for_places_below_it(settings, lake):
    settings.PLACE = settings.PLACE | {"code": "990000", "address": "https://province.example"}
    one, other = Elsewhere("990200", relation="down"), Elsewhere("990300", "别处", relation="down")
    stranger, far = Elsewhere("980100", "外省"), Elsewhere("980200", "外省二")
    raw = one.letter(one.question(people.granny_wang(), reader=other.code), to=other.code, seal_to=other.keys.public[1])
    jobs.take_part(raw[0], hop=one.code)
    letter = Letter.objects.get()
    assert (letter.way, letter.kind, letter.exchange) == ("through", "", "") and not PlaceExchange.objects.exists()
    waiting = places.parts_waiting(letter.letter)
    assert [part.raw for part in waiting] == raw and places.next_hop(other.code).address == other.address
    with pytest.raises(NotALetter):
        letters.unseal(letters.read_part(raw[0]), [key.seal for key in jobs.places.own_keys.own_keys(office.clock())])
    before = everything()
    jobs.take_part(raw[0], hop=one.code)
    assert everything() == before
    for writer, reader, why in ((stranger, far, "下级"), (one, Elsewhere("990400", known=False), "送不到")):
        with pytest.raises(NotALetter, match=why):
            sealed = writer.letter({"kind": "receipt"}, to=reader.code, seal_to=reader.keys.public[1])
            jobs.take_part(sealed[0], hop=writer.code)
    actions.mark_moved(letter=letter.letter, part=1, by=ME, at=NOON)
    assert LetterPart.objects.get().raw is None and Letter.objects.get().done_at


def test_a_place_without_an_address_is_reached_through_its_province(there):
    far = Elsewhere("990400", "没有地址的", address="", known=False)
    with pytest.raises(cards.BadCard, match="上级"):
        far.meet()
    province = Elsewhere("990000", "省", relation="up")
    far.meet(via=province.code)
    assert places.next_hop(far.code).code == province.code and "读不到" in places.route(far.code)
    far.write(far.question(people.granny_wang()), hop=province.code)
    assert PlaceExchange.objects.get().state == "received"
    with pytest.raises(NotALetter, match="不替"):
        far.write(far.question(people.granny_wang(), ref="e" + "2" * 32), hop=there.code)


# ---- asking -------------------------------------------------------------------------------------------------------------


@pytest.fixture
def check(lake, monkeypatch):
    """Uncle lives in 临河县: both our own data and that place are asked about him; granny is nobody there."""
    uncle, granny = people.person("周外", date(1970, 1, 1), order=7, area="990102001201"), people.granny_wang()
    there = Elsewhere("990102", "临河县民政局")
    actions.keep_source(
        code="linhe-vehicle", label="临河县", dataset="vehicle", adapter="place", address="990102", by=ME, at=NOON
    )
    for where in ("checks.standing", "questions.lawful"):
        monkeypatch.setattr(f"doudi.verification.actions.{where}", lambda *more, **named: {})
    made = actions.request(
        subject="case", area=people.VILLAGE, programme="dibao", basis=Basis.CONSENT, by=people.clerk_li(), at=NOON,
        people=[Asked(uncle.pid, uncle.name, True), Asked(granny.pid, granny.name, True)], sources=["vehicle"],
    )  # fmt: skip
    jobs.ask_sources(by=ME, now=lambda: NOON)
    return there, made


def test_a_source_that_is_a_place_is_named_by_its_area_code(lake):
    with pytest.raises(ValueError, match="区划代码"):
        actions.keep_source(code="x", label="x", dataset="vehicle", adapter="place", address="临江", by=ME, at=NOON)


def reply(there, said="found", rows=None, **more):
    question = there.read()[0]
    rows = [{"ref": "3/14", "values": THEIR_CAR}] if rows is None else rows
    told = {"item": question["wanted"][0]["item"], "said": said, "why": "", "as_of": "2026-06-30", "rows": rows}
    message = {"kind": "answer", "exchange": question["exchange"], "digest": letters.digest(question), "answers": [told]}
    return message | more


def answers(made):
    return sorted((row.source, row.whose, row.said, len(row.items)) for row in queries.answers(made.ref))


def test_a_check_gets_the_other_places_answer_and_only_who_is_from_there_is_asked_about(check):
    there, made = check
    jobs.ask_sources(by=ME, now=lambda: NOON)
    question = there.read()[0]
    assert [one["name"] for one in question["people"]] == ["周外"] and len(there.read()) == 1
    there.write({"kind": "receipt", "exchange": question["exchange"], "of": "question", "digest": letters.digest(question)})
    assert PlaceExchange.objects.get().state == "received"
    there.write(reply(there))
    assert ("linhe-vehicle", "周外", "found", 1) in answers(made)
    assert ("vehicle", "周外", "nothing", 0) in answers(made), "our own source said its own word; the two are not merged"
    item = next(row.items[0] for row in queries.answers(made.ref) if row.source == "linhe-vehicle")
    assert item.their_ref == "3/14" and "临B2" in item.words
    before = everything()[3], answers(made)
    there.write(reply(there, said="nothing", rows=[]))
    assert (everything()[3], answers(made)) == before and Letter.objects.filter(problem__startswith="answered_otherwise").exists()
    there.write(reply(there))
    assert (everything()[3], answers(made)) == before
    assert there.read()[-1]["kind"] == "receipt", "they did not hear that we have it"


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"digest": "0" * 64}, "other_digest"),
        ({"answers": []}, "unreadable"),
        ({"exchange": "e" + "f" * 32}, "not_asked"),
        ({"kind": "hello"}, "unreadable"),
    ],
)
def test_a_reply_that_does_not_fit_changes_nothing(check, more, why):
    there, made = check
    before = answers(made)
    there.write(reply(there) | more)
    assert PlaceExchange.objects.get().state == "asked" and answers(made) == before
    assert Letter.objects.get(way="in").problem.startswith(why)


def test_rows_that_break_the_contract_are_no_answer_never_nothing(check):
    there, made = check
    there.write(reply(there, rows=[{"ref": "1/1", "values": {"plate": "临B2", "first_registered": "昨天"}}]))
    assert ("linhe-vehicle", "周外", "no_answer", 0) in answers(made)


def test_a_refusal_is_kept_as_refused_with_its_words(check):
    there, made = check
    there.write(reply(there) | {"kind": "refusal", "reason": "expired", "words": "授权过期了"})
    row = next(row for row in queries.answers(made.ref) if row.source == "linhe-vehicle")
    assert (row.said, row.why) == ("refused", "授权过期了") and PlaceExchange.objects.get().state == "refused"


def test_what_was_not_heard_is_said_again_and_lost_letters_do_not_matter(check, monkeypatch):
    there, _ = check
    Letter.objects.update(done_at=NOON)  # handed to somebody who lost it
    assert jobs.places._say_again() == 0
    monkeypatch.setattr("doudi.office.queries.now", lambda: NOON + timedelta(hours=2))
    assert jobs.places._say_again() == 1
    first, again = there.read()
    assert first == again
    assert jobs.places._say_again() == 0
    monkeypatch.setattr("doudi.office.queries.now", lambda: NOON + timedelta(hours=4))
    Letter.objects.update(done_at=NOON)
    actions.stop_peer(code=there.code, by=ME, at=NOON)
    jobs.run_places()  # nothing may go there: the round goes on
    assert len(there.read()) == 2


def test_a_question_whose_authorisation_was_taken_back_does_not_leave_however_long_it_waited(check, monkeypatch):
    _, made = check

    def withdrawn(question, at):
        raise NoBasis("撤回了", "withdrawn")

    monkeypatch.setattr("doudi.verification.actions.questions.lawful", withdrawn)
    monkeypatch.setattr("doudi.verification.gateways.places.hand", lambda *more, **named: pytest.fail("it left"))
    assert jobs.places.hand_letters() == (1, 0)
    assert PlaceExchange.objects.get().state == "closed" and LetterPart.objects.get().raw is None
    assert [row.state for row in queries.answers(made.ref) if row.source == "linhe-vehicle"] == ["closed"]
    before = everything()
    jobs.run_places()
    assert everything() == before


@given(st.data())
@settings(max_examples=some(20), suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None)
def test_no_odd_letter_from_a_known_place_stops_the_house(there, data):
    """Signed and sealed as it should be, and nonsense inside."""
    kind = data.draw(st.sampled_from(["question", "receipt", "answer", "refusal", "compare", "compared"]))
    message = {"kind": kind, "exchange": "e" + hashlib.md5(data.draw(st.binary(max_size=3))).hexdigest()}
    names = ("from", "of", "digest", "answers", "people", "wanted", "comparison", "held", "due_on", "reason", "words")
    message |= {name: data.draw(ODD) for name in data.draw(st.sets(st.sampled_from(names)))}
    there.write(json.loads(json.dumps(message)))
    assert not PlaceExchange.objects.exists()


def test_every_exchange_stands_in_the_journal_by_its_number_and_digest_only(there):
    granny = people.granny_wang()
    there.write(there.question(granny))
    release()
    lines = JournalEntry.objects.filter(subject=REF)
    assert {line.act for line in lines} == {"verification.take_question", "verification.answer_place"}
    assert not [line for line in lines if granny.name in line.detail or granny.citizen_no in line.detail]
    held = exchanges.held(REF)
    assert held["journal"] == held["kept"]
