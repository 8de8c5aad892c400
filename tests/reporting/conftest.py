"""A campaign with families, and figures that begin anew."""

from tests.assistance.helping import Helping
from tests.kept import kept_over_all_files


@kept_over_all_files
def helping(cast):
    return Helping(cast)
