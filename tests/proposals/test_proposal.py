"""A proposal: written once, signed, submitted, answered as a promise, rated, adopted; who may not."""

import pytest
from django.utils import timezone

from tests.proposals.proposing import TEXT, Proposed
from yishi.commitments.services import proof_check, proof_give, verdict_give
from yishi.database.reach import everything, reaching
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.proposals.models import Proposal
from yishi.proposals.services import (
    proposal_change,
    proposal_cosign,
    proposal_submit,
    proposal_withdraw,
)
from yishi.proposals.stages import stage_of

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


def test_it_works_from_the_text_to_the_clause(cast):
    with everything():
        proposed = Proposed(cast)
        one = proposed.proposal
        assert (one.number[:2], one.office, stage_of(one)) == ("建-", cast.bodies["office"], "received")
        promise = proposed.assign().commitment
        assert (promise.bearer, promise.supervisor) == (cast.bodies["department"], cast.bodies["office"])
        assert promise.state == "in_force"
        proof_give(actor=cast.viewer("handler"), commitment=promise, text="下月开通", done_on=TODAY)
        assert stage_of(proposed.proposal) == "answered"
        proof_check(actor=cast.viewer("clerk"), commitment=promise, accepted=True, finding="有期限", as_agreed=True)
        assert stage_of(proposed.proposal) == "rating"
        verdict_give(actor=cast.viewer("member"), commitment=promise, value="satisfied")
        assert proposed.adopt(outcome="partly", reason="隔日一班").outcome == "partly"
        assert proposed.adopt().outcome == "adopted"
        assert proposed.adopt(outcome="not", reason="另一份未列入").outcome == "adopted"  # the best one stands
        assert one.adoptions.count() == 3


def test_an_answer_that_does_not_satisfy_is_given_a_second_time(cast):
    with everything():
        promise = (proposed := Proposed(cast)).assign().commitment
        proof_give(actor=cast.viewer("handler"), commitment=promise, text="研究研究", done_on=TODAY)
        proof_check(actor=cast.viewer("clerk"), commitment=promise, accepted=True, finding="阅", as_agreed=True)
        verdict_give(actor=cast.viewer("member"), commitment=promise, value="not_satisfied", text="没有期限")
        assert stage_of(proposed.proposal) == "handled"
        assert proposed.proposal.commitment.round == 2


def test_sent_twice_it_is_one(cast):
    key = uuid7()
    with everything():
        assert Proposed(cast, act_id=key).pk == Proposed(cast, act_id=key).pk
        assert Proposal.objects.count() == 1


def test_a_draft_is_changed_and_asks_its_signers_anew(cast):
    member, neighbour = cast.viewer("member"), cast.viewer("neighbour")
    with everything():
        one = Proposed(cast, submit=False, signers=[cast.people["neighbour"]]).proposal
        proposal_cosign(actor=neighbour, proposal=one, agrees=True)
        with pytest.raises(WrongStage):
            proposal_cosign(actor=neighbour, proposal=one, agrees=False)
        said = {"kind": "proposal", "title": one.title, "theme": "roads", "place": one.place}
        proposal_change(
            actor=member, proposal=one, text=TEXT + "每天两班。", signers=[cast.people["neighbour"]], **said
        )
        assert one.signers.get().agrees is None
        proposal_submit(actor=member, proposal=one)
        with pytest.raises(WrongStage):
            proposal_change(actor=member, proposal=one, text=TEXT, **said)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": "路"}, "title"),
        ({"text": "短"}, "text"),
        ({"text": "长" * 2501}, "text"),
        ({"theme": "nonsense"}, "theme"),
        ({"kind": "nonsense"}, "kind"),
    ],
)
def test_what_is_wrong_names_its_field(cast, given, field):
    with pytest.raises(Refusal) as refused:
        Proposed(cast, **given)
    assert refused.value.field == field


def test_a_desk_writes_it_down_for_its_member(cast):
    with everything():
        one = Proposed(cast, "clerk", author=cast.people["member"], desk=cast.bodies["office"]).proposal
        assert (one.author, one.desk) == (cast.people["member"], cast.bodies["office"])
    with pytest.raises(Refusal):  # nobody writes in another's name without a desk
        Proposed(cast, "neighbour", author=cast.people["member"])
    with pytest.raises(Refusal):  # a villager is no member
        Proposed(cast, "clerk", author=cast.people["villager"], desk=cast.bodies["office"])


def test_who_may_not(cast):
    for who in ("handler", "outsider", "former_member"):
        with pytest.raises((NotAllowed, Refusal)):
            Proposed(cast, who)
    with everything():
        proposed = Proposed(cast)
        for who in ("neighbour", "handler", "outsider", "outside_handler"):
            with pytest.raises(NotAllowed):
                proposed.assign(who)
            with pytest.raises(NotAllowed):
                proposal_withdraw(actor=cast.viewer(who), proposal=proposed.proposal, reason="x")
            with pytest.raises(NotAllowed):
                proposal_cosign(actor=cast.viewer(who), proposal=proposed.proposal, agrees=True)
        proposed.assign()
        for who in ("neighbour", "outsider", "water_clerk"):
            with pytest.raises(NotAllowed):
                proposed.adopt(who)


def seen_by(cast, who):
    with reaching(viewer_of(cast.people[who]).reach):
        return set(Proposal.objects.values_list("pk", flat=True))


def test_who_sees_what(cast):
    with everything():
        draft = Proposed(cast, submit=False, signers=[cast.people["neighbour"]])
        handed_in = Proposed(cast)
        handed_in.assign()
        one, other = draft.proposal.pk, handed_in.proposal.pk
    assert seen_by(cast, "member") == {one, other}
    assert seen_by(cast, "neighbour") == {one}  # is asked to sign it
    assert seen_by(cast, "clerk") == {other}  # a draft is nobody's but its authors'
    assert seen_by(cast, "prefecture_clerk") == {other}
    assert seen_by(cast, "handler") == {other}  # owes the answer
    for who in ("outsider", "water_clerk", "administrator", "village_head"):
        assert seen_by(cast, who) == set()


def test_the_journal_holds_no_words(cast):
    with everything():
        proposed = Proposed(cast)
        proposed.assign()
        proposed.adopt()
    said = "".join(str([one.dims, one.data, one.quantities]) for one in Entry.objects.all())
    for word in ("公交", "老人", "规划", "委员甲"):
        assert word not in said


def test_it_is_taken_back_only_before_it_is_handed_over(cast):
    member = cast.viewer("member")
    with everything():
        one = Proposed(cast).proposal
        with pytest.raises(Refusal):
            proposal_withdraw(actor=member, proposal=one, reason=" ")
        proposal_withdraw(actor=member, proposal=one, reason="已经开通")
        assert Proposal.within.get(pk=one.pk).state == "withdrawn"
        assigned = Proposed(cast).assign()
        with pytest.raises(WrongStage):
            proposal_withdraw(actor=member, proposal=assigned, reason="x")
