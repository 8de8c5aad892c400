"""An installation that is in use, and what it holds: for commands that carry one somewhere else."""

# Typed into `yishi shell`: a worry up to a promise that is handed over, and a deed of each item of a campaign.
LIVE = (
    "from django.conf import settings; "
    "settings.PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher']; "
    "from tests.cast import make_cast; from tests.story import Story; "
    "from yishi.database.reach import reaching; from yishi.database.reach import EVERYTHING; "
    "from yishi.deliberation.services.processes import processes_load; processes_load(); "
    "from django.utils import translation; translation.activate('zh-hans'); "
    "scope = reaching(EVERYTHING); scope.__enter__(); "
    "cast = make_cast(); story = Story(cast).raise_worry().take_up().study_it(); "
    "story.fill_seats().sit().stand().agree().hand_over(); "
    "from tests.assistance.helping import Helping; helping = Helping(cast); "
    "[helping.record('member', item) for item in helping.items]"
)

# Prints each table with its rows and their hash: equal lines are equal journals, figures and files.
DUMP = (
    "from yishi.cli.move import tables; from yishi.database.reach import everything; from hashlib import sha256; "
    "from django.core.serializers import serialize; scope = everything(); scope.__enter__(); import json; "
    "plain = lambda text: json.dumps(json.loads(text), sort_keys=True); "  # the order of keys in JSON means nothing
    "rows = lambda model: plain(serialize('json', model._base_manager.order_by('pk'))); "
    "[print(model._meta.label, model._base_manager.count(), sha256(rows(model).encode()).hexdigest()[:16]) "
    "for model in tables() if model._meta.app_label not in ('sessions', 'axes')]"
)
