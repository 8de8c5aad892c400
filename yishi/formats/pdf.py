"""PDF by typst: a template and data in, bytes out; the same data always gives the same bytes.

Nobody's text is ever part of the template: it travels as JSON and is set as plain text.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import typst

# No clock in the file: two prints of the same paper are the same file.
STAMP = datetime(2000, 1, 1, tzinfo=UTC)


class FontsMissing(RuntimeError):
    """The folder has no font files: `./run setup` puts them there."""


def write_pdf(template: Path, data: Mapping[str, Any], fonts: Path, mark: str = "") -> bytes:
    """Set `template` (a .typ file; it reads `sys.inputs.data`) with `data`, with the fonts of the folder `fonts` only.
    `mark` stands at the top of every page.

    The template may read files of its own folder and nothing else. Raises FontsMissing, or typst.TypstError for a
    template that does not compile.
    """
    pdf = typst.compile(
        str(template),
        root=str(template.parent),
        font_paths=_fonts(fonts),
        sys_inputs={"data": json.dumps(data, ensure_ascii=False, sort_keys=True), "mark": mark},
        timestamp=int(STAMP.timestamp()),
    )
    return bytes(pdf)


@lru_cache(maxsize=4)
def _fonts(folder: Path) -> typst.Fonts:
    if not any(folder.glob("*.ttf")):
        raise FontsMissing(str(folder))
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(folder)])
