"""The addresses of this part."""

from . import imports

urlpatterns = [
    *imports.urlpatterns,
]
