"""The addresses of this part."""

from . import signals, watch_acts, watch_figures, watches

urlpatterns = [*signals.urlpatterns, *watches.urlpatterns, *watch_figures.urlpatterns, *watch_acts.urlpatterns]
