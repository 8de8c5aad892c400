"""All pages. Each slice of the product keeps its own list."""

from .pages import home

urlpatterns = [
    *home.urlpatterns,
]
