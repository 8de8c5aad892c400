"""A household's story: what happened to its record, who looked at a number in full; its years side by side."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
)
from yishi.assistance.register.services.members import Look
from yishi.database.gather import gather
from yishi.journal.models import Entry
from yishi.kit.money import yuan_text
from yishi.kit.records import filled
from yishi.organisations.models import Body
from yishi.people.models import Person
from yishi.web.kit.timeline import Event

LONGEST = 60
YEARS = 4


def story_rows(household: Household) -> dict[str, QuerySet[Any]]:
    """What the functions below read of a household: its own rows, whoever may see it may see them."""
    entries = Entry.objects.filter(subject_kind="household", subject_id=household.pk)
    asked = ChangeRequest.within.filter(household=household, state=ChangeRequest.State.OPEN)
    return {
        "causes": household.causes.all(),
        "stays": household.stays.select_related("place", "hamlet").order_by("-valid_from"),
        "entries": entries.order_by("-received_at", "-id")[:LONGEST],
        "waiting": asked.order_by("asked_at"),
        "years": HouseholdYear.within.filter(household=household).order_by("-year")[:YEARS],
        "member_years": MemberYear.within.filter(member__household=household).order_by("year"),
    }


def household_events(entries: list[Entry], waiting: list[ChangeRequest]) -> list[Event]:
    """The newest first; what waits stands on top."""
    told = {UUID(one.data["member"]) for one in entries if one.data.get("member")}
    actors, desks = filled({one.actor_id for one in entries}), filled({one.body_id for one in entries})
    names = gather(
        members=HouseholdMember.within.filter(pk__in=told).values_list("pk", "person__name"),
        people=Person.within.filter(pk__in=actors).values_list("pk", "name"),
        bodies=Body.objects.filter(pk__in=desks).values_list("pk", "name"),
    )
    members, people, bodies = dict(names["members"]), dict(names["people"]), dict(names["bodies"])
    events = [
        Event(
            title,
            when=one.at if one.at.date() == one.received_at.date() else one.at.date(),
            who=" · ".join(filter(None, [bodies.get(one.body_id, ""), people.get(one.actor_id, "")])),
            text=text,
        )
        for one in entries
        for title, text in [_words(one, members)]
        if title
    ]
    now = [
        Event(_("Waits for approval: %(what)s") % {"what": one.get_kind_display()}, when=one.asked_at, kind="now")
        for one in waiting
    ]
    return now + events


def _words(entry: Entry, members: dict[UUID, str]) -> tuple[str, str]:
    """(title, text) of an entry; no title for what a section of its own tells."""
    data = entry.data
    name = members.get(UUID(data["member"]), "") if data.get("member") else ""
    verb = entry.code.removeprefix("assistance.")
    if verb == "household.change" or verb == "member.change":
        labels = {one.name: str(one.label) for one in (*fields.HOUSEHOLD, *fields.PERSON, *fields.MEMBER)}
        labels |= {
            "identity": _("identity number"),
            "bank_account": _("bank account"),
            "causes": _("causes"),
            "name": _("person's name"),
            "phone": _("phone"),
            "number": _("number of the household") if verb == "household.change" else _("number of the person"),
        }
        title = _("Record corrected") if not name else _("Record of %(name)s corrected") % {"name": name}
        return title, "、".join(labels.get(one, one) for one in data.get("fields", []))
    if verb == "identity.open":
        reason = dict(Look.choices).get(data.get("reason", ""), "")
        return _("Number of %(name)s opened in full") % {"name": name}, str(reason)
    titles = {
        "household.register": _("Registered"),
        "household.head": _("%(name)s became head") % {"name": name},
        "household.split": _("Split: some members form a household of their own"),
        "household.relocate": _("Lives elsewhere"),
        "household.end": _("Left the register"),
        "household.fill": _("Year %(year)s filled in") % {"year": data.get("year", "")},
        "member.join": _("%(name)s joined") % {"name": name},
        "member.leave": _("%(name)s left") % {"name": name},
        "change.refuse": _("A change was refused"),
        "change.withdraw": _("A request was withdrawn"),
    }
    lists = {"household.end": "household_end", "member.join": "member_join", "member.leave": "member_leave"}
    reason = data.get("reason", "")
    text = codes.label(lists[verb], reason) if verb in lists and reason else ""
    return titles.get(verb, ""), text


def member_rows(household: Household, years: list[MemberYear]) -> tuple[list[dict[str, Any]], list[HouseholdMember]]:
    """(members now, with their newest of `years`; those who left)."""
    rows = HouseholdMember.within.filter(household=household).select_related("person__resident")
    people = list(rows.order_by("valid_from", "pk"))
    newest: dict[UUID, MemberYear] = {}
    for one in years:
        newest[one.member_id] = one
    people.sort(key=lambda one: one.person_id != household.head_id)
    now = [
        {"member": one, "resident": getattr(one.person, "resident", None), "year": newest.get(one.pk)}
        for one in people
        if one.valid_to is None
    ]
    return now, [one for one in people if one.valid_to is not None]


def compared(newest: list[HouseholdYear]) -> tuple[list[int], list[dict[str, Any]]]:
    """(years, rows): what is known of the last years, side by side; a change from the year before is marked."""
    found = newest[::-1]
    computed = (
        fields.Field("net_income", _("net income"), "money"),
        fields.Field("net_per_head", _("net income per head"), "money"),
    )
    rows = []
    for asked in (*fields.MONEY, *computed, fields.PAPER[0], *fields.LAND, *fields.LIVING, *fields.HELP):
        values = [getattr(year, asked.name) for year in found]
        if any(value not in (None, "", []) for value in values):
            cells = [
                {"text": shown(asked, value), "is_changed": place > 0 and value != values[place - 1]}
                for place, value in enumerate(values)
            ]
            unit = _("yuan") if asked.kind == "money" else asked.unit
            rows.append({"label": asked.label, "unit": unit, "cells": cells})
    return [year.year for year in found], rows


def shown(asked: fields.Field, value: Any) -> str:
    """A value of the register in words."""
    if value in (None, "", []):
        return "—"
    if asked.kind == "money":
        return yuan_text(value)
    if asked.kind == "code":
        return codes.label(asked.list, value)
    if asked.kind == "codes":
        return "、".join(codes.label(asked.list, one) for one in value)
    if asked.kind in {"flag", "known"}:
        return _("yes") if value else _("no")
    return f"{value.normalize():f}" if asked.kind == "decimal" else str(value)
