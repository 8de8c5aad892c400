"""Photos and scans, streamed with the right of the record to which they belong."""

from uuid import UUID

from django.db.models import Q
from django.http import HttpResponse
from django.urls import path

from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.deliberation.models import Matter, StudyVisit, Worry
from yishi.proposals.models import Proposal
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream


def _worry_photo(request: Request, pk: UUID, photo: UUID) -> Attachment:
    return Attachment.objects.get(pk=photo, pk__in=Worry.objects.get(pk=pk).photos.values("pk"))


def _own_photo(request: Request, pk: UUID, photo: UUID) -> Attachment:
    worry = Worry.objects.get(pk=pk, raiser=request.viewer.person)
    return worry.photos.get(pk=photo)


def _proof_file(request: Request, pk: UUID, file: UUID) -> Attachment:
    commitment = Commitment.objects.get(pk=pk)
    return Attachment.objects.filter(pk__in=commitment.proofs.values("files")).get(pk=file)


def _study_photo(request: Request, pk: UUID, photo: UUID) -> Attachment:
    matter = Matter.objects.get(pk=pk)
    return Attachment.objects.filter(pk__in=StudyVisit.every.filter(study__matter=matter).values("photos")).get(
        pk=photo
    )


def _agreement_scan(request: Request, pk: UUID, file: UUID) -> Attachment:
    matter = Matter.objects.get(pk=pk)
    own = Q(pk__in=matter.agreements.values("scan")) | Q(pk__in=matter.agreements.values("consents__scan"))
    return Attachment.objects.filter(own).get(pk=file)


def _adoption_file(request: Request, pk: UUID, file: UUID) -> Attachment:
    proposal = Proposal.objects.get(pk=pk)
    return Attachment.objects.filter(pk__in=proposal.adoptions.values("evidence")).get(pk=file)


@page("proposal.see", load=_adoption_file, methods=("GET",))
def adoption_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


@page("worry.see", load=_worry_photo, methods=("GET",))
def worry_photo(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


@page("worry.own", load=_own_photo, methods=("GET",), face="public")
def follow_photo(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=True)


@page("commitment.see", load=_proof_file, methods=("GET",))
def proof_file(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


@page("matter.see", load=_study_photo, methods=("GET",))
def study_photo(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


@page("matter.see", load=_agreement_scan, methods=("GET",))
def agreement_scan(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment)


urlpatterns = [
    path("desk/proposals/<uuid:pk>/files/<uuid:file>", adoption_file, name="adoption_file"),
    path("desk/worries/<uuid:pk>/photos/<uuid:photo>/", worry_photo, name="worry_photo"),
    path("follow/<uuid:pk>/photos/<uuid:photo>/", follow_photo, name="follow_photo"),
    path("desk/commitments/<uuid:pk>/files/<uuid:file>/", proof_file, name="proof_file"),
    path("desk/matters/<uuid:pk>/photos/<uuid:photo>/", study_photo, name="study_photo"),
    path("desk/matters/<uuid:pk>/scans/<uuid:file>/", agreement_scan, name="agreement_scan"),
]
