"""Debian's fonts for rare letters, which no package of npm or PyPI carries: where they are installed, papers use them.

Extensions B to F: Hanazono; two thirds of G, half of H, on Debian 13 all of I: BabelStone Han.
"""

import os
import shutil
from pathlib import Path

from .say import ROOT

FOLDER = ROOT / "frontend" / "fonts-built"
DEBIAN = Path("/usr/share/fonts/truetype")
RARE = {  # Debian's package: its font
    "fonts-hanazono": DEBIAN / "hanazono" / "HanaMinB.ttf",
    "fonts-babelstone-han": DEBIAN / "babelstone" / "BabelStoneHan.ttf",
}


def missing() -> list[str]:
    """The packages whose font is not on this machine."""
    return [package for package, font in RARE.items() if not font.exists()]


def take() -> list[str]:
    """Copy what the machine has beside the fonts of the lockfile, where it is not there in this version; their names.

    A service that may only read its own program leaves them to the next `./run setup`.
    """
    taken: list[str] = []
    if not os.access(FOLDER, os.W_OK):
        return taken
    for font in RARE.values():
        here = FOLDER / font.name
        if font.exists() and not (here.exists() and here.stat().st_size == font.stat().st_size):
            shutil.copyfile(font, here)
            taken.append(font.name)
    return taken
