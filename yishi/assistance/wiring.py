"""What the parts of the campaign tell other rooms at start: their rights, their stations, their kinds of workbooks."""

from yishi.organisations.grants import STATIONS

from .campaign import rules as campaign_rules
from .campaign import rules_steering
from .checks import rules as check_rules
from .deeds import rules as deed_rules
from .imports import rules as import_rules
from .imports.services.deed_kind import Deeds
from .imports.services.household_kind import Households
from .imports.services.pairing_kind import Pairings
from .imports.services.project_kind import Projects
from .imports.workbooks.kinds import kind_add
from .pairing import rules as pairing_rules
from .pairing import rules_needs
from .pairing.models.pairing import stations
from .projects import rules as project_rules
from .register import rules as register_rules

RULES = (
    register_rules,
    campaign_rules,
    rules_steering,
    deed_rules,
    pairing_rules,
    rules_needs,
    project_rules,
    check_rules,
    import_rules,
)  # a module of rules declares its rights when it is imported


def connect() -> None:
    """Doing it again changes nothing."""
    if stations not in STATIONS:
        STATIONS.append(stations)
    kind_add("households", Households())
    kind_add("deeds", Deeds())
    kind_add("pairings", Pairings())
    kind_add("projects", Projects())
