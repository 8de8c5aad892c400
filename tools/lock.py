"""Make the lock files anew: hashes, no addresses of any index."""

from . import setup
from .say import ROOT, call, doing

# Extras stay in the locks: pip 23 else takes the newest release for `name[extra]` and stops at its missing hash.
OPTIONS = (
    "--universal --python-version 3.11 --generate-hashes --no-strip-extras "
    "--no-emit-index-url --no-emit-find-links --no-header"
)


def run(words: list[str]) -> int:
    """`./run lock [--upgrade]`: without --upgrade, versions that still fit stay as they are."""
    setup.environment()
    setup.install("dev")
    for name in ("base", "cluster", "dev", "node"):
        with doing(f"锁定 {name}", f"requirements/{name}.in → {name}.lock"):
            paths = [f"requirements/{name}.in", "--output-file", f"requirements/{name}.lock"]
            call([ROOT / ".venv/bin/uv", "pip", "compile", *OPTIONS.split(), "--quiet", *words, *paths])
    return 0
