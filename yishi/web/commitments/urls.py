"""The addresses of this part."""

from . import commitment_acts, commitments, judge, outcomes, rates, ways_back

urlpatterns = [
    *commitment_acts.urlpatterns,
    *commitments.urlpatterns,
    *judge.urlpatterns,
    *outcomes.urlpatterns,
    *rates.urlpatterns,
    *ways_back.urlpatterns,
]
