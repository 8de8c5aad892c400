"""Let an administrator in again who lost password and second lock, where nobody else could: a new invitation.

`yishi rescue` lists the administrators; `yishi rescue NAME` prints a code by which NAME sets a new password, and takes
the second lock off. The journal records both as done by the machine itself, and the person is told.
"""

from allauth.mfa.models import Authenticator
from django.utils import timezone

from yishi.kit.errors import Refusal
from yishi.notices.addresses import INNER, address_of
from yishi.organisations.grants import ADMINISTERING, system
from yishi.organisations.models import Post, valid_on
from yishi.organisations.services.people import account_enable, account_unlock, invitation_issue
from yishi.people.models import Account

USAGE = "yishi rescue [登录名 · sign-in name]"


def run(words: list[str]) -> int:
    """`yishi rescue [NAME]`"""
    if len(words) > 1:
        print(USAGE)
        return 2
    keepers = Post.objects.filter(valid_on(timezone.localdate()), role__in=ADMINISTERING).values("person")
    accounts = Account.objects.filter(person__in=keepers).select_related("person").order_by("username")
    if not words:
        for account in accounts:
            print(f"{account.username}  {account.person.name}")
        print(USAGE)
        return 0
    asked = accounts.filter(username=words[0]).first()
    if asked is None:
        print(
            "没有这个管理员；其他人请由管理员重新邀请 · no administrator signs in by this name; "
            "an administrator invites everybody else again"
        )
        return 1
    return rescue(asked)


def rescue(account: Account) -> int:
    try:
        receipt = invitation_issue(actor=system(), person=account.person)
        if not account.is_active:
            account_enable(actor=system(), account=account)
        if Authenticator.objects.filter(user=account).exists():
            account_unlock(actor=system(), account=account)
            print("· 已取消两步验证 · the second lock is taken off")
    except Refusal as refusal:
        print(refusal)
        return 1
    address = address_of("join", query={"code": receipt.invitation_code}, reader=INNER)
    print(f"· 一次性代码 · one-time code: {receipt.invitation_code}\n· 打开 · open: {address}")
    print("· 已记入日志 · the journal has recorded it")
    return 0
