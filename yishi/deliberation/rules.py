"""Who may do what to matters, gates, notes, plans and process models: who × where. Services check stages."""

from typing import Any

from yishi.deliberation.models import GatePaper, GateRequest, Matter, PlanTopic, ProcessModel, ProcessVersion, YearPlan
from yishi.organisations.grants import OVERSEEING, Grant, Viewer, first, only
from yishi.organisations.models import Body, Member, PlaceLevel, PostRole
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, may, predicate

# Desks of these tiers run what happens in their place; a prefecture or province sees it and does not run it.
RUNNING_TIERS = frozenset({PlaceLevel.COUNTY, PlaceLevel.TOWNSHIP, PlaceLevel.VILLAGE})


def runs_here(viewer: Viewer, lo: int) -> Grant | None:
    """Their post at an overseeing desk of the village, township or county of the place numbered `lo`."""
    return viewer.nearest(lo, lambda post: post.body.kind in OVERSEEING and post.body.place.level in RUNNING_TIERS)


@predicate
def administers_something(viewer: Viewer, thing: Any = None) -> Answer:
    """Has a post of an administrator, of the system or of its security."""
    return viewer.is_administrator


@predicate
def runs_matter(viewer: Viewer, matter: Matter) -> Answer:
    """Works at the convener's desk, or at the overseeing desk of the county, township or village."""
    return viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)


@predicate
def may_open(viewer: Viewer, convener: Body | None = None) -> Answer:
    """Works at the desk that will run the matter, or at a desk that oversees that desk's place."""
    if convener is None:
        convening = (Grant.of_post(post) for post in viewer.posts if post.role == PostRole.CONVENER)
        return viewer.holds_kind(*OVERSEEING) or first(convening)
    return viewer.holds(convener.pk) or runs_here(viewer, convener.place.lo)


@predicate
def answers_gate(viewer: Viewer, gate: GateRequest) -> Answer:
    """Holds a working post at the very body that was asked; nobody answers for another body."""
    return viewer.holds(gate.body_id)


@predicate
def records_gate(viewer: Viewer, gate: GateRequest) -> Answer:
    """Runs the matter: writes down what the body that was asked answered on paper."""
    return runs_matter.test(viewer, gate.matter)


@predicate
def compares_paper(viewer: Viewer, paper: GatePaper) -> Answer:
    """Runs the matter of the gate; the service wants another person than who wrote it down."""
    return runs_matter.test(viewer, paper.gate.matter)


@predicate
def reads_paper(viewer: Viewer, paper: GatePaper) -> Answer:
    """Runs the matter of the gate, or audits its place."""
    return compares_paper.test(viewer, paper) or viewer.audits(paper.gate.matter.place)


@predicate
def reads_note(viewer: Viewer, matter: Matter) -> Answer:
    """Writes notes on the matter, or audits its place."""
    return writes_note.test(viewer, matter) or viewer.audits(matter.place)


@predicate
def writes_note(viewer: Viewer, matter: Matter) -> Answer:
    """Runs the matter, or works at a body that was asked at one of its gates."""
    running = viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)
    return running or first(map(viewer.holds, matter.gates.values_list("body_id", flat=True)))


@predicate
def runs_plan(viewer: Viewer, plan: YearPlan | Body) -> Answer:
    """Works for the body whose yearly plan it is; before there is a plan the body itself is asked about."""
    return viewer.holds(plan.body_id if isinstance(plan, YearPlan) else plan.pk)


@predicate
def oversees_plan(viewer: Viewer, plan: YearPlan | Body) -> Answer:
    """Works at an overseeing desk of a village, township or county around the body of the plan."""
    return runs_here(viewer, plan.body.place.lo if isinstance(plan, YearPlan) else plan.place.lo)


def memberships_there(viewer: Viewer, plan: YearPlan) -> list[Member]:
    """Their memberships of committees within the plan's place."""
    here = plan.body.place
    return [member for member in viewer.memberships if here.lo <= member.term.body.place.lo <= here.hi]


@predicate
def proposes_topic(viewer: Viewer, plan: YearPlan) -> Answer:
    """An office, a department or any other desk within the plan's place, and members who sit today. A member does it as
    one, unless it is asked at a desk."""
    here, sitting = plan.body.place, memberships_there(viewer, plan)
    if sitting:
        return Grant.of_member(sitting[0]) if len(sitting) == 1 else True
    return only(post for post in viewer.working_posts if here.lo <= post.body.place.lo <= here.hi)


@predicate
def decides_plan(viewer: Viewer, plan: YearPlan) -> Answer:
    """Works for the body that was named to approve the plan."""
    return viewer.holds(plan.approver_id)


@predicate
def runs_topic(viewer: Viewer, topic: PlanTopic) -> Answer:
    """Works for the body of the topic's plan, or at an overseeing desk around it."""
    return viewer.holds(topic.plan.body_id) or runs_here(viewer, topic.plan.body.place.lo)


@predicate
def owns_process(viewer: Viewer, model: ProcessModel) -> Answer:
    """Works at the body to which the model belongs; shipped templates belong to nobody and are copied."""
    return viewer.holds(model.owner_id)


@predicate
def may_own_process(viewer: Viewer, owner: Body | None = None) -> Answer:
    """Works at the overseeing desk `owner`; without one: at any overseeing desk."""
    if owner is None:
        return viewer.holds_kind(*OVERSEEING)
    return viewer.holds(owner.pk) if owner.kind in OVERSEEING else None


@predicate
def is_published(viewer: Viewer, version: ProcessVersion) -> Answer:
    """The version of the process is published: everybody reads it then."""
    return version.published_at is not None


@predicate
def owns_version(viewer: Viewer, version: ProcessVersion) -> Answer:
    """Works for the body to which the process belongs, or audits its place."""
    owner = version.model.owner
    return viewer.holds(version.model.owner_id) or (viewer.audits(owner.place) if owner is not None else None)


@predicate
def copies_models(viewer: Viewer, version: ProcessVersion) -> Answer:
    """Works at a desk that may own a model: a county copies another's model."""
    return viewer.holds_kind(*OVERSEEING)


@predicate
def helps_families(viewer: Viewer, thing: Any = None) -> Answer:
    """Looks after families without any desk, as the assistance rooms say: a stationed cadre."""
    return may("pairing.own", viewer)


@predicate
def goes_on_rounds(viewer: Viewer, thing: Any = None) -> Answer:
    """Is in the team of a round of supervision without any desk: an expert who was asked along."""
    return may("round.see", viewer)


add("desk.see", sits_somewhere, reads=True)
add("desk.enter", sits_somewhere | administers_something | helps_families | goes_on_rounds, reads=True)
add("matter.see", sits_somewhere, reads=True)
add("matter.open", may_open)
add("matter.run", runs_matter)
add("party.add", runs_matter)
add("gate.see", sits_somewhere, reads=True)
add("gate.ask", runs_matter)
add("gate.answer", answers_gate)
add("gate.record", records_gate)
add("gate.compare", compares_paper)
add("gate.paper", reads_paper, reads=True)
add("note.see", reads_note, reads=True)
add("note.add", writes_note)
add("plan.see", sits_somewhere, reads=True)
add("plan.open", runs_plan | oversees_plan)
add("plan.run", runs_plan | oversees_plan)
add("plan.decide", decides_plan)
add("topic.propose", proposes_topic)
add("topic.run", runs_topic)
add("process.see", sits_somewhere, reads=True)
add("process.version", sits_somewhere & (is_published | owns_version), reads=True)
add("process.draft", owns_version)
add("process.copy", copies_models & is_published)
add("process.new", may_own_process)
add("process.edit", owns_process)
