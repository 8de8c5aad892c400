"""The interval in which a true share lies, by the few that were counted."""

import math

Z = 1.959963984540054  # 95 % of a normal distribution lie within so many deviations


def wilson(hits: float, sample: float, z: float = Z) -> tuple[float, float]:
    """Wilson's interval of `hits` of `sample` (both may be weighted); from 0 to 1 where nothing was asked."""
    if sample <= 0:
        return 0.0, 1.0
    share, square = hits / sample, z * z
    middle = share + square / (2 * sample)
    reach = z * math.sqrt(share * (1 - share) / sample + square / (4 * sample * sample))
    whole = 1 + square / sample
    low = 0.0 if hits <= 0 else max(0.0, (middle - reach) / whole)
    high = 1.0 if hits >= sample else min(1.0, (middle + reach) / whole)
    return low, high
