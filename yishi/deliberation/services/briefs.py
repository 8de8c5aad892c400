"""The brief of a sitting (会前材料): facts found by the study, each side's position in its own words and of like
length, options with their cost, questions that are open; readable aloud, with a note for the interpreter."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Brief, BriefPosition, Party, Sitting, StudyFinding
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import enter, locked_sitting

FACTS = Words("facts", 5000, _("Please write what was found."))
OPTIONS = Words("options", 3000)
QUESTIONS = Words("questions", 2000)
INTERPRETER_NOTE = Words("interpreter_note", 2000)
POSITION = Words("position", 600)
LIKE = 3, 2  # the longest position has at most so many letters for each of the shortest


def facts_found(sitting: Sitting) -> str:
    """With what a brief begins: the findings of the studies that were checked, each with its source."""
    findings = StudyFinding.objects.filter(study__matter=sitting.matter_id, study__checked_on__isnull=False)
    lines = [
        f"{number}. {one.text}" + (f"（{one.source}）" if one.source else "")
        for number, one in enumerate(findings.order_by("study__opened_on", "ordinal"), start=1)
    ]
    return "\n".join(lines)


def brief_problems(brief: Brief) -> list[str]:
    """Why it cannot be issued yet: a side that has said nothing, or one that takes much more room than another."""
    said = {position.party_id: len(position.text) for position in brief.positions.all()}
    parties = list(brief.sitting.matter.parties.all())
    problems = [
        _now("%(party)s has not written where it stands.") % {"party": p.name} for p in parties if p.pk not in said
    ]
    if problems or not said:
        return problems
    shortest = min(parties, key=lambda party: said[party.pk])
    longest = max(parties, key=lambda party: said[party.pk])
    most, least = LIKE
    if said[longest.pk] * least > said[shortest.pk] * most:
        problems.append(
            _now("%(long)s has %(more)d letters, %(short)s has %(fewer)d: give every side like room.")
            % {
                "long": longest.name,
                "more": said[longest.pk],
                "short": shortest.name,
                "fewer": said[shortest.pk],
            }
        )
    return problems


def brief_write(
    *,
    actor: Viewer,
    sitting: Sitting,
    facts: str,
    options: str = "",
    questions: str = "",
    interpreter_note: str = "",
    positions: Mapping[Party, str] | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write the brief, or write it anew: issued before, it is a new edition that waits to be issued. Result: brief."""
    by = permit("sitting.run", actor, sitting.matter)
    said = positions or {}
    body = {
        "sitting": sitting.pk,
        "facts": facts,
        "options": options,
        "questions": questions,
        "note": interpreter_note,
        "positions": {str(party.pk): text for party, text in said.items()},
    }
    with act("deliberation.brief.write", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        if row.state == Sitting.State.CANCELLED:
            raise WrongStage("brief.cancelled", _("This sitting does not take place."))
        brief = Brief.objects.select_for_update().filter(sitting=row).first() or Brief(sitting=row)
        if brief.issued_at is not None:
            brief.edition, brief.issued_at = brief.edition + 1, None
        brief.facts, brief.options = FACTS.kept(facts), OPTIONS.kept(options)
        brief.questions, brief.interpreter_note = QUESTIONS.kept(questions), INTERPRETER_NOTE.kept(interpreter_note)
        brief.written_by, brief.written_at = actor.person, this.now
        brief.save()
        for party, text in said.items():
            if party.matter_id != row.matter_id:
                raise Refusal("brief.party", _("This party does not belong to the matter."))
            if words := POSITION.kept(text):
                BriefPosition.objects.update_or_create(brief=brief, party=party, defaults={"text": words})
            else:
                BriefPosition.objects.filter(brief=brief, party=party).delete()
        enter(this, row, brief=brief.pk, edition=brief.edition)
        this.result(brief=brief.pk)
    return this.receipt


def brief_issue(*, actor: Viewer, brief: Brief, act_id: UUID | None = None) -> Receipt:
    """Let everybody read it: refused while a side is missing, or has much less room than another. Result: brief."""
    by = permit("sitting.run", actor, brief.sitting.matter)
    with act("deliberation.brief.issue", actor=by, act_id=act_id, body={"brief": brief.pk}) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(brief.sitting)
        row = Brief.objects.select_for_update(of=("self",)).select_related("sitting__matter").get(pk=brief.pk)
        if row.issued_at is not None:
            raise WrongStage("brief.issued", _("This edition is issued already."))
        if problems := brief_problems(row):
            raise Refusal("brief.unequal", " ".join(problems))
        row.issued_at = this.now
        row.save(update_fields=["issued_at"])
        enter(this, sitting, brief=row.pk, edition=row.edition)
        this.result(brief=row.pk)
    return this.receipt
