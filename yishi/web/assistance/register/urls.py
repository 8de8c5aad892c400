"""The addresses of this part."""

from . import change_requests, household_acts, household_members, household_years, households

urlpatterns = [
    *change_requests.urlpatterns,
    *household_acts.urlpatterns,
    *household_members.urlpatterns,
    *household_years.urlpatterns,
    *households.urlpatterns,
]
