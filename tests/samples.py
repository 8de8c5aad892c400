"""One real object for every loader of the site: what the tests of all pages open. A loader without one fails them."""

from collections.abc import Iterator
from copy import copy
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from tests.assistance.exits.assessed import Assessed
from tests.assistance.families import family
from tests.assistance.helping import Helped
from tests.assistance.importing import faulty as imported
from tests.assistance.keeping import Keeping
from tests.assistance.pairs import Paired
from tests.assistance.stating import stated
from tests.assistance.steered import Steered
from tests.assistance.supervised import supervised
from tests.assistance.watched import Watched, reported
from tests.assistance.works import Works
from tests.cast import Cast
from tests.consulting import Consulted
from tests.proposals.proposing import Proposed
from tests.samples_room import room_samples
from tests.story import Story
from yishi.assistance.checks.models import CheckFinding
from yishi.assistance.checks.services.checks import findings_refresh
from yishi.assistance.deeds.models import Volunteer, VolunteerTeam
from yishi.assistance.deeds.services.volunteers import volunteer_team_form, volunteers_join
from yishi.assistance.pairing.models import OfferDelivery
from yishi.assistance.pairing.services.deliveries import offer_deliver
from yishi.assistance.projects.models import Allotment, FundMovement, ProjectPhoto
from yishi.attachments.models import Attachment
from yishi.commitments.cases import Case
from yishi.commitments.models import Outcome, PromisePaper, TimeRequest
from yishi.commitments.services import letter_send, outcome_state
from yishi.config.checks import all_views
from yishi.database.reach import everything
from yishi.deliberation.models import (
    ChairObjection,
    Draw,
    GatePaper,
    GateRequest,
    GoodCase,
    LeaderNote,
    Matter,
    PhotoMask,
    PlanTopic,
    Release,
    Sitting,
    YearPlan,
)
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.services.minutes import minutes_write
from yishi.deliberation.services.minutes_reading import minutes_ask
from yishi.deliberation.services.processes import process_new, process_shipped
from yishi.journal.models import Entry
from yishi.kit.ids import uuid7
from yishi.notices.models import Delivery, Notice
from yishi.organisations.models import JobRun, Member, Term
from yishi.people.models import Invitation
from yishi.reporting.models import AnswerSheet, IssuedReport

MISSING = UUID("01900000-0000-7000-8000-000000000000")


def kwargs_by_loader(cast: Cast) -> dict[str, dict[str, Any]]:
    """Loader ("module.function") → the kwargs of its URLs, for objects of 牟尼村 and its county."""
    with everything():
        return _kwargs(cast)


