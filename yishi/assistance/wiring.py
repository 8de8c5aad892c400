"""What the parts of the campaign tell other rooms at start: their rights, their stations, their kinds of workbooks."""

from typing import Any
from uuid import UUID

from yishi.commitments.cases import CaseKind, case_add
from yishi.commitments.hooks import ON_REOPENED, ON_SETTLED
from yishi.commitments.models import Commitment
from yishi.kit.hooks import connect as hooks_connect
from yishi.organisations.counted_days import COUNTS
from yishi.organisations.grants import STANDINGS

from .campaign import rules as campaign_rules
from .campaign import rules_steering
from .checks import rules as check_rules
from .checks.hooks import ON_FOUND
from .checks.services.checks import findings_follow
from .deeds import rules as deed_rules
from .deeds.hooks import ON_MATCH_KEPT
from .exits import rules as exit_rules
from .exits.services.owing import promise_again
from .exits.services.recounting import days_recount
from .imports import rules as import_rules
from .imports.services.deed_kind import Deeds
from .imports.services.fact_kind import Facts
from .imports.services.finding_kind import Findings
from .imports.services.household_kind import Households
from .imports.services.number_kind import Numbers
from .imports.services.organisation_kind import Organisation
from .imports.services.pairing_kind import Pairings
from .imports.services.project_kind import Projects
from .imports.workbooks.kinds import kind_add
from .pairing import rules as pairing_rules
from .pairing import rules_needs
from .pairing.hooks import ON_VISIT
from .pairing.models import VillagePlan
from .pairing.models.pairing import standing
from .pairing.services.matches import match_close
from .projects import rules as project_rules
from .projects.models import Project
from .register import rules as register_rules
from .register.hooks import HELPS_IT, HELPS_SOMEBODY, ON_CHANGED
from .register.models import Household
from .register.services.counting import counts_wait
from .supervision import rules as supervision_rules
from .supervision.services.coordination import coordination_recount
from .supervision.services.findings import finding_reopened, finding_settled
from .watch import rules as watch_rules
from .watch.services.by_itself import findings_raise, visit_raises

RULES = (
    register_rules,
    campaign_rules,
    rules_steering,
    deed_rules,
    pairing_rules,
    rules_needs,
    project_rules,
    check_rules,
    exit_rules,
    supervision_rules,
    watch_rules,
    import_rules,
)  # a module of rules declares its rights when it is imported


TABLE: tuple[tuple[list[Any], Any], ...] = (
    (STANDINGS, standing),
    (ON_CHANGED, findings_follow),
    (ON_CHANGED, counts_wait),
    (HELPS_SOMEBODY, pairing_rules.is_helper.test),
    (HELPS_IT, pairing_rules.helps_it.test),
    (ON_MATCH_KEPT, match_close),
    (ON_SETTLED, finding_settled),
    (ON_REOPENED, finding_reopened),
    (ON_REOPENED, promise_again),
    (ON_FOUND, findings_raise),
    (ON_VISIT, visit_raises),
    (COUNTS, days_recount),
    (COUNTS, coordination_recount),
)


def _project(key: UUID) -> Project:
    return Project.objects.select_related("place", "responsible").get(pk=key)


def _household(key: UUID) -> Household:
    return Household.objects.select_related("place", "head").get(pk=key)


def _village_plan(key: UUID) -> VillagePlan:
    return VillagePlan.objects.select_related("place", "desk").get(pk=key)


def connect() -> None:
    """Put every function of the table where it is called from; doing it again changes nothing."""
    hooks_connect(TABLE)
    case_add(Commitment.Origin.PROJECT, CaseKind(_project, "project.plan", "project"))
    case_add(Commitment.Origin.HOUSEHOLD, CaseKind(_household, "measure.agree", "household"))
    case_add(Commitment.Origin.VILLAGE_PLAN, CaseKind(_village_plan, "village_plan.keep", "village_plan"))
    kind_add("households", Households())
    kind_add("deeds", Deeds())
    kind_add("pairings", Pairings())
    kind_add("projects", Projects())
    kind_add("numbers", Numbers())
    kind_add("facts", Facts())
    kind_add("organisation", Organisation())
    kind_add("findings", Findings())
