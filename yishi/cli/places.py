"""`yishi places load [FILE]`: load a province's places (.csv, .csv.gz, .csv.xz); without FILE those of Yunnan."""

import time

from yishi.kit.errors import Refusal
from yishi.organisations.grants import system
from yishi.organisations.place_file import SHIPPED
from yishi.organisations.services.places import place_load


def run(words: list[str]) -> int:
    if not words or words[0] != "load" or len(words) > 2:
        print("yishi places load [FILE]")
        return 2
    path = words[1] if len(words) == 2 else SHIPPED
    began = time.perf_counter()
    try:
        receipt = place_load(path, actor=system())
    except Refusal as refusal:
        print(refusal)
        return 1
    added, known = receipt.result["added"], receipt.result["known"]
    seconds = time.perf_counter() - began
    print(f"行政区划:新增 {added} 个,已有 {known} 个 · places: {added} added, {known} known ({seconds:.1f} s)")
    return 0
