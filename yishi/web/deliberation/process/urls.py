"""The addresses of this part."""

from . import calendar, gates, matter_file, matters, plans, process_editor, processes

urlpatterns = [
    *calendar.urlpatterns,
    *gates.urlpatterns,
    *matter_file.urlpatterns,
    *matters.urlpatterns,
    *plans.urlpatterns,
    *process_editor.urlpatterns,
    *processes.urlpatterns,
]
