"""What comes out of a consultation: its result, written once; weights for routing meanwhile; the brief of a sitting."""

import csv
import hashlib
import io
import logging
from collections import Counter
from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.db.models import Count, F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yishi.deliberation.consultation_report import Stated, Vote, report_of
from yishi.deliberation.models import Consultation, ConsultationStatement, ConsultationVote, Sitting, Statement, Voice
from yishi.journal.act import SYSTEM, act, canonical, plain
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import named_id
from yishi.organisations.grants import Viewer
from yishi.organisations.query_codes import keyed
from yishi.organisations.rights import permit

from .consultation_statements import State
from .consultations import Stage, consultation_end, enter, locked_consultation
from .room import locked_sitting, next_state, touch

log = logging.getLogger("yishi.deliberation.consultations")
GREW = 1.05  # weights are made anew when there are 5 % more votes
LEAST_VOTES = 20
BRIEFED = 5  # of what is shared, and of what divides


def consultations_tend() -> int:
    """The job: end consultations whose time is over, make the results that are missing. Gives how many it tended."""
    done = 0
    now = timezone.now()
    for consultation in Consultation.within.filter(stage=Stage.OPEN, closes_at__lte=now):
        done += _tended(consultation_end, consultation)
    for consultation in Consultation.within.filter(stage=Stage.CLOSED, result__isnull=True):
        done += _tended(result_make, consultation)
    return done


def consultations_weigh() -> int:
    """The rarer job: weigh the statements anew where votes have grown by 5 %."""
    done = 0
    counted = Consultation.within.filter(stage=Stage.OPEN).annotate(count=Count("voices__votes"))
    for consultation in counted.filter(count__gte=LEAST_VOTES, count__gt=F("weighed_at") * GREW):
        done += _tended(weigh, consultation)
    return done


def _tended(tend: Callable[[Consultation], object], consultation: Consultation) -> int:
    """1 where `tend` did its work, 0 where it did not: one consultation that fails stops no other."""
    try:
        tend(consultation)
    except Refusal as refusal:  # somebody was quicker
        log.info("consultation %s: %s", consultation.pk, refusal.code)
        return 0
    except Exception:
        log.exception("consultation %s failed; it is tried again at the next round", consultation.pk)
        return 0
    return 1


def result_make(consultation: Consultation) -> Receipt:
    """Count and analyse a closed consultation, once. The figures rest on what `anonymous_votes` gives, which anybody
    downloads: the journal keeps the hash of both."""
    consultation = Consultation.within.select_related("matter").get(pk=consultation.pk)
    votes, party_of = anonymous_votes(consultation)
    statements = [
        Stated(statement.number, statement.text, statement.by_staff)
        for statement in consultation.statements.filter(state=State.ADMITTED)
    ]
    report = plain({**report_of(votes, statements, party_of), **_asked(consultation)})
    report["votes_hash"] = hashlib.sha256(votes_csv(votes).encode()).hexdigest()
    digest = hashlib.sha256(canonical(report).encode()).hexdigest()
    body = {"consultation": consultation.pk}
    identity = named_id("consultation/result", str(consultation.pk))
    with act("deliberation.consultation.result", actor=SYSTEM, act_id=identity, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.CLOSED)
        row.result, row.result_hash = report, digest
        row.save(update_fields=["result", "result_hash"])
        row.voices.update(network="")
        enter(this, row, result=digest, votes=report["votes_hash"], people=report["people"], count=report["votes"])
    return this.receipt


def anonymous_votes(consultation: Consultation) -> tuple[list[Vote], dict[int, str]]:
    """Votes on admitted statements as (participant, statement, value), sorted; and participant → declared party.

    Participants are numbered from 1 in the order of a keyed hash, which says nothing of when or from where they came.
    """
    votes = ConsultationVote.objects.filter(statement__consultation=consultation, statement__state=State.ADMITTED)
    cast = list(votes.values_list("voice", "statement__number", "value"))
    voices = sorted({vote[0] for vote in cast}, key=lambda pk: keyed(b"download:" + pk.bytes))
    number = {pk: place for place, pk in enumerate(voices, start=1)}
    declared = Voice.objects.filter(consultation=consultation, party__isnull=False).values_list("pk", "party__name")
    party_of = {number[pk]: name for pk, name in declared if pk in number}
    return sorted((number[voice], statement, value) for voice, statement, value in cast), party_of


