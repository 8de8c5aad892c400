"""Who plans, approves, builds and accepts projects; who moves money, and who looks at it a second time."""

from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.rules import is_its_party, recorded_it
from yishi.commitments.rules import is_small_office
from yishi.organisations.grants import OVERSEEING, Viewer, first
from yishi.organisations.models import Body, BodyKind, Place
from yishi.organisations.predicates import sits_somewhere, works_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import (
    Allotment,
    Contract,
    Fund,
    FundMovement,
    Project,
)


def leads_there(viewer: Viewer, place: Place) -> Answer:
    """Works at an overseeing desk, or at that of the government or party committee, of a place around it."""
    return viewer.nearest(place.lo, lambda post: post.body.kind in OVERSEEING | {BodyKind.GOVERNMENT, BodyKind.PARTY})


@predicate
def is_responsible(viewer: Viewer, project: Project) -> Answer:
    """Works for the body that is responsible for the project."""
    return viewer.holds(project.responsible_id)


@predicate
def oversees_project(viewer: Viewer, project: Project) -> Answer:
    """Works at an overseeing desk, or that of the government or party committee, of the project's place or above."""
    return leads_there(viewer, project.place)


@predicate
def signed_it(viewer: Viewer, contract: Contract) -> Answer:
    """Works for the body that is responsible for the contract's project: it signs."""
    return viewer.holds(contract.project.responsible_id)


def builds_it(viewer: Viewer, project: Project) -> bool:
    """Sits at the desk of whoever is responsible, or of a contractor."""
    builders = {project.responsible_id, *project.contracts.values_list("contractor", flat=True)}
    return any(post.body_id in builders for post in viewer.all_posts)


@predicate
def is_another_body(viewer: Viewer, project: Project) -> Answer:
    """Nobody accepts or approves what their own desk builds; a small office may, and the file shows it."""
    return viewer.is_system or is_small_office() or not builds_it(viewer, project)


PLANNING = ("plan", "replan", "ask_money", "ask_works")  # verbs of steps by which somebody asks for an approval


def asked_for(viewer: Viewer, project: Project) -> bool:
    """Did the viewer plan the project, or ask for more, the last time that somebody did?"""
    last = project.steps.filter(verb__in=PLANNING).order_by("at").last() if viewer.person_id else None
    return last is not None and last.by_id == viewer.person_id


@predicate
def did_not_ask(viewer: Viewer, project: Project) -> Answer:
    """Nobody approves what they planned or asked for; a small office may, and the file shows it."""
    return not asked_for(viewer, project) or is_small_office()


@predicate
def is_acceptor(viewer: Viewer, project: Project) -> Answer:
    """Works for the body that was named to accept the project."""
    return viewer.holds(project.acceptor_id)


@predicate
def promises_there(viewer: Viewer, project: Project) -> Answer:
    """As for any promise: an overseeing desk of the place."""
    return viewer.oversees(project.place.lo)


@predicate
def keeps_fund(viewer: Viewer, fund: Fund) -> Answer:
    """Works for the body that owns the fund."""
    return viewer.holds(fund.owner_id)


@predicate
def keeps_some_fund(viewer: Viewer, project: Project) -> Answer:
    """Works for a body that owns a fund: opens the form in which the fund is chosen, whose own right is asked then."""
    owners = Fund.within.filter(owner__in=viewer.desks).order_by().values_list("owner", flat=True)
    return first(viewer.holds(owner) for owner in owners.distinct()) if viewer.desks else None


@predicate
def checks_fund(viewer: Viewer, fund: Fund) -> Answer:
    """Works at the fund's desk, or at an office that oversees its place."""
    return viewer.holds(fund.owner_id) or viewer.oversees(fund.place.lo)


@predicate
def keeps_its_fund(viewer: Viewer, allotment: Allotment) -> Answer:
    """Works for the body that owns the fund from which money is held ready."""
    return viewer.holds(allotment.fund.owner_id)


@predicate
def checks_movement(viewer: Viewer, movement: FundMovement) -> Answer:
    """Checks the fund of the movement. That it is a second person is a condition of the act, not of this right."""
    return checks_fund.test(viewer, movement.fund)


@predicate
def is_second_person(viewer: Viewer, movement: FundMovement) -> Answer:
    """Whoever records a payment does not confirm it."""
    return viewer.person_id is None or viewer.person_id != movement.recorded_by_id or is_small_office()


@predicate
def works_on_deed(viewer: Viewer, deed: Deed) -> Answer:
    """Recorded the deed, is named in it, or oversees its place."""
    return recorded_it.test(viewer, deed) or is_its_party.test(viewer, deed) or viewer.oversees(deed.place.lo)


@predicate
def opens_project(viewer: Viewer, planned: tuple[Place, Body] | None = None) -> Answer:
    """Works at the body responsible for it, or at an office above its place. Without a plan, the form: anywhere."""
    if planned is None:
        return viewer.only_desk()
    place, responsible = planned
    return viewer.holds(responsible.pk) or leads_there(viewer, place)


add("project.see", sits_somewhere, reads=True)
add("project.open", opens_project)  # thing: the place and the responsible body
add("project.plan", is_responsible | oversees_project)
add("project.approve", oversees_project & is_another_body & did_not_ask)
add("project.build", is_responsible)
add("project.cancel_contract", signed_it)
add("project.accept", (is_acceptor | oversees_project) & is_another_body)
# Opens the form of any step; the step itself asks for the right by which it was taken (stages.STEPPED).
add("project.step_back", is_responsible | oversees_project | (is_acceptor & is_another_body))
add("project.promise", promises_there)
add("fund.see", sits_somewhere, reads=True)
add("fund.open", works_somewhere)
add("fund.move", keeps_fund)
add("project.allot", keeps_some_fund)
add("allotment.take_back", keeps_its_fund)
add("movement.see", sits_somewhere, reads=True)
add("movement.confirm", checks_movement & is_second_person)
add("movement.reverse", checks_movement)
add("deed.link_money", works_on_deed)
