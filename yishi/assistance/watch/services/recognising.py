"""From a true signal to the county's recognition: at home, in the village, by the township, by the county."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes
from yishi.assistance.register.services.causes import MOST
from yishi.assistance.register.services.standings import EVER_POOR
from yishi.assistance.watch.models import Watch
from yishi.assistance.watch.triggers import read_pack
from yishi.attachments.models import Attachment
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import QueryCode
from yishi.organisations.query_codes import code_find
from yishi.organisations.rights import permit

from ._common import SAID, SEEN, WHY, after_the_last, locked, other_hands, register_follow, register_now, take

CHOOSE = _("Please choose one of the values that are offered.")
WAS_POOR, NEVER_POOR = "unstable", "marginal"
MOST_PRESENT = 2000


def watch_verify(
    *,
    actor: Viewer,
    watch: Watch,
    on: date,
    kind: str,
    risks: Sequence[str],
    words: str,
    consent: str = "",
    files: Sequence[Attachment] = (),
    query_code: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Verify a family at home with its consent (授权承诺书): the signed paper as a file, or its own query code, which
    is read and not kept. Says of which kind the family is and what its risks are. Result: watch, step."""
    by = permit("watch.verify", actor, watch)
    body = {
        "watch": watch.pk,
        "on": on,
        "kind": kind,
        "risks": list(risks),
        "words": words,
        "consent": consent,
        "files": [file.sha256 for file in files],
    }
    with act("assistance.watch.verify", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        _kind_fits(row, kind)
        named = list(dict.fromkeys(risks))
        if not 0 < len(named) <= MOST or not all(codes.has("poverty_cause", code) for code in named):
            raise Refusal("watch.risks", _("Choose one to five risks."), field="risks")
        _consented(row, consent, files, query_code)
        take(
            this,
            row,
            "verify",
            day,
            words=SEEN.kept(words),
            files=files,
            data={"kind": kind, "risks": named, "consent": consent},
            kind=kind,
            risks=named,
            consent=consent,
            verified_by_id=by.person_id,
        )
    return this.receipt


def _kind_fits(watch: Watch, kind: str) -> None:
    """A family that left poverty is not stable, one that was never listed is on the edge; either may be struck."""
    if not codes.has("watch_kind", kind):
        raise Refusal("watch.kind", CHOOSE, field="kind")
    was_poor = watch.household.kind in EVER_POOR or watch.household.state in ("exited", "returned", "poor")
    if (kind == WAS_POOR and not was_poor) or (kind == NEVER_POOR and was_poor):
        raise Refusal(
            "watch.kind.fits",
            _("A family that left poverty is “not stable”, one that was never listed is “on the edge”."),
            field="kind",
        )


def _consented(watch: Watch, consent: str, files: Sequence[Attachment], query_code: str) -> None:
    if consent == Watch.Consent.PAPER:
        if not files:
            raise Refusal("watch.paper", _("Add the signed consent as a scan or photo."), field="scan")
        return
    if consent != Watch.Consent.CODE:
        raise Refusal("watch.consent", _("Nothing of a family is verified without its consent."), field="consent")
    code = code_find(query_code)
    if code is None or code.kind != QueryCode.Kind.OWN or code.person_id != watch.household.head_id:
        raise Refusal("watch.code", _("This is not the query code of this family."), field="query_code")


def watch_post(
    *,
    actor: Viewer,
    watch: Watch,
    on: date,
    present: int,
    agreed: int,
    posted_on: date,
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Write down the villagers' review (民主评议) and post the notice in the village, which names nobody. Result:
    watch, step."""
    by = permit("watch.post", actor, watch)
    body = {
        "watch": watch.pk,
        "on": on,
        "present": present,
        "agreed": agreed,
        "posted_on": posted_on,
        "words": words,
    }
    with act("assistance.watch.post", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        if not 0 < present <= MOST_PRESENT or not 0 <= agreed <= present:
            raise Refusal("watch.present", _("Of those who were present, at most all can agree."), field="agreed")
        if 2 * agreed <= present:
            raise Refusal(
                "watch.majority", _("More than half of those present agree, or it is not posted."), field="agreed"
            )
        if not day <= posted_on <= timezone.localdate(this.now):
            raise Refusal(
                "watch.posted_on", _("The notice is posted on the day of the review or later, not in days to come."),
                field="posted_on",
            )  # fmt: skip
        take(
            this,
            row,
            "post",
            posted_on,
            words=SAID.kept(words),
            data={"reviewed_on": day.isoformat(), "present": present, "agreed": agreed},
            posted_on=posted_on,
            posted_until=read_pack(row.pack).notice_until(posted_on),
        )
    return this.receipt


def watch_check(*, actor: Viewer, watch: Watch, on: date, words: str = "", act_id: UUID | None = None) -> Receipt:
    """The township's first check (初审), after the notice; by other hands than who verified. Result: watch, step."""
    by = permit("watch.check", actor, watch)
    with act(
        "assistance.watch.check", actor=by, act_id=act_id, body={"watch": watch.pk, "on": on, "words": words}
    ) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        until = row.posted_until
        if row.stage == Watch.Stage.POSTED and until is not None and day <= until:
            raise WrongStage(
                "watch.posted", _("It is posted in the village until %(day)s; after that.") % {"day": day_said(until)}
            )
        hands = other_hands(actor, row)
        take(this, row, "check", day, words=SAID.kept(words), checked_by_id=by.person_id, same_hands=hands)
    return this.receipt


def watch_recognise(*, actor: Viewer, watch: Watch, on: date, words: str = "", act_id: UUID | None = None) -> Receipt:
    """The county recognises the family (审定); the register has it as monitored from that day on, and the first measure
    is due within a month. Result: watch, step."""
    by = permit("watch.recognise", actor, watch)
    body = {"watch": watch.pk, "on": on, "words": words}
    with act("assistance.watch.recognise", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        hands = other_hands(actor, row)
        take(
            this,
            row,
            "recognise",
            day,
            words=SAID.kept(words),
            register=register_now(row.household),
            recognised_by_id=by.person_id,
            recognised_on=day,
            measures_by=read_pack(row.pack).measures_by(day),
            same_hands=hands,
        )
        values = {"watch_kind": row.kind, "watch_from": day, "watch_cleared_on": None}
        register_follow(this, actor, row, values, [(code, None) for code in row.risks], day)
    return this.receipt


def watch_refuse(*, actor: Viewer, watch: Watch, on: date, reason: str, act_id: UUID | None = None) -> Receipt:
    """A family is not recognised, with the reason: by the township, by the county, or after an objection. Result:
    watch, step."""
    by = permit("watch.refuse", actor, watch)
    body = {"watch": watch.pk, "on": on, "reason": reason}
    with act("assistance.watch.refuse", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        take(this, row, "refuse", day, words=WHY.kept(reason), ended_on=day)
    return this.receipt
