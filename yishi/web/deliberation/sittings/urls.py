"""The addresses of this part."""

from . import agreements, draws, duties, seats, sittings, studies, ways_back

urlpatterns = [
    *agreements.urlpatterns,
    *draws.urlpatterns,
    *duties.urlpatterns,
    *seats.urlpatterns,
    *sittings.urlpatterns,
    *studies.urlpatterns,
    *ways_back.urlpatterns,
]
