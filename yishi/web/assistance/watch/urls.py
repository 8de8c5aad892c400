"""The addresses of this part."""

from . import self_report, self_reports, signals, watch_acts, watch_figures, watches

urlpatterns = [
    *signals.urlpatterns,
    *self_report.urlpatterns,
    *self_reports.urlpatterns,
    *watches.urlpatterns,
    *watch_figures.urlpatterns,
    *watch_acts.urlpatterns,
]
