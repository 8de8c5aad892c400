"""Secret ballots: one roll for screens and paper, nobody twice, and nothing that says who chose what."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import BallotVoter, SecretBallot, Sitting, Urn
from yishi.deliberation.services import ballot_keys
from yishi.deliberation.services.ballots import (
    LEAST_VOTERS,
    MOST_CHOICES,
    ballot_count,
    ballot_hand_out,
    ballot_open,
    ballot_slip_back,
    ballot_void,
    ballot_vote,
    turnouts,
)
from yishi.deliberation.services.room import room_number
from yishi.deliberation.services.room_ways_back import sitting_step_back
from yishi.deliberation.services.seats import seat_code, seat_fill, seat_recuse
from yishi.deliberation.services.sittings import sitting_close, sitting_recess
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import QueryCode

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
PARTIES = ("village_head", "company_head", "handler")
IN_FAVOUR, AGAINST, ABSTAIN = range(3)


@kept
def story(cast):
    """A sitting that is open; three in the room have a vote."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def opened(story, **given):
    given = {"question": "由谁来监督水费", **given}
    receipt = ballot_open(actor=story.by("convener"), sitting=story.sitting, **given)
    return SecretBallot.objects.get(pk=receipt.result["ballot"])


def on_paper(story, **given):
    tellers = {"teller": story.seat("convener"), "scrutineer": story.seat("village_head")}
    return opened(story, on_paper=True, **{**tellers, **given})


def vote(story, ballot, who, choice=IN_FAVOUR, **given):
    return ballot_vote(actor=story.by(who), ballot=ballot, choice=choice, **given)


def line(story, ballot, who):
    return ballot.voters.get(person=story.cast.people[who])


def hand(story, ballot, *people):
    voters = [line(story, ballot, who) for who in people]
    return ballot_hand_out(actor=story.by("convener"), ballot=ballot, voters=voters)


def count(story, ballot, **given):
    return ballot_count(actor=story.by("convener"), ballot=ballot, **given)


def refused_with(code, call, kind=Refusal):
    with pytest.raises(kind) as refusal:
        call()
    assert refusal.value.code == code


def keys():
    return sorted(path.name for path in ballot_keys._folder().glob("*.key"))


def test_it_works(story, django_capture_on_commit_callbacks):
    ballot = opened(story)
    assert {voter.person.name for voter in ballot.voters.all()} == {story.cast.people[who].name for who in PARTIES}
    for who, choice in zip(PARTIES, (IN_FAVOUR, AGAINST, IN_FAVOUR), strict=True):
        vote(story, ballot, who, choice)
    assert f"{ballot.pk}.key" in keys()
    with django_capture_on_commit_callbacks(execute=True):
        count(story, ballot)
    ballot.refresh_from_db()
    assert (ballot.state, ballot.lines) == ("counted", [("赞成", 2), ("反对", 1), ("弃权", 0)])
    assert not Urn.objects.exists() and f"{ballot.pk}.key" not in keys(), "slips and key are thrown away"
    assert set(ballot.voters.values_list("way", flat=True)) == {"screen"}, "who voted stays"


def test_the_chair_observers_and_who_stepped_back_have_no_vote(story):
    person = story.cast.people["villager"]
    seat_fill(
        actor=story.by("convener"),
        matter=story.matter,
        person=person,
        role="observer",
        filled_by="invitation",
        accepted=True,
    )
    story.sitting.presences.create(seat=story.seat("villager"), arrived_at=timezone.now())
    ballot = opened(story)
    for who in ("member", "villager", "convener"):
        with pytest.raises(NotAllowed):
            vote(story, ballot, who)
    seat_recuse(actor=story.by("convener"), seat=story.seat("handler"), reason="亲戚的公司")
    refused_with("ballot.seat", lambda: vote(story, ballot, "handler"))
    refused_with("ballot.seat", lambda: hand(story, on_paper_of(ballot), "handler"))


def on_paper_of(ballot):
    SecretBallot.objects.filter(pk=ballot.pk).update(on_paper=True)
    return ballot


