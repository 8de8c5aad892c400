"""`yishi first-code`: print the one-time code that the first-run page asks for, so that no stranger begins."""

from yishi.notices.addresses import INNER, address_of
from yishi.organisations.first_code import first_code
from yishi.organisations.services.installation import may_begin


def run(words: list[str]) -> int:
    if not may_begin():
        print("本系统已经开始使用。忘记密码请让管理员重新发放邀请。 · Already started; an administrator invites again.")
        return 1
    print(f"开始使用的一次性代码 · one-time code: {first_code()}")
    print(f"在浏览器打开 · open: {address_of('first', reader=INNER)}")
    return 0
