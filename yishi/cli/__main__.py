"""`yishi …`: the command line. Django is loaded only by the verbs that need it."""

import os
import sys


def main(arguments: list[str] | None = None) -> int:
    words = sys.argv[1:] if arguments is None else arguments
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "yishi.config.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(["yishi", *words])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
