"""Money in integer fen."""

import re
from decimal import ROUND_HALF_UP, Decimal

_AMOUNT = re.compile(r"[-+]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


def yuan_read(text: str) -> Decimal:
    """An amount as people write it: 2000.5, 2,000.50, ￥2,000.50. ValueError for anything else, such as 1e5."""
    plain = text.strip().removeprefix("￥").removeprefix("¥").replace(",", "").strip()
    if not _AMOUNT.fullmatch(plain):
        raise ValueError(f"not an amount: {text!r}")
    return Decimal(plain)


def fen_from_yuan(yuan: str | int | Decimal) -> int:
    """Fen for an amount in yuan. ValueError if it is not a number or has parts of a fen."""
    fen = (yuan if isinstance(yuan, Decimal) else yuan_read(str(yuan))) * 100
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"not a whole number of fen: {yuan!r}")
    return int(fen)


def yuan_text(fen: int) -> str:
    """`123456789` fen as `1,234,567.89`."""
    yuan = (Decimal(fen) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{yuan:,.2f}"
