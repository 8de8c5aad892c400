"""The addresses of this part."""

from . import campaign_items, campaigns, cooperations, drives, steering

urlpatterns = [
    *campaign_items.urlpatterns,
    *campaigns.urlpatterns,
    *cooperations.urlpatterns,
    *drives.urlpatterns,
    *steering.urlpatterns,
]
