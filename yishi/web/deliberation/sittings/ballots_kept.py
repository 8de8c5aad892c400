"""What a sitting keeps of its secret ballots: on its page, and in the minutes."""

from typing import Any

from yishi.deliberation.models import SecretBallot, Sitting
from yishi.deliberation.services.ballots import turnouts
from yishi.formats.paper import Block, Heading, Table, Text
from yishi.web.kit.press import ordinal_word


def ballots_shown(sitting: Sitting) -> list[dict[str, Any]]:
    """The ballots of a sitting in their order, each with its turnout."""
    ballots = list(
        SecretBallot.objects.filter(sitting=sitting.pk).select_related("teller__person", "scrutineer__person")
    )
    turnout = turnouts(ballots)
    return [{"ballot": ballot, "turnout": turnout[ballot.pk]} for ballot in ballots]


def ballot_blocks(sitting: Sitting) -> list[Block]:
    """Per ballot that was counted: its question, how many could vote and did, the slips, the counts."""
    blocks: list[Block] = []
    for row in ballots_shown(sitting):
        ballot, found = row["ballot"], row["turnout"]
        if ballot.state == SecretBallot.State.OPEN:
            continue
        is_void = ballot.state == SecretBallot.State.VOID
        title = f"（{ordinal_word(ballot.ordinal)}）{ballot.question}{'（作废）' if is_void else ''}"
        blocks.append(Heading(title, level=2))
        if is_void:
            blocks.append(Text(f"本次表决作废，原因：{ballot.void_reason}"))
            continue
        said = f"无记名投票。有表决权的{found['entitled']}人"
        if ballot.on_screen:
            said += f"，在手机等屏幕上投票{found['screen']}人"
        if ballot.on_paper:
            said += f"，发出纸质票{found['paper']}张，收回{ballot.returned}张"
        said += f"。共收到{found['slips']}票，其中有效票{sum(ballot.counts or [])}票，废票{ballot.spoilt}票。"
        if ballot.teller and ballot.scrutineer:
            said += f"计票人：{ballot.teller.person}；监票人：{ballot.scrutineer.person}。"
        blocks.append(Text(said))
        blocks.append(Table([("选项", 3), ("票数", 1)], [[choice, str(count)] for choice, count in ballot.lines]))
    return blocks
