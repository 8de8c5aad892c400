"""Read, check and write the workbooks that were sent, then end; `yishi work` starts it when there are some."""

from yishi.assistance.imports.services.steps import imports_work


def run(words: list[str]) -> int:
    """`yishi imports`"""
    imports_work()
    return 0
