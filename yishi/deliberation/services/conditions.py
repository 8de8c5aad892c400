"""Conditions of a statement (“can live with it if…”): each other party is asked, and accepts it or not."""

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.common_ground.floor import folded_spelling
from yishi.deliberation.models import ConditionAcceptance, HandCount, Party, Stance, Statement
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import locked_sitting, next_state, touch
from .stances import current


def conditions_named(statement: Statement) -> dict[str, str]:
    """The conditions that were named on the wording that stands: folded spelling → as it was first written."""
    said = current(Stance.objects.filter(statement=statement, value=Stance.Value.CONDITIONAL)).order_by("at")
    counted = current(HandCount.objects.filter(statement=statement)).exclude(condition="").order_by("at")
    named: dict[str, str] = {}
    for condition in (*said.values_list("condition", flat=True), *counted.values_list("condition", flat=True)):
        named.setdefault(folded_spelling(condition), condition)
    return named


def condition_answer(
    *,
    actor: Viewer,
    statement: Statement,
    condition: str,
    accepts: Collection[Party],
    refuses: Collection[Party] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """The parties that accept a condition of others, and those that do so no more. A condition that every other party
    accepts is agreement; while one waits, the statement is not shared. Result: statement, accepted, refused."""
    by = permit("sitting.run", actor, statement.sitting.matter)
    body = {
        "statement": statement.pk,
        "condition": condition,
        "accepts": sorted(str(party.pk) for party in accepts),
        "refuses": sorted(str(party.pk) for party in refuses),
    }
    with act("deliberation.condition.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(statement.sitting)
        next_state(sitting, "state")
        row = Statement.objects.select_for_update().get(pk=statement.pk)
        if not row.is_open:
            raise WrongStage("statement.closed", _("This statement is closed; the count stands."))
        folded = folded_spelling(condition)
        if not folded or folded not in conditions_named(row):
            raise Refusal(
                "condition.unknown", _("Nobody names this condition any more. Reload the page."), field="condition"
            )
        if any(party.matter_id != sitting.matter_id for party in (*accepts, *refuses)):
            raise Refusal("statement.party", _("This party does not belong to the matter."), field="party")
        standing = row.acceptances.filter(edition=row.edition)
        same = [one.pk for one in standing if folded_spelling(one.condition) == folded]
        accepted = set(standing.filter(pk__in=same).values_list("party", flat=True))
        fresh = [party for party in accepts if party.pk not in accepted]
        ConditionAcceptance.objects.bulk_create(
            ConditionAcceptance(
                statement=row,
                edition=row.edition,
                party=party,
                condition=conditions_named(row)[folded],
                at=this.now,
                recorded_by=actor.person,
            )
            for party in fresh
        )
        gone = [party for party in refuses if party.pk in accepted]
        standing.filter(pk__in=same, party__in=gone).delete()
        touch(sitting.pk)
        parties = {"accepted": [party.pk for party in fresh], "refused": [party.pk for party in gone]}
        this.entry(
            subject=("matter", sitting.matter_id),
            place=sitting.matter.place_id,
            data={"statement": row.pk, "edition": row.edition, **parties},
        )
        this.result(statement=row.pk, accepted=len(fresh), refused=len(gone))
    return this.receipt
