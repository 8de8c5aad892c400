"""The addresses of this part."""

from . import supervising, worry_acts

urlpatterns = [*supervising.urlpatterns, *worry_acts.urlpatterns]
