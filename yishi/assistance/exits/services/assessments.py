"""An assessment is opened with its frame, drawn with a seed that came later, or dropped with its reason."""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitFile, ExitSample
from yishi.assistance.exits.settings import changes_for
from yishi.assistance.exits.survey.draw import Sample, draw
from yishi.assistance.exits.survey.frame import Plan, frame_hash, frame_read
from yishi.assistance.exits.survey.pack import questionnaire_versions, rules_versions
from yishi.assistance.register.models import Household
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place, PlaceLevel
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .framing import ROSTER, file_keep, file_of, frame_make

SEED = Words("seed", 120, _("Please write the seed as it was published."), code="exit.seed")
SOURCE = Words("seed_source", 200, _("Please write which public number it is, and where it was published."))
WHY_DROPPED = Words("reason", 300, _("Please say why it is dropped."), code="exit.drop_reason")
MOST_DRAWN = 500  # of one stratum
MOST_VILLAGES = 400
MOST_SAMPLE = 20_000
EARLIEST = 2014  # the register began
Stage = ExitAssessment.Stage


def assessment_open(
    *,
    actor: Viewer,
    place: Place,
    year: int,
    as_of: date,
    rules: str,
    questionnaire: str,
    villages: int,
    exited: int,
    unlisted: int,
    rosters: Mapping[UUID, int] | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a county's assessment and publish its frame: who left poverty by the register as it was on a day, who was
    never listed, and of each village in `rosters` {village: households} those that stand in no register. `villages` of
    each township are drawn (0: all), then so many households of each kind. Result: assessment, number, hash."""
    by = permit("exit.run", actor, place)
    sent = {
        "place": place.pk,
        "year": year,
        "as_of": as_of,
        "rules": rules,
        "questionnaire": questionnaire,
        "plan": [villages, exited, unlisted],
        "rosters": {str(key): count for key, count in (rosters or {}).items()},
    }
    with act("assistance.exit.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        day = happened(as_of, "as_of")
        _check(place, year, rules, questionnaire, (villages, exited, unlisted))
        identity = this.child()
        framed = frame_make(
            identity, place, day, Plan(villages, exited, unlisted), rosters or {}, Household.within.all()
        )
        text = framed.frame.written()
        assessment = ExitAssessment.within.create(
            id=identity,
            number=f"退-{year}-{next_number(f'exit/{year}'):03d}",
            place=place,
            year=year,
            as_of=day,
            rules=rules,
            area_rules=[change.kept() for change in changes_for(place, timezone.localdate(this.now), year)],
            questionnaire=questionnaire,
            frame_hash=frame_hash(text),
            frame_households=len(framed.frame.units),
            frame_people=framed.people,
            opened_by=actor.person,
            opened_for_id=by.body_id,
            opened_at=this.now,
        )
        file_keep(assessment, ExitFile.Kind.FRAME, text.encode())
        codes = {code: str(key) for code, key in framed.households.items()}
        file_keep(assessment, ExitFile.Kind.CODES, json.dumps(codes, sort_keys=True).encode())
        this.entry(
            subject=("exit_assessment", assessment.pk),
            place=place.pk,
            data={"hash": assessment.frame_hash, "households": assessment.frame_households, "as_of": day},
        )
        this.result(assessment=assessment.pk, number=assessment.number, hash=assessment.frame_hash)
    return this.receipt


def _check(place: Place, year: int, rules: str, questionnaire: str, plan: tuple[int, int, int]) -> None:
    if place.level != PlaceLevel.COUNTY:
        raise Refusal("exit.place", _("It is a county whose exit is assessed."), field="place")
    if not EARLIEST <= year <= timezone.localdate().year:
        raise Refusal("exit.year", _("Please give a year from 2014 to this one."), field="year")
    if rules not in rules_versions() or questionnaire not in questionnaire_versions():
        raise Refusal("exit.version", _("Please choose one of the values that are offered."), field="rules")
    villages, exited, unlisted = plan
    if not 0 <= villages <= MOST_VILLAGES:
        raise Refusal("exit.villages", _("Between 0 (all) and 400 villages of a township."), field="villages")
    if min(exited, unlisted) < 0 or not 0 < max(exited, unlisted) <= MOST_DRAWN:
        raise Refusal("exit.plan", _("Between 1 and 500 households of a kind in each township."), field="exited")


def assessment_draw(
    *, actor: Viewer, assessment: ExitAssessment, seed: str, seed_source: str, act_id: UUID | None = None
) -> Receipt:
    """Draw the sample by a seed that became known after the frame was published. Result: assessment, households."""
    by = permit("exit.draw", actor, assessment)
    body = {"assessment": assessment.pk, "seed": seed, "source": seed_source}
    with act("assistance.exit.draw", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.FRAMED)
        row.seed, row.seed_source = SEED.kept(seed), SOURCE.kept(seed_source)
        if "\n" in row.seed:
            raise Refusal("exit.seed", _("A seed is one line."), field="seed")
        sample = draw(frame_read(file_of(row, ExitFile.Kind.FRAME).decode()), row.seed)
        if not 0 < len(sample.households) <= MOST_SAMPLE:
            raise Refusal("exit.sample", _("The plan draws nobody, or more than anybody visits. Open it with another."))
        _keep(row, sample)
        row.stage, row.drawn_at = Stage.DRAWN, this.now
        row.save(update_fields=["stage", "drawn_at", "seed", "seed_source", "strata"])
        this.entry(
            subject=("exit_assessment", row.pk),
            place=row.place_id,
            data={"seed": row.seed, "households": len(sample.households)},
        )
        this.result(assessment=row.pk, households=len(sample.households))
    return this.receipt


def _keep(assessment: ExitAssessment, sample: Sample) -> None:
    codes: dict[str, str] = json.loads(file_of(assessment, ExitFile.Kind.CODES))
    wanted = {drawn.unit.village for drawn in sample.households}
    villages = {place.code: place for place in Place.objects.filter(code__in=wanted)}
    assessment.strata = {
        name: [stratum.villages, stratum.drawn_villages, stratum.households, stratum.drawn]
        for name, stratum in sample.strata.items()
    }
    ExitSample.within.bulk_create(
        [
            ExitSample(
                assessment=assessment,
                place=villages[drawn.unit.village],
                stratum=drawn.unit.stratum,
                rank=drawn.rank,
                code=drawn.unit.code,
                kind=drawn.unit.kind,
                people=drawn.unit.people,
                household_id=codes.get(drawn.unit.code),
                roster_line=None if drawn.unit.code in codes else roster_line(drawn.unit.code),
            )
            for drawn in sample.households
        ],
        batch_size=2000,
    )


def roster_line(code: str) -> int:
    """The line of the village's roster of which a code is."""
    kind, _village, line = code.split("-")
    assert kind == ROSTER
    return int(line)


def assessment_drop(*, actor: Viewer, assessment: ExitAssessment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Drop an assessment that is not closed; it stays with its reason, frame and seed, so that whoever draws twice is
    seen to have drawn twice. Result: assessment."""
    by = permit("exit.drop", actor, assessment)
    body = {"assessment": assessment.pk, "reason": reason}
    with act("assistance.exit.drop", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(assessment, Stage.FRAMED, Stage.DRAWN)
        row.drop_reason, row.stage = WHY_DROPPED.kept(reason), Stage.DROPPED
        row.save(update_fields=["drop_reason", "stage"])
        this.entry(subject=("exit_assessment", row.pk), place=row.place_id, data={"reason": row.drop_reason})
        this.result(assessment=row.pk)
    return this.receipt


def locked(assessment: ExitAssessment, *stages: Any) -> ExitAssessment:
    """The assessment as it stands now, locked; refused where it is not in one of `stages` any more."""
    row = ExitAssessment.within.select_for_update(of=("self",)).select_related("place").get(pk=assessment.pk)
    if row.stage not in stages:
        raise WrongStage(
            "exit.stage",
            _("The assessment is no longer there: it is “%(stage)s” now.") % {"stage": row.get_stage_display()},
        )
    return row