def _kwargs(cast: Cast) -> dict[str, dict[str, Any]]:
    story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    minutes_write(actor=story.by("convener"), sitting=story.sitting, text="各方同意缓交。")
    minutes_ask(actor=story.by("convener"), minutes=story.sitting.minutes)
    story.agree().hand_over()
    letter_send(actor=story.by("handler"), commitment=story.commitment, text="请按期办理")
    story.carry_out()
    now, today = timezone.now(), timezone.localdate()
    matter, office = story.matter, cast.bodies["office"]
    JobRun.objects.update_or_create(name="clocks", defaults={"ended_at": now})  # or /health/ says 503
    photo = Attachment.objects.create(
        kind="photo", name="照片", media_type="image/jpeg", size=1, sha256="0" * 64, key="00/00/none.jpg"
    )
    story.worry.photos.add(photo)
    story.study.visits.get().photos.add(photo)
    proof = story.commitment.proofs.get()
    proof.files.add(photo)
    story.agreement.scan = photo
    story.agreement.save()
    note = LeaderNote.objects.create(
        matter=matter, kind="instruction", author="县长", text="请抓紧", scan=photo, written_on=today, at=now
    )
    gate = GateRequest.objects.create(
        matter=matter, step=matter.step, gate="g", name="审定", body=cast.bodies["party"], asked_at=now, due_on=today
    )
    signed: dict[str, Any] = {"scan": photo, "signed_by": "县委书记", "signed_on": today, "recorded_at": now}
    gate_paper = GatePaper.objects.create(gate=gate, answer="approve", reason="同意", digest="", **signed)
    promise_paper = PromisePaper.objects.create(commitment=story.commitment, **signed)
    plan = YearPlan.within.create(body=office, approver=cast.bodies["party"], year=2026)
    topic = PlanTopic.objects.create(plan=plan, title="灌溉", theme="water")
    process = process_shipped("enterprise")
    step = next(step for step in read_document(process.document).steps if step.gates)
    gated = copy(matter)
    gated.pk, gated.number, gated.process, gated.step = uuid7(), "GATED", process, step.code
    gated._state.adding = True
    gated.save()
    draft = process_new(actor=story.by("clerk"), owner=office, name="自己的模式").result
    chair = story.seat("member")
    objection = ChairObjection.objects.create(seat=chair, party=matter.parties.first(), reason="亲属", at=now)
    draw = Draw.objects.create(
        matter=matter,
        seat_class="",
        wanted=1,
        candidates=[str(cast.people["villager"].pk)],
        list_hash="0" * 64,
        number_source="双色球",
        published_at=now,
    )
    release = Release.objects.create(matter=matter, slug="abc123", title="公开", summary="公开", prepared_at=now)
    covered = Attachment.objects.create(
        kind="photo", name="遮挡", media_type="image/jpeg", size=1, sha256="1" * 64, key="00/00/covered.jpg"
    )
    mask = PhotoMask.objects.create(matter=matter, original=photo, covered=covered, areas=[], made_at=now)
    case = GoodCase.objects.create(matter=matter, why="好", chosen_by=office, chosen_on=today)
    more_time = TimeRequest.objects.create(
        commitment=story.commitment, due_on=date(2030, 1, 1), reason="雨季", asked_at=now
    )
    notice = Notice.objects.create(
        body_id=office.pk, code="worry.filed", subject_kind="worry", subject_id=story.worry.pk, once="x", created_at=now
    )
    delivery = Delivery.objects.create(notice=notice, channel="sms", address="13900000000", next_try_at=now)
    invitation = Invitation.objects.create(
        person=cast.people["villager"], digest="0" * 64, created_at=now, expires_at=now + timedelta(days=7)
    )
    consulted = Consulted(cast, story).opened().phones(12).close()
    consultation = consulted.consultation
    Sitting.within.create(matter=matter, ordinal=9, starts_at=now)
    helped = Helped(cast, photo)
    county = cast.places["牟定县"]
    period = {"place": county, "body": office, "starts_on": today, "ends_on": today}
    sheet = AnswerSheet.objects.create(title="答卷", text="[[deeds]]", changed_at=now, **period)
    values = {"total": {"deeds": 1}, "items": [], "places": []}
    report = IssuedReport.objects.create(
        number="统计-1", title="统计", indicators=["deeds"], values=values, issued_at=now, **period
    )
    letter = story.commitment.events.get(kind="letter")
    helping = helped.helping
    volunteers = _volunteer(cast, helped.activity)
    campaign, focus = helping.campaign, helping.focus
    focus.owner = office
    focus.save()
    paired = Paired(cast, helping)
    pairing, team = paired.pair(), paired.team()
    ended = paired.pair("member", paired.second, since=50, until=paired.today - timedelta(days=5))
    visit, measure, village_plan = paired.visit(), paired.measure(), paired.plan()
    need, offer = paired.need(), paired.offer()
    match = paired.match(need, offer)
    receipt = offer_deliver(
        actor=cast.viewer("member"), offer=paired.offer(), words="百床棉被", on=today, files=[photo]
    )
    quilts = OfferDelivery.within.get(pk=receipt.result["delivery"])
    drive = campaign.drives.create(name="百日总攻", starts_on=today, ends_on=today)
    target = helping.items["road"].targets.create(place=cast.places["牟定县"], amount=28_500, due_on=today, set_at=now)
    steered = Steered(cast, campaign)
    proposed = Proposed(cast, signers=[cast.people["neighbour"]])
    proposed.assign()
    proposed.adopt(evidence=photo)
    duty = story.agreement.duties.get()
    works = Works(cast).approve().allot().start()
    contract = works.sign()
    works.build().accept()
    payment = works.pay(100, contract=contract)
    ProjectPhoto.objects.create(project=works.project, stage="building", file=photo, on=today)
    contract.file = payment.file = photo
    contract.save()
    payment.save()
    pk = lambda thing: {"pk": thing.pk}  # noqa: E731
    keeping = Keeping(cast).lived()
    closed = Assessed(cast, households=0, keeping=keeping).opened().drawn().asked().closed().assessment
    assessed = Assessed(cast, households=0, keeping=keeping).opened().drawn()
    interview = assessed.ask(assessed.of_kind("exited"))
    suspicion = assessed.suspect(interview.sample)
    assessed.counter(suspicion, files=[photo])
    watched = Watched(cast).recognised()
    consent = watched.watch.steps.get(verb="verify").files.get()
    watched.tell(trigger="housing", amount=None)
    year = {"year": today.year - 1}
    supervision = supervised(cast)
    supervision.join("neighbour")
    (gap,) = supervision.visit(supervision.gap(lane="county", files=[photo]))
    round = supervision.round
    round.plan_file = photo
    round.save()
    round_village = {"pk": round.pk, "place": supervision.village.pk}
    return {
        "check_rules.load_rule": {"code": "house-none"},
        "check_rules.load_threshold": {"code": "road_most"},
        "exit_rules.load_exit_rule": {"code": "wrong"},
        "checks.load_finding": pk(_finding(cast)),
        "change_requests.load_request": pk(keeping.asked()),
        "household_change.load_household": pk(keeping.household),
        "household_change.load_member": pk(keeping.member()),
        "household_years.load_member_year": {**pk(keeping.member()), **year},
        "household_years.load_year": {**pk(keeping.household), **year},
        "agreements.load_agreement": pk(story.agreement),
        "agreements.load_consent": pk(story.agreement.consents.first()),
        "duties.load_duty": pk(duty),
        "bodies.load_body": pk(cast.bodies["department"]),
        "bodies.load_post": pk(cast.people["handler"].posts.first()),
        "campaign_items.load_item": pk(helping.items["road"]),
        "campaign_items.load_target": pk(target),
        "campaigns.load_campaign": pk(campaign),
        "campaigns.load_direction": pk(helping.directions["industry"]),
        "campaigns.load_phase": pk(campaign.phases.first()),
        "commitment_acts.load_time_request": pk(more_time),
        "commitments.load_commitment": pk(story.commitment),
        "outcomes.load_case": {"kind": "matter", "pk": matter.pk},
        "outcomes.load_outcome": pk(_outcome(cast, matter)),
        "consult.load_consultation": {"code": consultation.code},
        "consult.load_result": {"code": consultation.code},
        "consultations.load_briefed": pk(consultation),
        "consultations.load_consultation": pk(consultation),
        "moderation.load_statement": pk(consultation.statements.first()),
        "activities.load_activity": pk(helped.activity),
        "volunteers.load_team": pk(volunteers.team),
        "volunteers.load_volunteer": {"pk": volunteers.team_id, "volunteer": volunteers.pk},
        "activities.load_kept": pk(helped.activity),
        "deed_acts.load_evidence": {"pk": helped.deed.pk, "file": photo.pk},
        "deed_acts.load_instead": {"pk": helped.deed.pk, "other": helped.other.pk},
        "deed_record.load_item": pk(helped.deed.item),
        "deed_record.load_own": pk(helped.deed),
        "loads.load_deed": pk(helped.deed),
        "loads.load_household": pk(watched.home),
        "loads.load_fact": pk(watched.signal.facts.get()),
        "loads.load_signal": pk(watched.signal),
        "loads.load_self_report": pk(reported(cast)),
        "loads.load_watch": pk(watched.watch),
        "loads.load_file": {"pk": watched.watch.pk, "file": consent.pk},
        "deeds.load_file": pk(helped.deed),
        "duplicates.load_pair": pk(helped.pair),
        "helping.load_body": pk(office),
        "unitemised.load_number": pk(helped.number),
        "stated.load_number": pk(stated(cast)),
        "cooperations.load_cooperation": pk(steered.cooperation),
        "cooperations.load_kept": pk(steered.cooperation),
        "draws.load_draw": pk(draw),
        "draws.load_public": pk(draw),
        "drives.load_drive": pk(drive),
        "answer_sheets.load_answer": pk(sheet),
        "figure_reports.load_report": pk(report),
        "imports.load_import": pk(imported(cast)),
        "family.load_household": pk(paired.family),
        "family.load_measure": pk(measure),
        "matches.load_match": pk(match),
        "matches.load_wanted": pk(need),
        "deliveries.load_delivery": pk(quilts),
        "deliveries.load_file": {"pk": quilts.pk, "file": photo.pk},
        "matches.load_pair": {"pk": need.pk, "offer": offer.pk},
        "needs.load_need": pk(need),
        "offers.load_offer": pk(offer),
        "pairing_acts.load_pairing": pk(pairing),
        "visits.load_ended": pk(ended),
        "teams.load_post": {"pk": team.pk, "post": team.members.get().pk},
        "teams.load_team": pk(team),
        "village_plans.load_plan": pk(village_plan),
        "village_plans.load_kept": pk(village_plan),
        "visits.load_visit": pk(visit),
        "loads.load_assessment": pk(closed),
        "decisions.load_notice": {"pk": closed.pk, "village": cast.places["牟尼村"].pk},
        "loads.load_sample": pk(interview.sample),
        "loads.load_interview": pk(interview),
        "loads.load_suspicion": pk(suspicion),
        "loads.load_counter": pk(suspicion.counters.get()),
        "loads.load_counter_file": {"pk": suspicion.pk, "file": photo.pk},
        "journal.load_entry": pk(Entry.objects.filter(place_id=matter.place_id).first()),
        "figures.load_family": pk(cast.places["牟定县"]),
        "stated.load_place": pk(cast.places["牟定县"]),
        "register_figures.load_fact": {"pk": cast.places["牟定县"].pk, "fact": "poor"},
        "figures.load_place": pk(cast.places["牟定县"]),
        "figures.load_figure": {"pk": cast.places["牟定县"].pk, "figure": "paid"},
        "files._adoption_file": {"pk": UUID(proposed.pk), "file": photo.pk},
        "files._agreement_scan": {"pk": matter.pk, "file": photo.pk},
        "files._own_photo": {"pk": story.worry.pk, "photo": photo.pk},
        "files._proof_file": {"pk": story.commitment.pk, "file": photo.pk},
        "files._study_photo": {"pk": matter.pk, "photo": photo.pk},
        "files._worry_photo": {"pk": story.worry.pk, "photo": photo.pk},
        "follow.load_own": pk(story.worry),
        "fund_acts.load_allotment": pk(Allotment.objects.get()),
        "funds.load_bill": pk(payment),
        "funds.load_fund": pk(works.fund),
        "funds.load_kept": pk(works.fund),
        "funds.load_movement": pk(payment),
        "givers.load_gift": pk(FundMovement.within.filter(kind="received").first()),
        "gates.load_gate": pk(gate),
        "gate_paper_acts.load_paper": pk(gate_paper),
        "commitment_acts.load_paper": {"pk": story.commitment.pk, "paper": promise_paper.pk},
        "gates.load_matter_and_gate": {"pk": gated.pk, "code": step.gates[0].code},
        "gates.load_matter_and_note": {"pk": matter.pk, "note": note.pk},
        "gates.load_matter_and_scan": {"pk": matter.pk, "note": note.pk},
        "judge.load_judged": pk(story.commitment),
        "judge.load_photo": {"pk": story.commitment.pk, "photo": photo.pk},
        "library.load_case": pk(case),
        "matter_file.load_file": pk(matter),
        "loads.load_matter": pk(matter),
        "matters.party_in_reach": pk(matter.parties.first()),
        "members.load_committee": pk(cast.bodies["committee"]),
        "members.load_member": pk(Member.objects.filter(person=cast.people["member"]).get()),
        "members.load_term": pk(Term.objects.get()),
        **room_samples(story),
        "notices.load_delivery": pk(delivery),
        "notices.load_notice": pk(notice),
        "overview.load_place": pk(cast.places["牟定县"]),
        "papers.load_letter": pk(letter),
        "people.load_account": pk(cast.people["handler"]),
        "people.load_invited": pk(invitation.person),
        "people.load_person": pk(cast.people["handler"]),
        "place_sets.load_item": pk(focus.items.filter(valid_to__isnull=True).get()),
        "place_sets.load_set": pk(focus),
        "places.load_change": pk(cast.places["牟尼村"]),
        "places.load_place": pk(cast.places["牟尼村"]),
        "plans.load_plan": pk(plan),
        "plans.load_planning_body": {},
        "plans.load_topic": pk(topic),
        "process_editor.load_draft": {"pk": draft["version"]},
        "process_editor.load_row": {
            "pk": draft["version"],
            "code": "x",
            "step": "x",
            "kind": "steps",
            "verb": "up",
            "number": 1,
        },
        "processes.load_copied": pk(matter.process),
        "processes.load_model": {"pk": draft["model"]},
        "processes.load_owned_version": {"pk": draft["version"]},
        "processes.load_version": {"pk": draft["version"]},
        "proposal_acts.load_owed": {"pk": UUID(proposed.pk)},
        "proposals.load_proposal": {"pk": UUID(proposed.pk)},
        "project_plan.load_contract": pk(contract),
        "projects.load_paper": {"pk": works.pk, "file": photo.pk},
        "projects.load_photo": {"pk": works.pk, "photo": photo.pk},
        "project_acts.load_stepped": {"pk": works.project.pk, "verb": "approve"},
        "projects.load_project": pk(works.project),
        "public_files.load_photo": {"slug": release.slug, "pk": photo.pk},
        "public_files.load_release": {"slug": release.slug},
        "photo_masks.load_mask": pk(mask),
        "release_photos.load_original": {"pk": matter.pk, "photo": photo.pk},
        "release_photos.load_release_photo": {"pk": matter.pk, "photo": photo.pk},
        "releases.load_release": pk(release),
        "loads.load_room_seat": {"pk": story.sitting.pk, "seat": chair.pk},
        "loads.load_statement": pk(story.statement),
        "ways_back.load_finding": pk(story.study.findings.get()),
        "ways_back.load_stated": pk(story.statement),
        "ways_back.load_visit": pk(story.study.visits.get()),
        "seats.load_objection": pk(objection),
        "seats.load_seat": pk(chair),
        "sittings.load_noted": pk(story.sitting),
        "loads.load_sitting": pk(story.sitting),
        "rounds.load_round": pk(round),
        "rounds.load_plan": pk(round),
        "listing.load_listed": {"pk": round.pk, "listed": round.listed.get().pk},
        "listing.load_post": {"pk": round.pk, "post": round.members.get().pk},
        "findings.load_finding": pk(gap),
        "findings.load_file": {"pk": gap.pk, "file": photo.pk},
        "villages.load_village": round_village,
        "villages.load_visit": {**round_village, "visit": round.made.get().pk},
        "villages.load_home": {**round_village, "home": supervision.homes[0].pk},
        "steering.load_meeting": pk(steered.meeting),
        "studies.load_study": pk(story.study),
        "venues.load_venue": pk(cast.venue),
        "worries.load_worry": pk(story.worry),
        "loads.load_raised": pk(story.worry),
        "loads.load_written": {"pk": UUID(proposed.pk)},
    }


