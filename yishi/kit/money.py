"""Money in integer fen."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation


def fen_from_yuan(yuan: str | int | Decimal) -> int:
    """Fen for an amount in yuan. ValueError if it is not a number or has parts of a fen."""
    try:
        fen = Decimal(str(yuan).replace(",", "").strip()) * 100
    except InvalidOperation as error:
        raise ValueError(f"not an amount: {yuan!r}") from error
    if not fen.is_finite() or fen != fen.to_integral_value():
        raise ValueError(f"not a whole number of fen: {yuan!r}")
    return int(fen)


def yuan_text(fen: int) -> str:
    """`123456789` fen as `1,234,567.89`."""
    yuan = (Decimal(fen) / 100).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{yuan:,.2f}"
