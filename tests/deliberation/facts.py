"""Facts of a matter, written straight into its file: what other acts would leave there, for tests of the course."""

from datetime import timedelta

from django.utils import timezone

from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.deliberation.models import (
    Agreement,
    Consent,
    Duty,
    Matter,
    Minutes,
    Party,
    Seat,
    Sitting,
    Study,
    StudyFinding,
    StudyVisit,
    Worry,
)
from yishi.deliberation.services.matters import matter_open
from yishi.deliberation.services.processes import process_shipped
from yishi.kit.ids import uuid7
from yishi.people.models import Person

PURPOSE = "花卉公司欠租，村民要求按时付清，双方停下来谈。"


def a_worry(cast, *, state=Worry.State.FILED, raiser="villager", number="") -> Worry:
    today = timezone.localdate()
    return Worry.within.create(
        number=number or f"诉求-{uuid7()}"[:32],
        text="土地租金没有按时付",
        theme="land",
        place=cast.places["牟尼村"],
        raiser=cast.people[raiser],
        channel="code",
        state=state,
        desk=cast.bodies["council"],
        convener=cast.bodies["council"],
        raised_at=timezone.now(),
        answer_due_on=today,
    )


def a_matter(cast, process="five_links", *, who="clerk", worries=None, summary=PURPOSE, convener="office", **given):
    """An open matter of 牟尼村, as far as its first conditions carry it."""
    version = process_shipped(process) if isinstance(process, str) else process
    with everything():
        receipt = matter_open(
            actor=cast.viewer(who),
            title="花卉基地土地租金",
            summary=summary,
            theme="land",
            place=cast.places["牟尼村"],
            convener=cast.bodies[convener],
            process=version,
            worries=[a_worry(cast)] if worries is None else worries,
            **given,
        )
        return Matter.within.select_related("place", "convener", "process").get(pk=receipt.result["matter"])


def two_parties(matter):
    return [
        Party.objects.create(matter=matter, name="村民", ordinal=1),
        Party.objects.create(matter=matter, name="花卉公司", ordinal=2),
    ]


def a_study(cast, matter, *, visit=True, finding=True, handed_in=True, checked=True):
    today = timezone.localdate()
    study = Study.objects.create(
        matter=matter,
        question="租金为什么没有付",
        opened_on=today,
        handed_in_on=today if handed_in else None,
        checked_on=today if checked else None,
    )
    if visit:
        StudyVisit.objects.create(study=study, on=today, where="花卉基地", met="村民五户", text="看了大棚")
    if finding:
        StudyFinding.objects.create(study=study, ordinal=1, text="公司现金周转不开")
    return study


def a_chair(cast, matter, *, who="member", declared=True, body=None, recusal=""):
    return Seat.objects.create(
        matter=matter,
        seat_class="chair",
        person=cast.people[who],
        role=Seat.Role.CHAIR,
        body=body,
        filled_by="office",
        started_on=timezone.localdate(),
        interests="无" if declared else "",
        interests_declared_at=timezone.now() if declared else None,
        recusal_note=recusal,
    )


def every_seat(cast, matter, model):
    """The minimum of every class but the chair's, with people made for it."""
    for seat in model.seats:
        if seat.role == "chair":
            continue
        for number in range(seat.min):
            Seat.objects.create(
                matter=matter,
                seat_class=seat.code,
                person=Person.within.create(name=f"{seat.name}{number}"),
                role=seat.role,
                filled_by=seat.filled_by,
                started_on=timezone.localdate(),
            )


def a_sitting(matter, *, days=60, noticed=True, papers=True, closed=True, present=9, quorum=5, minutes=True, reason=""):
    now = timezone.now()
    sitting = Sitting.within.create(
        matter=matter,
        ordinal=matter.sittings.count() + 1,
        starts_at=now + timedelta(days=days),
        state=Sitting.State.CLOSED if closed else Sitting.State.PLANNED,
        notice_given_on=timezone.localdate() if noticed else None,
        papers_sent_on=timezone.localdate() if papers else None,
        short_notice_reason=reason,
        quorum=quorum,
        present_at_opening=present if closed else None,
    )
    if minutes:
        Minutes.objects.create(
            sitting=sitting, number=f"纪要-{uuid7()}"[:32], text="议了租金", written_at=now, issued_at=now
        )
    return sitting


def an_agreement(cast, matter, *, state=Agreement.State.RECORDED, duty=True, consents=True, **lacks):
    agreement = Agreement.objects.create(
        matter=matter, number=f"意见-{uuid7()}"[:32], text="延期付租", state=state, written_at=timezone.now()
    )
    if duty:
        given = {
            "act": "付清租金",
            "bearer": cast.bodies["company"],
            "due_on": timezone.localdate() + timedelta(days=60),
            "proof_expected": "转账凭证",
            "supervisor": cast.bodies["department"],
        }
        Duty.objects.create(agreement=agreement, ordinal=1, **{**given, **lacks})
    if consents:
        for party in matter.parties.all():
            Consent.objects.create(agreement=agreement, party=party, way=Consent.Way.PAPER)
    return agreement


def a_commitment(cast, matter, *, state=Commitment.State.IN_FORCE, number="", **given):
    today = timezone.localdate()
    return Commitment.within.create(
        number=number or f"承诺-{uuid7()}"[:32],
        origin_kind="matter",
        origin_id=matter.pk,
        place=matter.place,
        bearer=cast.bodies["company"],
        act="付清租金",
        proof_expected="转账凭证",
        supervisor=cast.bodies["department"],
        state=state,
        agreed_on=today,
        first_due_on=today + timedelta(days=60),
        due_on=today + timedelta(days=60),
        **given,
    )
