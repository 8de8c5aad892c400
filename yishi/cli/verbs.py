"""The verbs of `yishi`, and the module of each: `run(words) -> int`; its first docstring line is its help."""

VERBS = {
    "compile-messages": "yishi.cli.messages",
    "prepare": "yishi.cli.prepare",
    "work": "yishi.cli.work",
}
WITHOUT_DJANGO = {"compile-messages"}
