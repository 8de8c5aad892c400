"""The addresses of this part."""

from . import library, public_files, releases

urlpatterns = [
    *library.urlpatterns,
    *public_files.urlpatterns,
    *releases.urlpatterns,
]
