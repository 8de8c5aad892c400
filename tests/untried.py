"""Acts that nobody does by a post, and why; what does one all the same is tried by the right that it names here."""

# By nobody: the platform itself, from a clock, a job, the command line or the first set-up.
BY_THE_SYSTEM = {
    "assistance.check.run": "a job, after somebody asked for it",
    "assistance.exit.due_recount": "a job, once a year's holidays are announced",
    "assistance.register.count": "a job, after acts that change households",
    "assistance.register.key_add": "a command on the machine",
    "assistance.register.key_retire": "a command on the machine",
    "assistance.register.reseal": "a command on the machine",
    "assistance.due.recount": "a job, once a year's holidays are announced",
    "commitments.due.recount": "a job, once a year's holidays are announced",
    "commitments.recheck.ask": "a clock",
    "commitments.strike_off.ask": "a clock",
    "deliberation.consultation.result": "a job, after the consultation closed",
    "deliberation.due.recount": "a job, once a year's holidays are announced",
    "deliberation.matter.reopen": "follows from a promise that is reopened",
    "deliberation.process.load": "models that the product ships",
    "deliberation.worry.settle": "follows from a promise",
    "deliberation.worry.take_up_again": "follows from a promise",
    "organisations.installation.demo": "the demo's first set-up",
    "organisations.installation.start": "the first set-up, before anybody has a post",
    "people.account.demo": "the demo's accounts",
    "people.account.make": "the first set-up; every other account is made by who was invited",
}

# By a right of somebody that is no post: the kinds, and why.
BY_ANOTHER_RIGHT = {
    "assistance.deed.answer": ({"deed_code"}, "the family's own word"),
    "assistance.deed.disown": ({"member"}, "it was not I: of whoever is named in the deed as a member"),
    "assistance.self_report.by_code": ({"query_code"}, "a family's own report, by its code"),
    "assistance.self_report.file": ({"public"}, "from a poster, by somebody without an account"),
    "commitments.verdict.change": ({"judge"}, "a second word is the judge's own"),
    "deliberation.ballot.vote": ({"seat"}, "a secret vote is one's own; no desk votes for another"),
    "deliberation.consultation.appeal": ({"voice"}, "a voice is not a person"),
    "deliberation.consultation.state": ({"voice"}, "a voice is not a person"),
    "deliberation.consultation.vote": ({"voice"}, "a voice is not a person"),
    "deliberation.minutes.answer": ({"seat"}, "whether minutes are right is said by whoever was there"),
    "people.invitation.accept": ({"invitation"}, "who is invited has no account yet"),
    "people.person.change_phone": ({"query_code"}, "who holds a query code changes their own number"),
    "proposals.proposal.cosign": ({"member"}, "a signature is a member's own"),
}

# Acts of others: their entries are those of the acts within them, which are tried by themselves.
OF_PARTS = {
    "assistance.deed.claim_instead": "one deed is claimed in, the other withdrawn",
    "organisations.member.appoint": "a person is registered, and admitted",
    "organisations.person.appoint": "a person is registered, and given a post",
}

# Services that are refused to no auditor, because nobody is asked for a post.
FOR_EVERYBODY = {
    "deed_answer": "by a family's code",
    "self_report_file": "everybody may report a family's own trouble",
    "worry_file": "everybody may raise a worry",
}

DUE = "by this day something is owed or wanted"
PLANNED = "a plan, a period or a sitting that is to come is set down before it begins"
FROM = "from this day on it holds, and that may be announced"
UNTIL = "its last day, which may be announced"

# Days of acts that may be to come; every other one is refused where it is (`notices/days.py`, `happened`).
DAYS_AHEAD = {
    **dict.fromkeys(
        (
            "clause_add.due_on", "commitment_agree.due_on", "dates_ask.answer_by",
            "instruction_give.due_on", "match_propose.due_on",
            "measure_agree.due_on", "need_state.wanted_by", "need_take.due_on", "project_promise.due_on",
            "proposal_assign.due_on", "suspicion_rule.due_on", "target_set.due_on", "time_ask.due_on",
            "village_plan_promise.due_on",
        ),
        DUE,
    ),
    **dict.fromkeys(
        (
            "answer_change.ends_on", "answer_change.starts_on", "answer_write.ends_on", "answer_write.starts_on",
            "campaign_change.ends_on", "campaign_change.starts_on", "campaign_open.ends_on",
            "campaign_open.starts_on", "drive_add.ends_on", "drive_add.starts_on", "drive_change.ends_on",
            "drive_change.starts_on", "meeting_change.on", "meeting_open.on", "phase_add.ends_on",
            "phase_add.starts_on", "phase_change.ends_on", "phase_change.starts_on", "project_change.ends_on",
            "project_change.starts_on", "project_open.ends_on", "project_open.starts_on", "report_issue.ends_on",
            "report_issue.starts_on", "round_change.ends_on", "round_open.ends_on",
            "round_open.starts_on", "unitemised_report.starts_on", "village_plan_open.ends_on",
            "village_plan_open.starts_on",
        ),
        PLANNED,
    ),
    **dict.fromkeys(
        (
            "body_register.since", "check_set.valid_from", "exit_rule_set.valid_from", "item_change.since",
            "lead_set.since", "member_admit.since", "member_appoint.since", "pairing_hand_over.on",
            "pairings_hand_over.on", "person_appoint.since", "place_set_put.since", "post_give.since",
            "round_join.valid_from", "team_join.valid_from", "team_open.valid_from", "term_open.since",
            "venue_open.since", "volunteers_join.valid_from",
        ),
        FROM,
    ),
    **dict.fromkeys(
        (
            "body_close.until", "cooperation_sign.ends_on", "finding_waive.until", "member_leave.until",
            "offer_make.valid_until", "pairing_end.on", "place_set_put.until", "place_set_remove.until",
            "post_end.until", "round_leave.on", "team_end.on", "team_leave.on", "volunteer_leave.on",
            "volunteer_team_disband.on",
        ),
        UNTIL,
    ),
}  # fmt: skip
