"""The addresses of this part."""

from . import campaign_items, campaigns, cooperations, drives, stated, steering

urlpatterns = [
    *campaign_items.urlpatterns,
    *campaigns.urlpatterns,
    *cooperations.urlpatterns,
    *drives.urlpatterns,
    *stated.urlpatterns,
    *steering.urlpatterns,
]