def test_nobody_votes_twice_by_account_code_and_paper(story):
    """The account, the code of the seat and the paper slip stand on one line of the roll."""
    person = story.cast.people["second_villager"]
    party = story.matter.parties.get(name="村民")
    filled = {"role": "party", "party": party, "filled_by": "invitation", "accepted": True}
    receipt = seat_fill(actor=story.by("convener"), matter=story.matter, person=person, **filled)
    seat = story.matter.seats.get(pk=receipt.result["seat"])
    story.sitting.presences.create(seat=seat, arrived_at=timezone.now())
    seat_code(actor=story.by("convener"), seat=seat)
    by_code = viewer_of(person, query_code=QueryCode.objects.get(person=person, kind="seat", revoked_at=None))
    ballot = on_paper(story)
    vote(story, ballot, "handler")
    refused_with("ballot.voted", lambda: vote(story, ballot, "handler", AGAINST))
    refused_with("ballot.voted", lambda: hand(story, ballot, "handler"))
    hand(story, ballot, "company_head")
    refused_with("ballot.has_slip", lambda: vote(story, ballot, "company_head"))
    refused_with("ballot.has_slip", lambda: hand(story, ballot, "company_head"))
    ballot_vote(actor=by_code, ballot=ballot, choice=AGAINST)
    refused_with("ballot.voted", lambda: ballot_vote(actor=by_code, ballot=ballot, choice=AGAINST))
    line_of_code = ballot.voters.get(person=person)
    refused_with(
        "ballot.voted",
        lambda: ballot_hand_out(actor=story.by("convener"), ballot=ballot, voters=[line_of_code]),
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        BallotVoter.objects.create(ballot=ballot, seat=seat, person=person)


def test_who_holds_two_seats_is_on_the_roll_once(story):
    person = story.cast.people["handler"]
    seat_fill(
        actor=story.by("convener"),
        matter=story.matter,
        person=person,
        role="representative",
        filled_by="invitation",
        accepted=True,
    )
    second = story.matter.seats.get(person=person, role="representative")
    story.sitting.presences.create(seat=second, arrived_at=timezone.now())
    assert opened(story).voters.filter(person=person).count() == 1


def test_sent_again_it_is_one_slip(story):
    ballot, act_id = opened(story), uuid7()
    for _twice in range(2):
        vote(story, ballot, "handler", AGAINST, act_id=act_id)
    assert len(bytes(Urn.objects.get().slips)) == 49


def test_nobody_votes_for_another(story):
    """Neither the desk that runs the room, nor a clerk: the roll has no line for them."""
    ballot = opened(story)
    for who in ("convener", "clerk", "member"):
        with pytest.raises(NotAllowed):
            vote(story, ballot, who)


def test_paper_and_screens_go_against_one_roll_and_are_counted_together(story):
    ballot = on_paper(story)
    vote(story, ballot, "handler", AGAINST)
    hand(story, ballot, "village_head", "company_head")
    count(story, ballot, returned=2, papers=[1, 0, 0], spoilt=1, mark=ballot.mark.lower())
    ballot.refresh_from_db()
    assert (ballot.counts, ballot.returned, ballot.spoilt) == ([1, 1, 0], 2, 1)
    assert turnouts([ballot])[ballot.pk] == {"entitled": 3, "screen": 1, "paper": 2, "slips": 3}


@pytest.mark.parametrize(
    ("code", "sent"),
    [
        ("ballot.not_issued", {"returned": 3, "papers": [3, 0, 0]}),
        ("ballot.sum", {"returned": 2, "papers": [1, 0, 0]}),
        ("ballot.mark", {"returned": 2, "papers": [1, 1, 0], "mark": "ZZZZ"}),
        ("ballot.numbers", {"returned": 2, "papers": [2, 0]}),
        ("ballot.numbers", {"returned": 2, "papers": [3, -1, 0]}),
    ],
)
def test_slips_that_were_not_issued_are_refused(story, code, sent):
    ballot = on_paper(story)
    hand(story, ballot, "village_head", "company_head")
    refused_with(code, lambda: count(story, ballot, **{"mark": ballot.mark, **sent}))
    ballot.refresh_from_db()
    assert ballot.state == "open" and ballot.counts is None


def test_a_slip_that_came_back_unused_gives_the_vote_back(story):
    ballot = on_paper(story)
    hand(story, ballot, "handler")
    ballot_slip_back(actor=story.by("convener"), ballot=ballot, voter=line(story, ballot, "handler"))
    vote(story, ballot, "handler")
    refused_with(
        "ballot.no_slip",
        lambda: ballot_slip_back(actor=story.by("convener"), ballot=ballot, voter=line(story, ballot, "handler")),
    )


def test_who_counts_and_who_watches_are_two_people(story):
    same = {"teller": story.seat("convener"), "scrutineer": story.seat("convener")}
    refused_with("ballot.one_teller", lambda: on_paper(story, **same))
    refused_with("ballot.no_teller", lambda: on_paper(story, teller=None))
    refused_with("ballot.teller_chair", lambda: on_paper(story, teller=story.seat("member")))
    ballot = on_paper(story)
    with pytest.raises(IntegrityError), transaction.atomic():
        SecretBallot.objects.filter(pk=ballot.pk).update(scrutineer=ballot.teller)


def test_what_no_ballot_can_be_is_refused(story):
    refused_with("ballot.no_way", lambda: opened(story, on_screen=False))
    refused_with("ballot.choices", lambda: opened(story, choices=["只有一项"]))
    refused_with("ballot.choices_twice", lambda: opened(story, choices=["甲", "甲"]))
    refused_with("question.empty", lambda: opened(story, question=" "))
    opened(story)
    refused_with("ballot.another", lambda: opened(story))


def test_a_slip_has_two_to_twelve_answers(story):
    names = [f"候选人{number}" for number in range(MOST_CHOICES + 1)]
    refused_with("ballot.choices", lambda: opened(story, choices=names))
    refused_with("ballot.choices", lambda: opened(story, choices=names[:1]))
    ballot = opened(story, choices=names[:MOST_CHOICES])
    vote(story, ballot, "handler", MOST_CHOICES - 1)
    for wrong in (-1, MOST_CHOICES):
        refused_with("ballot.choice", lambda wrong=wrong: vote(story, ballot, "company_head", wrong))


def test_fewer_than_three_have_no_secret(story):
    assert len(PARTIES) == LEAST_VOTERS
    story.sitting.presences.filter(seat=story.seat("handler")).update(left_at=timezone.now())
    refused_with("ballot.few", lambda: opened(story))


def test_below_the_quorum_none_opens(story):
    Sitting.within.filter(pk=story.sitting.pk).update(quorum=9, quorum_by_hand=True)
    refused_with("ballot.quorum", lambda: opened(story))


def test_a_recess_takes_no_slips_and_a_sitting_waits_for_its_ballot(story):
    ballot = opened(story)
    refused_with("ballot.open", lambda: sitting_close(actor=story.by("convener"), sitting=story.sitting))
    sitting_recess(actor=story.by("convener"), sitting=story.sitting)
    refused_with("ballot.recess", lambda: vote(story, ballot, "handler"))


def test_after_the_counting_nobody_votes(story):
    ballot = opened(story)
    count(story, ballot)
    refused_with("ballot.over", lambda: vote(story, ballot, "handler"))
    refused_with("ballot.over", lambda: count(story, ballot))


def test_void_throws_slips_and_key_away_and_the_room_votes_anew(story, django_capture_on_commit_callbacks):
    ballot = opened(story)
    vote(story, ballot, "handler")
    with django_capture_on_commit_callbacks(execute=True):
        ballot_void(actor=story.by("convener"), ballot=ballot, reason="问题写错了")
    assert not Urn.objects.exists() and f"{ballot.pk}.key" not in keys()
    assert opened(story).ordinal == 2


def test_without_its_key_the_urn_stays_closed_and_says_so(story):
    """As after a backup was restored while a ballot was open."""
    ballot = opened(story)
    vote(story, ballot, "handler")
    ballot_keys.key_destroy(ballot.pk)
    refused_with("ballot.key_lost", lambda: count(story, ballot))
    ballot_void(actor=story.by("convener"), ballot=ballot, reason="换了机器")


def test_an_urn_that_was_changed_is_not_counted(story):
    ballot = opened(story)
    vote(story, ballot, "handler")
    box = Urn.objects.get()
    box.slips = bytes(box.slips) * 2
    box.save()
    refused_with("ballot.urn", lambda: count(story, ballot))
    box.slips = bytes(49)
    box.save()
    refused_with("ballot.urn", lambda: count(story, ballot))


def test_a_ballot_begins_the_sitting(story):
    """What was voted on is not as if it had not been."""
    story.sitting.statements.all().delete()
    opened(story)
    refused_with(
        "sitting.voted", lambda: sitting_step_back(actor=story.by("convener"), sitting=story.sitting, reason="错了")
    )


def test_the_desks_see_how_many_have_voted_and_other_phones_nothing_new(story):
    ballot = opened(story)
    before = Sitting.within.get(pk=story.sitting.pk)
    vote(story, ballot, "handler")
    after = Sitting.within.get(pk=story.sitting.pk)
    assert room_number(after) > room_number(before) and after.version == before.version


def test_a_phone_votes_and_reads_the_roll(story, client):
    ballot = opened(story)
    sign_in(client, story.cast, "handler")
    room = reverse("room", args=[story.sitting.pk])
    state = client.get(reverse("room_state", args=[story.sitting.pk])).json()["version"]
    assert "由谁来监督水费" in client.get(room).content.decode()
    sent = {"act_id": str(uuid7()), "ballot": str(ballot.pk), "choice": "1"}
    address = reverse("room_ballot", args=[story.sitting.pk])
    answer = client.post(address, sent, headers={"Accept": "application/json"})
    assert answer.json() == {"said": "您的票已投入票箱。"}
    page = client.get(room).content.decode()
    assert "已投票 1 / 3 人" in page and story.cast.people["company_head"].name in page and 'name="choice"' not in page
    assert client.get(reverse("room_state", args=[story.sitting.pk])).json()["version"] != state
    again = client.post(address, {**sent, "act_id": str(uuid7())}, headers={"Accept": "application/json"})
    assert again.status_code == 422 and "已经投过票" in again.json()["message"]
    without = client.post(address, {"act_id": str(uuid7()), "ballot": str(ballot.pk)})
    assert without.status_code == 422


def test_the_desk_opens_hands_out_and_counts_on_its_pages(story, client):
    sign_in(client, story.cast, "convener")
    new = reverse("ballot_new", args=[story.sitting.pk])
    page = client.get(new).content.decode()
    assert "赞成\n反对\n弃权" in page and story.cast.people["handler"].name in page
    tellers = {"teller": story.seat("convener").pk, "scrutineer": story.seat("handler").pk}
    sent = {"act_id": str(uuid7()), "question": "选一名监督员", "choices": "甲\n乙\n", "on_screen": "on", **tellers}
    answer = client.post(new, {**sent, "on_paper": "on"})
    ballot = SecretBallot.objects.get()
    assert answer.url == reverse("ballot", args=[ballot.pk]) and ballot.choices == ["甲", "乙"]
    to = {"voters": [str(line(story, ballot, who).pk) for who in ("village_head", "company_head")]}
    client.post(reverse("ballot_hand_out", args=[ballot.pk]), {"act_id": str(uuid7()), **to})
    assert "已领纸质票" in client.get(answer.url).content.decode()
    slips = client.get(reverse("ballot_slips", args=[ballot.pk]))
    assert slips.content.startswith(b"%PDF")
    numbers = {"returned": 2, "choice_0": 2, "choice_1": 1, "spoilt": 0, "mark": ballot.mark}
    counting = reverse("ballot_count", args=[ballot.pk])
    wrong = client.post(counting, {"act_id": str(uuid7()), **numbers})
    assert wrong.status_code == 422 and "各项加起来是3张" in wrong.content.decode()
    assert client.post(counting, {"act_id": str(uuid7()), **numbers, "choice_1": 0}).status_code == 302
    for name in ("sitting_room", "room_chair", "room_projector", "sitting"):
        assert "选一名监督员" in client.get(reverse(name, args=[story.sitting.pk])).content.decode(), name


def test_no_receipt_and_no_entry_follows_the_choice(story):
    """The same vote with another choice leaves the same hash: nobody tries the few choices until one fits."""
    ballot, act_id, hashes = opened(story), uuid7(), set()
    for choice in range(3):
        mark = transaction.savepoint()
        stored = Receipt.objects.get(pk=vote(story, ballot, "handler", choice, act_id=act_id).pk)
        entry = Entry.objects.get(receipt=stored)
        assert set(stored.result) == {"sitting", "ballot"}
        assert set(entry.data) == {"sitting", "state", "ballot", "seat"} and not entry.quantities
        hashes |= {stored.body_hash, entry.body_hash}
        transaction.savepoint_rollback(mark)
    assert len(hashes) == 1


def test_what_was_typed_of_the_paper_slips_is_hashed_nowhere(story):
    """Else the few numbers are found from the hash, and with the totals what the screens said apart."""
    ballot, act_id, hashes = on_paper(story), uuid7(), set()
    hand(story, ballot, "village_head")
    for papers in ([1, 0, 0], [0, 1, 0]):
        mark = transaction.savepoint()
        receipt = count(story, ballot, returned=1, papers=papers, mark=ballot.mark, act_id=act_id)
        hashes.add(Receipt.objects.get(pk=receipt.pk).body_hash)
        transaction.savepoint_rollback(mark)
    assert len(hashes) == 1
