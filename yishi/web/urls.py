"""All pages: each part of the product keeps its own list."""

from .assistance.campaign import urls as assistance_campaign
from .assistance.checks import urls as assistance_checks
from .assistance.deeds import urls as assistance_deeds
from .assistance.exits import urls as assistance_exits
from .assistance.imports import urls as assistance_imports
from .assistance.pairing import urls as assistance_pairing
from .assistance.projects import urls as assistance_projects
from .assistance.register import urls as assistance_register
from .assistance.supervision import urls as assistance_supervision
from .assistance.watch import urls as assistance_watch
from .commitments import urls as commitments
from .crossings import urls as crossings
from .deliberation.consultation import urls as deliberation_consultation
from .deliberation.process import urls as deliberation_process
from .deliberation.record import urls as deliberation_record
from .deliberation.room import urls as deliberation_room
from .deliberation.sittings import urls as deliberation_sittings
from .deliberation.worries import urls as deliberation_worries
from .organisations import urls as organisations
from .proposals import urls as proposals
from .reporting import urls as reporting
from .shell import urls as shell

PARTS = (
    deliberation_worries,
    deliberation_process,
    deliberation_sittings,
    deliberation_room,
    deliberation_consultation,
    deliberation_record,
    assistance_register,
    assistance_checks,
    assistance_deeds,
    assistance_campaign,
    assistance_pairing,
    assistance_projects,
    assistance_exits,
    assistance_supervision,
    assistance_watch,
    assistance_imports,
    organisations,
    commitments,
    crossings,
    proposals,
    reporting,
    shell,
)

urlpatterns = [pattern for part in PARTS for pattern in part.urlpatterns]
