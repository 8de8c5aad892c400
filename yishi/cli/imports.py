"""Read, check and write the workbooks that were sent, then end; `yishi work` starts it when there are some."""

from yishi.assistance.services.import_steps import imports_work


def run(words: list[str]) -> int:
    """`yishi imports`"""
    imports_work()
    return 0
