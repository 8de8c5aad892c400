"""Who hears what about a matter: those who raised its worries at every stage, the convener's desk when it must act."""

from yishi.deliberation.models import Matter
from yishi.notices.services import tell

from .worries import authors_of


def tell_authors(matter: Matter, code: str, *, once: str, by_sms: bool = True, **params: str) -> None:
    """Tell every author, by SMS too where a number was left; saying it again says nothing."""
    for person in authors_of(matter=matter):
        tell(
            person=person,
            code=code,
            params={"number": matter.number, "title": matter.title, **params},
            subject=("matter", matter.pk),
            once=f"matter/{matter.pk}/{once}/{person.pk}",
            channels=("app", "sms") if by_sms else ("app",),
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
