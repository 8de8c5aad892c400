"""Pages of long lists and of the search, at the size of a province."""

from typing import Any
from urllib.parse import urlencode

from .measure import Client, Table, timed

PAGES = ("1", "3", "999999")  # the last is given for what lies beyond
# One letter, two, more; few and many; several words; an item, a place, a family, nothing at all.
WORDS = (
    "茶", "的", "红米", "土鸡", "超市", "医院食堂", "把村里的花椒卖到", "533斤", "红米 上海", "楚雄 三七", "牟定县",
    "村", "义诊", "演示户主1178", "户主", "火星撞地球", "26",
)  # fmt: skip


def lists_and_search(table: Table, clerk: Client, home: Any) -> None:
    """The deeds behind a figure, and what words find; asked by the province's clerk, who sees most."""
    from yishi.organisations.models import Place

    inside = Place.objects.filter(lo__range=(home.lo, home.hi))
    for level in ("province", "prefecture", "county", "village"):
        place = inside.filter(level=level).order_by("lo")[0]
        address = f"/desk/figures/place/{place.pk}/deeds/"
        times = [1000 * clerk.get(f"{address}?page={page}")[2] for page in PAGES for _ in range(5)]
        timed(table, f"deeds behind the figure of a {level}, pages 1, 3, last", times, 300)
    for name, address in (("search", "/desk/search/"), ("deeds by words", "/desk/deeds/")):
        times = [1000 * clerk.get(f"{address}?{urlencode({'q': word})}")[2] for word in WORDS for _ in range(3)]
        timed(table, f"{name}, {len(WORDS)} kinds of words", times, 300)
