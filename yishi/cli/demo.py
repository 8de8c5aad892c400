"""`yishi demo load`: load the demo into an empty installation. `yishi demo clear`: set it aside and begin empty."""

from yishi.demo.load import demo_clear, demo_load
from yishi.kit.errors import Refusal

from . import first_code


def run(words: list[str]) -> int:
    if words not in (["load"], ["clear"]):
        print("yishi demo load | yishi demo clear")
        return 2
    try:
        if words == ["clear"]:
            print(f"演示数据已移到 · the demo was set aside: {demo_clear()}")
            return first_code.run([])
        loaded = demo_load()
    except Refusal as refusal:
        print(refusal)
        return 1
    if not loaded.is_new:
        print("演示数据已经在了，没有改动 · the demo is loaded already; nothing was changed")
        return 0
    print(
        f"演示数据：行政区划 {loaded.places}，机构 {loaded.bodies}，诉求 {loaded.worries}，事项 {loaded.matters} · "
        f"demo: {loaded.places} places, {loaded.bodies} bodies, {loaded.worries} worries, {loaded.matters} matters "
        f"({loaded.seconds:.0f} s)"
    )
    return 0
