"""How the pressing for a promise is said. How its clocks stand: `yishi/web/kit/standing.py`."""

from django.utils.translation import gettext_lazy

PRESSED = ("", gettext_lazy("reminded"), gettext_lazy("letter sent"), gettext_lazy("passed to the next tier"))
