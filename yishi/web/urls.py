"""All pages. Each slice of the product keeps its own list."""

from .pages import (
    bodies,
    calendar,
    desk,
    first_run,
    gates,
    home,
    invitations,
    matter_file,
    matters,
    members,
    people,
    places,
    plans,
    process_editor,
    processes,
    venues,
)

urlpatterns = [
    *home.urlpatterns,
    *bodies.urlpatterns,
    *first_run.urlpatterns,
    *invitations.urlpatterns,
    *members.urlpatterns,
    *people.urlpatterns,
    *places.urlpatterns,
    *venues.urlpatterns,
    *calendar.urlpatterns,
    *desk.urlpatterns,
    *gates.urlpatterns,
    *matter_file.urlpatterns,
    *matters.urlpatterns,
    *plans.urlpatterns,
    *process_editor.urlpatterns,
    *processes.urlpatterns,
]
