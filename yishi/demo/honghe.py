"""Who helps in the demo's campaign: bodies and people of 绿春县 and 巧家县. Only the places are real."""

from uuid import UUID

from yishi.journal.act import SYSTEM
from yishi.organisations.grants import system
from yishi.organisations.models import BodyKind, Place, PostRole, Term
from yishi.organisations.services.bodies import post_give
from yishi.organisations.services.members import member_admit, term_open
from yishi.people.services import account_demo

from . import register
from .teller import Cast

K = BodyKind
PREFECTURE, LVCHUN, SANMENG, LAGU = "5325", "532531", "532531207", "532531207205"
QIAOJIA, LISHU = "530622", "530622111203"
PLACES = (PREFECTURE, LVCHUN, SANMENG, LAGU, QIAOJIA, LISHU, "5306")
BODIES = (  # key, kind, name, code of the place
    ("leaders", K.CHAIRS, "云南省政协主席会议", "53"),
    ("office/5325", K.OFFICE, "红河州政协办公室", PREFECTURE),
    ("office/5306", K.OFFICE, "昭通市政协办公室", "5306"),
    ("committee/532531", K.COMMITTEE, "绿春县政协", LVCHUN),
    ("office/532531", K.OFFICE, "绿春县政协办公室", LVCHUN),
    ("office/530622", K.OFFICE, "巧家县政协办公室", QIAOJIA),
    ("government/532531", K.GOVERNMENT, "绿春县人民政府", LVCHUN),
    ("roads/532531", K.DEPARTMENT, "绿春县交通运输局", LVCHUN),
    ("farming/532531", K.DEPARTMENT, "绿春县农业农村局", LVCHUN),
    ("sanmeng", K.GOVERNMENT, "三猛乡人民政府", SANMENG),
    ("lagu", K.VILLAGE, "腊姑村村民委员会", LAGU),
    ("lishu", K.VILLAGE, "梨树村村民委员会", LISHU),
    ("college", K.INSTITUTION, "示范职业学院", PREFECTURE),
    ("builder", K.COMPANY, "示例路桥公司", LVCHUN),
    ("rice", K.COMPANY, "示例粮油公司", LVCHUN),
)
POSTS = {  # key: name, body, role, title, whether one enters as them
    "leader": ("演示·省政协领导甲", "leaders", PostRole.HEAD, "挂联领导", False),
    "honghe_clerk": ("演示·州办甲", "office/5325", PostRole.CLERK, "州政协办公室干部", False),
    "lvchun_clerk": ("演示·白某", "office/532531", PostRole.CLERK, "绿春县政协办干事", True),
    "lvchun_second": ("演示·龙某", "office/532531", PostRole.HEAD, "绿春县政协办主任", True),
    "lvchun_roads": ("演示·车某", "roads/532531", PostRole.CLERK, "县交通运输局干部", False),
    "lvchun_farming": ("演示·禾某", "farming/532531", PostRole.CLERK, "县农业农村局干部", False),
    "lvchun_government": ("演示·府某", "government/532531", PostRole.CLERK, "县政府办干部", False),
    "sanmeng_clerk": ("演示·孟某", "sanmeng", PostRole.CLERK, "三猛乡干部", True),
    "lagu_head": ("演示·腊某", "lagu", PostRole.HEAD, "腊姑村村委会主任", True),
    "qiaojia_clerk": ("演示·巧某", "office/530622", PostRole.CLERK, "巧家县政协办干事", False),
    "lishu_head": ("演示·梨某", "lishu", PostRole.HEAD, "梨树村村委会主任", False),
    "college_clerk": ("演示·学院某", "college", PostRole.CLERK, "学院办公室", False),
}
MEMBERS = {  # key: name, sector, title, whether one enters as them
    "helper": ("演示·哈委员", "commerce", "委员", True),
    "doctor": ("演示·医委员", "health", "委员", False),
    "grower": ("演示·农委员", "agriculture", "委员", False),
    "teacher": ("演示·教委员", "education", "委员", False),
}


def further(cast: Cast) -> None:
    """Bodies, posts and members that the campaign needs besides those of the first county."""
    for place in Place.objects.filter(code__in=PLACES):
        cast.places[place.code] = place
    for key, kind, name, code in BODIES:
        register.body(cast, key, kind, name, cast.places[code])
    for key, (name, body, role, title, enters) in POSTS.items():
        person = register.person(cast, key, name)
        post_give(actor=system(), person=person, body=cast.bodies[body], role=role, title=title)
        if enters:
            account_demo(by=SYSTEM, person=person, username=f"demo-{key.replace('_', '-')}")
    opened = term_open(actor=system(), body=cast.bodies["committee/532531"], number=9, name="第九届")
    term = Term.objects.select_related("body__place").get(pk=UUID(opened.result["term"]))
    for key, (name, sector, title, enters) in MEMBERS.items():
        person = register.person(cast, key, name)
        member_admit(actor=system(), person=person, term=term, sector=sector, title=title)
        if enters:
            account_demo(by=SYSTEM, person=person, username=f"demo-{key}")
