from django.apps import AppConfig


class AssistanceConfig(AppConfig):
    name = "yishi.assistance"
    label = "assistance"

    def ready(self) -> None:
        from yishi.organisations.grants import STATIONS  # noqa: PLC0415

        from . import (  # noqa: F401, PLC0415
            rules,
            rules_checks,
            rules_deeds,
            rules_imports,
            rules_needs,
            rules_pairing,
            rules_projects,
            rules_register,
            rules_steering,
        )
        from .models.pairing import stations  # noqa: PLC0415

        if stations not in STATIONS:
            STATIONS.append(stations)
        from .services.import_deed_kind import Deeds  # noqa: PLC0415
        from .services.import_household_kind import Households  # noqa: PLC0415
        from .services.import_pairing_kind import Pairings  # noqa: PLC0415
        from .services.import_project_kind import Projects  # noqa: PLC0415
        from .workbooks.kinds import kind_add  # noqa: PLC0415

        kind_add("households", Households())
        kind_add("deeds", Deeds())
        kind_add("pairings", Pairings())
        kind_add("projects", Projects())
