"""The addresses of this part."""

from . import (
    ballots,
    chairing,
    conditions,
    confirming,
    phone,
    recording,
    roll,
    screens,
    secretary,
    sheets,
    speaking,
    statements,
    ways_back,
    wordings,
)

urlpatterns = [
    *ballots.urlpatterns,
    *chairing.urlpatterns,
    *conditions.urlpatterns,
    *confirming.urlpatterns,
    *phone.urlpatterns,
    *recording.urlpatterns,
    *roll.urlpatterns,
    *screens.urlpatterns,
    *secretary.urlpatterns,
    *sheets.urlpatterns,
    *speaking.urlpatterns,
    *statements.urlpatterns,
    *ways_back.urlpatterns,
    *wordings.urlpatterns,
]
