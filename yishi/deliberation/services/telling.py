"""Who hears what about a matter: those who raised its worries at every stage, the convener's desk when it must act."""

from django.db.models import Q

from yishi.deliberation.models import Matter, Worry
from yishi.notices.services import tell
from yishi.people.models import Person


def matter_authors(matter: Matter) -> list[Person]:
    """Everybody who raised a worry of the matter, those of merged worries too; each once."""
    worries = Worry.within.filter(Q(matter=matter) | Q(merged_into__matter=matter))
    return list(Person.within.filter(pk__in=worries.values("raiser")).order_by("pk"))


def tell_authors(matter: Matter, code: str, *, once: str, **params: str) -> None:
    """Tell every author; saying it again says nothing."""
    for person in matter_authors(matter):
        tell(
            person=person,
            code=code,
            params={"number": matter.number, "title": matter.title, **params},
            subject=("matter", matter.pk),
            once=f"matter/{matter.pk}/{once}/{person.pk}",
            channels=("app", "sms"),
        )


def tell_convener(matter: Matter, code: str, *, once: str, **params: str) -> None:
    """Tell the desk that runs the matter."""
    tell(
        body_id=matter.convener_id,
        code=code,
        params={"number": matter.number, "title": matter.title, **params},
        subject=("matter", matter.pk),
        once=f"matter/{matter.pk}/{once}/desk",
    )
