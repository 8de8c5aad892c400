"""The addresses of this part."""

from . import proposal_acts, proposals

urlpatterns = [
    *proposal_acts.urlpatterns,
    *proposals.urlpatterns,
]
