"""Letters between places: read by their reader only, refused when any byte is not as it was written; cards likewise."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from doudi.verification.core import cards, letters, peers
from doudi.verification.core.letters import NotALetter
from examples import some

SLOW = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}  # how busy the machine is proves nothing here
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=8)
VALUES = (
    PLAIN | st.lists(PLAIN, max_size=3) | st.dictionaries(st.text(max_size=4), PLAIN | st.lists(PLAIN, max_size=2), max_size=3)
)
AT = datetime(2026, 7, 1, 4, 0, tzinfo=UTC)
A, B, P, EVE = (cards.new_keys() for _ in range(4))
MESSAGE = {"kind": "question", "exchange": "e" + "0" * 32, "names": "王桂兰"}


def write(message=MESSAGE, *, keys=A, reader=B, at=AT, writer="990100"):
    return letters.write(message, writer=writer, reader="990200", seal_to=reader.public[1], sign_with=keys.sign, at=at)


def opened(parts, *, writer=A, reader=B, at=AT):
    """Everything the reader's door does before it keeps anything."""
    pieces = []
    for raw in parts:
        part = letters.read_part(raw)
        letters.check(part, writer.public[0], at=at)
        pieces.append(letters.unseal(part, [reader.seal]))
    return letters.join(pieces)


ONE = [part.as_sent() for part in write()]


@given(VALUES)
@settings(**SLOW)
def test_what_was_written_is_what_is_read(value):
    message = MESSAGE | {"value": value}
    read = opened([part.as_sent() for part in write(message)])
    assert read == message and letters.digest(read) == letters.digest(message)


@given(at=st.integers(0, len(ONE[0]) - 1), other=st.integers(1, 255))
@settings(max_examples=some(200), **SLOW)
def test_any_byte_changed_anywhere_is_refused(at, other):
    raw = bytearray(ONE[0])
    raw[at] ^= other
    with pytest.raises(NotALetter):
        opened([bytes(raw)])


@given(at=st.integers(0, 6000), count=st.integers(1, 50))
@settings(**SLOW)
def test_cut_or_stretched_is_refused(at, count):
    raw = ONE[0]
    for changed in (raw[:at] + raw[at + count :], raw[:at] + b" " * count + raw[at:]):
        if changed != raw:
            with pytest.raises(NotALetter):
                opened([changed])


def test_only_the_reader_opens_it_and_only_from_its_writer():
    for wrong in ({"reader": A}, {"reader": P}, {"writer": B}, {"writer": EVE}):
        with pytest.raises(NotALetter):
            opened(ONE, **wrong)
    assert opened(ONE) == MESSAGE


def test_nobody_can_put_their_name_under_somebody_elses_letter():
    """Eve has a good key of her own: she signs the sealed bytes of A as hers, or as a part of another letter; neither opens."""
    part = letters.read_part(ONE[0])
    for stolen in (replace(part, writer="990300"), replace(part, letter="l" + "1" * 32), replace(part, part=1, parts=2)):
        headers = letters._headers(stolen.sealed, stolen.letter)
        request = letters._request(stolen.letter, stolen.writer, stolen.reader, stolen.part, stolen.parts, headers)
        signed = letters.signing.sign(EVE.sign, request, at=AT)
        found = letters.signing.read({name.lower(): value for name, value in signed.items()})
        hers = replace(
            stolen,
            created=int(found.created.timestamp()),
            nonce=found.nonce,
            signer=found.key_id,
            signature=letters.base64.b64encode(found.value).decode(),
        )
        letters.check(hers, EVE.public[0], at=AT)
        with pytest.raises(NotALetter, match="打不开"):
            letters.unseal(hers, [B.seal])


def test_a_large_letter_goes_in_parts_and_its_size_tells_little():
    parts = write(MESSAGE | {"rows": ["9" * 100] * 6000})
    assert len(parts) == 3 and opened([part.as_sent() for part in parts])["rows"][5999] == "9" * 100
    assert len(parts[0].as_sent()) < letters.LONGEST
    sizes = {len(write(MESSAGE | {"rows": "9" * count})[0].sealed) for count in (0, 1, 100, 1000, 3000)}
    assert len(sizes) == 1
    with pytest.raises(NotALetter):
        opened([parts[1].as_sent(), parts[0].as_sent(), parts[2].as_sent()])


def test_clocks_may_differ_and_letters_may_travel_for_weeks_but_not_from_the_future():
    for away in (timedelta(minutes=-4), timedelta(0), timedelta(days=29)):
        assert opened(ONE, at=AT + away) == MESSAGE
    for away, why in ((timedelta(minutes=-6), "快"), (timedelta(days=31), "30 天")):
        with pytest.raises(NotALetter, match=why):
            opened(ONE, at=AT + away)


def card(keys=A, **more):
    return cards.write_card(**({"place": "990100", "label": "禾安市民政局", "address": "https://a.example", "keys": keys} | more))


@given(at=st.integers(0, len(card()) - 2), to=st.characters(min_codepoint=33, max_codepoint=126))
@settings(max_examples=some(150), **SLOW)
def test_a_card_copied_wrong_is_seen(at, to):
    text = card()
    changed = text[:at] + to + text[at + 1 :]
    if changed == text:
        return
    try:
        read, _ = cards.read_card(changed)
    except cards.BadCard:
        return
    assert read == cards.read_card(text)[0]  # only a stroke that changes nothing, such as the last bits of Base64


