"""Each rule of the validator: a model in which exactly one thing is broken, and the sentence that names it."""

import copy

import pytest

from yishi.deliberation.process.problems import validate_model
from yishi.deliberation.process.schema import from_toml, read_document, to_toml, write_document
from yishi.deliberation.services.processes import MODELS_DIR, SHIPPED
from yishi.kit.errors import Refusal


def good():
    return write_document(read_document(from_toml((MODELS_DIR / "five_links.toml").read_bytes())))


def step(document, code):
    return next(row for row in document["steps"] if row["code"] == code)


def seat(document, code):
    return next(row for row in document["seats"] if row["code"] == code)


@pytest.mark.parametrize("code", SHIPPED)
def test_it_works(code):
    document = from_toml((MODELS_DIR / f"{code}.toml").read_bytes())
    assert validate_model(document) == []
    assert document["code"] == code and document["source"]


@pytest.mark.parametrize("code", SHIPPED)
def test_a_file_read_and_written_says_the_same(code):
    document = write_document(read_document(from_toml((MODELS_DIR / f"{code}.toml").read_bytes())))
    assert write_document(read_document(from_toml(to_toml(document)))) == document


def put(path, value):
    """A breakage that sets one value: path of keys, codes of steps and seats, numbers of rows."""

    def breaks(document):
        table = document
        for key in path[:-1]:
            table = table[key]
        table[path[-1]] = value

    return breaks


def in_step(code, /, **values):
    return lambda document: step(document, code).update(values)


def in_gate(code, gate, /, **values):
    return lambda document: next(g for g in step(document, code)["gates"] if g["code"] == gate).update(values)


def in_seat(code, /, **values):
    return lambda document: seat(document, code).update(values)


def no_stage(code):
    """Without the step, and without what pointed to it."""
    return lambda document: document["steps"].remove(step(document, code))


def gates_twice(document):
    step(document, "hand_over")["gates"][0]["code"] = "party_plan"


def swap_steps(document):
    document["steps"][2], document["steps"][3] = document["steps"][3], document["steps"][2]


def two_chairs(document):
    seat(document, "chair")["max"] = 2


def no_chair(document):
    document["seats"].remove(seat(document, "chair"))
    document["composition"]["fixed"].remove("chair")


def no_seats(document):
    document["seats"] = []
    document["composition"] = {"fixed": [], "varies": ""}
    for row in document["steps"]:
        row["exit"] = [code for code in row["exit"] if code != "chair_neutral"]


def no_steps(document):
    document["steps"] = []


BROKEN = {
    "format": (put(["format"], 7), "格式"),
    "unknown_key": (put(["colour"], "red"), "colour"),
    "wrong_type": (in_step("study", days="ten"), "days"),
    "not_a_table": (lambda document: document["steps"].append("study"), "不是"),
    "composition_key": (put(["composition", "extra"], []), "extra"),
    "no_name": (put(["name"], ""), "没有名称"),
    "long_name": (put(["name"], "长" * 65), "64"),
    "bad_code": (put(["code"], "五环节"), "五环节"),
    "no_source": (put(["source"], ""), "出处"),
    "no_topics": (put(["topics"], []), "协商什么"),
    "no_levels": (put(["levels"], []), "层级"),
    "unknown_level": (put(["levels"], ["county", "moon"]), "moon"),
    "unknown_clock": (put(["clocks", "lunch"], 3), "lunch"),
    "clock_type": (put(["clocks", "notice"], "15"), "notice"),
    "clock_range": (put(["clocks", "notice"], 900), "400"),
    "seat_twice": (in_seat("expert", code="observer"), "observer"),
    "seat_code": (in_seat("expert", code="专家"), "专家"),
    "seat_name": (in_seat("expert", name=""), "expert"),
    "seat_role": (in_seat("expert", role="king"), "king"),
    "seat_filled_by": (in_seat("expert", filled_by="magic"), "magic"),
    "seat_room": (in_seat("expert", min=0, max=0), "至少能坐一人"),
    "seat_min_max": (in_seat("party", min=30), "30"),
    "chair_votes": (in_seat("chair", votes=True), "不表态"),
    "two_chairs": (two_chairs, "只能有一位主持人"),
    "no_chair": (no_chair, "中立"),
    "no_seats": (no_seats, "席位"),
    "composition_unknown": (put(["composition", "fixed"], ["ghost"]), "ghost"),
    "composition_twice": (put(["composition", "fixed"], ["chair", "party"]), "party"),
    "coverage_what": (put(["coverage"], [{"what": "cats", "tier": "county", "per_year": 1}]), "cats"),
    "coverage_tier": (put(["coverage"], [{"what": "sittings", "tier": "moon", "per_year": 1}]), "moon"),
    "coverage_venue": (
        put(["coverage"], [{"what": "venues", "tier": "county", "per_year": 1, "venue_kind": "castle"}]),
        "castle",
    ),
    "coverage_number": (put(["coverage"], [{"what": "sittings", "tier": "county", "per_year": 0}]), "至少为每年一"),
    "no_steps": (no_steps, "没有步骤"),
    "step_twice": (in_step("prepare", code="sit"), "sit"),
    "step_code": (in_step("prepare", code="会前"), "会前"),
    "step_name": (in_step("prepare", name=""), "第 4 步"),
    "step_stage": (in_step("prepare", stage="partied"), "partied"),
    "step_role": (in_step("prepare", role="wizard"), "wizard"),
    "step_days": (in_step("prepare", days=-3), "会前准备"),
    "step_paper": (in_step("prepare", papers=["scroll"]), "scroll"),
    "step_condition": (in_step("prepare", exit=["moon_full"]), "moon_full"),
    "entry_condition": (in_step("prepare", entry=["moon_full"]), "moon_full"),
    "gate_twice": (gates_twice, "party_plan"),
    "gate_code": (in_gate("plan", "party_plan", code="党委"), "小写"),
    "gate_name": (in_gate("plan", "party_plan", name=""), "party_plan"),
    "gate_no_body": (in_gate("plan", "party_plan", body=""), "哪一类机构"),
    "gate_body": (in_gate("plan", "party_plan", body="circus"), "circus"),
    "gate_tier": (in_gate("plan", "party_plan", tier="moon"), "moon"),
    "gate_days": (in_gate("plan", "party_plan", days=0), "至少 1 个工作日"),
    "gate_returns": (in_gate("plan", "party_plan", returns_to="agree"), "agree"),
    "gate_condition": (in_step("study", exit=["gate:party_adopts"]), "party_adopts"),
    "order": (swap_steps, "阶段"),
    "no_hand_over": (no_stage("hand_over"), "交办"),
    "not_judged": (in_step("judge", stage="fed_back"), "评价"),
    "not_settled": (in_step("judge", exit=["fed_back"]), "销号"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_model_is_named_in_plain_chinese(name):
    breaks, word = BROKEN[name]
    document = copy.deepcopy(good())
    breaks(document)
    problems = validate_model(document)
    assert len(problems) == 1, problems
    assert word in problems[0], problems
    assert any("\u4e00" <= letter <= "\u9fff" for letter in problems[0])


def test_what_is_no_toml_is_refused_with_the_line():
    with pytest.raises(Refusal) as refused:
        from_toml(b"code = \nname")
    assert refused.value.code == "process.not_toml"
    assert "line 1" in str(refused.value)


def test_a_huge_file_is_refused():
    with pytest.raises(Refusal) as refused:
        from_toml(b"#" * 300_000)
    assert refused.value.code == "process.too_large"
