"""A consultation on a phone: one statement, three large buttons; one's own words; what became of them; the result.

Works without scripts; a script only spares the reload. The voice is kept in a cookie of this consultation alone.
"""

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Consultation, ConsultationStatement, ConsultationVote, Voice
from yishi.deliberation.models.consultations import LONGEST_STATEMENT
from yishi.deliberation.services.consultation_results import anonymous_votes, votes_csv
from yishi.deliberation.services.consultation_statements import TEXT
from yishi.deliberation.services.consultation_voices import TEXT as CONSULTATION_VOICES_TEXT
from yishi.deliberation.services.consultation_voices import (
    Ballot,
    ballot_of,
    is_open,
    next_statement,
    statement_appeal,
    statement_state,
    voice_of,
    votes_give,
)
from yishi.deliberation.services.consultations import Stage
from yishi.deliberation.veil import Veil
from yishi.formats.sheets import write_sheet
from yishi.kit.errors import Refusal
from yishi.kit.ids import clean_code, new_code, uuid7
from yishi.organisations.grants import Viewer
from yishi.web.kit.exports import MEDIA_TYPE, demo_notes
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.one_act import DOOR, one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import pdf_response
from yishi.web.kit.request import Request
from yishi.web.kit.turns import begin_turn, is_in_turn

from .consultation_papers import result_data
from .consultation_result import ConsultationResult

State = ConsultationStatement.State
RECEIPT_LENGTH = 10
KEPT_SECONDS = 100 * 24 * 3600  # longer than any consultation lasts
PART = "X-Part"  # the script asks for the ballot alone
BUTTONS = (
    (ConsultationVote.Value.AGREE, gettext_lazy("I agree")),
    (ConsultationVote.Value.OBJECT, gettext_lazy("I object")),
    (ConsultationVote.Value.PASS, gettext_lazy("Not sure, pass")),
)


def load_consultation(request: Request, code: str) -> Consultation:
    consultations = Consultation.within.select_related("matter__place", "matter__convener")
    return consultations.exclude(stage=Stage.DRAFT).get(code=code, matter__is_sensitive=False)


def load_result(request: Request, code: str) -> Consultation:
    consultation = load_consultation(request, code)
    if consultation.result is None:
        raise Consultation.DoesNotExist
    return consultation


def cookie_of(consultation: Consultation) -> str:
    """The name of the cookie in which a phone keeps its receipt for this consultation."""
    return f"voice-{consultation.pk.hex[-12:]}"


def ballot(request: Request, consultation: Consultation, secret: str = "") -> Ballot | None:
    """The ballot of whoever asks, by `secret` or by the receipt that this phone keeps; None where they have none."""
    kept = secret or request.COOKIES.get(cookie_of(consultation), "")
    return ballot_of(consultation, request.viewer, kept, request.META.get("REMOTE_ADDR", ""))


