"""The addresses of this part."""

from . import findings, listing, rounds, villages

urlpatterns = [
    *findings.urlpatterns,
    *listing.urlpatterns,
    *rounds.urlpatterns,
    *villages.urlpatterns,
]
