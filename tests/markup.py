"""What is wrong with a page's HTML: two equal ids, English inside Chinese, a draft that no receipt ends."""

import re
from collections import Counter
from html.parser import HTMLParser

from django.http import HttpResponse

SILENT = ("script", "style", "code", "pre", "option")
SPOKEN = ("placeholder", "aria-label", "title", "alt")
# Names of files and programs, as Chinese offices write them, and the other language's own name.
KNOWN = {"English", "xlsx", "pdf", "PDF", "docx", "Word", "csv", "CSV", "TOML", "toml", "JSON", "Excel", "SMS", "WPS"}
KNOWN |= {"WCAG", "Cookie", "ICP"}
# Codes that are written as they are: of items, of figures in an answer sheet, of accounts; the title of a sample.
KNOWN |= {"road", "deeds", "households", "villages", "handler", "GATED"}
RAW_DAY = re.compile(r"(?<![\w./-])(?:19|20)\d\d-\d\d-\d\d(?![\w-])")  # as programs write it
HAN = "[\u3400-\u9fff]"
STOP = re.compile(rf"{HAN}[.;!?](?=\s|$|{HAN})|[。！？；，][。；，]")  # of the other script, or two
WORD = re.compile(r"(?<![\w./@:=-])[A-Za-z]{3,}(?![\w./@:=-])")


class _Markup(HTMLParser):
    def __init__(self, text: str):
        super().__init__()
        self.ids: Counter[str] = Counter()
        self.shown: list[str] = []
        self.silent = 0
        self.drafts: list[bool] = []  # has the form the id of its act?
        self.in_draft = False
        self.cut = 0  # text areas that a browser would cut by its own counting
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if attributes.get("id"):
            self.ids[attributes["id"]] += 1
        self.cut += tag == "textarea" and "maxlength" in attributes
        if tag == "form":
            self.in_draft = "data-draft" in attributes
            self.drafts += [False] * self.in_draft
        if self.in_draft and attributes.get("name") == "act_id":
            self.drafts[-1] = True
        self.silent += tag in SILENT
        self.shown += [attributes[name] for name in SPOKEN if attributes.get(name)]

    def handle_endtag(self, tag):
        self.silent -= tag in SILENT

    def handle_data(self, data):
        if not self.silent:
            self.shown.append(data)


def markup_faults(response: HttpResponse) -> list[str]:
    """In words, for a Chinese page; nothing for what is no page."""
    if not response.get("Content-Type", "").startswith("text/html") or response.streaming:
        return []
    page = _Markup(response.content.decode())
    twice = [f"id {name} ×{count}" for name, count in page.ids.items() if count > 1]
    english = {word for text in page.shown for word in WORD.findall(text)} - KNOWN
    twice += [f"{page.drafts.count(False)} drafts without an act"] if False in page.drafts else []
    twice += [f"{page.cut} text areas with maxlength"] if page.cut else []
    raw = {day for text in page.shown for day in RAW_DAY.findall(text)}
    stops = {text.strip()[:40] for text in page.shown if STOP.search(text)}
    return twice + [f"“{word}”" for word in sorted(english)] + sorted(raw) + [f"stop in {text!r}" for text in stops]
