"""The parts of a matter's story, each a few acts: raised, taken up, planned, studied, seated, sat, agreed, kept."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import timezone

from yishi.commitments.models import Commitment, Proof
from yishi.commitments.services import (
    commitment_answer,
    commitment_strike_off,
    people_met,
    proof_check,
    proof_give,
    verdict_give,
)
from yishi.deliberation.models import (
    Agreement,
    GateRequest,
    Matter,
    MinutesAnswer,
    Party,
    Release,
    Seat,
    Sitting,
    Statement,
    Study,
    Worry,
)
from yishi.deliberation.services.agreements import (
    agreement_draft,
    agreement_hand_over,
    agreement_record,
    consent_record,
    duty_add,
)
from yishi.deliberation.services.conditions import condition_answer
from yishi.deliberation.services.gates import gate_answer
from yishi.deliberation.services.matters import matter_change, party_add
from yishi.deliberation.services.minutes_reading import Answer, heard_seats, minutes_read
from yishi.deliberation.services.processes import process_shipped
from yishi.deliberation.services.releases import release_check, release_prepare
from yishi.deliberation.services.roll import presence_arrive
from yishi.deliberation.services.screening import worry_take_up
from yishi.deliberation.services.seats import interests_declare, seat_fill
from yishi.deliberation.services.sittings import (
    minutes_issue,
    minutes_write,
    papers_send,
    sitting_close,
    sitting_notice,
    sitting_open,
    sitting_plan,
)
from yishi.deliberation.services.stances import stance_take, statement_add
from yishi.deliberation.services.studies import finding_add, study_check, study_hand_in, study_open, visit_add
from yishi.deliberation.services.worries import worry_file
from yishi.kit.records import certain
from yishi.organisations.models import Place, Venue
from yishi.organisations.services.people import person_register
from yishi.people.models import Person

from .teller import Teller, matter_of, worry_of

MINUTES = "召集人通报情况，各方先后发言，逐条表态；表态结果和协商意见附后。"

AFTERNOON = time(14, 30)
APPROVE, RETURN, HOLD = (answer.value for answer in GateRequest.Answer)


@dataclass
class Side:
    """A party: its name in the file, its body (a key) if it is one, and the people (keys) who sit for it."""

    name: str
    people: tuple[str, ...]
    body: str = ""


@dataclass
class Said:
    """A statement, whose it is (number of the side; None: staff), and where each side stands."""

    text: str
    by: int | None
    stands: tuple[tuple[str, str], ...]  # per side: (value, condition or reason)


@dataclass
class Promise:
    act: str
    bearer: str
    due_on: date
    supervisor: str
    proof: str
    quantity: str = ""
    unit: str = ""
    conditions: str = ""


@dataclass
class Room:
    """Who sits how: the class of seats of the chair, the secretary, further seats, and the sides' seats."""

    chair: str = "convener"
    secretary: str = "second_clerk"
    further: tuple[tuple[str, str, str], ...] = ()  # (key of the person, class, role)
    side_class: str = "party"
    side_classes: tuple[str, ...] = ()  # where each side has a class of its own
    has_secretary: bool = True


@dataclass
class Story:
    """What the acts leave behind for those that follow."""

    matter: Matter
    worry: Worry | None = None
    parties: list[Party] = field(default_factory=list)
    seats: list[Seat] = field(default_factory=list)
    sitting: Sitting | None = None
    agreement: Agreement | None = None
    sides: Sequence[Side] = ()

    @property
    def promises(self) -> list[Commitment]:
        commitments = Commitment.within.filter(origin_id=self.matter.pk).select_related("bearer", "supervisor", "place")
        return list(commitments.order_by("ordinal"))


def raised(t: Teller, key: str, name: str, text: str, theme: str, place: Place, **more: Any) -> Worry:
    """A villager raises a worry by the code on the wall (or as `more` says); under `key` in the cast from now on."""
    venue: Venue | None = more.pop("venue", None)
    who = more.pop("by", None)
    fields = {"channel": "code" if venue else "page", "venue": venue, "raiser_name": name, **more}
    worry = worry_of(t.does(who, worry_file, text=text, theme=theme, place=place, **fields))
    if key:
        t.cast.people[key] = worry.raiser
    return worry


def villager(t: Teller, key: str, name: str) -> str:
    """Somebody of the village who raised nothing but sits in the room."""
    if key not in t.cast.people:
        receipt = t.does("system", person_register, name=name, is_demo=True)
        t.cast.people[key] = Person.within.get(pk=UUID(receipt.result["person"]))
    return key


def taken_up(t: Teller, worry: Worry, title: str, model: str, *, summary: str, by: str, reason: str) -> Story:
    receipt = t.does(by, worry_take_up, worry=worry, title=title, process=process_shipped(model), reason=reason)
    story = Story(worry=worry, matter=matter_of(receipt))
    t.does(by, matter_change, matter=story.matter, title=title, summary=summary)
    return story


