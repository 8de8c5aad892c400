"""The result as one page that anybody can read: no script, nothing fetched, prints well."""

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from yishi.common_ground.result import CommonGround
from yishi.formats.opinion_map import mark, opinion_map, shown

LISTED = 5
MOST = "同意的超过半数 <small>more than half agree</small>"
JUDGED = {  # what the lists were counted on
    "": ("", ""),
    "votes": (
        "；统计时每一票都按没有这一票时本人所在的组",
        "; each vote is counted in the group that its voter has without it",
    ),
    "people": ("；按没有参加分组计算的人统计", "; counted among people who had no part in making the groups"),
}
STYLE = """
:root{color-scheme:light}body{margin:0 auto;max-width:64rem;padding:1rem;background:#fafaf6;color:#1c1c1c;
font:1rem/1.6 "PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}h1,h2{line-height:1.3}h2{margin-top:2rem}
small,.en{color:#4d4d4d;font-weight:400}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid #d8d6cc;padding:.4rem .5rem;text-align:left;vertical-align:top}td.n,th.n{text-align:right}

td:first-child{min-width:12rem}td.marks{min-width:0}a{color:#1f4e79}
.wide{overflow-x:auto}figure{margin:0}figure svg{width:100%;height:auto;border:1px solid #d8d6cc}
:target{background:#fff3cd}.marks svg{vertical-align:-.25em}@media print{body{max-width:none}a{color:inherit}}
"""


def page(found: CommonGround, texts: Mapping[Any, str], title: str) -> str:
    """HTML of the result, Chinese first; every figure leads to the statement's row of counts."""
    parts = [
        f"<h1>{escape(title)}<br><small>共同点与分歧 · common ground and differences</small></h1>",
        f"<p>{_how_many(found)}</p>",
        _set_apart(found),
        _groups(found),
        _shared(found, texts),
        _dear(found, texts),
        _dividing(found, texts),
        _all(found, texts),
        _how_sure(found),
    ]
    return (
        '<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>\n"
    )


def _how_many(found: CommonGround) -> str:
    people, placed = found.participant_ids.size, int((found.group_index >= 0).sum())
    return (
        f"参与 {people:,} 人，意见 {found.statement_ids.size:,} 条，表态 {found.votes:,} 次；"
        f"其中 {placed:,} 人表态较多，参加分组。<br>"
        f'<span class="en">{people:,} participants, {found.statement_ids.size:,} statements, {found.votes:,} votes; '
        f"{placed:,} said enough to be placed in a group.</span>"
    )


def _set_apart(found: CommonGround) -> str:
    """Who gave one answer to everything, or contradicted themselves: counted, in no group."""
    said = ""
    if found.odd and found.choice is not None:
        said += (
            f"<p>{len(found.odd):,} 人对所有意见只给同一种回答，或前后矛盾：计入各项总数，不参加分组。<br>"
            f'<span class="en">{len(found.odd):,} gave one answer to everything, or contradicted themselves: they are '
            "in every total and in no group.</span></p>"
        )
    if found.objection:
        said += f'<p>群组数是指定的，表态并不支持。<br><span class="en">{escape(found.objection)}</span></p>'
    return said


