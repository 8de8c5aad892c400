"""The addresses of this part."""

from . import commitment_acts, commitments, judge, rates

urlpatterns = [
    *commitment_acts.urlpatterns,
    *commitments.urlpatterns,
    *judge.urlpatterns,
    *rates.urlpatterns,
]
