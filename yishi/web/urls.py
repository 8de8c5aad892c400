"""All pages. Each slice of the product keeps its own list."""

from .pages import bodies, first_run, home, invitations, members, people, places, venues

urlpatterns = [
    *home.urlpatterns,
    *bodies.urlpatterns,
    *first_run.urlpatterns,
    *invitations.urlpatterns,
    *members.urlpatterns,
    *people.urlpatterns,
    *places.urlpatterns,
    *venues.urlpatterns,
]
