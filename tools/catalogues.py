"""Write every catalogue of translations in its one form: sorted, a string on one line, so that merging is easy.

python -m tools.catalogues
"""

import io
import sys

from babel.messages.pofile import read_po, write_po

from yishi.cli.messages import catalogues, part_of


def in_form(text: str) -> str:
    """The catalogue with its own header and its strings in order."""
    out = io.BytesIO()
    write_po(out, read_po(io.BytesIO(text.encode())), omit_header=True, width=0, sort_output=True)
    return text.split("\n\n", 1)[0] + "\n\n" + out.getvalue().decode().strip() + "\n"


def main() -> int:
    for path in catalogues():
        text = path.read_text("utf-8")
        if (formed := in_form(text)) != text:
            path.write_text(formed, "utf-8")
            print(part_of(path))
    return 0


if __name__ == "__main__":
    sys.exit(main())
