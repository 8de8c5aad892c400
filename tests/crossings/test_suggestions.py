"""A suggestion is written once: its proposal is the deed that the catalogue counts."""

from datetime import date

import pytest
from django.utils import timezone

from tests.kept import kept_over_all_files
from tests.proposals.proposing import Proposed
from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.services.campaign_setup import campaign_begin
from yishi.assistance.campaign.services.campaigns import item_change
from yishi.assistance.deeds.models import Deed, PossibleDuplicate
from yishi.database.reach import everything
from yishi.proposals.services import proposal_cosign, proposal_withdraw
from yishi.reporting import figures
from yishi.reporting.fold import fold_all
from yishi.reporting.verify import check

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@kept_over_all_files
def campaign(cast):
    receipt = campaign_begin(
        actor=cast.viewer("clerk"),
        template="nine_ones",
        owner=cast.bodies["office"],
        name="助推行动",
        starts_on=date(2026, 1, 1),
    )
    with everything():
        return Campaign.objects.get(pk=receipt.result["campaign"])


def counted(cast, campaign, **more):
    fold_all()
    item = campaign.items.get(code="suggestion")
    return figures.ask(figures.Question(cast.places["牟定县"], date(2026, 1, 1), TODAY, item=item, **more))


def test_it_works(cast, campaign):
    proposed = Proposed(cast)
    deed = Deed.within.get()
    assert (deed.source_kind, deed.source_id) == ("proposal", proposed.proposal.pk)
    assert deed.recorded_by == cast.people["member"]
    assert [party.person for party in deed.parties.all()] == [cast.people["member"]]
    figure = counted(cast, campaign)
    assert (figure.deeds, figure.amount, figure.givers) == (1, 1000, 1)
    assert check().is_right
    proposed.assign()
    proposed.adopt()  # counted already when it was submitted
    assert counted(cast, campaign).deeds == 1


def test_a_draft_counts_nothing(cast, campaign):
    Proposed(cast, submit=False)
    assert counted(cast, campaign).deeds == 0


def test_who_signs_shares_the_one_deed(cast, campaign):
    proposed = Proposed(cast, signers=[cast.people["neighbour"]])
    assert counted(cast, campaign).givers == 1
    proposal_cosign(actor=cast.viewer("neighbour"), proposal=proposed.proposal, agrees=True)
    figure = counted(cast, campaign)
    assert (figure.deeds, figure.givers) == (1, 2)
    assert check().is_right


def test_taken_back_it_counts_no_longer(cast, campaign):
    proposed = Proposed(cast)
    proposal_withdraw(actor=cast.viewer("member"), proposal=proposed.proposal, reason="已经开通")
    assert counted(cast, campaign).deeds == 0
    assert Deed.within.get().state == "withdrawn"
    assert check().is_right


def test_a_campaign_may_count_only_what_was_adopted(cast, campaign):
    item = campaign.items.get(code="suggestion")
    item_change(
        actor=cast.viewer("clerk"),
        item=item,
        since=date(2026, 1, 2),
        name="一条被采纳的建议",
        unit="条",
        fed_by="adoption",
    )
    proposed = Proposed(cast)
    assert counted(cast, campaign).deeds == 0
    proposed.assign()
    proposed.adopt(outcome="not", reason="无预算")
    assert counted(cast, campaign).deeds == 0
    proposed.adopt()
    proposed.adopt(document="另一份文件")
    assert counted(cast, campaign).deeds == 1


def test_two_suggestions_of_one_day_are_no_duplicates(cast, campaign):
    Proposed(cast)
    Proposed(cast, "neighbour", title="修一条灌溉沟渠", text="牟尼村的灌溉沟渠年久失修，建议列入明年计划。")
    assert counted(cast, campaign).deeds == 2
    assert not PossibleDuplicate.objects.exists()


def test_another_countys_campaign_counts_nothing_of_it(cast, campaign):
    Proposed(cast, place=cast.places["外县村"])
    assert Deed.within.count() == 0
