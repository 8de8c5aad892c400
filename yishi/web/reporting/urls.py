"""The addresses of this part."""

from . import answer_sheets, figure_numbers, figure_reports, figures, overview, register_figures

urlpatterns = [
    *answer_sheets.urlpatterns,
    *figure_numbers.urlpatterns,
    *figure_reports.urlpatterns,
    *figures.urlpatterns,
    *overview.urlpatterns,
    *register_figures.urlpatterns,
]
