"""A number that a paper states of a place, for tests."""

from django.utils import timezone

from tests.cast import Cast
from yishi.assistance.campaign.models import StatedNumber
from yishi.assistance.campaign.services.stated import numbers_state


def stated(cast: Cast) -> StatedNumber:
    """A number that a paper states of the county."""
    county = cast.places["牟定县"]
    numbers_state(
        actor=cast.viewer("clerk"),
        place=county,
        what="rural_people",
        values={county.pk: 180_000},
        on=timezone.localdate(),
        source="示例统计年鉴",
    )
    return StatedNumber.objects.get()
