"""The addresses of this part."""

from . import check_rules, checks

urlpatterns = [
    *check_rules.urlpatterns,
    *checks.urlpatterns,
]
