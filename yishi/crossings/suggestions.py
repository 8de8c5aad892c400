"""A proposal is a deed of the campaign: written once, it counts under the item that proposals feed ("one suggestion").

The deed is recorded in the same act and transaction as the submission (or the adoption, as the item says). So a figure
opens into deeds here as everywhere, and a deed leads back to the proposal that is its evidence. Nobody types it twice:
such an item takes no deed by hand (see docs/decisions/).
"""

from datetime import date
from decimal import Decimal

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.deeds.models import Deed, DeedParty
from yishi.assistance.deeds.services.deeds import deed_correct, deed_record, deed_withdraw
from yishi.assistance.deeds.services.standing import Part
from yishi.journal.act import Act
from yishi.organisations.grants import Viewer, system
from yishi.proposals.models import Proposal
from yishi.proposals.services.writing import authors_of

SOURCE = "proposal"
Fed = ItemVersion.Fed


def suggestion_count(proposal: Proposal, actor: Viewer, this: Act) -> None:
    """A proposal was submitted: count it where a campaign wants suggestions."""
    _count(proposal, actor, this, Fed.PROPOSAL)


def suggestion_count_adopted(proposal: Proposal, actor: Viewer, this: Act) -> None:
    """A proposal was adopted: count it where a campaign counts only what was adopted."""
    _count(proposal, actor, this, Fed.ADOPTION)


def suggestion_share(proposal: Proposal, actor: Viewer, this: Act) -> None:
    """A further member signed the proposal: the same deed, one more party."""
    for deed in deeds_of(proposal):
        reason = str(_("Another member signed the proposal."))
        # The deed is fed by the proposal and has no doer of its own: it follows what stands there.
        deed_correct(actor=system(), deed=deed, reason=reason, parties=_parties(proposal), act_id=this.child())


def suggestion_take_back(proposal: Proposal, actor: Viewer, this: Act) -> None:
    """A proposal was withdrawn: it counts no longer."""
    for deed in deeds_of(proposal):
        reason = str(_("The proposal was withdrawn."))
        # As above: a deed that is fed is taken back with what feeds it.
        deed_withdraw(actor=system(), deed=deed, reason=reason, act_id=this.child())


def deeds_of(proposal: Proposal) -> list[Deed]:
    """The deeds that count this proposal, one for each campaign that does."""
    return list(Deed.within.filter(source_kind=SOURCE, source_id=proposal.pk, state=Deed.State.COUNTED))


def _count(proposal: Proposal, actor: Viewer, this: Act, fed_by: str) -> None:
    """Record the proposal as a deed of each item that is fed by `fed_by` and does not count it yet."""
    day = timezone.localdate(this.now)
    desk = proposal.desk if actor.is_system or actor.holds(proposal.desk_id) else None
    counted = {deed.item_id for deed in Deed.within.filter(source_kind=SOURCE, source_id=proposal.pk)}
    for item in _items(proposal, day):
        if item.pk in counted or version_on(item, day).fed_by != fed_by:
            continue
        # Its own author records it; an adoption is written by another desk, which credits nobody: the platform does.
        deed_record(
            actor=actor if fed_by == Fed.PROPOSAL and not actor.is_system else system(),
            item=item,
            place=proposal.place,
            on=day,
            amount=Decimal(1),
            parties=_parties(proposal),
            words=f"{proposal.number} {proposal.title}",
            recorded_for=desk if fed_by == Fed.PROPOSAL else None,
            source=(SOURCE, proposal.pk),
            act_id=this.child(),
        )


def _items(proposal: Proposal, day: date) -> list[CatalogueItem]:
    """The live items of campaigns that run on `day` where the proposal speaks of, or where its author sits."""
    place = proposal.place
    there = Q(campaign__place__lo__lte=place.lo, campaign__place__hi__gte=place.hi)
    running = Q(campaign__starts_on__lte=day) & (Q(campaign__ends_on__isnull=True) | Q(campaign__ends_on__gte=day))
    items = CatalogueItem.objects.filter(
        there, running, is_retired=False, versions__fed_by__in=[Fed.PROPOSAL, Fed.ADOPTION]
    )
    return list(items.select_related("campaign").distinct().order_by("pk"))


def _parties(proposal: Proposal) -> list[Part]:
    """The author leads; who signed too takes an equal part."""
    author, *cosigners = authors_of(proposal)
    return [Part(author, DeedParty.Role.LEAD), *(Part(cosigner, DeedParty.Role.CO) for cosigner in cosigners)]
