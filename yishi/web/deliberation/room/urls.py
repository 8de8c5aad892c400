"""The addresses of this part."""

from . import phone, roll, screens, secretary, speaking, statements, ways_back

urlpatterns = [
    *phone.urlpatterns,
    *roll.urlpatterns,
    *screens.urlpatterns,
    *secretary.urlpatterns,
    *speaking.urlpatterns,
    *statements.urlpatterns,
    *ways_back.urlpatterns,
]
