"""What is known of a family before anybody says a word, from the register and the deliveries."""

from __future__ import annotations

from datetime import date

from doudi.casework import core
from doudi.casework.gateways import register
from doudi.casework.queries.rows import KnownAccount, KnownIncome, KnownMember, KnownNote, Source
from doudi.exchange import queries as exchange
from doudi.office.core import mask_account
from doudi.registry import queries as registry
from doudi.registry.core import RELATIONS, age_on
from doudi.verification.core import reading


def source_of(dataset: str, as_of: date | None, batch: int | None = None, row_no: int | None = None) -> Source:
    """A source in words: whose it is and of which day."""
    contract = exchange.contracts().get(dataset)
    whose = contract.department if contract else dataset
    label = f"{whose} {as_of.month} 月 {as_of.day} 日" if as_of else whose
    return Source(dataset, label, as_of, batch, row_no)


def _source(place: reading.Place) -> Source:
    return source_of(place.dataset, place.as_of, place.batch, place.row_no)


def relation_words(relation: str, *, is_applicant: bool, applicant_is_head: bool) -> str:
    """A relation in words. Rolls write relations to the head of the household, who need not be the applicant."""
    if is_applicant:
        return RELATIONS["self"]
    if relation == "self":
        return "户主"
    word = RELATIONS.get(relation, relation)
    return word if applicant_is_head or relation == "other" else f"户主的{word}"


def about(relation_label: str, age: int | None) -> str:
    """A member in words: 「老伴，64 岁」."""
    return relation_label if age is None else f"{relation_label}，{age} 岁"


def members_of(pid: str, on: date) -> tuple[str, list[KnownMember]]:
    """The household id ("" when the register has none) and its members, the applicant first."""
    try:
        home = registry.my_household(pid)
    except registry.NotKnown:
        me = registry.me(pid)
        age, words = me.age(on), RELATIONS["self"]
        return "", [KnownMember(pid, me.name, "self", words, age, about(words, age), True)]
    living = [one for one in home.members if one.register_says]
    is_head = any(one.pid == pid and one.relation == "self" for one in living)
    found = []
    for one in living:
        age, mine = age_on(one.born_on, on), one.pid == pid
        words = relation_words(one.relation, is_applicant=mine, applicant_is_head=is_head)
        found.append(KnownMember(one.pid, one.name, one.relation, words, age, about(words, age), mine))
    return home.hid, sorted(found, key=lambda one: not one.is_applicant)


def money_and_notes(
    members: list[KnownMember], on: date
) -> tuple[list[KnownIncome], list[KnownNote], tuple[str, KnownAccount] | None]:
    """Known incomes, known notes, and the account (number, what to show) money to the applicant goes to already."""
    incomes, notes, account = [], [], None
    for member in members:
        rows = register.rows_of(member.pid)
        for income in reading.incomes(member.pid, rows, on):
            key = f"{member.pid}:{income.kind}"
            what = core.INCOMES[income.kind]
            incomes.append(KnownIncome(key, member.pid, member.name, income.kind, what, income.fen, _source(income.place)))
        notes += [
            KnownNote(member.pid, member.name, note.kind, note.text, note.fen, _source(note.place))
            for note in reading.notes(member.pid, rows, on)
        ]
        if member.is_applicant and (found := reading.account(rows)) is not None:
            number, place = found
            what = reading.HELP[place.dataset]
            shown = KnownAccount(number[-4:], "", f"和{what}同一张卡，尾号 {number[-4:]}", _source(place))
            account = (number, shown)
    return incomes, notes, account


def kept_account(pid: str) -> tuple[str, KnownAccount] | None:
    """The account the person gave us before."""
    number = registry.me(pid).account
    if not number:
        return None
    return number, KnownAccount(mask_account(number)[-4:], "", f"上次留的卡，尾号 {number[-4:]}", None)
