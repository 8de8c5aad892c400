"""What is built and how much of it, as it is planned; more of it than was approved waits for who approves."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.services.campaigns import named, thousandths
from yishi.assistance.projects.models import Project, ProjectQuantity, QuantityPart
from yishi.journal.act import plain
from yishi.kit.errors import Refusal
from yishi.organisations.models import Place

MOST_PARTS = 60


@dataclass(frozen=True, slots=True)
class Part:
    """How much at which spot: a place of the register, or a hamlet by its name."""

    where: Place | str
    planned: Decimal


@dataclass(frozen=True, slots=True)
class Quantity:
    """What is measured, in which unit, with its parts; their sum is the whole."""

    what: str
    unit: str
    parts: Sequence[Part]


def write_quantities(project: Project, quantities: Sequence[Quantity]) -> None:
    """Make the project's quantities and parts those given; what has progress keeps its row."""
    kept_parts: set[UUID] = set()
    kept: set[UUID] = set()
    if sum(len(quantity.parts) for quantity in quantities) > MOST_PARTS:
        raise Refusal("quantity.parts", _("At most 60 parts in all."), field="quantities")
    for ordinal, described in enumerate(quantities, 1):
        what, unit = named(described.what, 40, "quantities"), named(described.unit, 16, "quantities")
        quantity, _new = ProjectQuantity.objects.update_or_create(
            project=project, what=what, defaults={"unit": unit, "ordinal": ordinal}
        )
        if quantity.pk in kept or not described.parts:
            raise Refusal("quantity.twice", _("Each quantity stands once, with at least one part."), field="quantities")
        kept.add(quantity.pk)
        for position, part in enumerate(described.parts, 1):
            name = part.where.name if isinstance(part.where, Place) else named(part.where, 64, "quantities")
            row, _new = QuantityPart.objects.update_or_create(
                quantity=quantity,
                name=name,
                defaults={
                    "place": part.where if isinstance(part.where, Place) else None,
                    "planned": thousandths(part.planned, "quantities", unit=unit),
                    "ordinal": position,
                },
            )
            if row.pk in kept_parts:
                raise Refusal(
                    "part.twice", _("“%(name)s” stands twice. Add its amounts up.") % {"name": name}, field="quantities"
                )
            kept_parts.add(row.pk)
    left_out = QuantityPart.objects.filter(quantity__project=project).exclude(pk__in=kept_parts)
    begun = left_out.filter(progress__isnull=False).first()
    if begun:
        raise Refusal(
            "part.begun",
            _("“%(name)s” has progress already and cannot be left out.") % {"name": begun.name},
            field="quantities",
        )
    left_out.delete()
    project.quantities.exclude(pk__in=kept).delete()


def as_sent(quantity: Quantity) -> list[Any]:
    """A quantity as the body of an act holds it."""
    parts = [[part.where.pk if isinstance(part.where, Place) else part.where, part.planned] for part in quantity.parts]
    return [quantity.what, quantity.unit, parts]


def is_raised(project: Project, quantities: Iterable[Quantity]) -> bool:
    """Is more of anything planned than the plan has that stands? Only moved from part to part, it is not more."""
    now: dict[tuple[str, str], int] = defaultdict(int)
    parts = QuantityPart.objects.filter(quantity__project=project)
    for what, unit, planned in parts.values_list("quantity__what", "quantity__unit", "planned"):
        now[what, unit] += planned
    return any(
        sum(thousandths(part.planned, "quantities", unit=each.unit) for part in each.parts)
        > now[named(each.what, 40, "quantities"), named(each.unit, 16, "quantities")]
        for each in quantities
    )


def asks(project: Project, quantities: Sequence[Quantity] | None, why: str, on: date | None) -> None:
    """Keep what is asked for beyond the approved plan, with its reason and day; None: nothing is."""
    project.asked_works = None if quantities is None else plain([_kept(each) for each in quantities])
    project.asked_works_why, project.asked_works_on = why, on
    project.save(update_fields=["asked_works", "asked_works_why", "asked_works_on"])


def asked_quantities(project: Project) -> list[Quantity]:
    """What is asked for, as `write_quantities` takes it."""
    return [
        Quantity(what, unit, [Part(_where(place, name), Decimal(planned)) for place, name, planned in parts])
        for what, unit, parts in project.asked_works or ()
    ]


def _where(place: str | None, name: str) -> Place | str:
    return Place.objects.get(pk=UUID(place)) if place else name


def _kept(quantity: Quantity) -> list[Any]:
    parts = [
        [part.where.pk, part.where.name, part.planned]
        if isinstance(part.where, Place)
        else [None, part.where, part.planned]
        for part in quantity.parts
    ]
    return [quantity.what, quantity.unit, parts]
