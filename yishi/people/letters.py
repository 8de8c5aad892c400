"""A name from its second, third… letter on: who is looked for by a given name alone is found in an index too."""

from typing import Any

from django.db.models import CharField, Func, Q
from django.db.models.expressions import Value
from django.db.models.lookups import GreaterThanOrEqual, LessThan

LETTERS = (2, 3, 4)  # where an index begins; longer names are found by their first four letters and what follows
_LAST = "\U0010ffff"


class FromLetter(Func):
    """The rest of a text, written so that both databases know their index by it; in PostgreSQL in plain order."""

    function = "SUBSTR"
    template = "SUBSTR(%(expressions)s, %(letter)d)"
    output_field = CharField()
    arity = 1

    def __init__(self, field: Any, letter: int):
        super().__init__(field, letter=letter)

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return self.as_sql(compiler, connection, template=f'{self.template} COLLATE "C"', **extra)


def inside(field: str, typed: str) -> Q:
    """The condition that `typed` stands in a name from its second, third or fourth letter on."""
    condition = Q(pk__in=[])
    for letter in LETTERS:
        rest = FromLetter(field, letter)
        condition |= Q(GreaterThanOrEqual(rest, Value(typed))) & Q(LessThan(rest, Value(typed + _LAST)))
    return condition
