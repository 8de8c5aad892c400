"""A household's story: what happened to its record, who looked at a number in full; its years side by side."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStanding,
    HouseholdStay,
    HouseholdYear,
    MemberYear,
)
from yishi.assistance.register.services.members import Look
from yishi.database.gather import gather
from yishi.journal.models import Entry, Moved
from yishi.kit.money import yuan_text
from yishi.kit.records import filled
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import title_of

LONGEST = 60  # entries of the journal in a story
YEARS = 4  # years side by side
CORRECTIONS = ("household.change", "member.change")
REASONS = {  # the code lists of the reasons of these acts
    "household.end": "household_end",
    "member.join": "member_join",
    "member.leave": "member_leave",
}
TOLD = {
    *CORRECTIONS,
    *REASONS,
    "household.register",
    "household.head",
    "household.split",
    "household.relocate",
    "household.step_back",
    "household.fill",
    "identity.open",
    "change.refuse",
    "change.withdraw",
}


def story_rows(household: Any) -> dict[str, QuerySet[Any]]:
    """What the functions below read of a household or its stand-in: who may see it may see them."""
    entries = Entry.objects.filter(subject_kind="household", subject_id=household.pk)
    asked = ChangeRequest.within.filter(household=household.pk, state=ChangeRequest.State.OPEN)
    return {
        "causes": HouseholdCause.objects.filter(household=household.pk),
        "stays": HouseholdStay.objects.filter(household=household.pk)
        .select_related("place", "hamlet")
        .order_by("-valid_from"),
        "standings": HouseholdStanding.objects.filter(household=household.pk).order_by("-valid_from"),
        "entries": entries.order_by("-received_at", "-id")[:LONGEST],
        "moved": Moved.every.filter(subject_kind="household", subject_id=household.pk).order_by("at", "pk"),
        "waiting": asked.order_by("asked_at"),
        "years": HouseholdYear.within.filter(household=household.pk).order_by("-year")[:YEARS],
        "member_years": MemberYear.within.filter(member__household=household.pk).order_by("year"),
    }


def household_events(entries: list[Entry], waiting: list[ChangeRequest]) -> list[Event]:
    """The events of the household, the newest first; the changes that wait stand on top."""
    entries = [entry for entry in entries if entry.reverses_id is None]
    moved = {UUID(entry.data["moved"]) for entry in entries if entry.data.get("moved")}
    told = {UUID(entry.data["member"]) for entry in entries if entry.data.get("member")}
    actors, desks = filled({entry.actor_id for entry in entries}), filled({entry.body_id for entry in entries})
    names = gather(
        members=HouseholdMember.within.filter(pk__in=told).values_list("pk", "person__name"),
        people=Person.within.filter(pk__in=actors).values_list("pk", "name"),
        why=Moved.every.filter(pk__in=moved).values_list("pk", "taken_back_reason"),
        bodies=Body.objects.filter(pk__in=desks).values_list("pk", "name"),
    )
    members, people, bodies = dict(names["members"]), dict(names["people"]), dict(names["bodies"])
    why = {str(key): reason for key, reason in names["why"]}
    events = [
        Event(
            title,
            when=entry.at if _day(entry.at) == _day(entry.received_at) else _day(entry.at),
            who=" · ".join(filter(None, [bodies.get(entry.body_id, ""), people.get(entry.actor_id, "")])),
            text=text or why.get(entry.data.get("moved", ""), ""),
        )
        for entry in entries
        for title, text in [_told(entry, members)]
        if title
    ]
    now = [
        Event(_("Waits for approval: %(what)s") % {"what": change.get_kind_display()}, when=change.asked_at, kind="now")
        for change in waiting
    ]
    return now + events


def _told(entry: Entry, members: dict[UUID, str]) -> tuple[str, str]:
    """Title and text of an entry; an empty title where the story leaves it out (another section tells it)."""
    verb = entry.code.removeprefix("assistance.")
    if verb not in TOLD:
        return "", ""
    return title_of(entry, members), _text(verb, entry.data)


def _text(verb: str, data: dict[str, Any]) -> str:
    """Which fields were changed, why a number was looked at, why somebody came or left."""
    if verb in CORRECTIONS:
        labels = {field.name: str(field.label) for field in (*fields.HOUSEHOLD, *fields.PERSON, *fields.MEMBER)}
        labels |= {
            "identity": _("identity number"),
            "bank_account": _("bank account"),
            "causes": _("causes"),
            "name": _("person's name"),
            "phone": _("phone"),
            "number": _("number of the household") if verb == "household.change" else _("number of the person"),
        }
        return "、".join(labels.get(name, name) for name in data.get("fields", []))
    reason = data.get("reason", "")
    if verb == "identity.open":
        return str(dict(Look.choices).get(reason, ""))
    return codes.label(REASONS[verb], reason) if verb in REASONS and reason else ""


def member_rows(household: Household, years: list[MemberYear]) -> tuple[list[dict[str, Any]], list[HouseholdMember]]:
    """The members of today, the head first, each with resident and newest year of `years`; and those who left."""
    members = HouseholdMember.within.filter(household=household).select_related("person__resident")
    people = list(members.order_by("valid_from", "pk"))
    newest: dict[UUID, MemberYear] = {}
    for member_year in years:
        newest[member_year.member_id] = member_year
    people.sort(key=lambda member: member.person_id != household.head_id)
    now = [
        {"member": member, "resident": getattr(member.person, "resident", None), "year": newest.get(member.pk)}
        for member in people
        if member.valid_to is None
    ]
    return now, [member for member in people if member.valid_to is not None]


def compared(newest: list[HouseholdYear]) -> tuple[list[int], list[dict[str, Any]]]:
    """The years, oldest first, and the rows of a table that compares them; a change from the year before is marked."""
    years = newest[::-1]
    computed = (
        fields.Field("net_income", _("net income"), "money"),
        fields.Field("net_per_head", _("net income per head"), "money"),
    )
    rows = []
    for field in (*fields.MONEY, *computed, fields.PAPER[0], *fields.LAND, *fields.LIVING, *fields.HELP):
        values = [getattr(year, field.name) for year in years]
        if any(value not in (None, "", []) for value in values):
            cells = [
                {"text": shown(field, value), "is_changed": place > 0 and value != values[place - 1]}
                for place, value in enumerate(values)
            ]
            unit = _("yuan") if field.kind == "money" else field.unit
            rows.append({"label": field.label, "unit": unit, "cells": cells})
    return [year.year for year in years], rows


def shown(field: fields.Field, value: Any) -> str:
    """A value of the register in words."""
    if value in (None, "", []):
        return "—"
    if field.kind == "money":
        return yuan_text(value)
    if field.kind == "code":
        return codes.label(field.list, value)
    if field.kind == "codes":
        return "、".join(codes.label(field.list, code) for code in value)
    if field.kind in {"flag", "known"}:
        return _("yes") if value else _("no")
    if field.kind == "day":
        return str(date_format(value if isinstance(value, date) else date.fromisoformat(value)))
    return f"{value.normalize():f}" if field.kind == "decimal" else str(value)


def _day(moment: datetime) -> date:
    return timezone.localtime(moment).date()