def _volunteer(cast: Cast, activity: Any) -> Volunteer:
    """Somebody of the county's medical team, whose trip the activity was."""
    clerk, office = cast.viewer("clerk"), cast.bodies["office"]
    county, today = cast.places["牟定县"], timezone.localdate()
    receipt = volunteer_team_form(
        actor=clerk, organiser=office, kind="medical", name="义诊医疗队", place=county, valid_from=today
    )
    team = VolunteerTeam.objects.get(pk=receipt.result["team"])
    volunteers_join(actor=clerk, team=team, valid_from=today, written_name="演示·医生")
    activity.team = team
    activity.save()
    return Volunteer.objects.get()


def _outcome(cast: Cast, matter: Matter) -> Outcome:
    """What came of the matter."""
    outcome_state(
        actor=cast.viewer("convener"),
        case=Case("matter", matter),
        sort="amount",
        what="缓交租金的农户",
        unit="户",
        after=Decimal(120),
        on=timezone.localdate(),
        source="村委会台账",
    )
    return Outcome.objects.get()


def _finding(cast: Cast) -> CheckFinding:
    """An error in a household of 牟尼村, as a check leaves it."""
    home = family(cast.places["牟尼村"], 77, house_grade="D")
    findings_refresh([home.pk])
    return CheckFinding.within.get(household=home, rule="exit-house")


