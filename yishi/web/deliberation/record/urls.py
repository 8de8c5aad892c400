"""The addresses of this part."""

from . import library, photo_masks, public_files, release_photos, releases

urlpatterns = [
    *library.urlpatterns,
    *photo_masks.urlpatterns,
    *public_files.urlpatterns,
    *release_photos.urlpatterns,
    *releases.urlpatterns,
]
