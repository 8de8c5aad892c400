"""The verbs of `yishi`, and the module of each: `run(words) -> int`; its first docstring line is its help."""

VERBS = {
    "common-ground": "yishi.cli.common_ground",
    "backup": "yishi.cli.backup",
    "demo": "yishi.cli.demo",
    "demo-off": "yishi.cli.demo_off",
    "draw-verify": "yishi.cli.draw_verify",
    "exits": "yishi.cli.exits",
    "first-code": "yishi.cli.first_code",
    "imports": "yishi.cli.imports",
    "move": "yishi.cli.move",
    "places": "yishi.cli.places",
    "checks": "yishi.cli.checks",
    "compile-messages": "yishi.cli.messages",
    "journal": "yishi.cli.journal",
    "keys": "yishi.cli.keys",
    "prepare": "yishi.cli.prepare",
    "rescue": "yishi.cli.rescue",
    "restore": "yishi.cli.restore",
    "tally": "yishi.cli.tally",
    "tick": "yishi.cli.tick",
    "version": "yishi.cli.version",
    "work": "yishi.cli.work",
}
WITHOUT_DJANGO = {"common-ground", "compile-messages", "draw-verify", "exits", "version"}
# Verbs that make an installation, or look at none; every other asks for one that is there.
WITHOUT_TABLES = WITHOUT_DJANGO | {"checks", "demo", "prepare", "restore"}
