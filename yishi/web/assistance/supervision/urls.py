"""The addresses of this part."""

from . import findings, grid, listing, rounds, villages

urlpatterns = [
    *findings.urlpatterns,
    *grid.urlpatterns,
    *listing.urlpatterns,
    *rounds.urlpatterns,
    *villages.urlpatterns,
]
