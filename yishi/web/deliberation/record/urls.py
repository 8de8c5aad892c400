"""The addresses of this part."""

from . import library, public_files, release_photos, releases

urlpatterns = [
    *library.urlpatterns,
    *public_files.urlpatterns,
    *release_photos.urlpatterns,
    *releases.urlpatterns,
]
