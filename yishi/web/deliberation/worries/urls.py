"""The addresses of this part."""

from . import follow, raise_worry, referring, worries

urlpatterns = [
    *follow.urlpatterns,
    *raise_worry.urlpatterns,
    *referring.urlpatterns,
    *worries.urlpatterns,
]
