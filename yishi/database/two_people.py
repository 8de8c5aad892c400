"""Two people where two are needed: as a constraint of the database, for persons who stand in one row."""

from django.db.models import F, Q


def apart(first: str, second: str) -> Q:
    """The condition that two persons of a row are not the same one, or that the row says they are (`same_hands`: a
    small office, where one person may hold several posts)."""
    return Q(**{first: None}) | Q(**{second: None}) | ~Q(**{first: F(second)}) | Q(same_hands=True)
