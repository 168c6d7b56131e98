"""What waits about the person outside: a row of every kind that has a place in an address, so that each is asked for really."""

from __future__ import annotations

from datetime import timedelta

import people
from doudi.casework import actions as casework
from doudi.casework.models import (
    Adjustment,
    Agreement,
    Appraisal,
    Benefit,
    Call,
    Case,
    Consultation,
    FollowUp,
    Happening,
    Inquiry,
    Invitation,
    OutreachList,
    OutreachOffer,
    PaperForm,
    PlaceRequest,
    Review,
)
from doudi.office.models import Leave
from doudi.payment.models import Arrival, Claim, Line, ReturnFile, Unmatched
from doudi.registry.models import FamilyEvent, Saying
from web import staged

BY = "system:hall"


def at_the_doors(case: Case, photograph: str) -> dict[str, str]:
    """A paper with her name and its photograph, a call of hers, a list that points her out."""
    on, at, granny = staged.TODAY.date(), staged.TODAY, people.granny_wang()
    form = PaperForm.objects.create(
        receipt="99010126000777", area=case.area, handed_on=on, due_on=on, name="王桂兰", phone=granny.phone, papers=[photograph],
        kept_at=at, kept_by=BY,
    )  # fmt: skip
    call = Call.objects.create(
        number="HX202699010100777", once="hers", area=case.area, pid=granny.pid, phone=granny.phone, topic="apply",
        said="王桂兰想申请", mood="calm", back_on=on, at=at, by=BY,
    )  # fmt: skip
    listed = OutreachList.objects.create(
        department="残联", basis="协议", channel="list", area=people.TOWNSHIP, digest="d" * 64, rows=1, at=at, by=BY
    )
    offer = OutreachOffer.objects.create(
        of=listed, department="残联", row_no=2, pid=granny.pid, name="王桂兰", masked_name="王*兰", area=case.area, why="残疾",
        due_on=on,
    )  # fmt: skip
    return {"form": form.ref, "form_receipt": form.receipt, "call": call.ref, "offer": offer.ref}


def of_her_help(benefit: Benefit) -> dict[str, str]:
    """Something that happened, a change proposed, an invitation, a look again, a question how she is."""
    on, at = staged.TODAY.date(), staged.TODAY
    told = Happening.objects.create(
        benefit=benefit, kind="job", pid=benefit.case.applicant, on=on, known_on=on, channel="window", said="王桂兰上班了", at=at,
        by=BY,
    )  # fmt: skip
    change = Adjustment.objects.create(
        benefit=benefit, kind="end", cause="own_wish", article="LAW Art. 48", from_month=on.replace(day=1), reason="王桂兰不领了",
        steps=[{"from_month": on.replace(day=1).isoformat(), "amount_fen": 0, "members": 0}], is_less=True, proposed_at=at,
        proposed_by=BY,
    )  # fmt: skip
    invited = Invitation.objects.create(adjustment=change, way="come", for_on=on + timedelta(days=3), place="镇里", at=at, by=BY)
    again = Review.objects.create(benefit=benefit, due_on=on, kind="stable", called_at=at, called_by=BY)
    asking = FollowUp.objects.create(benefit=benefit, after_months=3, due_on=on)
    return {
        "happening": told.ref, "adjustment": change.ref, "invitation": invited.ref, "again": again.ref, "asking": asking.ref,
    }  # fmt: skip


def of_her_money(line: Line, benefit: Benefit) -> dict[str, str]:
    """Money too much, a question whether it came, an answer of the bank that fits no line."""
    at, case = staged.TODAY, benefit.case
    claim = Claim.objects.create(
        county=people.COUNTY, area=case.area, benefit=benefit.ref, case=case.ref, decision="d", programme=case.programme,
        payee=case.applicant, name="王桂兰", amount_fen=100, cause="award", at=at, by=BY,
    )  # fmt: skip
    arrival = Arrival.objects.create(run=line.run, line=line, area=case.area, payee=case.applicant, seed="s", at=at, by=BY)
    file = ReturnFile.objects.create(run=line.run, sha256="f" * 64, answers=1, paid=0, failed=0, unmatched=1, at=at, by=BY)
    strange = Unmatched.objects.create(file=file, row=2, said_line="nobody's", is_paid=True, amount_fen=100, reason="王桂兰")
    return {"claim": claim.ref, "arrival": arrival.ref, "strange": strange.ref}


def of_her_family(case: Case) -> dict[str, str]:
    """Something told of her family, something said of it, a question to another place, an agreement, her clerk's leave."""
    on, at = staged.TODAY.date(), staged.TODAY
    event = FamilyEvent.objects.create(
        kind="moved_out", person=case.applicant, area=case.area, effective_on=on, known_on=on, channel="online", note="王桂兰",
        reported_at=at, reported_by=BY,
    )  # fmt: skip
    saying = Saying.objects.create(
        kind="together", a=case.applicant, b=people.grandson_wang().pid, holds=True, since=on, reason="王桂兰说", area=case.area,
        said_at=at, said_by=BY,
    )  # fmt: skip
    asked = PlaceRequest.objects.create(
        case=case, area="990103001", from_area=people.TOWNSHIP, member=case.applicant, kind="visit", asks="看看王桂兰",
        due_on=on, at=at, by=BY,
    )  # fmt: skip
    agreed = Agreement.objects.create(
        case=case, kind="carer", party="王小宝", duties="照看王桂兰", from_on=on, to_on=on + timedelta(days=300), at=at, by=BY
    )
    soon = on + timedelta(days=7)
    leave = Leave.objects.create(clerk=people.clerk_li(), kind="holiday", from_on=soon, to_on=soon, at=at, by=BY)
    return {
        "event": event.ref, "saying": saying.ref, "asked_elsewhere": asked.ref, "agreement": agreed.ref, "leave": leave.ref,
    }  # fmt: skip


def talked_about(case: Case) -> dict[str, str]:
    """A letter about her, a meeting about her, and the county's consultation."""
    on, who = staged.TODAY.date(), {"at": staged.TODAY, "by": "system:hall"}
    letter = Inquiry.objects.create(case=case, to_whom="学校", about="王小宝的学费", sent_on=on, due_on=on, **who)
    meeting = Appraisal.objects.create(
        case=case, why="family", reason="王桂兰要求", meets_at=staged.TODAY, place="村委会", quorum=7, called_at=staged.TODAY,
        called_by="system:hall",
    )  # fmt: skip
    held = Consultation.objects.create(
        case=case, programme=case.programme, county=people.COUNTY, on=on, quorum=3, reasons=["care"], question="王桂兰怎么算",
        situation="难", outcome="help", gist="照实际算", review_due_on=on, paper="minutes", **who,
    )  # fmt: skip
    return {"inquiry": letter.ref, "meeting": meeting.ref, "precedent": held.ref}


def letter_to(case: Case) -> dict[str, str]:
    """The letter of her decision, printed, and where its picture leads."""
    body = {"title": "信", "office": "县", "parts": [{"kind": "letter", "heading": "", "lines": ["王桂兰："]}], "spoken": []}
    sheet = casework.print_sheet(
        ref=case.ref, code="confirmed", body=body, about=case.decisions.get().ref, by=people.clerk_li(), at=staged.TODAY
    )
    return {"letter": sheet.ref, "letter_number": f"{case.receipt}-{sheet.number:02d}", "paper_token": sheet.token}
