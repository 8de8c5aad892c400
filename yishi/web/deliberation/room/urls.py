"""The addresses of this part."""

from . import ballots, phone, roll, screens, secretary, speaking, statements, ways_back

urlpatterns = [
    *ballots.urlpatterns,
    *phone.urlpatterns,
    *roll.urlpatterns,
    *screens.urlpatterns,
    *secretary.urlpatterns,
    *speaking.urlpatterns,
    *statements.urlpatterns,
    *ways_back.urlpatterns,
]