def votes_csv(votes: list[Vote]) -> str:
    """The download, as `yishi common-ground --format long` reads it."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["participant", "statement", "vote"])
    writer.writerows(votes)
    return out.getvalue()


def weigh(consultation: Consultation) -> None:
    """Weigh the statements by the votes so far (`priority` of the analysis): what is new, often agreed with and far out
    on the map is shown more often. Nobody is shown the weights."""
    import numpy as np  # noqa: PLC0415

    from yishi.common_ground import analyse  # noqa: PLC0415

    votes, _party_of = anonymous_votes(consultation)
    analysis = analyse(*np.array(votes, dtype=np.int64).reshape(-1, 3).T, method="polis")
    weights = zip(analysis.statement_ids.tolist(), analysis.priority.tolist(), strict=True)
    count = ConsultationVote.objects.filter(voice__consultation=consultation).count()
    Consultation.within.filter(pk=consultation.pk, stage=Stage.OPEN).update(
        priorities={str(number): round(weight, 6) for number, weight in weights}, weighed_at=count
    )


def consultation_brief(
    *, actor: Viewer, consultation: Consultation, sitting: Sitting, act_id: UUID | None = None
) -> Receipt:
    """Lay the result before the next sitting: how many said what into its agenda, and what is shared and what divides
    as statements for the room. Result: sitting, statements (how many)."""
    by = permit("consultation.run", actor, consultation)
    body = {"consultation": consultation.pk, "sitting": sitting.pk}
    with act("deliberation.consultation.brief", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.CLOSED)
        if row.result is None:
            raise WrongStage("brief.no_result", _("The result is still being counted. Try again in a moment."))
        if sitting.matter_id != row.matter_id:
            raise Refusal("brief.sitting", _("This sitting belongs to another matter."))
        held = locked_sitting(sitting)
        next_state(held, "change")
        if row.brief_id == held.pk:
            raise WrongStage("brief.done", _("The result lies before this sitting already."))
        numbers = brief_numbers(row.result)
        chosen = {statement.number: statement for statement in row.statements.filter(number__in=numbers)}
        before = held.statements.count()
        Statement.objects.bulk_create(
            Statement(
                sitting=held,
                ordinal=before + place,
                text=chosen[number].text,
                by_staff=chosen[number].by_staff,
                from_consultation=chosen[number],
                at=this.now,
            )
            for place, number in enumerate(numbers, start=1)
        )
        held.agenda = "\n".join(part for part in (held.agenda.strip(), brief_words(row)) if part)
        held.save(update_fields=["agenda"])
        touch(held.pk)
        row.brief = held
        row.save(update_fields=["brief"])
        enter(this, row, sitting=held.pk, statements=len(numbers))
        this.result(sitting=held.pk, statements=len(numbers))
    return this.receipt


def brief_numbers(result: dict[str, Any]) -> list[int]:
    """The statements that the next sitting should have before it, each once."""
    shared = result["shared"] or result["leading"]
    return list(dict.fromkeys([*shared[:BRIEFED], *result["divides"][:BRIEFED]]))


def brief_words(consultation: Consultation) -> str:
    """The result in two lines for an agenda."""
    result = consultation.result or {}
    lines = [
        _("Brief: online consultation “%(question)s”, %(people)d people, %(votes)d votes.")
        % {"question": consultation.question, "people": result["people"], "votes": result["votes"]}
    ]
    if result["k"] > 1:
        lines.append(
            ngettext("%(k)d opinion group.", "%(k)d opinion groups.", result["k"]) % {"k": result["k"]}
            + _("Shared by all groups: %(shared)d statements; dividing: %(divides)d.")
            % {"shared": len(result["shared"]), "divides": len(result["divides"])}
        )
    return "\n".join(str(line) for line in lines)


def _asked(consultation: Consultation) -> dict[str, object]:
    """How many were asked and answered, by which way, and how many voices came from one network at most."""
    spoke = ConsultationVote.objects.filter(voice__consultation=consultation, statement__state=State.ADMITTED)
    voices = Voice.objects.filter(pk__in=spoke.values("voice"))
    kinds = Counter(voices.values_list("kind", flat=True))
    networks = Counter(network for network in voices.values_list("network", flat=True) if network)
    stated = consultation.statements.filter(by_staff=False)
    return {
        "addressed": consultation.addressed,
        "slips": consultation.slips.filter(is_void=False).count(),
        "by_kind": dict(kinds),
        "most_of_one_network": max(networks.values(), default=0),
        "stated": stated.count(),
        "refused": consultation.statements.filter(state=ConsultationStatement.State.REFUSED).count(),
        "staff": consultation.statements.filter(by_staff=True, state=State.ADMITTED).count(),
    }
