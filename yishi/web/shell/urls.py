"""The addresses of this part."""

from . import calendar, desk, files, home, member, notices, papers, search, signin, well_known

urlpatterns = [
    *calendar.urlpatterns,
    *desk.urlpatterns,
    *files.urlpatterns,
    *home.urlpatterns,
    *member.urlpatterns,
    *notices.urlpatterns,
    *papers.urlpatterns,
    *search.urlpatterns,
    *signin.urlpatterns,
    *well_known.urlpatterns,
]
