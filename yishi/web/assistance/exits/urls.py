"""The addresses of this part."""

from . import assessments, decisions, interviews, suspicions

urlpatterns = [
    *suspicions.urlpatterns,
    *interviews.urlpatterns,
    *assessments.urlpatterns,
    *decisions.urlpatterns,
]