def answered(t: Teller, story: Story, gate: str, by: str, reason: str, answer: str = APPROVE) -> None:
    """The body of an open gate answers."""
    asked = story.matter.gates.filter(gate=gate).order_by("-asked_at").first()
    t.does(by, gate_answer, gate=asked, answer=answer, reason=reason)
    story.matter.refresh_from_db()


def named(t: Teller, story: Story, sides: Sequence[Side], by: str) -> None:
    story.sides = sides
    for side in sides:
        body = t.cast.bodies[side.body] if side.body else None
        receipt = t.does(by, party_add, matter=story.matter, name=side.name, body=body)
        story.parties.append(Party.objects.get(pk=receipt.result["party"]))


def studied(
    t: Teller,
    story: Story,
    question: str,
    visits: Sequence[tuple[str, str, str]],
    findings: Sequence[str],
    report: str = "",
    by: str = "clerk",
    checked_by: str = "second_clerk",
) -> Study:
    """Visits (where, who was met, what was seen) and findings; with a report handed in, and checked if somebody is
    named."""
    receipt = t.does(by, study_open, matter=story.matter, question=question, lead="县政协办、农业农村委员会")
    study = Study.objects.select_related("matter__place", "matter__process").get(pk=receipt.result["study"])
    for where, met, text in visits:
        t.wait(1)
        t.does(by, visit_add, study=study, on=t.day, where=where, met=met, text=text)
    for text in findings:
        t.does(by, finding_add, study=study, text=text, source="实地走访")
    if report:
        t.wait(1)
        t.does(by, study_hand_in, study=study, report=report)
        if checked_by:
            t.wait(1)
            t.does(checked_by, study_check, study=study, accepted=True, note="到过现场，各方都问到了，同意提交协商。")
    story.matter.refresh_from_db()
    return study


def seated(t: Teller, story: Story, room: Room, by: str = "clerk") -> None:
    """Everybody gets a seat; the chair declares interests."""
    chair = _seat(t, story, by, room.chair, "chair", "chair", "office")
    t.does(by, interests_declare, seat=chair, interests="本人与事项各方没有利害关系", how="本人当面申报，签字存档")
    if room.has_secretary:
        _seat(t, story, by, room.secretary, "secretary", "secretary", "office")
    for who, seat_class, role in room.further:
        _seat(t, story, by, who, seat_class, role, "nomination")
    for number, (side, party) in enumerate(zip(story.sides, story.parties, strict=True)):
        seat_class = room.side_classes[number] if room.side_classes else room.side_class
        for who in side.people:
            _seat(t, story, by, who, seat_class, "party", "invitation", party, side.body)


def _seat(
    t: Teller, story: Story, by: str, who: str, seat_class: str, role: str, how: str, party: Party | None = None,
    body: str = "",
) -> Seat:  # fmt: skip
    receipt = t.does(
        by,
        seat_fill,
        matter=story.matter,
        person=t.cast.people[who],
        role=role,
        filled_by=how,
        seat_class=seat_class,
        party=party,
        body=t.cast.bodies[body] if body else None,
        accepted=True,
    )
    seats = Seat.objects.select_related("matter__place", "matter__process", "person", "party")
    story.seats.append(seats.get(pk=receipt.result["seat"]))
    return story.seats[-1]


def convened(
    t: Teller, story: Story, on: date, *, venue: str = "", where: str = "", papers_after: int = 0, by: str = "clerk"
) -> None:
    """The sitting is planned for `on`, notice is given, and after so many working days the papers go out."""
    starts_at: datetime = timezone.make_aware(datetime.combine(on, AFTERNOON))
    receipt = t.does(
        by,
        sitting_plan,
        matter=story.matter,
        starts_at=starts_at,
        venue=t.cast.venues[venue] if venue else None,
        where=where,
        agenda="一、通报情况\n二、询问与答复\n三、各方发言\n四、逐条表态\n五、形成意见",
    )
    story.sitting = _sitting(receipt.result["sitting"])
    t.does(by, sitting_notice, sitting=story.sitting)
    if papers_after:
        t.wait(papers_after)
        t.does(by, papers_send, sitting=story.sitting)


def _sitting(key: str) -> Sitting:
    return Sitting.within.select_related("matter__place", "matter__process").get(pk=UUID(key))


