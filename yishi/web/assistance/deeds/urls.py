"""The addresses of this part."""

from . import (
    activities,
    deed_acts,
    deed_record,
    deeds,
    deeds_send,
    duplicates,
    family_code,
    helping,
    unitemised,
    volunteers,
)

urlpatterns = [
    *activities.urlpatterns,
    *deed_acts.urlpatterns,
    *deed_record.urlpatterns,
    *deeds_send.urlpatterns,
    *deeds.urlpatterns,
    *duplicates.urlpatterns,
    *family_code.urlpatterns,
    *helping.urlpatterns,
    *unitemised.urlpatterns,
    *volunteers.urlpatterns,
]