def test_new_keys_are_vouched_for_by_the_key_before():
    text = card(B, before=A)
    assert cards.read_card(text, known=A.public[0])[1] and not cards.read_card(text, known=EVE.public[0])[1]
    assert not cards.read_card(card(B), known=A.public[0])[1]
    assert not cards.read_card(card(B, before=EVE), known=A.public[0])[1]


def test_a_fingerprint_is_of_place_and_both_keys():
    read = cards.read_card(card())[0]
    assert len(cards.fingerprint(read).replace(" ", "")) == 40
    others = [replace(read, place="990300"), replace(read, sign=B.public[0]), replace(read, seal=B.public[1])]
    assert len({cards.fingerprint(one) for one in [read, *others]}) == 4
    assert cards.same_fingerprint(cards.fingerprint(read), cards.fingerprint(read).replace(" ", "-"))
    assert not cards.same_fingerprint("", "")


# ---- on what a question may be answered ---------------------------------------------------------------------------------

PAPER = {
    "number": "SQ2026000001", "sha256": "a" * 64, "signed_on": "2026-06-01", "valid_until": "2027-05-31",
    "programmes": ["dibao"], "datasets": ["deposit", "vehicle"],
}  # fmt: skip
ORDER = {
    "number": "RW2026000001", "drafted_by": "clerk:a", "approved_by": "clerk:b", "valid_from": "2026-06-01",
    "valid_until": "2026-12-31", "datasets": ["deposit"],
}  # fmt: skip
TODAY = date(2026, 7, 1)


def question(paper=PAPER, order=None, **more):
    made = peers.question(
        exchange="e" + "0" * 32, writer="990100", reader="990200", office="禾安市民政局", programme="dibao",
        basis="statutory_duty" if order is not None else "consent", order=order, people=[peers.About("王桂兰", "x", paper)],
        wanted=[peers.Wanted("q1", 0, "deposit")], due_on=TODAY, at=AT,
    )  # fmt: skip
    return json.loads(json.dumps(made | more))


def without(whole, name):
    return {key: value for key, value in whole.items() if key != name}


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (question(), ""),
        (question(PAPER | {"valid_until": None}), ""),
        (question(None), "no_authorisation"),
        (question(PAPER | {"number": " "}), "no_authorisation"),
        (question(PAPER | {"sha256": "short"}), "no_paper"),
        (question(without(PAPER, "sha256")), "no_paper"),
        (question(PAPER | {"signed_on": "2026-07-02"}), "not_yet"),
        (question(PAPER | {"valid_until": "2026-06-30"}), "expired"),
        (question(without(PAPER, "valid_until")), "expired"),
        (question(PAPER | {"programmes": ["tekun"]}), "wrong_purpose"),
        (question(without(PAPER, "programmes")), "wrong_purpose"),
        (question(PAPER | {"datasets": ["vehicle"]}), "wrong_sources"),
        (question(basis="because"), "no_authorisation"),
        (question(basis="statutory_duty"), "no_order"),
        (question(order=ORDER), ""),
        (question(order=ORDER | {"approved_by": "clerk:a"}), "order_not_approved"),
        (question(order=without(ORDER, "approved_by")), "order_not_approved"),
        (question(order=ORDER | {"valid_until": "2026-06-30"}), "order_expired"),
        (question(order=ORDER | {"datasets": ["vehicle"]}), "order_wrong_sources"),
        (question(wanted=[]), "unreadable"),
        (question(wanted=[{"item": "q1", "person": 5, "dataset": "deposit"}]), "unreadable"),
        (question(people="nobody"), "unreadable"),
    ],
)
def test_a_question_is_answered_only_on_papers_that_stand(asked, why):
    assert peers.refusal(asked, TODAY) == why


@given(VALUES, st.data())
@settings(**SLOW)
def test_no_odd_message_gets_through_or_stops_the_house(odd, data):
    whole = question()
    name = data.draw(st.sampled_from(sorted(whole)))
    assert isinstance(peers.refusal(whole | {name: odd}, TODAY), str)
    assert isinstance(peers.answers_wrong({"answers": odd}, whole, ["found", "nothing"]), bool)


def test_both_journals_are_told_apart_when_one_side_was_altered():
    same = {"journal": {"question": "q", "answer": "a"}, "kept": {"question": "q", "answer": "a"}}
    late = {"journal": {"question": "q", "answer": ""}, "kept": {"question": "q", "answer": ""}}
    assert peers.verdict(same, same) == "agree"
    assert peers.verdict(same, same | {"kept": {"question": "q", "answer": "x"}}) == "there_altered"
    assert peers.verdict(same | {"kept": {"question": "x", "answer": "a"}}, same) == "here_altered"
    other = {"question": "q", "answer": "x"}
    assert peers.verdict(same, {"journal": other, "kept": other}) == "differ"
    assert peers.verdict(same, late) == peers.verdict(late, same) == "under_way"
    assert peers.verdict(same, {"journal": {}, "kept": {}}) == "not_there"
