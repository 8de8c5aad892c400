"""Issue a report, write and issue an answer sheet: what was said with numbers stays as it was said."""

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.services.campaigns import named
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.blocks import last_hash
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .answers import numbers_of, read
from .book import Still, still
from .columns import HEAD
from .figures import Heads, by_heads, by_item, by_place
from .fold import fold_all
from .indicators import INDICATOR
from .models import AnswerSheet, IssuedReport
from .place_figures import family_of, measure
from .question import Question

TEXT = Words("text", 20_000, _("Please write the text."))


def report_issue(
    *,
    actor: Viewer,
    place: Place,
    title: str,
    starts_on: date,
    ends_on: date,
    indicators: Iterable[str],
    campaign: Campaign | None = None,
    body: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Issue a report on a place and a period. Its numbers are stored as they are known now; what was corrected since
    the place's report before stands in it as adjustments. Result: report, number."""
    by = permit("report.issue", actor, place, at=body)
    wanted = list(indicators)
    sent = {
        "place": place.pk,
        "title": title,
        "from": starts_on,
        "to": ends_on,
        "figures": wanted,
        "campaign": campaign.pk if campaign else None,
        "body": body.pk if body else None,
    }
    with act("reporting.report.issue", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        _check_days(starts_on, ends_on)
        chosen = [code for code in INDICATOR if code in wanted]
        if not chosen or set(wanted) - set(chosen):
            raise Refusal("report.figures", _("Choose at least one figure for the report."), field="indicators")
        fold_all()
        now = still()
        question = Question(place, starts_on, ends_on, campaign, known_by=this.now)
        previous = (
            IssuedReport.objects.filter(place=place, campaign=campaign, ends_on__lt=ends_on)
            .order_by("-ends_on", "-issued_at")
            .first()
        )
        report = IssuedReport.objects.create(
            number=f"统计-{this.now.year}-{next_number(f'report/{this.now.year}'):05d}",
            title=named(title, 96, "title"),
            place=place,
            body=body or _desk(actor, place),
            campaign=campaign,
            starts_on=starts_on,
            ends_on=ends_on,
            indicators=chosen,
            values=_values(question, chosen, now),
            adjustments=adjusted(previous, now, this.now) if previous else [],
            previous=previous,
            sealed_hash=last_hash(),
            issued_by=actor.person,
            issued_at=this.now,
        )
        this.entry(subject=("report", report.pk), place=place.pk, data={"from": starts_on, "to": ends_on})
        this.result(report=report.pk, number=report.number)
    return this.receipt


def adjusted(report: IssuedReport, now: Still, known_by: Any = None) -> list[list[Any]]:
    """[indicator, as issued, as known at a moment] of what differs: corrections that came after it was issued."""
    asked = Question(report.place, report.starts_on, report.ends_on, report.campaign, known_by=known_by)
    known = measure(asked, now, [INDICATOR[code] for code in report.indicators if code in INDICATOR])
    issued = report.values["total"]
    return [[code, issued[code], number] for code, number in known.items() if number != issued.get(code)]


def _values(asked: Question, codes: list[str], now: Still) -> dict[str, Any]:
    """Totals, items and places below: plain numbers and ids."""
    below = family_of(asked.place.pk).below
    items = by_item(asked, now=now)
    heads = by_heads(asked, items, now)
    names = {
        version.item_id: version.pk
        for version in now.catalogue
        if version.item_id in items and version.valid_from <= asked.end
    }
    return {
        "total": measure(asked, now, [INDICATOR[code] for code in codes]),
        "items": [[str(names[item]), *_item_row(row, heads.get(item))] for item, row in items.items() if item in names],
        "places": [[str(place.pk), *row] for place, row in by_place(asked, below, now=now)],
    }


def _item_row(row: list[int], heads: Heads | None) -> list[int]:
    """[deeds, amount, households], and of an item that counts heads: those with names as its amount, then those of
    whom only a number is known."""
    return row if heads is None else [row[0], heads.named * HEAD, row[2], heads.nameless]


def answer_write(
    *,
    actor: Viewer,
    place: Place,
    title: str,
    text: str,
    starts_on: date,
    ends_on: date,
    campaign: Campaign | None = None,
    body: Body | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Begin an answer sheet; its placeholders must name figures that exist. Result: answer."""
    by = permit("answer.write", actor, place, at=body)
    sent = {
        "place": place.pk,
        "title": title,
        "text": text,
        "from": starts_on,
        "to": ends_on,
        "campaign": campaign.pk if campaign else None,
        "body": body.pk if body else None,
    }
    with act("reporting.answer.write", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        _check_days(starts_on, ends_on)
        sheet = AnswerSheet(
            title=named(title, 96, "title"),
            text=TEXT.kept(text),
            place=place,
            body=body or _desk(actor, place),
            campaign=campaign,
            starts_on=starts_on,
            ends_on=ends_on,
            changed_by=actor.person,
            changed_at=this.now,
        )
        read(sheet, still())
        sheet.save(force_insert=True)
        this.entry(subject=("answer", sheet.pk), place=place.pk)
        this.result(answer=sheet.pk)
    return this.receipt


def answer_change(
    *,
    actor: Viewer,
    sheet: AnswerSheet,
    title: str,
    text: str,
    starts_on: date,
    ends_on: date,
    act_id: UUID | None = None,
) -> Receipt:
    """Change an answer sheet that is not issued yet. Result: answer."""
    by = permit("answer.write", actor, sheet)
    sent = {"answer": sheet.pk, "title": title, "text": text, "from": starts_on, "to": ends_on}
    with act("reporting.answer.change", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        _check_days(starts_on, ends_on)
        row = _open(sheet)
        row.title, row.text = named(title, 96, "title"), TEXT.kept(text)
        row.starts_on, row.ends_on = starts_on, ends_on
        row.changed_by, row.changed_at = actor.person, this.now
        read(row, still())
        row.save()
        this.entry(subject=("answer", row.pk), place=row.place_id)
        this.result(answer=row.pk)
    return this.receipt


def answer_issue(*, actor: Viewer, sheet: AnswerSheet, act_id: UUID | None = None) -> Receipt:
    """Issue an answer sheet: its numbers stand from now on as they are known at this moment. Result: answer, number."""
    by = permit("answer.write", actor, sheet)
    with act("reporting.answer.issue", actor=by, act_id=act_id, body={"answer": sheet.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _open(sheet)
        fold_all()
        row.issued_at = this.now
        row.values = numbers_of(row, still())
        row.number = f"答卷-{this.now.year}-{next_number(f'answer/{this.now.year}'):04d}"
        row.sealed_hash = last_hash()
        row.save()
        this.entry(subject=("answer", row.pk), place=row.place_id)
        this.result(answer=row.pk, number=row.number)
    return this.receipt


def _open(sheet: AnswerSheet) -> AnswerSheet:
    row = AnswerSheet.objects.select_for_update(of=("self",)).select_related("place", "campaign").get(pk=sheet.pk)
    if row.issued_at is not None:
        raise WrongStage("answer.issued", _("This answer sheet is issued; it stays as it is. Write a new one."))
    return row


def _desk(actor: Viewer, place: Place) -> Body:
    """The viewer's overseeing desk of the place; the nearest above it."""
    grant = actor.oversees(place.lo)
    if grant is None:
        raise Refusal("report.desk", _("A report is issued by the office of the place or of one above it."))
    return Body.objects.get(pk=certain(grant.body_id))


def _check_days(starts_on: date, ends_on: date) -> None:
    if ends_on < starts_on:
        raise Refusal("days.order", _("The last day lies before the first one."), field="ends_on")
