"""Who the platform knows. A person needs no account; an account signs in and belongs to one person."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.database.gather import Given
from yishi.database.kept import kept_question
from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7

from .letters import LETTERS, FromLetter


class Person(File):
    """Anyone the platform knows: a villager who raised something once, a member, a clerk, a leader."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    name = models.CharField(_("name"), max_length=64, blank=True)  # blank: did not leave a name
    phone = models.CharField(_("phone"), max_length=32, blank=True)
    email = models.EmailField(_("mail"), blank=True)
    language = models.CharField(max_length=12, default="zh-hans")
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["phone"], name="person_by_phone"),
            models.Index(fields=["name"], name="person_by_name", opclasses=["varchar_pattern_ops"]),  # also beginnings
            *(models.Index(FromLetter("name", letter), name=f"person_by_name_{letter}") for letter in LETTERS),
        ]

    @classmethod
    def reach_q(cls, reach: Reach) -> models.Q:
        """Themself, and people with a post or a membership in the bodies and places of the reach.

        A villager who raised something is reached through the worry, never by a search for people.
        """
        people = cls.within.all()
        return (
            models.Q(pk=reach.person)
            | models.Q(pk__in=people.filter(posts__body__in=reach.bodies).values("pk"))
            | models.Q(pk__in=people.filter(reach.places("posts__body__place__")).values("pk"))
            | models.Q(pk__in=people.filter(reach.places("memberships__term__body__place__")).values("pk"))
            | cls._register_q(reach)
        )

    @classmethod
    def _register_q(cls, reach: Reach) -> models.Q:
        """People whose posts and memberships the viewer keeps in the register, as an administrator."""
        if not reach.registers and not reach.register_bodies:
            return models.Q(pk__in=[])
        people, spans = cls.within.all(), reach.registers
        return (
            models.Q(pk__in=people.filter(reach.places("posts__body__place__", spans)).values("pk"))
            | models.Q(pk__in=people.filter(posts__body__in=reach.register_bodies).values("pk"))
            | models.Q(pk__in=people.filter(reach.places("memberships__term__body__place__", spans)).values("pk"))
        )

    def __str__(self) -> str:
        return self.name or str(_("somebody who left no name"))


class AccountManager(BaseUserManager["Account"]):
    """What Django's authentication asks of a manager; accounts are made by `people.services`."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        """With the person: every request asks for both."""
        return super().get_queryset().select_related("person")

    def get(self, *args: Any, **asked: Any) -> "Account":
        """As ever; by the key alone, as each request asks, by a question that is compiled once."""
        if args or asked.keys() != {"pk"}:
            return super().get(*args, **asked)

        def by_key() -> dict[str, Any]:
            return {"found": self.get_queryset().filter(pk=Given("pk", models.UUIDField()))}

        found: list[Account] = kept_question("account", None, by_key, is_reached=False).answer(pk=asked["pk"])["found"]
        if not found:
            raise Account.DoesNotExist
        return found[0]

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username__iexact=username)


class Account(AbstractBaseUser):
    """A way to sign in. Rights never hang on it: they come from the person's grants."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    username = models.CharField(_("sign-in name"), max_length=64, unique=True)
    email = models.EmailField(_("mail"), blank=True)
    person = models.OneToOneField(Person, models.PROTECT, related_name="account")
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    elder_mode = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AccountManager()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return self.username


class Invitation(models.Model):
    """A printed or sent invitation to make an account: expiring, for one use, only its hash is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="invitations")
    digest = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey(Person, models.PROTECT, related_name="+", null=True)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.person} {self.created_at:%Y-%m-%d}"
