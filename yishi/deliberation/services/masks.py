"""Masks (遮挡): what must not be recognised on a photo is covered before the photo is published."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.attachments.store import WHOLE, Area, photo_cover
from yishi.deliberation.models import Matter, PhotoMask, Release
from yishi.deliberation.veil import photos_of
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

MAX_AREAS = 8


def photo_mask(
    *, actor: Viewer, matter: Matter, photo: Attachment, areas: Sequence[Area], act_id: UUID | None = None
) -> Receipt:
    """Cover areas of a photo with solid grey. Result: photo (the covered one), mask.

    The covered photo is a file of its own and stands for the original in the public file; the original stays as it is
    and private. A public file that shows the photo leaves the public eye until it is checked again.
    """
    by = permit("photo.mask", actor, matter)
    body = {"matter": matter.pk, "photo": photo.pk, "areas": [list(area) for area in areas]}
    with act("deliberation.photo.mask", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        matter = _locked(matter)
        _check_areas(areas)
        if photo.pk not in {shown_photo.pk for shown_photo in photos_of(matter)}:
            raise Refusal("release.photo", _("Choose photos of this matter's study or proofs."), field="areas")
        before = PhotoMask.objects.filter(matter=matter, original=photo).select_related("covered").first()
        try:
            covered = photo_cover(actor=actor, photo=photo, areas=areas)
        except FileNotFoundError as error:
            raise Refusal("mask.lost", _("The photo's file is missing. Please tell the administrator.")) from error
        mask, _new = PhotoMask.objects.update_or_create(
            matter=matter,
            original=photo,
            defaults={
                "covered": covered,
                "areas": [list(area) for area in areas],
                "made_by": actor.person,
                "made_at": this.now,
            },
        )
        release = _stand_in(matter, actor, this.now, before.covered if before else photo, covered)
        _entry(this, matter, release, {"photo": photo.pk, "covered": covered.pk, "areas": len(areas)})
        this.result(photo=covered.pk, mask=mask.pk)
    return this.receipt


def photo_unmask(*, actor: Viewer, mask: PhotoMask, act_id: UUID | None = None) -> Receipt:
    """Take a mask back: the original stands where the covered photo stood. A file that shows it is checked again."""
    by = permit("photo.unmask", actor, mask)
    with act("deliberation.photo.unmask", actor=by, act_id=act_id, body={"mask": mask.pk}) as this:
        if this.replayed:
            return this.receipt
        matter = _locked(mask.matter)
        mask_now = PhotoMask.objects.filter(pk=mask.pk).select_related("covered", "original").first()
        if mask_now is None:
            raise WrongStage("mask.gone", _("This mask was taken back already."))
        release = _stand_in(matter, actor, this.now, mask_now.covered, mask_now.original)
        _entry(this, matter, release, {"photo": mask_now.original_id, "covered": mask_now.covered_id})
        mask_now.delete()
        this.result(photo=mask_now.original_id)
    return this.receipt


def _locked(matter: Matter) -> Matter:
    return Matter.within.select_for_update(of=("self",)).select_related("place").get(pk=matter.pk)


def _check_areas(areas: Sequence[Area]) -> None:
    if not areas:
        raise Refusal("mask.empty", _("Draw at least one rectangle over what must not be recognised."))
    if len(areas) > MAX_AREAS:
        raise Refusal("mask.many", _("At most %(most)d rectangles, please.") % {"most": MAX_AREAS})
    for left, top, width, height in areas:
        if not (0 <= left < WHOLE and 0 <= top < WHOLE and 0 < width <= WHOLE and 0 < height <= WHOLE):
            raise Refusal("mask.outside", _("A rectangle begins inside the photo and has a width and a height."))


def _stand_in(matter: Matter, actor: Viewer, now: datetime, before: Attachment, after: Attachment) -> Release | None:
    """Let one photo stand for another in the public file that shows it, which is then to be checked again."""
    release = Release.objects.select_for_update(of=("self",)).filter(matter=matter).first()
    if release is None or not release.photos.filter(pk=before.pk).exists():
        return None
    Attachment.objects.filter(pk__in=release.photos.values("pk")).update(may_be_public=False)
    release.photos.remove(before)
    release.photos.add(after)
    if release.state != Release.State.REFUSED:  # which waits for whoever mends it
        release.state, release.prepared_by, release.prepared_at = Release.State.PREPARED, actor.person, now
        release.checked_by = release.checked_at = None
        release.save(update_fields=["state", "prepared_by", "prepared_at", "checked_by", "checked_at"])
    return release


def _entry(this: Act, matter: Matter, release: Release | None, data: dict[str, object]) -> None:
    """Told in the story of the public file that it changes, else in that of the matter."""
    subject = ("release", release.pk) if release else ("matter", matter.pk)
    this.entry(subject=subject, place=matter.place_id, data={"matter": matter.pk, **data})
