"""The release check (信息发布审核) and the good cases: nothing becomes public by itself, one click hides."""

from collections.abc import Iterable
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.deliberation.models import GoodCase, Matter, Release
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.shown import release_digest
from yishi.deliberation.veil import Doubt, Veil, masks_of, photos_of, public_texts
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import new_code
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Installation
from yishi.organisations.rights import permit
from yishi.organisations.themes import is_sensitive

S = Release.State
# Which verb leads where; a verb that is missing is refused in plain words.
STAGES: dict[str, dict[str, str]] = {
    S.PREPARED: {"prepare": S.PREPARED, "approve": S.RELEASED, "refuse": S.REFUSED},
    S.RELEASED: {"prepare": S.PREPARED, "hide": S.HIDDEN},
    S.REFUSED: {"prepare": S.PREPARED},
    S.HIDDEN: {"prepare": S.PREPARED, "restore": S.RELEASED},
}
SLUG_LENGTH = 10
TITLE = Words("title", 120, _("Write a title that says what it is about."), "release.no_title", "release.long_title")
SUMMARY = Words(
    "summary",
    3000,
    _("Write in a few sentences what it is about and what became of it."),
    "release.no_summary",
    "release.long_summary",
)
WHY_EXEMPLARY = Words("why", 3000, _("Write what others can learn from it."), "release.no_why", "release.long_why")
TO_MEND = Words("reason", 300, _("Write what should be mended."), "release.no_reason")
WHY_TURNED = Words("reason", 300)


