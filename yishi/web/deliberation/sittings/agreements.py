"""The agreement of a matter: its words, duties in a table, how each party consented; recorded, handed over."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Agreement, Consent, Duty, Matter, Sitting
from yishi.deliberation.process.validator import hand_over_missing
from yishi.deliberation.services.agreements import (
    REASON,
    WRONG_DAY,
    agreement_change,
    agreement_draft,
    agreement_hand_over,
    agreement_hand_over_correct,
    agreement_record,
    agreement_take_back,
    consent_record,
    consent_take_back,
)
from yishi.deliberation.services.drafts import CONDITIONS, MINORITY, TEXT, WHY_TAKEN_BACK, WITNESS, duty_lacks
from yishi.deliberation.shown import agreement_digest
from yishi.kit.records import lend, lent
from yishi.organisations.rights import may
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.fields.paper_fields import with_scan
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.one_act import link, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .scans import scan_field
from .sitting_story import grid


def load_agreement(request: Request, pk: UUID) -> Agreement:
    agreements = Agreement.objects.select_related(
        "matter__place", "matter__convener", "matter__process", "sitting__venue", "scan"
    )
    return agreements.get(pk=pk, matter__in=Matter.keys())


def lacks_of(duty: Duty) -> list[str]:
    """What a duty still lacks before the agreement is recorded, in words; nothing of what is a promise already."""
    return [] if duty.commitment_id else duty_lacks(duty, timezone.localdate())


def _standing(line: dict[str, Any]) -> str:
    """How a duty stands in the workbook: the number of its promise, what it lacks, or that it is complete."""
    duty, lacks = line["duty"], line["lacks"]
    if duty.commitment:
        return str(duty.commitment.number)
    return _("lacks:") + " " + "、".join(lacks) if lacks else _("complete")


DUTIES = DeclaredList(
    "duties",
    gettext_lazy("Duties"),
    [
        Column(gettext_lazy("No."), "duty.ordinal"),
        Column(gettext_lazy("What"), "duty.act", cell="what"),
        Column(gettext_lazy("quantity"), "duty.quantity", page=False),
        Column(gettext_lazy("Unit"), "duty.unit", page=False),
        Column(gettext_lazy("Condition"), "duty.conditions", page=False),
        Column(gettext_lazy("Who does it"), "duty.owes", cell="bearer"),
        Column(gettext_lazy("person responsible"), "duty.responsible", page=False),
        Column(gettext_lazy("By when"), "duty.due_on", cell="due"),
        Column(gettext_lazy("Proved by"), "duty.proof_expected", cell="proof"),
        Column(gettext_lazy("Who supervises"), "duty.supervisor.name", cell="supervisor"),
        Column(gettext_lazy("State"), _standing, cell="state"),
    ],
)


@page("matter.see", load=load_matter, methods=("GET",))
def matter_agreement(request: Request, matter: Matter) -> HttpResponse:
    agreements = Agreement.objects.filter(matter=matter).select_related("sitting__venue", "scan", "written_by")
    agreement = agreements.order_by("-written_at").first()
    runs = may("agreement.run", request.viewer, matter) and matter.state == Matter.State.OPEN
    context: dict[str, Any] = {"matter": matter, "agreement": agreement, "runs": runs}
    if agreement is not None:
        agreement.matter = matter
        duties = list(
            agreement.duties.select_related("bearer", "bearer_party", "bearer_person", "supervisor", "commitment")
        )
        consents = {consent.party_id: consent for consent in agreement.consents.select_related("scan")}
        parties = [(party, consents.get(party.pk)) for party in matter.parties.all()]
        now = agreement_digest(agreement)
        stale = {party.pk for party, consent in parties if consent and consent.digest not in ("", now)}
        recorded = agreement.state == Agreement.State.RECORDED
        context |= {
            "duties": [
                {
                    "duty": duty,
                    "lacks": lacks_of(duty),
                    "url": link("commitment", duty.commitment_id) if duty.commitment_id else "",
                }
                for duty in duties
            ],
            "parties": parties,
            "is_draft": agreement.state == Agreement.State.DRAFT,
            "waiting_for": hand_over_missing(matter) if recorded else [],
            "stale": stale,
            "primary": _primary(
                agreement, duties, [party for party, consent in parties if consent is None or party.pk in stale]
            ),
        }
    else:
        context["sitting"] = matter.sittings.filter(state=Sitting.State.CLOSED).order_by("-ordinal").first()
        context["grid"] = grid(context["sitting"]) if context["sitting"] else []
    return file_response(request, "deliberation/sittings/agreement.html", context, {DUTIES: context.get("duties", ())})


def _primary(agreement: Agreement, duties: list[Duty], lacking: list[Any]) -> tuple[str, str] | None:
    """The one next act."""
    if agreement.state == Agreement.State.RECORDED:
        return (_("Hand over"), reverse("agreement_hand_over", args=[agreement.pk]))
    if agreement.state == Agreement.State.HANDED_OVER:
        return None
    if not duties and agreement.sitting_id:
        return (_("Add a duty"), reverse("duty_new", args=[agreement.pk]))
    for duty in duties:
        if lacks_of(duty):
            return (_("Complete duty %(number)d") % {"number": duty.ordinal}, reverse("duty_edit", args=[duty.pk]))
    if lacking:
        return (
            _("Record the consent of %(party)s") % {"party": lacking[0].name},
            f"{reverse('consent_new', args=[agreement.pk])}?party={lacking[0].pk}",
        )
    return (_("Record the agreement"), reverse("agreement_record", args=[agreement.pk]))


class TextForm(ActForm):
    text = WordsField(TEXT, gettext_lazy("What was agreed"), rows=8)
    conditions = WordsField(CONDITIONS, gettext_lazy("Conditions"), rows=3)
    minority = WordsField(MINORITY, gettext_lazy("What stayed disputed, in the words of those who object"), rows=3)


@page("agreement.run", load=load_matter)
def agreement_new(request: Request, matter: Matter) -> HttpResponse:
    sitting = matter.sittings.filter(state__in=Sitting.BEGUN).order_by("-ordinal").first()
    shared = [row for row in grid(sitting) if row["ground"].is_shared] if sitting else []
    initial = {
        "text": "\n".join(row["statement"].text for row in shared),
        "conditions": "\n".join(condition for row in shared for condition in row["ground"].conditions),
    }
    lead = (
        _("What every party shared is filled in; write it as it was meant.")
        if sitting
        else _("No sitting was held: this is an agreement on the way. Most matters are solved so.")
    )
    return one_act(
        request,
        TextForm(request.POST or None, initial=initial),
        agreement_draft,
        heading=_("Draft the agreement"),
        lead=lead,
        back=reverse("matter_agreement", args=[matter.pk]),
        given={"matter": matter, "sitting": sitting},
        done=_("The draft is kept. Now write each duty: who does what by when."),
        submit=_("Keep the draft"),
    )


def agreement_act(request: Request, agreement: Agreement, form: ActForm, service: Any, **options: Any) -> HttpResponse:
    return one_act(
        request,
        form,
        service,
        lead=options.pop("lead", f"{agreement.number} · {agreement.matter.title}"),
        back=reverse("matter_agreement", args=[agreement.matter_id]),
        given=options.pop("given", {"agreement": agreement}),
        **options,
    )


@page("agreement.run", load=load_agreement)
def agreement_editing(request: Request, agreement: Agreement) -> HttpResponse:
    initial = {"text": agreement.text, "conditions": agreement.conditions, "minority": agreement.minority}
    return agreement_act(
        request,
        agreement,
        TextForm(request.POST or None, initial=initial, edits=agreement),
        agreement_change,
        heading=_("Change the draft"),
        done=_("The draft is changed."),
        submit=_("Save"),
    )


class ConsentForm(ActForm):
    party: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        queryset=None, label=gettext_lazy("Which party"), widget=forms.RadioSelect, empty_label=None
    )
    way = forms.ChoiceField(
        label=gettext_lazy("How it consented"), choices=Consent.Way.choices, widget=forms.RadioSelect
    )
    witness = WordsField(
        WITNESS,
        gettext_lazy("Witness, if it was said aloud"),
        when=("way", "oral"),
        help_text=gettext_lazy("Office and name, such as “village head …”."),
    )
    condition = forms.CharField(label=gettext_lazy("Condition of this party"), required=False, max_length=300)
    scan = scan_field()

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["party"].queryset = matter.parties.all()


def _consent_so_far(agreement: Agreement, party: str) -> dict[str, str]:
    """The party asked for; where it consented in words, with what was said, to be signed now."""
    said = [row for row in agreement.consents.filter(way=Consent.Way.ORAL) if str(row.party_id) == party]
    if not said:
        return {"party": party}
    return {"party": party, "way": Consent.Way.PAPER, "witness": said[0].witness, "condition": said[0].condition}


@page("agreement.run", load=load_agreement)
def consent_new(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        ConsentForm(
            request.POST or None,
            request.FILES or None,
            matter=agreement.matter,
            initial=_consent_so_far(agreement, request.GET.get("party", "")),
            shown=agreement_digest(agreement),
        ),
        with_scan(consent_record),
        template="deliberation/sittings/consent.html",
        agreed_on=agreement,
        duties=list(agreement.duties.select_related("bearer", "bearer_party", "supervisor")),
        heading=_("Record how a party consented"),
        done=_("The consent is recorded."),
        submit=_("Record the consent"),
    )


def load_consent(request: Request, pk: UUID) -> Agreement:
    """The agreement, with the consent that is asked for: the right is about the agreement."""
    consent = Consent.objects.select_related("party").get(pk=pk)
    return lend(load_agreement(request, consent.agreement_id), asked_consent=consent)


class TakeBackForm(ActForm):
    reason = WordsField(WHY_TAKEN_BACK, gettext_lazy("Why is it taken back?"), rows=3)


@page("agreement.run", load=load_consent)
def consent_taking_back(request: Request, agreement: Agreement) -> HttpResponse:
    party = lent(agreement, "asked_consent").party
    return agreement_act(
        request,
        agreement,
        TakeBackForm(request.POST or None),
        consent_take_back,
        given={"agreement": agreement, "party": party},
        heading=_("Take the consent of %(party)s back") % {"party": party.name},
        lead=_(
            "It was written down by mistake, or the party thought better of it. That it stood here stays on record."
        ),
        done=_("The consent is taken back."),
        submit=_("Take it back"),
    )


class RecordForm(ActForm):
    recorded_on = day_field(
        gettext_lazy("Agreed on (if not today)"),
        required=False,
        help_text=gettext_lazy(
            "A day in the past is accepted; it is marked as recorded afterwards and starts no clock."
        ),
    )
    scan = scan_field()


@page("agreement.run", load=load_agreement)
def agreement_recording(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        RecordForm(request.POST or None, request.FILES or None),
        with_scan(agreement_record),
        heading=_("Record the agreement"),
        lead=_("Its words do not change any more, and each duty becomes a promise in the ledger."),
        done=_("The agreement is recorded; its duties stand in the ledger."),
        submit=_("Record the agreement"),
    )


class HandOverForm(ActForm):
    on = day_field(gettext_lazy("Handed over on (if not today)"), required=False)


@page("agreement.run", load=load_agreement)
def agreement_handing_over(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        HandOverForm(request.POST or None),
        agreement_hand_over,
        heading=_("Adopted and handed over"),
        lead=_("From now on the promises are in force and their clocks run; every bearer is told."),
        done=_("Handed over: the promises are in force."),
        submit=_("Hand over"),
    )


class CorrectForm(ActForm):
    on = day_field(gettext_lazy("Handed over on"))
    reason = WordsField(WRONG_DAY, gettext_lazy("Why was it written wrong?"), rows=2)


@page("agreement.run", load=load_agreement)
def hand_over_correcting(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        CorrectForm(request.POST or None, initial={"on": agreement.handed_over_on}),
        agreement_hand_over_correct,
        heading=_("Correct the day of the hand-over"),
        lead=_("The promises are in force from that day on. The day that stood there stays in their files."),
        done=_("The day is corrected."),
        submit=_("Correct the day"),
    )


class ReasonForm(ActForm):
    reason = WordsField(REASON, gettext_lazy("Why is it taken back?"), rows=3)


@page("agreement.run", load=load_agreement)
def agreement_taking_back(request: Request, agreement: Agreement) -> HttpResponse:
    return agreement_act(
        request,
        agreement,
        ReasonForm(request.POST or None),
        agreement_take_back,
        heading=_("Take the agreement back"),
        lead=_("It is a draft again. Its promises, not yet in force, are dropped; the parties consent anew."),
        done=_("The agreement is a draft again."),
        submit=_("Take it back"),
    )


urlpatterns = [
    path("desk/matters/<uuid:pk>/agreement/", matter_agreement, name="matter_agreement"),
    path("desk/matters/<uuid:pk>/agreement/new/", agreement_new, name="agreement_new"),
    path("desk/agreements/<uuid:pk>/change/", agreement_editing, name="agreement_edit"),
    path("desk/agreements/<uuid:pk>/consent/", consent_new, name="consent_new"),
    path("desk/consents/<uuid:pk>/take-back/", consent_taking_back, name="consent_take_back"),
    path("desk/agreements/<uuid:pk>/record/", agreement_recording, name="agreement_record"),
    path("desk/agreements/<uuid:pk>/hand-over/", agreement_handing_over, name="agreement_hand_over"),
    path("desk/agreements/<uuid:pk>/hand-over/correct/", hand_over_correcting, name="agreement_hand_over_correct"),
    path("desk/agreements/<uuid:pk>/take-back/", agreement_taking_back, name="agreement_take_back"),
]
