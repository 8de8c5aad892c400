"""The addresses of this part."""

from . import fund_acts, funds, givers, project_acts, project_plan, projects

urlpatterns = [
    *fund_acts.urlpatterns,
    *funds.urlpatterns,
    *givers.urlpatterns,
    *project_acts.urlpatterns,
    *project_plan.urlpatterns,
    *projects.urlpatterns,
]
