"""The addresses of this part."""

from . import agreements, briefs, dates, draws, duties, inviting, seats, sittings, studies, ways_back

urlpatterns = [
    *agreements.urlpatterns,
    *briefs.urlpatterns,
    *dates.urlpatterns,
    *draws.urlpatterns,
    *duties.urlpatterns,
    *inviting.urlpatterns,
    *seats.urlpatterns,
    *sittings.urlpatterns,
    *studies.urlpatterns,
    *ways_back.urlpatterns,
]
