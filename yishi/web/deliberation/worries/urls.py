"""The addresses of this part."""

from . import follow, raise_worry, worries

urlpatterns = [
    *follow.urlpatterns,
    *raise_worry.urlpatterns,
    *worries.urlpatterns,
]
