"""Human numbers for files: 牟定-2026-00012, counted per series."""

from django.db import IntegrityError, transaction

from .models import Numbering


def next_number(series: str) -> int:
    """The next number of `series`; must be called inside an act's transaction."""
    row = Numbering.objects.select_for_update().filter(pk=series).first()
    if row is None:
        try:
            with transaction.atomic():
                Numbering.objects.create(pk=series, last=1)
            return 1
        except IntegrityError:  # another act was quicker
            row = Numbering.objects.select_for_update().get(pk=series)
    row.last += 1
    row.save(update_fields=["last"])
    return row.last
