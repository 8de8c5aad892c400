"""Draw docs/pictures/rooms.svg: the rooms of the house and the parts of the large ones, from the contracts.

    python -m tools.rooms_picture

The layers are those of pyproject.toml ([tool.importlinter]); the words beside a room are said here once. A test holds
the picture equal to what the contracts give.
"""

import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from .say import ROOT

PICTURE = ROOT / "docs" / "pictures" / "rooms.svg"
FONT = "'PingFang SC','Microsoft YaHei','Noto Sans CJK SC','Noto Sans SC',system-ui,sans-serif"
# What is in a room or part: Chinese, English. A part that carries a room's name says the same.
WORDS = {
    "config": ("设置", "settings, start, addresses"),
    "web": ("网页", "all pages"),
    "cli": ("命令行", "yishi …"),
    "demo": ("演示", "an invented county"),
    "crossings": ("跨线", "acts of two rooms"),
    "reporting": ("统计", "figures, reports"),
    "deliberation": ("协商", "worry to agreement"),
    "proposals": ("提案", "proposals, advice"),
    "assistance": ("助推", "the campaign"),
    "commitments": ("承诺", "promises and their clocks"),
    "attachments": ("附件", "photos and files"),
    "organisations": ("机构", "places, bodies, posts, rights"),
    "notices": ("通知", "what people are told"),
    "people": ("人员", "persons, accounts, reach"),
    "journal": ("日志", "every act, sealed"),
    "database": ("数据库", "reach, many lists by one query"),
    "common_ground": ("最大公约数", "opinion groups"),
    "formats": ("格式", "sheets, PDF, Word"),
    "kit": ("工具", "text, clock, ids"),
    "urls": ("地址", "addresses"),
    "shell": ("外壳", "desk, menu, home"),
    "worries": ("诉求", "raised, screened"),
    "process": ("流程", "plans, gates"),
    "room": ("会场", "screens of a sitting"),
    "sittings": ("会议", "seats, draw, agreement"),
    "consultation": ("线上征询", "statements, votes"),
    "record": ("公开", "public files"),
    "register": ("登记册", "households"),
    "exits": ("退出评估", "sample, rulings"),
    "watch": ("监测", "signals, families"),
    "checks": ("校验", "rules, findings"),
    "deeds": ("实绩", "who did what"),
    "campaign": ("行动", "phases, items"),
    "pairing": ("结对", "visits, needs"),
    "projects": ("项目资金", "money, works"),
    "supervision": ("督战", "rounds, findings"),
    "imports": ("导入", "workbooks"),
    "wiring": ("接线", "who hears whom"),
}
DJANGOS = {"apps", "models", "migrations"}  # modules that Django asks for by these names: no parts
WIDTH, MARGIN, GAP = 1200, 36, 14
LEFT = 560  # width of the column of rooms
ROW, PART_ROW = 62, 46  # the least height of a room, that of a part
ACROSS = 3  # parts beside each other; a layer of more stands in several lines
RULE = "只引用下方的，同一行之间互不引用 · each imports only from below it, never from beside it"


@dataclass(frozen=True)
class Layers:
    """One contract: a container (`yishi`, `yishi.web`) and its layers from above to below, each with its names."""

    container: str
    layers: list[list[str]]


def contracts_of(project: Path) -> list[dict[str, Any]]:
    return list(tomllib.loads(project.read_text("utf-8"))["tool"]["importlinter"]["contracts"])


def parts_in(layer: str) -> list[str]:
    return [name for name in re.findall(r"\w+", layer) if name not in DJANGOS]


def layers_of(project: Path) -> list[Layers]:
    """The contracts of layers, that of the whole package first."""
    contracts = [contract for contract in contracts_of(project) if contract["type"] == "layers"]
    found = [
        Layers(container, [names for layer in contract["layers"] if (names := parts_in(layer))])
        for contract in contracts
        for container in contract["containers"]
    ]
    return sorted(found, key=lambda layers: layers.container.count("."))


def pure_of(project: Path) -> set[str]:
    """The rooms that must not know Django, without their parts."""
    forbidden = [contract for contract in contracts_of(project) if contract["type"] == "forbidden"]
    modules = [module for contract in forbidden for module in contract["source_modules"]]
    return {module.removeprefix("yishi.") for module in modules if module.count(".") == 1}


def text(x: float, y: float, words: str, size: int, kind: str, anchor: str = "start") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" class="{kind}" text-anchor="{anchor}">{escape(words)}</text>'


def box(x: float, y: float, width: float, height: float, name: str, kind: str) -> list[str]:
    """A room or part: its Chinese and its name in the code; of a room also what is in it."""
    chinese, english = WORDS[name]
    middle, is_part = x + width / 2, height == PART_ROW
    line = y + height / 2 + (5 if is_part else -5)
    size = (14, 13) if is_part else (17, 14)
    return [
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="7" class="{kind}"/>',
        f'<text x="{middle:g}" y="{line:g}" text-anchor="middle" font-size="{size[0]}" class="name">'
        f'{escape(chinese)} <tspan class="code" font-size="{size[1]}">{escape(name)}</tspan></text>',
        *([] if is_part else [text(middle, line + 21, english, 12, "soft", "middle")]),
    ]


