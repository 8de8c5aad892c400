"""The addresses of this part."""

from . import signals, watch_acts, watches

urlpatterns = [*signals.urlpatterns, *watches.urlpatterns, *watch_acts.urlpatterns]
