"""The addresses of this part."""

from . import books, findings, grid, listing, rounds, villages

urlpatterns = [
    *books.urlpatterns,
    *findings.urlpatterns,
    *grid.urlpatterns,
    *listing.urlpatterns,
    *rounds.urlpatterns,
    *villages.urlpatterns,
]