def beside(names: list[str], x: float, y: float, width: float, row: float, classes: dict[str, str]) -> list[str]:
    share = (width - GAP * (len(names) - 1)) / len(names)
    places = [x + index * (share + GAP) for index in range(len(names))]
    return [
        line
        for name, at in zip(names, places, strict=True)
        for line in box(at, y, share, row, name, classes.get(name, "room"))
    ]


def lines_of(names: list[str]) -> list[list[str]]:
    count = -(-len(names) // ACROSS)
    return [names[index * len(names) // count : (index + 1) * len(names) // count] for index in range(count)]


def panel(contract: Layers, x: float, y: float, width: float) -> tuple[list[str], float]:
    """The parts inside a room, and how high they stand."""
    room = contract.container.removeprefix("yishi.").split(".")[-1]
    drawn: list[str] = []
    line = y + 46
    for names in contract.layers:
        for part in lines_of(names):
            drawn += beside(part, x + 16, line, width - 32, PART_ROW, {})
            line += PART_ROW + 5
        line += 6
    height = line + 5 - y
    return [
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="10" class="panel"/>',
        f'<text x="{x + 18:g}" y="{y + 31:g}" font-size="16" class="name">{WORDS[room][0]}之内'
        f' <tspan class="code" font-size="14">inside {escape(contract.container)}</tspan></text>',
        *drawn,
    ], height


def legend(opened: set[str], x: float, height: float) -> list[str]:
    if not opened:
        return []
    return [
        f'<rect x="{x:g}" y="{height - 38:g}" width="18" height="14" rx="3" class="opened"/>',
        text(x + 26, height - 26, "右侧打开 · opened at the right", 13, "soft"),
    ]


STYLE = f"""
text{{font-family:{FONT}}}
.paper{{fill:#faf9f6}} .room{{fill:#fff;stroke:#dcd9d1;stroke-width:1.2}}
.opened{{fill:#fff;stroke:#1f4e79;stroke-width:2}} .pure{{fill:#eaf0f6;stroke:#b9cbdd;stroke-width:1.2}}
.panel{{fill:#f2f0ea;stroke:#dcd9d1}} .name{{fill:#1c2430;font-weight:700}}
.code{{fill:#1f4e79;font-weight:400;font-family:ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace}}
.soft{{fill:#4b5563}} .title{{fill:#163a5c;font-weight:700}} .way{{stroke:#1f4e79;stroke-width:1.6;fill:none}}
.head{{fill:#1f4e79}}
"""


def picture(project: Path = ROOT / "pyproject.toml") -> str:
    """The whole picture as SVG."""
    house, *inside = layers_of(project)
    opened = {contract.container.split(".")[1] for contract in inside}
    top, left, right = 108, MARGIN + 44, MARGIN + 44 + LEFT + 34
    classes = dict.fromkeys(pure_of(project), "pure") | dict.fromkeys(opened, "opened")
    panels: list[str] = []
    y = float(top)
    for contract in inside:
        lines, tall = panel(contract, right, y, WIDTH - right - MARGIN)
        panels += lines
        y += tall + 18
    step = max(ROW + GAP, (y - 18 - top + GAP) / len(house.layers) if inside else 0)
    rooms: list[str] = []
    for number, names in enumerate(house.layers):
        width = LEFT if inside else WIDTH - left - MARGIN
        rooms += beside(names, left, round(top + number * step, 1), width, round(step - GAP, 1), classes)
    bottom = top + len(house.layers) * step - GAP
    height = bottom + 62
    arrow = MARGIN + 14
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:g}" role="img"'
            ' aria-labelledby="rooms-title">',
            '<title id="rooms-title">房间与部分 · Rooms and parts</title>',
            f"<style>{STYLE}</style>",
            f'<rect width="{WIDTH}" height="{height:g}" class="paper"/>',
            text(MARGIN, 52, "房间与部分 · Rooms and parts", 26, "title"),
            text(MARGIN, 80, RULE, 14, "soft"),
            f'<path d="M{arrow} {top + 6}V{bottom - 12}" class="way"/>',
            f'<path d="M{arrow - 6} {bottom - 14}h12l-6 12z" class="head"/>',
            *rooms,
            *panels,
            f'<rect x="{left}" y="{height - 38:g}" width="18" height="14" rx="3" class="pure"/>',
            text(left + 26, height - 26, "纯代码，不用 Django · pure: knows no Django", 13, "soft"),
            *legend(opened, left + 330, height),
            "</svg>",
            "",
        ]
    )


def main() -> int:
    PICTURE.write_text(picture(), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
