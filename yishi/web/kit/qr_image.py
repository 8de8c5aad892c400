"""A QR code as an image inside the page (level Q: it still scans with a quarter of it dirty)."""

import segno


def qr_image(address: str) -> str:
    """A data address for `<img src>`; black on white with its quiet zone."""
    return segno.make(address, error="q", micro=False).svg_data_uri(scale=4, border=4, light="#fff")
