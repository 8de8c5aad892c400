"""Who may do what to matters, gates, notes, plans and process models: who × where. Services check stages."""

from typing import Any

import rules

from yishi.deliberation.models import GateRequest, Matter, PlanTopic, ProcessModel, ProcessVersion, YearPlan
from yishi.organisations.grants import OVERSEEING, SEEING, WORKING, Viewer
from yishi.organisations.models import Body, PlaceLevel, PostRole
from yishi.organisations.rights import add, may

# Desks of these tiers run what happens in their place; a prefecture or province sees it and does not run it.
RUNNING_TIERS = frozenset({PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE})


def runs_here(viewer: Viewer, lo: int) -> bool:
    """Do they work at an overseeing desk of the village, township or county of the place numbered `lo`?"""
    for post in viewer.posts:
        place = post.body.place
        if (
            post.body.kind in OVERSEEING
            and post.role in WORKING
            and place.level in RUNNING_TIERS
            and place.lo <= lo <= place.hi
        ):
            viewer.use("post", post.pk, post.body_id)
            return True
    return False


@rules.predicate
def is_known(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.is_known


@rules.predicate
def has_desk(viewer: Viewer, thing: Any = None) -> bool:
    """Sits at a desk, or is a sitting member: somebody for whom the inner pages are made."""
    return any(post.role in SEEING for post in viewer.posts) or viewer.is_sitting_member()


@rules.predicate
def administers_something(viewer: Viewer, thing: Any = None) -> bool:
    return viewer.is_administrator


@rules.predicate
def works_somewhere(viewer: Viewer, thing: Any = None) -> bool:
    return any(viewer.holds(post.body_id) for post in viewer.posts)


@rules.predicate
def runs_matter(viewer: Viewer, matter: Matter) -> bool:
    """Works at the convener's desk, or at the overseeing desk of the county, township or village."""
    return viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)


@rules.predicate
def may_open(viewer: Viewer, convener: Body | None = None) -> bool:
    """Works at the desk that will run the matter, or at a desk that oversees that desk's place."""
    if convener is None:
        return viewer.holds_kind(*OVERSEEING) or any(viewer.holds(p.body_id, PostRole.CONVENER) for p in viewer.posts)
    return viewer.holds(convener.pk) or runs_here(viewer, convener.place.lo)


@rules.predicate
def answers_gate(viewer: Viewer, gate: GateRequest) -> bool:
    """Holds a working post at the very body that was asked; nobody answers for another body."""
    return viewer.holds(gate.body_id)


@rules.predicate
def writes_note(viewer: Viewer, matter: Matter) -> bool:
    """Runs the matter, or works at a body that was asked at one of its gates."""
    if viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo):
        return True
    asked = matter.gates.values_list("body_id", flat=True)
    return any(viewer.holds(body) for body in asked)


@rules.predicate
def runs_plan(viewer: Viewer, plan: YearPlan | Body) -> bool:
    return viewer.holds(plan.body_id if isinstance(plan, YearPlan) else plan.pk)


@rules.predicate
def oversees_plan(viewer: Viewer, plan: YearPlan | Body) -> bool:
    return runs_here(viewer, plan.body.place.lo if isinstance(plan, YearPlan) else plan.place.lo)


@rules.predicate
def proposes_topic(viewer: Viewer, plan: YearPlan) -> bool:
    """An office, a department or any other desk within the plan's place, and members who sit today."""
    here = plan.body.place
    for post in viewer.posts:
        if post.role in WORKING and here.lo <= post.body.place.lo <= here.hi:
            viewer.use("post", post.pk, post.body_id)
            return True
    for member in viewer.memberships:
        if here.lo <= member.term.body.place.lo <= here.hi:
            viewer.use("member", member.pk, None)
            return True
    return False


@rules.predicate
def decides_plan(viewer: Viewer, plan: YearPlan) -> bool:
    return viewer.holds(plan.approver_id)


@rules.predicate
def runs_topic(viewer: Viewer, topic: PlanTopic) -> bool:
    return viewer.holds(topic.plan.body_id) or runs_here(viewer, topic.plan.body.place.lo)


@rules.predicate
def owns_process(viewer: Viewer, model: ProcessModel) -> bool:
    """Works at the body to which the model belongs; shipped templates belong to nobody and are copied."""
    return viewer.holds(model.owner_id)


@rules.predicate
def may_own_process(viewer: Viewer, owner: Body | None = None) -> bool:
    if owner is None:
        return viewer.holds_kind(*OVERSEEING)
    return owner.kind in OVERSEEING and viewer.holds(owner.pk)


@rules.predicate
def is_published(viewer: Viewer, version: ProcessVersion) -> bool:
    return version.published_at is not None


@rules.predicate
def owns_version(viewer: Viewer, version: ProcessVersion) -> bool:
    return viewer.holds(version.model.owner_id)


@rules.predicate
def copies_models(viewer: Viewer, version: ProcessVersion) -> bool:
    """Works at a desk that may own a model: a county copies another's model."""
    return viewer.holds_kind(*OVERSEEING)


@rules.predicate
def helps_families(viewer: Viewer, thing: Any = None) -> bool:
    """Looks after families without any desk, as the assistance rooms say: a stationed cadre."""
    return may("pairing.own", viewer)


add("desk.see", has_desk)
add("desk.enter", has_desk | administers_something | helps_families)
add("matter.see", has_desk)
add("matter.open", may_open)
add("matter.run", runs_matter)
add("party.add", runs_matter)
add("gate.see", has_desk)
add("gate.ask", runs_matter)
add("gate.answer", answers_gate)
add("note.add", writes_note)
add("plan.see", has_desk)
add("plan.open", runs_plan | oversees_plan)
add("plan.run", runs_plan | oversees_plan)
add("plan.decide", decides_plan)
add("topic.propose", proposes_topic)
add("topic.run", runs_topic)
add("process.see", has_desk)
add("process.version", has_desk & (is_published | owns_version))
add("process.draft", owns_version)
add("process.copy", copies_models & is_published)
add("process.new", may_own_process)
add("process.edit", owns_process)
