"""The tally sheet (计票表): from it anybody counts by hand what the screens and the minutes say of each statement."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils import translation

from yishi.common_ground.floor import Counts, folded_spelling
from yishi.deliberation.models import ConditionAcceptance, HandCount, Seat, Sitting, Stance, Statement
from yishi.deliberation.services.asked import UNCOUNTED, seats_asked
from yishi.deliberation.services.stances import current, room_floor
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Table, Text
from yishi.web.deliberation.sittings.sitting_papers import ground_words, name_of
from yishi.web.kit.press import CHINESE, chinese_moment, clock_time, foot, ordinal_word

TICK = "√"
ANSWERS = (
    ("同意", 0.8),
    ("反对", 0.8),
    ("弃权", 0.8),
    ("有条件", 0.9),
    ("未表态", 0.9),
)  # as `Stance.Value`, then none
RULE = (
    "计算办法：按人逐条登记的，每人一票；某方举手计数的，以举手数代替该方逐人登记数。主持人、列席人员和已回避的人不计入。"
    "某方无人反对，且同意和有条件接受的人数超过该方到场人数的一半，为该方能够接受；各方都能接受，且所提条件已由其他各方接受，为各方共同接受。"
)


def tally_paper(sitting: Sitting) -> Paper:
    """Of every statement that stands: who said what and how it came in, hands, sums, conditions, who accepts them."""
    with translation.override(CHINESE):
        number = f"{sitting.matter.number}-计票-{sitting.ordinal}"
        facts = [
            ("事项", f"{sitting.matter.title}（{sitting.matter.number}）"),
            ("时间", chinese_moment(sitting.opened_at or sitting.starts_at, weekday=True)),
            ("法定到会人数", f"{sitting.quorum} 人，开会时实到 {sitting.present_at_opening or 0} 人"),
        ]
        blocks: list[Block] = [Facts(facts), Text(RULE)]
        grounds = room_floor(sitting)
        asked = seats_asked(sitting, [statement for statement, _ground, _parties in grounds])
        stances = current(Stance.objects.filter(statement__sitting=sitting)).order_by("at")
        counts = current(HandCount.objects.filter(statement__sitting=sitting)).order_by("at")
        said, hands = defaultdict(list), defaultdict(list)
        for stance in stances.select_related("seat__person", "seat__party", "seat__body"):
            said[stance.statement_id].append(stance)
        for count in counts.select_related("party", "counted_by"):
            hands[count.statement_id].append(count)
        accepted = list(ConditionAcceptance.objects.filter(statement__sitting=sitting).select_related("party"))
        for statement, ground, parties in grounds:
            blocks.append(Heading(f"{ordinal_word(statement.ordinal)}、{statement.text}"))
            blocks.append(Facts(_facts(statement)))
            blocks.append(_people(asked[statement.pk], said[statement.pk]))
            counted = hands[statement.pk]
            blocks += [_hands(counted)] if counted else []
            by_hands = {count.party.name for count in counted if count.party is not None}
            blocks.append(_sums(parties, by_hands))
            names = {key: name for key, (name, _counts) in zip(ground.by_party, parties, strict=True)}
            on_it = [one for one in accepted if one.statement_id == statement.pk and one.edition == statement.edition]
            for text in ground.conditions:
                waiting = [names[key] for key in ground.waiting.get(text, ())] if ground.asked else []
                blocks.append(Text(_condition(text, waiting, on_it)))
            blocks.append(Text(f"结果：{ground_words(ground, names)}"))
            if statement.minority_note:
                blocks.append(Text(f"不同意见（原话）：{statement.minority_note}"))
        if not grounds:
            blocks.append(Text("没有提交表态的观点。"))
        blocks.append(Signature(["计票人：＿＿＿＿＿＿", "监票人：＿＿＿＿＿＿"]))
        return Paper(f"“{sitting.matter.title}”协商会议计票表", blocks, number, foot(number))


def _facts(statement: Statement) -> list[tuple[str, str]]:
    facts = [("提出", "工作人员" if statement.party is None else statement.party.name)]
    if statement.edition > 1:
        facts.append(("表述", f"第{statement.edition}稿"))
    if statement.is_open:
        return [*facts, ("状态", "尚在表态")]
    ended = f"{clock_time(statement.closed_at)}结束" if statement.closed_at else "已结束"
    if statement.present is not None:
        ended += f"，到会{statement.present}人，法定人数{statement.quorum}人"
    return [*facts, ("状态", ended)]


def _people(asked: Iterable[Seat], said: Iterable[Stance]) -> Table:
    """Everybody who was asked or said something: one tick in one column; who does not count says why."""
    stances = {stance.seat_id: stance for stance in said}
    seats = {seat.pk: seat for seat in asked}
    seats |= {stance.seat_id: stance.seat for stance in stances.values()}
    rows = []
    for place, seat in enumerate(sorted(seats.values(), key=_order), start=1):
        stance = stances.get(seat.pk)
        ticks = [TICK if stance and stance.value == value else "" for value in Stance.Value.values]
        silent = "" if stance else TICK
        side = seat.party.name if seat.party else str(seat.get_role_display())
        rows.append([str(place), name_of(seat), side, *ticks, silent, _note(seat, stance)])
    return Table([("序号", 0.6), ("姓名", 1.3), ("代表方", 1.8), *ANSWERS, ("登记方式", 2)], rows)


def _order(seat: Seat) -> tuple[bool, int, str]:
    return seat.party is None, seat.party.ordinal if seat.party else 0, str(seat.pk)


def _note(seat: Seat, stance: Stance | None) -> str:
    notes = [str(stance.get_way_display())] if stance and stance.way else []
    notes += [f"条件：{stance.condition}"] if stance and stance.condition else []
    notes += ["不计入"] if seat.role in UNCOUNTED or seat.state == Seat.State.RECUSED else []
    return "；".join(notes)


def _hands(counts: Iterable[HandCount]) -> Table:
    rows = [
        [
            count.party.name if count.party else "全场（不计入各方）",
            *(str(number) for number in (count.agree, count.object, count.abstain, count.conditional)),
            f"{count.counted_by or ''} {clock_time(count.at)}".strip(),
            count.condition,
        ]
        for count in counts
    ]
    heads = [("举手", 1.8), *ANSWERS[:4], ("计数人", 1.5), ("条件", 2)]
    return Table(heads, rows)


def _sums(parties: Sequence[tuple[str, Counts]], by_hands: set[str]) -> Table:
    """What the sheet adds up to, party by party: the figures of the screens and of the minutes."""
    rows = []
    for name, counts in parties:
        numbers = (counts.agree, counts.object, counts.abstain, counts.conditional, counts.silent)
        here = "" if counts.here is None else str(counts.here)
        rows.append([name, *map(str, numbers), here, "举手" if name in by_hands else "逐人"])
    heads = [("合计", 2), *ANSWERS, ("到场", 0.8), ("依据", 0.8)]
    return Table(heads, rows)


def _condition(text: str, waiting: Sequence[str], accepted: Iterable[ConditionAcceptance]) -> str:
    folded = folded_spelling(text)
    by = [f"{one.party.name}（{clock_time(one.at)}）" for one in accepted if folded_spelling(one.condition) == folded]
    said = f"条件：{text}。接受：{'、'.join(by) or '无'}。"
    return said + (f"尚未接受：{'、'.join(waiting)}。" if waiting else "")
