"""The timeline of a finding: found, moved, coordinated, off the list. What its bearer does tells the promise's file."""

from django.utils.translation import gettext as _

from yishi.assistance.supervision.models import Finding, FindingStep
from yishi.assistance.supervision.reads import standing_of
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.web.kit.timeline import Event

from .supervision_words import STANDING_WORDS

Kind = FindingStep.Kind


def finding_events(finding: Finding) -> list[Event]:
    """The events of a finding that came with its promise (`with_promise`), the last ones first."""
    events = [Event(_("Found"), finding.found_at, _who(finding.found_for, finding.found_by), finding.words)]
    for step in finding.steps.select_related("body", "by"):
        title = step.get_kind_display()
        if step.kind == Kind.MOVED:
            title = _("Moved: %(lane)s") % {"lane": step.get_lane_display()}
        events.append(Event(title, step.at, _who(step.body, step.by), step.words))
    standing = standing_of(finding)
    if standing == "open":
        if finding.coordination == Finding.Coordination.ASKED:
            coordinator = finding.coordinator.name if finding.coordinator else ""
            events.append(Event(_("Coordination"), None, coordinator, kind="next", due=finding.coordinate_by))
        bearer = finding.commitment.owes
        events.append(Event(_("Settled, and proved"), None, bearer, kind="next", due=finding.commitment.due_on))
        return events
    said = finding.reason if finding.merged_into_id or finding.ruling else ""
    if finding.ruling:
        said = f"{finding.get_ruling_display()}：{said}"
    flag = _("a small office: one person did both") if finding.same_hands else ""
    settled = _who(None, finding.settled_by)
    events.append(Event(STANDING_WORDS[standing], finding.commitment.settled_on, settled, said, flag=flag))
    return events


def _who(body: Body | None, person: Person | None) -> str:
    return " ".join(each.name for each in (body, person) if each is not None)