def _groups(found: CommonGround) -> str:
    if found.k < 2:
        return (
            "<h2>没有分出群组 <small>no groups</small></h2><p>这些表态看不出明显不同的群组，下面只列总数。<br>"
            f'<span class="en">{escape(found.note or "The votes do not carry groups.")}</span></p>'
        )
    drawn = shown(found.participant_ids.size)
    label = "，".join(f"群组 {group.id}：{group.size} 人" for group in found.groups)
    rows = "".join(
        f'<tr><td class="marks">{mark(number)} {escape(str(group.id))}</td><td class="n">{group.size:,}</td>'
        f'<td class="n">{_share(group.certainty)}</td><td class="n">{_share(group.stability)}</td></tr>'
        for number, group in enumerate(found.groups)
    )
    return (
        "<h2>意见分布图 <small>map of opinions</small></h2>"
        f"<figure>{opinion_map(found.projection, found.group_index, label)}<figcaption>一点代表一人，离得近的表态相近"
        f'（画出 {drawn:,} 点）。<span class="en">One dot is one person; who stands near says alike '
        f"({drawn:,} drawn).</span></figcaption></figure>"
        '<div class="wide"><table><thead><tr><th>群组 <small>group</small></th><th class="n">人数 <small>people'
        '</small></th><th class="n">归属把握 <small>membership</small></th><th class="n">重抽后仍成立 '
        f"<small>comes back</small></th></tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _shared(found: CommonGround, texts: Mapping[Any, str]) -> str:
    """What every group agrees with, or without groups what more than half agree with; each with its error."""
    title = "各群组都同意 <small>every group agrees</small>" if found.k > 1 else MOST
    if not found.shared:
        return (
            f"<h2>{title}</h2><p>没有一条有把握这样说。"
            '<span class="en">Of no statement can this be said with certainty.</span></p>'
        )
    listed = found.shared[: LISTED * 2]
    errors = [f"≥ {line.low:.0%} (±{line.error:.0%})" for line in listed]
    head = "每组至少 <small>in every group</small>" if found.k > 1 else "至少 <small>at least</small>"
    return f"<h2>{title}</h2>{_table(found, texts, [line.statement for line in listed], extra=(head, errors))}"


def _dear(found: CommonGround, texts: Mapping[Any, str]) -> str:
    if found.k < 2:
        return ""
    made = []
    for number, group in enumerate(found.groups):
        lines = "".join(
            f"<li>{'同意' if entry.direction == 'agree' else '反对'} "
            f"<small>{'agrees' if entry.direction == 'agree' else 'objects'}</small> "
            f"{entry.successes}/{entry.trials}：{_link(found, texts, entry.statement)}</li>"
            for entry in group.representative
            if 2 * entry.successes > entry.trials or entry.z_ratio > 0
        )
        made.append(
            f'<h3 class="marks">{mark(number)} 群组 <small>group</small> {escape(str(group.id))}</h3><ul>{lines}</ul>'
        )
    return f"<h2>各群组看重什么 <small>what each group holds dear</small></h2>{''.join(made)}"


def _dividing(found: CommonGround, texts: Mapping[Any, str]) -> str:
    if found.k < 2 or not found.divides:
        return ""
    listed = found.divides[:LISTED]
    gaps = [f"{line.gap:.2f} (±{line.error:.2f})" for line in listed]
    told = ("相差，最多 2 <small>apart, of 2</small>", gaps)
    return (
        "<h2>分歧在哪里 <small>what divides</small></h2>"
        f"{_table(found, texts, [line.statement for line in listed], extra=told)}"
    )


def _all(found: CommonGround, texts: Mapping[Any, str]) -> str:
    order = range(found.statement_ids.size)
    return f"<h2>全部意见 <small>all statements</small></h2>{_table(found, texts, order, named=True)}"


def _table(
    found: CommonGround,
    texts: Mapping[Any, str],
    order: Iterable[int],
    *,
    named: bool = False,
    extra: tuple[str, Sequence[str]] | None = None,
) -> str:
    """Statements with their counts; `extra` is one more column, its heading and its cells."""
    groups = found.groups if found.k > 1 else ()
    head = "".join(f'<th class="n marks">{mark(n)} {escape(str(g.id))}</th>' for n, g in enumerate(groups))
    head += f'<th class="n">{extra[0]}</th>' if extra else ""
    rows = []
    for number, place in enumerate(order):
        against, passes, agree = (int(count) for count in found.totals[:, place])
        counts = found.counts
        cells = "".join(
            f'<td class="n">{int(counts.agree[n, place])}/{int(counts.object[n, place])}/'
            f"{int(counts.seen[n, place] - counts.agree[n, place] - counts.object[n, place])}</td>"
            for n in range(len(groups))
        )
        cells += f'<td class="n">{extra[1][number]}</td>' if extra else ""
        text = _text(found, texts, place) if named else _link(found, texts, place)
        identity = f' id="s{_id(found, place)}"' if named else ""
        out = "（未参加计算 · left out）" if named and found.statement_ids[place].item() in found.moderated else ""
        rows.append(f'<tr{identity}><td>{text}{out}</td><td class="n">{agree}/{against}/{passes}</td>{cells}</tr>')
    return (
        '<div class="wide"><table><thead><tr><th>意见 <small>statement</small></th>'
        '<th class="n">同意/反对/弃权<br><small>agree/object/pass</small></th>'
        f"{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _how_sure(found: CommonGround) -> str:
    by_chinese, by_english = JUDGED[found.judged_by]
    versions = ", ".join(f"{name} {version}" for name, version in found.versions.items())
    return (
        "<h2>有多大把握 <small>how sure</small></h2><p>“归属把握”：成员属于本组而不是别组的平均可能。“重抽后仍成立”："
        "把参与的人重新抽取，这个群组有多少还在。列入“各群组都同意”的，每组至少 5 人表态，"
        "每组都过半数的把握不低于九成，"
        f"每组反对的不超过三分之一{by_chinese}。<br>"
        '<span class="en">Membership: how likely members belong here and not elsewhere. Comes back: how much of the '
        "group is found again when participants are drawn anew. Listed as agreed by every group: at least five votes "
        "in every group, nine in ten sure that more than half of every group agree, and no group objects by more than "
        f"a third{by_english}.</span></p>"
        f"<p><small>{escape(found.method)}, seed {found.seed}, {escape(versions)}</small></p>"
    )


def _id(found: CommonGround, place: int) -> Any:
    identity = found.statement_ids[place].item()
    return escape(identity) if isinstance(identity, str) else identity


def _share(value: float | None) -> str:
    return "—" if value is None else f"{value:.0%}"


def _text(found: CommonGround, texts: Mapping[Any, str], place: int) -> str:
    words = escape(texts.get(found.statement_ids[place].item(), ""))
    return f"{_id(found, place)}. {words}"


def _link(found: CommonGround, texts: Mapping[Any, str], place: int) -> str:
    return f'<a href="#s{_id(found, place)}">{_text(found, texts, place)}</a>'
