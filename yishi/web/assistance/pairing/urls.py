"""The addresses of this part."""

from . import deliveries, family, handovers, matches, needs, offers, pairing, pairing_acts, teams, village_plans, visits

urlpatterns = [
    *deliveries.urlpatterns,
    *family.urlpatterns,
    *handovers.urlpatterns,
    *matches.urlpatterns,
    *needs.urlpatterns,
    *offers.urlpatterns,
    *pairing.urlpatterns,
    *pairing_acts.urlpatterns,
    *teams.urlpatterns,
    *village_plans.urlpatterns,
    *visits.urlpatterns,
]
