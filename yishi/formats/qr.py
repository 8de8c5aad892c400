"""QR codes at level Q: they still scan with a quarter of them dirty or torn."""

import io

import segno


def qr_svg(text: str, *, border: int = 4) -> str:
    """An SVG of `text`, black on white with its quiet zone, to be scaled by whoever places it."""
    out = io.BytesIO()
    segno.make(text, error="q", micro=False, boost_error=False).save(
        out, kind="svg", border=border, light="#fff", xmldecl=False, svgns=True, omitsize=True
    )
    return out.getvalue().decode()
