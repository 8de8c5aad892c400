"""The addresses of this part."""

from . import assessments, decisions, exit_rules, interviews, suspicions

urlpatterns = [
    *suspicions.urlpatterns,
    *exit_rules.urlpatterns,
    *interviews.urlpatterns,
    *assessments.urlpatterns,
    *decisions.urlpatterns,
]