def loader_name(view: Any) -> str:
    """ "module.function" of the loader of a view; "" without one."""
    load = getattr(view, "load", None)
    return f"{load.__module__.rpartition('.')[2]}.{load.__qualname__}" if load else ""


def addresses(samples: dict[str, dict[str, Any]]) -> Iterator[tuple[str, str, Any, str]]:
    """(URL name, address, view, loader) of every page of ours; KeyError for a loader without a sample."""
    free = {"token": "MN0000TEST", "pk": MISSING, "slug": "none", "code": "none", "slip": "none", "number": 1}
    for _pattern, name, view in all_views():
        if not hasattr(view, "right"):
            continue  # a library's: see LIBRARY_VIEWS
        loader = loader_name(view)
        given = samples[loader] if loader else free
        for wanted in ({}, *_subsets(given)):
            try:
                yield name, reverse(name, kwargs=wanted), view, loader
                break
            except NoReverseMatch:
                continue
        else:
            raise KeyError(f"{name}: the sample of {loader} does not fit its address")


def foreign_to_nothing(given: dict[str, Any]) -> dict[str, Any]:
    """The same kwargs with ids that belong to nothing."""
    return {key: MISSING if isinstance(value, UUID) else value for key, value in given.items()}


def _subsets(given: dict[str, Any]) -> Iterator[dict[str, Any]]:
    keys = list(given)
    for mask in range(1, 2 ** len(keys)):
        yield {key: given[key] for number, key in enumerate(keys) if mask >> number & 1}