def sat(t: Teller, story: Story, statements: Sequence[Said], minutes: str, by: str = "clerk") -> None:
    """Roll call, statements one by one with where each side stands, close, minutes."""
    starts = timezone.localtime(certain(story.sitting).starts_at)
    t.go_to(starts.date(), (starts - timedelta(minutes=30)).time())
    story.seats = list(
        Seat.objects.filter(matter=story.matter, ended_on__isnull=True).select_related(
            "matter__place", "matter__process", "person", "party"
        )
    )
    for seat in story.seats:
        t.does(by, presence_arrive, sitting=story.sitting, seat=seat)
    t.does(by, sitting_open, sitting=story.sitting)
    for said in statements:
        party = story.parties[said.by] if said.by is not None else None
        receipt = t.does(by, statement_add, sitting=story.sitting, text=said.text, party=party)
        statement = Statement.objects.get(pk=receipt.result["statement"])
        for side, (value, why) in zip(story.parties, said.stands, strict=True):
            for seat in story.seats:
                if seat.party_id == side.pk:
                    said_why = {"condition": why} if value == "conditional" else {"reason": why}
                    t.does(by, stance_take, statement=statement, seat=seat, value=value, **said_why)
        for side, (value, why) in zip(story.parties, said.stands, strict=True):
            if value == "conditional":
                stands = zip(story.parties, said.stands, strict=True)
                others = [other for other, (word, _why) in stands if other.pk != side.pk and word != "object"]
                t.does(by, condition_answer, statement=statement, condition=why, accepts=others)
    t.does(by, sitting_close, sitting=_sitting(str(certain(story.sitting).pk)))
    t.wait(2)
    t.does(by, minutes_write, sitting=_sitting(str(certain(story.sitting).pk)), text=minutes or MINUTES)
    draft = _sitting(str(certain(story.sitting).pk)).minutes
    read = [Answer(seat) for seat in heard_seats(draft.sitting)]
    t.does(by, minutes_read, minutes=draft, answers=read, way=MinutesAnswer.Way.READ)
    t.does(by, minutes_issue, minutes=draft)
    story.matter.refresh_from_db()


def agreed(
    t: Teller, story: Story, text: str, promises: Sequence[Promise], *, conditions: str = "", by: str = "clerk",
    before_sitting: bool = False,
) -> None:  # fmt: skip
    """The agreement with its duties; every party consents; recorded."""
    sitting = None if before_sitting else story.sitting
    receipt = t.does(by, agreement_draft, matter=story.matter, text=text, conditions=conditions, sitting=sitting)
    story.agreement = _agreement(receipt.result["agreement"])
    for promise in promises:
        t.does(
            by,
            duty_add,
            agreement=story.agreement,
            act=promise.act,
            bearer=t.cast.bodies[promise.bearer],
            due_on=promise.due_on,
            supervisor=t.cast.bodies[promise.supervisor],
            proof_expected=promise.proof,
            quantity=Decimal(promise.quantity) if promise.quantity else None,
            unit=promise.unit,
            conditions=promise.conditions,
        )
    for party in story.parties:
        way = "paper" if party.body_id else "oral"
        t.does(by, consent_record, agreement=story.agreement, party=party, way=way, witness="记录人")
    t.does(by, agreement_record, agreement=story.agreement)
    story.matter.refresh_from_db()


def _agreement(key: str) -> Agreement:
    return Agreement.objects.select_related("matter__place", "matter__process", "matter__convener").get(pk=UUID(key))


def handed_over(t: Teller, story: Story, by: str = "clerk") -> None:
    t.does(by, agreement_hand_over, agreement=_agreement(str(certain(story.agreement).pk)))
    story.matter.refresh_from_db()


def reported(t: Teller, promise: Commitment, by: str, text: str, met: str = "") -> None:
    """The bearer answers, and perhaps met the people."""
    t.does(by, commitment_answer, commitment=promise, text=text)
    if met:
        t.does(by, people_met, commitment=promise, text=met)


def proved(t: Teller, promise: Commitment, by: str, text: str, checked_by: str = "clerk", finding: str = "") -> None:
    """The bearer shows that it is done; somebody else checks it."""
    quantity = promise.quantity
    t.does(by, proof_give, commitment=promise, text=text, done_on=t.day, quantity=quantity)
    if checked_by:
        t.wait(2)
        finding = finding or "到现场看过，与协商意见一致。"
        t.does(checked_by, proof_check, commitment=promise, accepted=True, finding=finding, as_agreed=True)
    assert Proof.objects.filter(commitment=promise).exists()


def judged(t: Teller, promise: Commitment, by: str, value: str, text: str = "") -> None:
    t.does(by, verdict_give, commitment=promise, value=value, text=text)


def struck_off(t: Teller, promise: Commitment, by: str = "clerk", note: str = "群众已评价，予以销号。") -> None:
    t.does(by, commitment_strike_off, commitment=promise, note=note)


def made_public(
    t: Teller, story: Story, title: str, summary: str, *, by: str = "clerk", checked_by: str = "second_clerk",
    **shows: bool,
) -> None:  # fmt: skip
    """Prepared by one, checked by the other."""
    receipt = t.does(by, release_prepare, matter=story.matter, title=title, summary=summary, **shows)
    release = Release.objects.select_related("matter__place").get(pk=receipt.result["release"])
    t.does(checked_by, release_check, release=release, approve=True, warnings_seen=True)
