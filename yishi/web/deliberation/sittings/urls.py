"""The addresses of this part."""

from . import agreements, draws, duties, my_room, room, seats, sittings, studies, ways_back

urlpatterns = [
    *agreements.urlpatterns,
    *draws.urlpatterns,
    *duties.urlpatterns,
    *my_room.urlpatterns,
    *room.urlpatterns,
    *seats.urlpatterns,
    *sittings.urlpatterns,
    *studies.urlpatterns,
    *ways_back.urlpatterns,
]
