"""The addresses of this part."""

from . import gate_paper_acts, gates, matter_file, matters, plans, process_editor, processes

urlpatterns = [
    *gate_paper_acts.urlpatterns,
    *gates.urlpatterns,
    *matter_file.urlpatterns,
    *matters.urlpatterns,
    *plans.urlpatterns,
    *process_editor.urlpatterns,
    *processes.urlpatterns,
]
