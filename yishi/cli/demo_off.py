"""`yishi demo-off`: set the demo's database and files aside (nothing is deleted) and begin with an empty one."""

from yishi.kit.errors import Refusal
from yishi.organisations.fresh_start import demo_set_aside

from . import first_code


def run(words: list[str]) -> int:
    try:
        where = demo_set_aside()
    except Refusal as refusal:
        print(refusal)
        return 1
    print(f"演示数据已移到 · the demo was set aside: {where}")
    return first_code.run([])
