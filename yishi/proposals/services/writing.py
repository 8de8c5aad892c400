"""A proposal is written once: draft, signed by others too, submitted, withdrawn with a reason."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.text import folded
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, BodyKind, Member, Place, valid_on
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit
from yishi.organisations.themes import themes
from yishi.people.models import Person
from yishi.proposals import hooks
from yishi.proposals.models import Proposal, Signer
from yishi.proposals.stages import need

WHY_WITHDRAWN = Words("reason", 300, _("Please write why it is taken back."))

State = Proposal.State
TITLE = Words("title", 80, _("Please write a title of 2 to 80 characters."), "proposal.title", shortest=2)
# As one county's system has it.
TEXT = Words("text", 2_500, _("Please write what is the matter."), "proposal.text", shortest=10)
MOST_SIGNERS = 60


def proposal_write(
    *,
    actor: Viewer,
    kind: str,
    title: str,
    text: str,
    theme: str,
    place: Place,
    author: Person | None = None,
    desk: Body | None = None,
    signers: Iterable[Person] = (),
    submit: bool = False,
    again: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Write a draft as a member, or at a desk for a member (`author`, `desk`); `submit` sends it off in the same act.
    Words that the author has submitted already are submitted only by who says that it is another proposal (`again`).

    Result: proposal, and number if it was submitted.
    """
    author = author or actor.person
    by = permit("proposal.write", actor, at=desk if author != actor.person else None)
    signers = list(dict.fromkeys(signers))
    said = {"kind": kind, "title": title, "text": text, "theme": theme, "place": place.pk}
    body = {
        **said,
        "author": author.pk if author else None,
        "desk": desk.pk if desk else None,
        "submit": submit,
        "again": again,
    }
    body["signers"] = [signer.pk for signer in signers]
    with act("proposals.proposal.write", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if author is None or _member(author) is None:
            raise Refusal("proposal.author", _("A proposal is a member's: name the member."), field="author")
        if author != actor.person and desk is None:
            raise Refusal("proposal.desk", _("Only a desk writes down what another member says."), field="author")
        proposal = Proposal(
            id=child_id(this.id, 1),
            author=author,
            desk=desk if author != actor.person else None,
            written_by=actor.person,
            written_at=this.now,
            is_demo=actor.is_system,
        )
        _fill(proposal, kind, title, text, theme, place)
        proposal.save(force_insert=True)
        _ask(this, proposal, signers)
        this.entry(subject=("proposal", proposal.pk), place=place.pk, dims={"kind": kind, "theme": theme})
        this.result(proposal=proposal.pk)
        if submit:
            _submit(this, proposal, actor, again)
    return this.receipt


def proposal_change(
    *,
    actor: Viewer,
    proposal: Proposal,
    kind: str,
    title: str,
    text: str,
    theme: str,
    place: Place,
    signers: Iterable[Person] = (),
    submit: bool = False,
    again: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Change a draft; who had signed a text that changed is asked anew. Result: proposal."""
    by = permit("proposal.edit", actor, proposal)
    signers = list(dict.fromkeys(signers))
    body = {"proposal": proposal.pk, "kind": kind, "title": title, "text": text, "theme": theme, "place": place.pk}
    body |= {"signers": [signer.pk for signer in signers], "submit": submit, "again": again}
    with act("proposals.proposal.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(proposal)
        need(row, State.DRAFT)
        before = (row.title, row.text)
        _fill(row, kind, title, text, theme, place)
        row.save()
        row.signers.exclude(person__in=signers).delete()
        if (row.title, row.text) != before:
            row.signers.update(agrees=None, answered_at=None)
        _ask(this, row, signers)
        this.entry(subject=("proposal", row.pk), place=place.pk)
        this.result(proposal=row.pk)
        if submit:
            _submit(this, row, actor, again)
    return this.receipt


def proposal_submit(*, actor: Viewer, proposal: Proposal, again: bool = False, act_id: UUID | None = None) -> Receipt:
    """Hand a proposal in: it gets its number and its office, and counts in the campaigns that want proposals.

    Result: proposal, number.
    """
    by = permit("proposal.edit", actor, proposal)
    body = {"proposal": proposal.pk, "again": again}
    with act("proposals.proposal.submit", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _submit(this, locked(proposal), actor, again)
    return this.receipt


def proposal_cosign(*, actor: Viewer, proposal: Proposal, agrees: bool, act_id: UUID | None = None) -> Receipt:
    """A member who was asked signs too, or not. Result: proposal."""
    by = permit("proposal.cosign", actor, proposal)
    body = {"proposal": proposal.pk, "agrees": agrees}
    with act("proposals.proposal.cosign", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(proposal)
        if row.state == State.WITHDRAWN:
            need(row, State.SUBMITTED)
        signer = row.signers.get(person=actor.person)
        if signer.agrees is not None:
            raise WrongStage("proposal.signed", _("You have answered this already."))
        signer.agrees, signer.answered_at = agrees, this.now
        signer.save(update_fields=["agrees", "answered_at"])
        this.entry(subject=("proposal", row.pk), place=row.place_id, data={"agrees": agrees})
        this.result(proposal=row.pk)
        if agrees and row.state == State.SUBMITTED:
            hooks.run(hooks.ON_SIGNED, row, actor, this)
    return this.receipt


def proposal_withdraw(*, actor: Viewer, proposal: Proposal, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take a proposal back, as a draft or while nobody has been asked to answer it. The deeds that count it are
    withdrawn with it."""
    by = permit("proposal.edit", actor, proposal)
    body = {"proposal": proposal.pk, "reason": reason}
    with act("proposals.proposal.withdraw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(proposal)
        if row.commitment_id or row.outcome or row.state == State.WITHDRAWN:
            raise WrongStage(
                "proposal.handled", _("It is with the body that answers, or decided; it is not taken back any more.")
            )
        was_submitted = row.state == State.SUBMITTED
        row.reason = WHY_WITHDRAWN.kept(reason, needed=was_submitted)
        row.state = State.WITHDRAWN
        row.save(update_fields=["state", "reason"])
        this.entry(subject=("proposal", row.pk), place=row.place_id)
        this.result(proposal=row.pk)
        if was_submitted:
            hooks.run(hooks.ON_WITHDRAWN, row, actor, this)
    return this.receipt


def locked(proposal: Proposal) -> Proposal:
    """The row as it stands now, locked for this act."""
    proposals = Proposal.within.select_for_update(of=("self",)).select_related("place", "author")
    return proposals.get(pk=proposal.pk)


def authors_of(proposal: Proposal) -> list[Person]:
    """The author, then who signed too."""
    signed = proposal.signers.filter(agrees=True).select_related("person")
    return [proposal.author, *(signer.person for signer in signed)]


def _fill(proposal: Proposal, kind: str, title: str, text: str, theme: str, place: Place) -> None:
    """Set the fields of a draft, checked; nothing is saved."""
    title, text = TITLE.kept(title), TEXT.kept(text)
    if kind not in Proposal.Kind.values:
        raise Refusal("proposal.kind", _("Please choose one of the values that are offered."), field="kind")
    if theme not in themes():
        raise Refusal("proposal.theme", _("Please choose one of the values that are offered."), field="theme")
    proposal.kind, proposal.title, proposal.text, proposal.theme, proposal.place = kind, title, text, theme, place


def _ask(this: Act, proposal: Proposal, signers: list[Person]) -> None:
    """Ask the members who have not been asked yet."""
    if len(signers) > MOST_SIGNERS:
        raise Refusal(
            "proposal.signers", _("At most %(most)d sign one proposal.") % {"most": MOST_SIGNERS}, field="signers"
        )
    known = set(proposal.signers.values_list("person", flat=True)) | {proposal.author_id}
    for person in signers:
        if person.pk in known:
            continue
        if _member(person) is None:
            raise Refusal("proposal.signer", _("Only sitting members sign a proposal."), field="signers")
        Signer.objects.create(proposal=proposal, person=person, asked_at=this.now)
        tell(
            person=person,
            code="proposal.cosign_asked",
            params={"title": proposal.title},
            subject=("proposal", proposal.pk),
            once=f"proposal.cosign_asked/{proposal.pk}/{person.pk}",
        )


def _submit(this: Act, proposal: Proposal, actor: Viewer, again: bool) -> None:
    """Give the draft its number and its office, and tell the office; the hooks record what it counts as."""
    need(proposal, State.DRAFT)
    member = _member(proposal.author)
    if member is None:
        raise Refusal("proposal.author", _("A proposal is a member's: name the member."), field="author")
    year = timezone.localdate(this.now).year
    number = next_number(f"proposal/{year}")  # from here on nobody else submits one: two at once are told of each other
    if not again:
        _is_another(proposal)
    proposal.number = f"建-{year}-{number:05d}"
    proposal.office = _office(member)
    proposal.state, proposal.submitted_at = State.SUBMITTED, this.now
    proposal.save(update_fields=["number", "office", "state", "submitted_at"])
    this.entry(
        code="proposals.proposal.submit",
        subject=("proposal", proposal.pk),
        place=proposal.place_id,
        dims={"kind": proposal.kind, "theme": proposal.theme, "sector": member.sector},
        quantities={"proposals": 1},
    )
    this.result(proposal=proposal.pk, number=proposal.number)
    if proposal.office is not None:
        tell(
            body_id=proposal.office.pk,
            code="proposal.submitted",
            params={"number": proposal.number, "title": proposal.title},
            subject=("proposal", proposal.pk),
            once=f"proposal.submitted/{proposal.pk}",
        )
    hooks.run(hooks.ON_SUBMITTED, proposal, actor, this)


def _is_another(proposal: Proposal) -> None:
    """Refuse words that the same author has submitted already: each proposal counts, and it would count twice."""
    words = (folded(proposal.title), folded(proposal.text))
    counted = Proposal.within.filter(author=proposal.author_id, state=State.SUBMITTED).exclude(pk=proposal.pk)
    for number, title, text in counted.order_by("pk").values_list("number", "title", "text"):
        if (folded(title), folded(text)) == words:
            said = _(
                "%(number)s by the same member says exactly this and counts already. Tick below if this is another one."
            )
            raise Refusal("proposal.again", said % {"number": number}, field="again")


def _member(person: Person) -> Member | None:
    """The membership by which `person` sits today."""
    memberships = Member.objects.filter(valid_on(timezone.localdate()), person=person).select_related("term__body")
    return memberships.order_by("-valid_from", "pk").first()


def _office(member: Member) -> Body | None:
    """Who receives the proposal: the office of the author's committee, else the committee itself."""
    committee = member.term.body
    offices: Any = Body.objects.filter(valid_on(timezone.localdate()), place=committee.place_id, kind=BodyKind.OFFICE)
    return offices.order_by("pk").first() or committee
