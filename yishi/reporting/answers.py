"""Answer sheets: text in which [[…]] stands for a figure.

    惠及 [[households]] 户，其中重点县 [[households set=focus-2020]] 户；硬化道路 [[amount item=road]]。

Within the brackets: the figure's code, then narrowing words of the form name=value: place (statistical code), item,
direction (their codes), phase (its number), set (its code), sector, from, to (days). Nothing else is understood, and
nothing of it is ever run.
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import ItemVersion, Phase
from yishi.kit.errors import Refusal
from yishi.kit.text import whole_number
from yishi.organisations.models import Place, PlaceSet
from yishi.organisations.reads import place_coded
from yishi.organisations.sectors import sectors

from .blocks import VILLAGE
from .book import Still
from .figures import MEASURES, ask, asked_of, heads_of, value_of
from .indicators import DISTINCT, INDICATOR, SUM, THOUSANDTHS, Indicator
from .models import AnswerSheet
from .place_figures import applies
from .question import Question

_SLOT = re.compile(r"\[\[\s*([^\[\]]*?)\s*\]\]")
AMOUNT = "amount"  # of one item, in its unit; of one that is counted by heads those with names, each once
NAMELESS = "nameless"  # of one that is counted by heads: how many are a number alone, and may overlap
WORDS = ("place", "item", "direction", "phase", "set", "sector", "from", "to")


@dataclass(frozen=True, slots=True)
class Slot:
    """A placeholder, understood."""

    text: str  # as it stands between the brackets
    indicator: Indicator
    question: Question


def read(sheet: AnswerSheet, now: Still) -> list[str | Slot]:
    """The text as words and figures in turn. Refusal names the placeholder that is not understood."""
    parts = _SLOT.split(sheet.text)
    known: dict[str, Slot] = {}
    pieces: list[str | Slot] = []
    for number, part in enumerate(parts):
        if number % 2 == 0:
            pieces.append(part)
            continue
        if part not in known:
            known[part] = _slot(part, sheet, now)
        pieces.append(known[part])
    return pieces


def numbers_of(sheet: AnswerSheet, now: Still) -> dict[str, int]:
    """The number of each placeholder: live, or as it was when the sheet was issued."""
    slots = {part.text: part for part in read(sheet, now) if isinstance(part, Slot)}
    return {
        text: value_of(slot.indicator, ask(slot.question, slot.indicator.series, now)) for text, slot in slots.items()
    }


def _slot(text: str, sheet: AnswerSheet, now: Still) -> Slot:
    """The placeholder with this text. Refusal "answer.placeholder" where it is not understood."""
    code, *narrowing_words = text.split() or [""]
    if code not in INDICATOR and code not in (AMOUNT, NAMELESS):
        raise _unknown(text, _("there is no figure “%(word)s”"), code)
    question = Question(sheet.place, sheet.starts_on, sheet.ends_on, sheet.campaign, known_by=sheet.issued_at)
    version = None
    for word in narrowing_words:
        name, equals, value = word.partition("=")
        if name not in WORDS or not equals or not value:
            raise _unknown(text, _("“%(word)s” is not understood"), word)
        changes = _narrowing(name, value, sheet, now)
        if changes is None:
            raise _unknown(text, _("“%(word)s” is not known here"), word)
        if isinstance(changes, ItemVersion):
            version, changes = changes, {"item": changes.item}
        question = replace(question, **changes)
    if code == AMOUNT:
        if version is None:
            raise _unknown(text, _("an amount needs its item: %(word)s"), "[[amount item=…]]")
        indicator = _amount_of(version, heads_of(question.end, now).get(version.item_id))
    elif code == NAMELESS:
        kind = heads_of(question.end, now).get(version.item_id) if version else None
        if version is None or kind is None:
            raise _unknown(text, _("“%(word)s” asks for an item that is counted by heads"), code)
        indicator = replace(_amount_of(version, kind), code=NAMELESS, measure="nameless", additivity=SUM)
    else:
        indicator = INDICATOR[code]
    asked_of(question, now)  # at most two dimensions
    if not applies(indicator, question):
        raise _unknown(text, _("“%(word)s” is not kept by item, direction or sector"), str(indicator.words))
    return Slot(text, indicator, question)


def _amount_of(version: ItemVersion, kind: int | None) -> Indicator:
    """The quantity of an item as a figure; `kind` says whose heads it counts."""
    said = (AMOUNT, version.name, version.unit, version.hint)
    if kind is None:
        return Indicator(*said, "amount", additivity=SUM, per=THOUSANDTHS)
    return Indicator(*said, MEASURES[kind], additivity=DISTINCT, is_personal=kind != VILLAGE)


def _narrowing(name: str, value: str, sheet: AnswerSheet, now: Still) -> Any:
    """What a narrowing word means: changes of the question, or an item's newest version; None for nothing."""
    campaign = sheet.campaign
    if name in ("from", "to"):
        try:
            return {"start" if name == "from" else "end": date.fromisoformat(value)}
        except ValueError:
            return None
    if name == "sector":
        return {"sector": value} if value in sectors() else None
    if name == "place":
        place = Place.objects.filter(code=value, lo__range=(sheet.place.lo, sheet.place.hi)).first()
        place = place or place_coded(value)
        return {"place": place} if place and sheet.place.lo <= place.lo <= sheet.place.hi else None
    if name == "set":
        place_set = PlaceSet.objects.filter(code=value).first()
        return {"place_set": place_set} if place_set else None
    if name == "phase":
        number = whole_number(value, 32_767)  # as far as the column goes
        phases = Phase.objects.none() if number is None else Phase.objects.filter(campaign=campaign, ordinal=number)
        phase = phases.select_related("campaign").first()
        return {"phase": phase} if phase else None
    mine = [version for version in now.catalogue if campaign is None or version.item.campaign_id == campaign.pk]
    if name == "item":
        versions = [version for version in mine if version.item.code == value]
        return versions[-1] if versions else None
    directions = [version.item.direction for version in mine if version.item.direction.code == value]
    return {"direction": directions[0]} if directions else None


def _unknown(text: str, why: Any, word: str) -> Refusal:
    return Refusal(
        "answer.placeholder",
        _("In [[%(text)s]]: %(why)s. The list beside the text shows what can stand there.")
        % {"text": text[:60], "why": why % {"word": word[:40]}},
        field="text",
    )
