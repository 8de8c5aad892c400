"""Who plans, approves, builds and accepts projects; who moves money, and who looks at it a second time."""

import rules

from yishi.assistance.campaign.rules import has_desk, works_somewhere
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.rules import is_its_party, recorded_it
from yishi.commitments.rules import is_small_office
from yishi.organisations.grants import Viewer
from yishi.organisations.models import BodyKind, Place
from yishi.organisations.rights import add

from .models import (
    Allotment,
    Contract,
    Fund,
    FundMovement,
    Project,
)


def leads_there(viewer: Viewer, place: Place) -> bool:
    """Works at an overseeing desk, or at that of the government or party committee, of a place around it."""
    if viewer.oversees(place.lo):
        return True
    for post in viewer.posts:
        around = post.body.place.lo <= place.lo <= post.body.place.hi
        if around and post.body.kind in (BodyKind.GOVERNMENT, BodyKind.PARTY) and viewer.holds(post.body_id):
            return True
    return False


@rules.predicate
def is_responsible(viewer: Viewer, project: Project) -> bool:
    return viewer.holds(project.responsible_id)


@rules.predicate
def oversees_project(viewer: Viewer, project: Project) -> bool:
    return leads_there(viewer, project.place)


@rules.predicate
def signed_it(viewer: Viewer, contract: Contract) -> bool:
    return viewer.holds(contract.project.responsible_id)


def builds_it(viewer: Viewer, project: Project) -> bool:
    """Sits at the desk of whoever is responsible, or of a contractor."""
    builders = {project.responsible_id, *project.contracts.values_list("contractor", flat=True)}
    return any(post.body_id in builders for post in viewer.posts)


@rules.predicate
def is_another_body(viewer: Viewer, project: Project) -> bool:
    """Nobody accepts or approves what their own desk builds; a small office may, and the file shows it."""
    return viewer.is_system or is_small_office() or not builds_it(viewer, project)


@rules.predicate
def is_acceptor(viewer: Viewer, project: Project) -> bool:
    return viewer.holds(project.acceptor_id)


@rules.predicate
def promises_there(viewer: Viewer, project: Project) -> bool:
    """As for any promise: an overseeing desk of the place."""
    return viewer.oversees(project.place.lo)


@rules.predicate
def keeps_fund(viewer: Viewer, fund: Fund) -> bool:
    return viewer.holds(fund.owner_id)


@rules.predicate
def checks_fund(viewer: Viewer, fund: Fund) -> bool:
    """Works at the fund's desk, or at an office that oversees its place."""
    return viewer.holds(fund.owner_id) or viewer.oversees(fund.place.lo)


@rules.predicate
def keeps_its_fund(viewer: Viewer, allotment: Allotment) -> bool:
    return viewer.holds(allotment.fund.owner_id)


@rules.predicate
def checks_movement(viewer: Viewer, movement: FundMovement) -> bool:
    return checks_fund.test(viewer, movement.fund)


@rules.predicate
def is_second_person(viewer: Viewer, movement: FundMovement) -> bool:
    """Whoever records a payment does not confirm it."""
    return viewer.person_id is None or viewer.person_id != movement.recorded_by_id or is_small_office()


@rules.predicate
def works_on_deed(viewer: Viewer, deed: Deed) -> bool:
    return recorded_it.test(viewer, deed) or is_its_party.test(viewer, deed) or viewer.oversees(deed.place.lo)


add("project.see", has_desk)
add("project.open", works_somewhere)
add("project.plan", is_responsible | oversees_project)
add("project.approve", oversees_project & is_another_body)
add("project.build", is_responsible)
add("project.cancel_contract", signed_it)
add("project.accept", (oversees_project | is_acceptor) & is_another_body)
add("project.promise", promises_there)
add("fund.see", has_desk)
add("fund.open", works_somewhere)
add("fund.move", keeps_fund)
add("allotment.take_back", keeps_its_fund)
add("movement.see", has_desk)
add("movement.confirm", checks_movement & is_second_person)
add("movement.reverse", checks_movement)
add("deed.link_money", works_on_deed)
