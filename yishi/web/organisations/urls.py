"""The addresses of this part."""

from . import bodies, first_run, invitations, members, people, place_sets, places, venues

urlpatterns = [
    *bodies.urlpatterns,
    *first_run.urlpatterns,
    *invitations.urlpatterns,
    *members.urlpatterns,
    *people.urlpatterns,
    *place_sets.urlpatterns,
    *places.urlpatterns,
    *venues.urlpatterns,
]