def release_prepare(
    *,
    actor: Viewer,
    matter: Matter,
    title: str,
    summary: str,
    photos: Iterable[Attachment] = (),
    shows_agreement: bool = True,
    shows_statements: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Put a matter's public file up for the release check. Result: release, slug, warnings (their number).

    A file that is public already leaves the public eye until it is checked again. Sensitive matters are refused.
    Photos must be of the matter's study or proofs; for a masked one its covered copy stands.
    """
    by = permit("release.prepare", actor, matter)
    photos = list(photos)
    body = {
        "matter": matter.pk,
        "title": title,
        "summary": summary,
        "photos": sorted(str(photo.pk) for photo in photos),
        "shows_agreement": shows_agreement,
        "shows_statements": shows_statements,
    }
    with act("deliberation.release.prepare", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        matter = Matter.within.select_for_update(of=("self",)).select_related("place").get(pk=matter.pk)
        _check_not_sensitive(matter)
        title = TITLE.kept(title)
        summary = SUMMARY.kept(summary)
        allowed = {photo.pk for photo in photos_of(matter)}
        if any(photo.pk not in allowed for photo in photos):
            raise Refusal("release.photo", _("Choose photos of this matter's study or proofs."), field="photos")
        release = Release.objects.filter(matter=matter).first()
        if release is None:
            release = Release(matter=matter, slug=new_code(SLUG_LENGTH).lower())
        else:
            _go(release, "prepare")
            _photos_public(release, False)
        release.title, release.summary = title, summary
        release.shows_agreement, release.shows_statements = shows_agreement, shows_statements
        release.state, release.prepared_by, release.prepared_at = S.PREPARED, actor.person, this.now
        release.checked_by = release.checked_at = None
        release.reason = ""
        release.save()
        covered = {mask.original_id: mask.covered for mask in masks_of(matter)}
        release.photos.set([covered.get(photo.pk, photo) for photo in photos])
        warnings = release_warnings(release)
        _entry(this, release, {"warnings": len(warnings)})
        this.result(release=release.pk, slug=release.slug, warnings=len(warnings))
    return this.receipt


def release_check(
    *,
    actor: Viewer,
    release: Release,
    approve: bool,
    reason: str = "",
    warnings_seen: bool = False,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """The named second person makes the file public, or does not, with the reason.

    Refuses who prepared it (unless the office is small), an approval over warnings that were not looked at
    (`warnings_seen`), a refusal without a reason, an answer to another text than the page showed (`shown`).
    """
    by = permit("release.check", actor, release)
    body = {"release": release.pk, "approve": approve, "reason": reason, "warnings_seen": warnings_seen}
    with act("deliberation.release.check", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        release = _locked(release)
        new_state = _next(release, "approve" if approve else "refuse")
        now = release_digest(release, public_texts(release, Facts(release.matter)))
        check_shown(shown, now)
        _check_not_sensitive(release.matter)
        same_hands = release.prepared_by_id is not None and release.prepared_by_id == actor.person_id
        if same_hands and not Installation.objects.filter(pk=1, small_office=True).exists():
            raise NotAllowed("release.same_person", _("You prepared this file: somebody else must check it."))
        reason = TO_MEND.kept(reason, needed=not approve)
        if approve and not warnings_seen and release_warnings(release):
            raise Refusal(
                "release.warnings",
                _("The text may name people or numbers. Look at each warning, then tick that you did."),
                field="warnings_seen",
            )
        release.state, release.reason = new_state, reason
        release.checked_by, release.checked_at = actor.person, this.now
        release.save(update_fields=["state", "reason", "checked_by", "checked_at"])
        _photos_public(release, approve)
        _entry(this, release, {"approve": approve, "same_hands": same_hands, "digest": now})
        this.result(release=release.pk, slug=release.slug)
    return this.receipt


def release_hide(*, actor: Viewer, release: Release, reason: str = "", act_id: UUID | None = None) -> Receipt:
    """Take a public file out of the public eye at once; who did it and when stays on record."""
    return _move(actor, release, "hide", reason, act_id)


def release_restore(*, actor: Viewer, release: Release, act_id: UUID | None = None) -> Receipt:
    """Show a hidden file again as it was checked."""
    return _move(actor, release, "restore", "", act_id)


def release_warnings(release: Release, veil: Veil | None = None) -> list[Doubt]:
    """What the release check should look at in the file as it would be shown."""
    veil = veil or Veil(release.matter)
    return veil.warnings(public_texts(release, veil.facts))


def case_choose(*, actor: Viewer, matter: Matter, why: str, act_id: UUID | None = None) -> Receipt:
    """Show a matter that came to its end as a good case; its model can then be copied. Result: case."""
    by = permit("case.choose", actor, matter)
    with act("deliberation.case.choose", actor=by, act_id=act_id, body={"matter": matter.pk, "why": why}) as this:
        if this.replayed:
            return this.receipt
        matter = Matter.within.select_for_update(of=("self",)).get(pk=matter.pk)
        _check_not_sensitive(matter)
        if matter.state not in (Matter.State.DONE, Matter.State.ENDED):
            raise WrongStage("case.not_over", _("Choose a matter that has come to its end with an agreement."))
        why = WHY_EXEMPLARY.kept(why)
        named = [doubt.found or str(doubt.message) for doubt in Veil(matter).warnings({"why": why})]
        if named:
            raise Refusal(
                "case.named",
                _("Others read this in public: write it without %(words)s.") % {"words": "、".join(named)},
                field="why",
            )
        if GoodCase.objects.filter(matter=matter, withdrawn_on__isnull=True).exists():
            raise WrongStage("case.chosen", _("This matter is in the library already."))
        case, _new = GoodCase.objects.update_or_create(
            matter=matter,
            defaults={
                "why": why,
                "chosen_by": Body.objects.get(pk=certain(by.body_id)),
                "chosen_on": timezone.localdate(this.now),
                "withdrawn_on": None,
            },
        )
        this.entry(subject=("matter", matter.pk), place=matter.place_id, data={"case": case.pk})
        this.result(case=case.pk)
    return this.receipt


def case_withdraw(*, actor: Viewer, case: GoodCase, act_id: UUID | None = None) -> Receipt:
    """Take a case out of the library. Models copied from it stay with those who copied them."""
    by = permit("case.withdraw", actor, case)
    with act("deliberation.case.withdraw", actor=by, act_id=act_id, body={"case": case.pk}) as this:
        if this.replayed:
            return this.receipt
        case = GoodCase.objects.select_for_update(of=("self",)).select_related("matter").get(pk=case.pk)
        if case.withdrawn_on is not None:
            raise WrongStage("case.withdrawn", _("This case was taken out of the library already."))
        case.withdrawn_on = timezone.localdate(this.now)
        case.save(update_fields=["withdrawn_on"])
        this.entry(subject=("matter", case.matter_id), place=case.matter.place_id, data={"case": case.pk})
        this.result(case=case.pk)
    return this.receipt


def _move(actor: Viewer, release: Release, verb: str, reason: str, act_id: UUID | None) -> Receipt:
    by = permit("release.hide", actor, release)
    body = {"release": release.pk, "reason": reason}
    with act(f"deliberation.release.{verb}", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        release = _locked(release)
        _go(release, verb)
        if verb == "restore":
            _check_not_sensitive(release.matter)
        release.reason = WHY_TURNED.kept(reason)
        release.save(update_fields=["state", "reason"])
        _photos_public(release, verb == "restore")
        _entry(this, release, {})
        this.result(release=release.pk, slug=release.slug)
    return this.receipt


def _locked(release: Release) -> Release:
    releases = Release.objects.select_for_update(of=("self",)).select_related("matter__place", "prepared_by")
    return releases.get(pk=release.pk)


def _next(release: Release, verb: str) -> str:
    """The state to which `verb` leads; who came second reads what has happened."""
    following = STAGES[release.state].get(verb)
    if following is None:
        raise WrongStage(
            "release.stage",
            _("The public file is “%(state)s” now. Open it again and see what is to be done.")
            % {"state": release.get_state_display()},
        )
    return following


def _go(release: Release, verb: str) -> None:
    release.state = _next(release, verb)


def _photos_public(release: Release, are_public: bool) -> None:
    Attachment.objects.filter(pk__in=release.photos.values("pk")).update(may_be_public=are_public)


def _entry(this: Act, release: Release, data: dict[str, object]) -> None:
    this.entry(
        subject=("release", release.pk),
        place=release.matter.place_id,
        data={"matter": release.matter_id, "state": release.state, **data},
    )


def _check_not_sensitive(matter: Matter) -> None:
    if matter.is_sensitive or is_sensitive(matter.theme):
        raise NotAllowed(
            "release.sensitive",
            _(
                "Matters of petitions, ethnic and religious affairs, the border and law cases stay internal: "
                "this one has no public file."
            ),
        )
