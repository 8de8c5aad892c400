"""Load the demo: all of it in one transaction, or nothing; a second time does nothing."""

import time
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone, translation

from yishi.database.reach import everything
from yishi.deliberation.models import Matter, Worry
from yishi.deliberation.services.processes import processes_load
from yishi.journal.blocks import seal
from yishi.kit.errors import WrongStage
from yishi.organisations.fresh_start import demo_set_aside
from yishi.organisations.grants import system
from yishi.organisations.models import Body, Installation, Place
from yishi.organisations.place_file import SHIPPED
from yishi.organisations.services.installation import demo_begin
from yishi.organisations.services.places import place_load
from yishi.people.models import Account

from . import (
    answer,
    baseline,
    campaign,
    consulted,
    exits,
    families,
    honghe,
    published,
    sanmeng,
    steering,
    supervised,
    tales,
    watched,
    worries,
)
from .register import COUNTY, register
from .story_time import story_time
from .teller import Cast, Teller

SITE = "议事（演示）"
BEGAN = date(2020, 1, 6)  # the register stands before the first story


@dataclass(frozen=True, slots=True)
class Loaded:
    """What the demo holds; `is_new` is False where it stood already."""

    is_new: bool
    places: int
    bodies: int
    worries: int
    matters: int
    seconds: float


def demo_load(today: date | None = None) -> Loaded:
    """Load the demo as seen from `today`. Raises WrongStage where a real installation has begun."""
    began = time.perf_counter()
    installation = Installation.objects.filter(pk=1).first()
    if installation is not None and installation.is_demo:
        return _loaded(False, began)
    if (installation is not None and installation.started_at) or Account.objects.exists() or Body.objects.exists():
        raise WrongStage(
            "demo.real", "这里已经有正式数据，不载入演示。 · Real data stand here; the demo is not loaded."
        )
    if not Place.objects.exists():
        place_load(SHIPPED, actor=system())
    with everything(), translation.override("zh-hans"), transaction.atomic():
        cast = Cast()
        teller = Teller(cast, today or timezone.localdate())
        teller.go_to(BEGAN)
        with story_time(teller.moment):
            processes_load()
            register(cast)
            honghe.further(cast)
            county = cast.places[COUNTY]
            demo_begin(place=county, body=cast.bodies[f"office/{COUNTY}"], site_name=SITE)
        published.told(teller)
        tales.told(teller)
        consulted.told(teller)
        worries.told(teller)
        helped(teller)
    seal()
    return _loaded(True, began)


def helped(t: Teller) -> None:
    """The campaign: set up, families registered, 三猛乡's story, deeds."""
    help = campaign.begun(t)
    homes = families.registered(t, help.begins)
    baseline.based(t, help, homes)
    sanmeng.told(t, help, homes)
    campaign.helped(t, help, homes)
    campaign.went_out(t, help)
    campaign.taught(t, help, homes)
    campaign.counted_once(t, help, homes)
    steering.told(t, help)
    supervised.told(t, homes)
    exits.told(t, homes)
    supervised.again(t, homes)
    watched.told(t, homes)
    answer.written(t, help)


def demo_clear() -> str:
    """Set the demo aside and begin empty (see organisations/fresh_start.py). Answers where the demo is now."""
    return demo_set_aside()


def _loaded(is_new: bool, began: float) -> Loaded:
    with everything():
        return Loaded(
            is_new=is_new,
            places=Place.objects.count(),
            bodies=Body.objects.filter(is_demo=True).count(),
            worries=Worry.objects.count(),
            matters=Matter.objects.count(),
            seconds=time.perf_counter() - began,
        )
