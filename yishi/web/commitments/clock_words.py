"""How a promise's clock and its pressing are said."""

from django.utils.translation import gettext_lazy

from yishi.commitments.clocks import Colour

SHADES = {
    Colour.BLUE: gettext_lazy("on course"),
    Colour.YELLOW: gettext_lazy("due soon"),
    Colour.RED: gettext_lazy("overdue"),
    Colour.NONE: "",
}


PRESSED = ("", gettext_lazy("reminded"), gettext_lazy("letter sent"), gettext_lazy("passed to the next tier"))
