"""The outbox: claim, send, mark, each in a transaction of its own.

A crash before sending leaves the claim; after its lease it is `doubtful`, for nobody knows whether the carrier has
it: it is never sent again by itself, a person decides. What a carrier refused is tried again, later and later.
"""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from yishi.people.models import Person

from .models import Delivery
from .senders import Message, Refused, Sender, Unknown, sender_for
from .texts import mail_text, notice_text, sms_text

LEASE = timedelta(minutes=10)
WAITS = (1, 5, 30, 120, 360, 720, 1440)  # minutes between tries
DAILY_CAP = 8  # SMS to one number
S = Delivery.State


def run_outbox(limit: int = 200, senders: dict[str, Sender] | None = None) -> int:
    """Send what is due; gives how many were sent. Several workers may run it at once."""
    now = timezone.now()
    Delivery.objects.filter(state=S.SENDING, claimed_at__lt=now - LEASE).update(state=S.DOUBTFUL)
    due = Delivery.objects.filter(state=S.WAITING, next_try_at__lte=now).order_by("next_try_at")
    sent = 0
    for key in list(due.values_list("pk", flat=True)[:limit]):
        delivery = _claim(key)
        if delivery is not None:
            sent += _send(delivery, (senders or {}).get(delivery.channel) or sender_for(delivery.channel))
    return sent


def delivery_told(delivery: Delivery, *, by: Person) -> None:
    """Somebody told by hand what was only written down; telling it again changes nothing."""
    Delivery.objects.filter(pk=delivery.pk, state=S.WRITTEN).update(state=S.TOLD, told_by=by, sent_at=timezone.now())


def delivery_decide(delivery: Delivery, *, was_sent: bool) -> None:
    """A person decides about a doubtful delivery: it was sent, or send it again."""
    state = S.SENT if was_sent else S.WAITING
    now = timezone.now()
    Delivery.objects.filter(pk=delivery.pk, state__in=[S.DOUBTFUL, S.FAILED]).update(
        state=state, sent_at=now if was_sent else None, next_try_at=now, attempts=0
    )


def _claim(key: UUID) -> Delivery | None:
    """Take it for this process, or nothing if another was quicker or the number has had enough today."""
    now = timezone.now()
    with transaction.atomic():
        delivery = Delivery.objects.select_for_update(of=("self",)).select_related("notice__person").get(pk=key)
        if delivery.state != S.WAITING:
            return None
        if delivery.channel == Delivery.Channel.SMS:
            since = now - timedelta(days=1)
            same = Delivery.objects.filter(channel=delivery.channel, address=delivery.address, sent_at__gte=since)
            if same.count() >= DAILY_CAP:
                delivery.next_try_at = now + timedelta(hours=12)
                delivery.save(update_fields=["next_try_at"])
                return None
        delivery.state, delivery.claimed_at = S.SENDING, now
        delivery.attempts += 1
        delivery.save(update_fields=["state", "claimed_at", "attempts"])
    return delivery


def _send(delivery: Delivery, sender: Sender) -> int:
    person = delivery.notice.person
    with translation.override(person.language if person else settings.LANGUAGE_CODE):
        if delivery.channel == Delivery.Channel.SMS:
            text, subject = sms_text(delivery.notice, settings.SMS_SIGNATURE), ""
        else:
            text = mail_text(delivery.notice)
            subject = _("Notice from %(name)s") % {"name": settings.SMS_SIGNATURE}
        content, notice = notice_text(delivery.notice), delivery.notice
    message = Message(str(delivery.pk), delivery.address, text, subject, content, notice.code, notice.params)
    own = Delivery.objects.filter(pk=delivery.pk)
    try:
        sender.send(message)
    except Unknown as unknown:
        own.update(state=S.DOUBTFUL, last_error=str(unknown)[:300])
        return 0
    except OSError as error:  # the carrier did not take it (smtplib's errors are OSErrors)
        waits = WAITS[min(delivery.attempts, len(WAITS)) - 1]
        failed = delivery.attempts > len(WAITS)
        own.update(
            state=S.FAILED if failed else S.WAITING,
            next_try_at=timezone.now() + timedelta(minutes=waits),
            last_error=(str(error) if isinstance(error, Refused) else type(error).__name__)[:300],
        )
        return 0
    if getattr(sender, "by_hand", False):
        own.update(state=S.WRITTEN, last_error="")
        return 0
    own.update(state=S.SENT, sent_at=timezone.now(), last_error="")
    return 1
