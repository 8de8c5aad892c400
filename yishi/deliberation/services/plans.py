"""The yearly plan as a funnel: topics are proposed, drafted or left out with a reason, submitted, decided, opened."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Matter, PlanTopic, ProcessVersion, Worry, YearPlan
from yishi.deliberation.rules import memberships_there
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.kit.text import clean
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, Venue
from yishi.organisations.rights import permit

from .matters import matter_move_on, matter_open

WHY_LEFT_OUT = Words("reason", 300, _("Write why the topic is left out."), "topic.no_reason")
WHY_DECIDED = Words("reason", 500, _("Write the reason; “agreed” is enough."), "plan.no_reason")
WHY_SUPPLEMENTED = Words("reason", 500, _("Write why the plan is supplemented."))
PROPOSED_BY = Words("proposed_by", 64)

Plan = YearPlan.State
Topic = PlanTopic.State
TOPIC_VERBS: dict[str, dict[str, str]] = {
    Topic.PROPOSED: {"draft": Topic.DRAFTED, "leave_out": Topic.LEFT_OUT},
    Topic.DRAFTED: {"undraft": Topic.PROPOSED, "leave_out": Topic.LEFT_OUT, "approve": Topic.APPROVED},
    Topic.LEFT_OUT: {"draft": Topic.DRAFTED},
    Topic.APPROVED: {},
}
PLAN_VERBS: dict[str, dict[str, str]] = {
    Plan.COLLECTING: {"submit": Plan.SUBMITTED},
    Plan.SUBMITTED: {"approve": Plan.APPROVED, "return": Plan.COLLECTING},
    Plan.APPROVED: {"supplement": Plan.COLLECTING},
}
YEARS_AHEAD = 5


def plan_open(*, actor: Viewer, body: Body, approver: Body, year: int, act_id: UUID | None = None) -> Receipt:
    """Open the plan of `body` for `year`; `approver` will decide it. Result: plan. One plan a year."""
    by = permit("plan.open", actor, body)
    sent = {"body": body.pk, "approver": approver.pk, "year": year}
    with act("deliberation.plan.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        now = timezone.localdate().year
        if not now - YEARS_AHEAD <= year <= now + YEARS_AHEAD:
            raise Refusal("plan.year", _("Write a year near this one, with four digits."), field="year")
        if approver.pk == body.pk:
            raise Refusal(
                "plan.same_body", _("A body does not approve its own plan. Choose another."), field="approver"
            )
        try:
            with transaction.atomic():
                plan = YearPlan.within.create(body=body, approver=approver, year=year)
        except IntegrityError as error:
            raise Refusal(
                "plan.twice", _("There is a plan for this year already. Open that one."), field="year"
            ) from error
        this.entry(subject=("plan", plan.pk), place=body.place_id, data={"year": year})
        this.result(plan=plan.pk)
    return this.receipt


def _check_topic(plan: YearPlan, title: str, due_month: int | None, matter: Matter | None, worry: Worry | None) -> None:
    """Refuse a topic without a title of one line, with a month that is none, or that stands in the plan already."""
    if not title:
        raise Refusal("topic.no_title", _("Write the topic in one line."), field="title")
    if len(title) > 120:
        raise Refusal("topic.long_title", _("The topic is longer than 120 characters; shorten it."), field="title")
    if due_month is not None and not 1 <= due_month <= 12:
        raise Refusal("topic.month", _("The month is a number from 1 to 12."), field="due_month")
    if matter and plan.topics.filter(matter=matter).exclude(state=Topic.LEFT_OUT).exists():
        raise Refusal("topic.twice", _("This matter stands in the plan already."))
    if worry and plan.topics.filter(worry=worry).exclude(state=Topic.LEFT_OUT).exists():
        raise Refusal("topic.twice", _("This worry stands in the plan already."))


def topic_propose(
    *,
    actor: Viewer,
    plan: YearPlan,
    title: str,
    theme: str,
    proposed_by: str = "",
    worry: Worry | None = None,
    matter: Matter | None = None,
    due_month: int | None = None,
    desk: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Put a topic forward: an office, a department, a member; from a worry or for a matter under way. Result: topic.

    `desk` says which, of whoever works at several or is a member too; without it a member does it as one.

    Of an approved plan it waits until the plan is supplemented: a year brings what its plan did not foresee.
    `proposed_by` is a body's or a role's name (without it: the desk, or “a member”), never a villager's name.
    """
    by = permit("topic.propose", actor, plan, at=desk)
    sent = {
        "plan": plan.pk,
        "title": title,
        "theme": theme,
        "proposed_by": proposed_by,
        "worry": worry.pk if worry else None,
        "matter": matter.pk if matter else None,
        "due_month": due_month,
        **({"desk": desk.pk} if desk else {}),
    }
    with act("deliberation.topic.propose", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        plan = _locked(plan)
        if plan.state != Plan.APPROVED:
            _check_collecting(plan)
        if desk is None and by.right_kind == "person" and not memberships_there(actor, plan):
            raise Refusal("topic.desk", _("Say which of your desks puts it forward."), field="desk")
        title = clean(title)
        _check_topic(plan, title, due_month, matter, worry)
        last = plan.topics.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0
        topic = PlanTopic.objects.create(
            plan=plan,
            title=title,
            theme=theme,
            proposed_by=PROPOSED_BY.kept(proposed_by) or _proposer(actor, by.body_id),
            worry=worry,
            matter=matter,
            due_month=due_month,
            ordinal=last + 1,
        )
        this.entry(subject=("plan", plan.pk), place=plan.body.place_id, dims={"theme": theme}, data={"topic": topic.pk})
        if plan.state == Plan.APPROVED:
            tell(
                body_id=plan.body_id,
                code="plan.late_topic",
                params={"year": plan.year},
                subject=("plan", plan.pk),
                once=f"plan.late_topic/{topic.pk}",
            )
        this.result(topic=topic.pk)
    return this.receipt


def topic_draft(*, actor: Viewer, topic: PlanTopic, into: bool = True, act_id: UUID | None = None) -> Receipt:
    """Take a topic into the draft (or, with into=False, out of it again)."""
    return _topic_act(actor, topic, "draft" if into else "undraft", "", act_id)


def topic_leave_out(*, actor: Viewer, topic: PlanTopic, reason: str, act_id: UUID | None = None) -> Receipt:
    """Leave a topic out, with the reason that its proposer reads."""
    return _topic_act(actor, topic, "leave_out", reason, act_id)


def _topic_act(actor: Viewer, topic: PlanTopic, verb: str, reason: str, act_id: UUID | None) -> Receipt:
    by = permit("topic.run", actor, topic)
    sent = {"topic": topic.pk, "reason": reason}
    with act(f"deliberation.topic.{verb}", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        plan = _locked(topic.plan)
        _check_collecting(plan)
        topic = PlanTopic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        following = TOPIC_VERBS[topic.state].get(verb)
        if following is None:
            raise WrongStage(
                "topic.wrong_stage",
                _("The topic is “%(state)s” now. Reload the page.") % {"state": topic.get_state_display()},
            )
        topic.state, topic.reason = following, WHY_LEFT_OUT.kept(reason, needed=verb == "leave_out")
        topic.save(update_fields=["state", "reason"])
        this.entry(subject=("plan", plan.pk), place=plan.body.place_id, data={"topic": topic.pk, "state": following})
        this.result(topic=topic.pk)
    return this.receipt


def plan_submit(*, actor: Viewer, plan: YearPlan, act_id: UUID | None = None) -> Receipt:
    """Put the drafted topics to the approver. Refuses an empty draft and topics about which nothing was decided."""
    by = permit("plan.run", actor, plan)
    with act("deliberation.plan.submit", actor=by, act_id=act_id, body={"plan": plan.pk}) as this:
        if this.replayed:
            return this.receipt
        plan = _locked(plan)
        following = _next(plan, "submit")
        states = list(plan.topics.values_list("state", flat=True))
        if Topic.DRAFTED not in states:
            raise Refusal("plan.empty", _("No topic is in the draft. Take at least one in, then submit."))
        undecided = states.count(Topic.PROPOSED)
        if undecided:
            raise Refusal(
                "plan.undecided",
                _("About %(count)d proposed topics nothing is decided. Take each in, or leave it out with a reason.")
                % {"count": undecided},
            )
        plan.state = following
        plan.save(update_fields=["state"])
        this.entry(subject=("plan", plan.pk), place=plan.body.place_id, data={"state": following})
        tell(
            body_id=plan.approver_id,
            code="plan.submitted",
            params={"body": plan.body.name, "year": plan.year},
            subject=("plan", plan.pk),
            once=f"plan.submitted/{plan.pk}/{this.id}",
        )
        this.result(plan=plan.pk)
    return this.receipt


def plan_decide(*, actor: Viewer, plan: YearPlan, answer: str, reason: str, act_id: UUID | None = None) -> Receipt:
    """The approver's answer, "approve" or "return", with its reason. Approved, matters that wait for it go on."""
    by = permit("plan.decide", actor, plan)
    sent = {"plan": plan.pk, "answer": answer, "reason": reason}
    with act("deliberation.plan.decide", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        plan = _locked(plan)
        if answer not in ("approve", "return"):
            raise Refusal("plan.unknown_answer", _("Choose approve or return."), field="answer")
        following = _next(plan, answer)
        plan.state, plan.reason = following, WHY_DECIDED.kept(reason)
        plan.decided_by, plan.decided_at = actor.person, this.now
        plan.save(update_fields=["state", "reason", "decided_by", "decided_at"])
        this.entry(subject=("plan", plan.pk), place=plan.body.place_id, dims={"answer": answer})
        if following == Plan.APPROVED:
            plan.topics.filter(state=Topic.DRAFTED).update(state=Topic.APPROVED)
            for topic in plan.topics.filter(state=Topic.APPROVED, matter__isnull=False).select_related("matter"):
                matter_move_on(certain(topic.matter), by=this.actor, caused_by=this.id)
        tell(
            body_id=plan.body_id,
            code="plan.decided",
            params={"year": plan.year, "said": answer, "reason": plan.reason},
            subject=("plan", plan.pk),
            once=f"plan.decided/{plan.pk}/{this.id}",
        )
        this.result(plan=plan.pk)
    return this.receipt


def plan_supplement(*, actor: Viewer, plan: YearPlan, reason: str, act_id: UUID | None = None) -> Receipt:
    """Collect topics for an approved plan again: what is approved stays so, what is added goes to the approver."""
    by = permit("plan.run", actor, plan)
    sent = {"plan": plan.pk, "reason": reason}
    with act("deliberation.plan.supplement", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        plan = _locked(plan)
        following = _next(plan, "supplement")
        said = WHY_SUPPLEMENTED.kept(reason)
        plan.state, plan.reason = following, ""
        plan.save(update_fields=["state", "reason"])
        this.entry(subject=("plan", plan.pk), place=plan.body.place_id, data={"state": following, "reason": said})
        this.result(plan=plan.pk)
    return this.receipt


def topic_open(
    *,
    actor: Viewer,
    topic: PlanTopic,
    process: ProcessVersion,
    place: Place,
    convener: Body,
    summary: str = "",
    venue: Venue | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open the matter of an approved topic; its worry, if it came from one, is taken up. Result: matter."""
    by = permit("topic.run", actor, topic)
    sent = {
        "topic": topic.pk,
        "process": process.pk,
        "place": place.pk,
        "convener": convener.pk,
        "summary": summary,
        "venue": venue.pk if venue else None,
    }
    with act("deliberation.topic.open", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        topic = PlanTopic.objects.select_for_update(of=("self",)).select_related("worry").get(pk=topic.pk)
        if topic.state != Topic.APPROVED:
            raise WrongStage("topic.not_approved", _("Only a topic of an approved plan opens a matter."))
        if topic.matter_id:
            raise WrongStage("topic.opened", _("The matter of this topic is open already."))
        worry = topic.worry if topic.worry and topic.worry.matter_id is None else None
        receipt = matter_open(
            actor=actor,
            title=topic.title,
            summary=summary,
            theme=topic.theme,
            place=place,
            convener=convener,
            process=process,
            venue=venue,
            worries=[worry] if worry else [],
            act_id=this.child(),
        )
        topic.matter = Matter.within.get(pk=receipt.result["matter"])
        topic.save(update_fields=["matter"])
        this.entry(subject=("plan", topic.plan_id), place=place.pk, data={"topic": topic.pk, "matter": topic.matter_id})
        matter_move_on(certain(topic.matter), by=this.actor, caused_by=this.id)
        this.result(matter=topic.matter_id)
    return this.receipt


def _locked(plan: YearPlan) -> YearPlan:
    return YearPlan.within.select_for_update(of=("self",)).select_related("body", "approver").get(pk=plan.pk)


def _next(plan: YearPlan, verb: str) -> str:
    following = PLAN_VERBS[plan.state].get(verb)
    if following is None:
        raise WrongStage(
            "plan.wrong_stage",
            _("The plan is “%(state)s” now. Reload the page to see what is next.")
            % {"state": plan.get_state_display()},
        )
    return following


def _check_collecting(plan: YearPlan) -> None:
    if plan.state != Plan.COLLECTING:
        raise WrongStage(
            "plan.not_collecting",
            _("The plan is “%(state)s”; topics are not changed now.") % {"state": plan.get_state_display()},
        )


def _proposer(actor: Viewer, body_id: UUID | None) -> str:
    """The desk for which the actor proposes, or that a member does; a name of a person never."""
    for post in actor.posts:
        if post.body_id == body_id:
            return post.body.name[:64]
    return str(_("a member"))