def keep(request: Request, response: HttpResponse, consultation: Consultation, secret: str) -> HttpResponse:
    """Let this phone keep its receipt."""
    response.set_cookie(
        cookie_of(consultation),
        secret,
        max_age=KEPT_SECONDS,
        path="/c/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    response.headers["Cache-Control"] = "no-store"
    return begin_turn(request, response)


def may_be_somebody_else(request: Request, mine: Ballot | None) -> bool:
    """Has somebody spoken on this device whose turn is over? Then nothing of theirs is shown before it is asked who is
    there now. An account, or a query code, has its own end."""
    own = mine is not None and mine.kind != Voice.Kind.ACCOUNT
    return own and not is_in_turn(request) and voice_of(mine) is not None


class VoteForm(ActForm):
    number = forms.IntegerField()
    value = forms.TypedChoiceField(choices=ConsultationVote.Value.choices, coerce=int)


class StateForm(ActForm):
    text = WordsField(
        TEXT,
        gettext_lazy("Something is missing? Say it in one sentence"),
        rows=3,
        help_text=gettext_lazy("Others will vote on it after the desk has looked at it. Name no people."),
    )


class AppealForm(ActForm):
    text = WordsField(
        CONSULTATION_VOICES_TEXT,
        gettext_lazy("Why should it be admitted?"),
        rows=3,
        help_text=gettext_lazy("Somebody else than who refused it answers."),
    )


class ReceiptForm(Form):
    code = forms.CharField(
        label=gettext_lazy("Code of your slip, or of your receipt"),
        help_text=gettext_lazy("Ten letters and digits. Small letters and blanks do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


def ballot_context(request: Request, consultation: Consultation, mine: Ballot) -> dict[str, Any]:
    """What the ballot shows: the next statement, and how far this voice has come."""
    voice = voice_of(mine)
    total = consultation.statements.filter(state=State.ADMITTED).count()
    done = voice.votes.filter(statement__state=State.ADMITTED).count() if voice else 0
    return {
        "consultation": consultation,
        "voice": voice,
        "statement": next_statement(consultation, voice),
        "total": total,
        "done": done,
        "share": round(100 * done / total) if total else 0,
        "buttons": BUTTONS,
        "act_id": uuid7(),
        "parties": list(consultation.matter.parties.all()) if consultation.asks_party and voice is None else [],
    }


@page("public", load=load_consultation, face="both")
def consult(request: Request, consultation: Consultation) -> HttpResponse:
    """Open: the ballot. Closed: the result, or that it is being counted."""
    if consultation.result is not None:
        context = {"consultation": consultation, "result": ConsultationResult(consultation), "tab": "matters"}
        return render(request, "deliberation/consultation/result.html", context)
    if not is_open(consultation):
        return render(
            request, "deliberation/consultation/counting.html", {"consultation": consultation, "tab": "matters"}
        )
    mine, secret = _speaking(request, consultation)
    if mine is None:
        return _enter(request, consultation)
    if may_be_somebody_else(request, mine):
        return _ask_whose_turn(request, consultation)
    response = _ballot_page(request, consultation, mine, StateForm())
    return keep(request, response, consultation, secret) if secret else response


def _ballot_page(
    request: Request, consultation: Consultation, mine: Ballot, form: ActForm, refusal: str = ""
) -> HttpResponse:
    context = ballot_context(request, consultation, mine)
    context |= {"form": form, "refusal": refusal, "longest": LONGEST_STATEMENT, "tab": "matters"}
    status = 422 if refusal or form.errors else 200
    response = render(request, "deliberation/consultation/consult.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return begin_turn(request, response)


def _ask_whose_turn(request: Request, consultation: Consultation) -> HttpResponse:
    context = {"consultation": consultation, "tab": "matters"}
    response = render(request, "deliberation/consultation/turn.html", context)
    response.headers["Cache-Control"] = "no-store"
    return response


@page("public", load=load_consultation, face="both")
def consult_turn(request: Request, consultation: Consultation) -> HttpResponse:
    """On a device that many use: whoever voted goes on, or somebody else begins, with a receipt of their own."""
    who = request.POST.get("who")
    if who not in ("same", "other"):
        return _ask_whose_turn(request, consultation)
    response = redirect("consult", consultation.code)
    if who == "same":
        return begin_turn(request, response)
    if consultation.audience == Consultation.Audience.INVITED:
        response.delete_cookie(cookie_of(consultation), path="/c/", samesite="Lax")
        return response
    return keep(request, response, consultation, new_code(RECEIPT_LENGTH))


def _enter(request: Request, consultation: Consultation) -> HttpResponse:
    """Type the code of a slip, or of the receipt that another phone has shown."""
    form = ReceiptForm(request.POST if request.method == "POST" and "code" in request.POST else None)
    if form.is_bound and form.is_valid():
        secret = clean_code(form.cleaned_data["code"])
        entered = ballot(request, consultation, secret)
        known = entered is not None and (entered.kind == Voice.Kind.SLIP or voice_of(entered) is not None)
        if known:
            return keep(
                request, HttpResponseRedirect(reverse("consult", args=[consultation.code])), consultation, secret
            )
        form.add_error("code", _("There is no such code in this consultation. Please check each letter."))
    context = {"consultation": consultation, "form": form, "tab": "matters"}
    return render(request, "deliberation/consultation/enter.html", context, status=422 if form.errors else 200)


@page("public", load=load_consultation, face="both")
def consult_enter(request: Request, consultation: Consultation) -> HttpResponse:
    return _enter(request, consultation)


@page("public", methods=("GET",), face="both")
def consult_slip(request: Request, code: str, slip: str) -> HttpResponse:
    """The QR code of a slip: the phone keeps the slip's code and goes on to the ballot."""
    try:
        consultation = load_consultation(request, code)
    except Consultation.DoesNotExist as error:
        raise Http404 from error
    slip_ballot = ballot(request, consultation, slip)
    if slip_ballot is None or slip_ballot.kind != Voice.Kind.SLIP:
        messages.error(request, _("This slip is not valid here. Please type its code, or ask at the desk."))
        return redirect("consult_enter", consultation.code)
    return keep(
        request, HttpResponseRedirect(reverse("consult", args=[consultation.code])), consultation, clean_code(slip)
    )


def _speaking(request: Request, consultation: Consultation) -> tuple[Ballot | None, str]:
    """The ballot with which to speak, and the receipt that this phone must keep from now on, if it is a new one.

    A phone has its receipt before it speaks: with one made for an answer that is then lost, the same vote sent again
    would be another voice's. So what comes without one is not counted; it is asked for once more.
    """
    mine = ballot(request, consultation)
    if mine is not None or consultation.audience == Consultation.Audience.INVITED:
        return mine, ""
    secret = new_code(RECEIPT_LENGTH)
    return ballot(request, consultation, secret), secret


def _party(request: Request, consultation: Consultation) -> Any:
    """The party to which the voter says they belong; None where they say none."""
    key = request.POST.get("party", "")
    return next((party for party in consultation.matter.parties.all() if str(party.pk) == key), None) if key else None


@page("public", load=load_consultation, methods=("POST",), face="both")
def consult_vote(request: Request, consultation: Consultation) -> HttpResponse:
    """One tap. The script gets the next ballot; without it, back to the page."""
    mine, secret = _speaking(request, consultation)
    form = VoteForm(request.POST)
    back = "consult_mine" if request.POST.get("back") == "mine" else "consult"
    refusal = ""
    if mine is None:
        return redirect("consult_enter", consultation.code)
    if may_be_somebody_else(request, mine):
        return redirect("consult", consultation.code)  # which asks who is there; nothing was counted
    if secret:
        refusal = _("It does not count yet. Please tap once more.")
    elif not form.is_valid():
        refusal = _("Please choose one of the three answers.")
    else:
        try:
            votes_give(
                ballot=mine,
                votes={form.cleaned_data["number"]: form.cleaned_data["value"]},
                party=_party(request, consultation),
                act_id=form.cleaned_data["act_id"],
            )
        except Refusal as error:
            refusal = str(error.message)
    if request.headers.get(PART):
        context = {**ballot_context(request, consultation, mine), "refusal": refusal}
        response = render(request, "deliberation/consultation/ballot.html", context, status=422 if refusal else 200)
    elif refusal and is_open(consultation):
        response = _ballot_page(request, consultation, mine, StateForm(), refusal)
    else:
        response = redirect(back, consultation.code)
        if back == "consult_mine" and not refusal:
            messages.success(request, _("Changed."))
    return keep(request, response, consultation, secret) if secret else begin_turn(request, response)


@page("public", load=load_consultation, methods=("POST",), face="both")
def consult_state(request: Request, consultation: Consultation) -> HttpResponse:
    """One's own sentence; refused, it stays in the field."""
    mine, secret = _speaking(request, consultation)
    form = StateForm(request.POST)
    if mine is None:
        return redirect("consult_enter", consultation.code)
    if not is_open(consultation):
        return redirect("consult", consultation.code)
    form.is_valid()
    if secret:
        form.add_error(None, _("We do not have it yet. Please send it once more."))
        return keep(request, _ballot_page(request, consultation, mine, form), consultation, secret)
    try:
        statement_state(
            ballot=mine,
            text=form.cleaned_data.get("text", ""),
            party=_party(request, consultation),
            act_id=form.cleaned_data.get("act_id"),
        )
    except Refusal as error:
        form.add_error("text", str(error.message))
        form.begin_anew()
        return _ballot_page(request, consultation, mine, form)
    messages.success(request, _("We have it. It is put to the others as soon as the desk has looked at it."))
    return redirect("consult_mine", consultation.code)


@page("public", load=load_consultation, methods=("GET",), face="both")
def consult_mine(request: Request, consultation: Consultation) -> HttpResponse:
    """What I said, to read and to change; what became of my own statements; my receipt."""
    mine = ballot(request, consultation)
    if may_be_somebody_else(request, mine):
        return _ask_whose_turn(request, consultation)
    voice = voice_of(mine)
    kept = request.COOKIES.get(cookie_of(consultation), "")
    votes = voice.votes.filter(statement__state=State.ADMITTED).select_related("statement") if voice else []
    context = {
        "consultation": consultation,
        "voice": voice,
        "votes": [(vote, uuid7()) for vote in sorted(votes, key=lambda vote: vote.statement.number)],
        "stated": voice.statements.all() if voice else [],
        "receipt": f"{kept[:4]}-{kept[4:7]}-{kept[7:]}" if voice and voice.kind != Voice.Kind.ACCOUNT else "",
        "is_open": is_open(consultation),
        "buttons": BUTTONS,
        "tab": "matters",
    }
    response = render(request, "deliberation/consultation/mine.html", context)
    response.headers["Cache-Control"] = "no-store"
    return begin_turn(request, response)


@page("public", load=load_consultation, methods=("GET",), face="both")
def consult_log(request: Request, consultation: Consultation) -> HttpResponse:
    """Every decision of moderation with its reason; words that hurt somebody are not repeated."""
    veil = Veil(consultation.matter)
    decided = consultation.statements.exclude(decided_at__isnull=True).order_by("-decided_at", "-number")
    decisions = [
        {
            "statement": statement,
            "text": veil(statement.text) if statement.may_be_shown else "",
            "appeal": veil(statement.appeal) if statement.may_be_shown else "",
        }
        for statement in decided
    ]
    waiting = consultation.statements.filter(state=State.WAITING).count()
    context = {"consultation": consultation, "decisions": decisions, "waiting": waiting, "tab": "matters"}
    return render(request, "deliberation/consultation/log.html", context)


@page("public", face="both")
def consult_appeal(request: Request, code: str, number: int) -> HttpResponse:
    """Who stated it appeals once."""
    try:
        consultation = load_consultation(request, code)
        mine = ballot(request, consultation)
        if mine is None:
            raise ConsultationStatement.DoesNotExist
        statement = consultation.statements.get(number=number, voice=mine.voice_id)
    except (Consultation.DoesNotExist, ConsultationStatement.DoesNotExist) as error:
        raise Http404 from error
    form = AppealForm(request.POST or None)
    if may_be_somebody_else(request, mine):
        return _ask_whose_turn(request, consultation)
    if not (statement.state == State.REFUSED and statement.appealed_at is None) and not form.is_repeated():
        raise Http404

    def appeal(*, actor: Viewer, act_id: Any, text: str) -> Any:
        return statement_appeal(ballot=mine, statement=statement, text=text, act_id=act_id)

    return one_act(
        request,
        form,
        appeal,
        heading=_("Appeal"),
        lead=f"{statement.number}. {statement.text} — {statement.get_reason_display()} {statement.words}",
        back=reverse("consult_mine", args=[code]),
        done=_("Your appeal is there. Somebody else looks at it; the answer stands on this page."),
        submit=_("Send the appeal"),
        layout=DOOR,
        tab="matters",
    )


@page("public", load=load_result, methods=("GET",), face="both")
def consult_votes(request: Request, consultation: Consultation) -> HttpResponse:
    """The votes without names: participants are numbered by chance. A workbook, or what the command reads."""
    if not ConsultationResult(consultation).has_download:
        raise Http404
    votes, _party_of = anonymous_votes(consultation)
    name = f"consultation-{consultation.code}"
    if request.GET.get("as") == "xlsx":
        texts = dict(consultation.statements.values_list("number", "text"))
        said = {value: str(label) for value, label in ConsultationVote.Value.choices}
        rows: list[list[str | int]] = [
            [person, number, texts[number], said[value], value] for person, number, value in votes
        ]
        headings = [_("participant"), _("number"), _("statement"), _("vote"), _("vote as a number")]
        content = write_sheet(rows, [str(heading) for heading in headings], "votes", notes=demo_notes())
        response = HttpResponse(content, content_type=MEDIA_TYPE)
        ending = "xlsx"
    else:
        response = HttpResponse(votes_csv(votes), content_type="text/csv; charset=utf-8")
        ending = "csv"
    response.headers["Content-Disposition"] = content_disposition_header(True, f"{name}.{ending}")
    return response


@page("public", load=load_result, methods=("GET",), face="both")
def consult_paper(request: Request, consultation: Consultation) -> HttpResponse:
    return pdf_response(
        "paper.typ", result_data(consultation), f"线上征询结果-{consultation.matter.number}-{consultation.ordinal}"
    )


urlpatterns = [
    path("c/<slug:code>/", consult, name="consult"),
    path("c/<slug:code>/vote/", consult_vote, name="consult_vote"),
    path("c/<slug:code>/state/", consult_state, name="consult_state"),
    path("c/<slug:code>/mine/", consult_mine, name="consult_mine"),
    path("c/<slug:code>/turn/", consult_turn, name="consult_turn"),
    path("c/<slug:code>/log/", consult_log, name="consult_log"),
    path("c/<slug:code>/enter/", consult_enter, name="consult_enter"),
    path("c/<slug:code>/s/<slug:slip>/", consult_slip, name="consult_slip"),
    path("c/<slug:code>/appeal/<number:number>/", consult_appeal, name="consult_appeal"),
    path("c/<slug:code>/votes/", consult_votes, name="consult_votes"),
    path("c/<slug:code>/result.pdf", consult_paper, name="consult_paper"),
]
