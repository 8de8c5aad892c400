"""One rule wherever numbers of families stand: who may not read their files reads tens, who may reads the number."""

import ast
import io
import re
import zipfile
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.services.campaigns import drive_add
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_withdraw
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.database.reach import everything
from yishi.reporting.fold import fold_all
from yishi.reporting.models import AnswerSheet
from yishi.reporting.services import answer_issue, answer_write, report_issue
from yishi.web.reporting.answer_sheets import paragraphs_of

pytestmark = pytest.mark.django_db
PAGES = Path(paragraphs_of.__code__.co_filename).parents[1]  # yishi/web
# Who asks the figures and shows no family or person in them.
SHOWS_NO_FAMILY = {
    "assistance/campaign/campaign_items.py": "deeds and amounts of one item",
    "assistance/deeds/helping.py": "deeds, bodies and who gave",
}
ASKS = {"ask", "by_item", "by_place", "by_month", "measure", "numbers_of"}


@kept_over_all_files
def helping(cast):
    with everything():
        found = Helping(cast)
        yesterday = timezone.localdate() - timedelta(days=1)
        # Seven families, four of them in 牟尼村: told as fewer than ten, and read by nobody as 7, 4 or 3.
        found.record(parties=[Part(cast.people["member"])], reached=Reached(households=found.households[:4], unnamed=3))
        found.record(
            parties=[Part(cast.people["member"])],
            place=cast.places["邻近村"],
            reached=Reached(households=found.households[4:7], unnamed=3),
        )
        fold_all()
        given = {
            "place": cast.places["牟定县"],
            "starts_on": found.start,
            "ends_on": yesterday,
            "campaign": found.campaign,
        }
        clerk = cast.viewer("clerk")
        report = report_issue(
            actor=clerk, title="季报", indicators=["deeds", "households", "people", "unnamed"], **given
        )
        text = "惠及 [[households]] 户、[[unnamed]] 人次，其中销路 [[households item=channel]] 户。"
        written = answer_write(actor=clerk, title="答卷", text=text, **given)
        answer_issue(actor=clerk, sheet=AnswerSheet.objects.get(pk=written.result["answer"]))
        drive = drive_add(actor=clerk, campaign=found.campaign, name="百日总攻", starts_on=yesterday, ends_on=yesterday)
        found.made = {
            "report": report.result["report"],
            "answer": written.result["answer"],
            "drive": drive.result["drive"],
        }
        return found


def surfaces(helping) -> dict[str, str]:
    """Every address where numbers of families of the county stand."""
    county, made = helping.cast.places["牟定县"].pk, helping.made
    place, report, answer = (
        reverse(name, args=[key])
        for name, key in (("figures_place", county), ("report", made["report"]), ("answer", made["answer"]))
    )
    return {
        "a place's page": place,
        "its workbook": f"{place}?export=xlsx",
        "its numbers for programs": reverse("figure_numbers", args=[county]),
        "an issued report": report,
        "its workbook, as issued": f"{report}?export=xlsx",
        "its paper": reverse("report_docx", args=[made["report"]]),
        "an answer sheet": answer,
        "a drive": reverse("drive", args=[made["drive"]]),
    }


def words_of(response) -> str:
    """What somebody reads there, without the marks."""
    kind = response["Content-Type"]
    if "spreadsheet" in kind:
        return str([[str(cell) for cell in row] for row in read_sheet(response.content)[0].rows])
    if "word" in kind:
        text = zipfile.ZipFile(io.BytesIO(response.content)).read("word/document.xml").decode()
    else:
        text = response.content.decode()
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<script.*?</script>", "", text)))


def test_it_works(client, helping):
    """Seven families: the county's office reads 7 everywhere, the office of another county nowhere."""
    for who, sees in (("clerk", True), ("outsider", False), ("handler", False)):
        sign_in(client, helping.cast, who)
        for name, address in surfaces(helping).items():
            if name == "a drive" and who != "clerk":  # the campaign is not theirs
                continue
            answer = client.get(address)
            assert answer.status_code == 200, (who, name)
            words = words_of(answer)
            exact = re.search(r"(?<![\d.:-])7(\.0)?(?![\d.:-])", words)
            rough = "少于 10" in words or '"households": null' in words
            assert rough is not sees, (who, name)
            assert bool(exact) is sees, (who, name, words)


def test_the_copy_for_the_public_has_no_small_number_whoever_prints_it(client, helping):
    sign_in(client, helping.cast, "clerk")
    address = reverse("report_docx", args=[helping.made["report"]])
    assert "内部件" in words_of(client.get(address))
    words = words_of(client.get(f"{address}?for=all"))
    assert "公开件" in words
    assert "少于 10" in words
    assert (
        f"{reverse('report_pdf', args=[helping.made['report']])}?for=all"
        in client.get(reverse("report", args=[helping.made["report"]])).content.decode()
    )


def test_a_correction_within_a_ten_is_not_told(client, helping):
    with everything():
        deed = Deed.within.order_by("pk").last()
        deed_withdraw(actor=helping.cast.viewer("member"), deed=deed, reason="误记")
    fold_all()
    address = reverse("report", args=[helping.made["report"]])
    for who, corrected in (("clerk", {"deeds", "households", "unnamed"}), ("outsider", {"deeds"})):
        lines = sign_in(client, helping.cast, who).get(address).context["lines"]
        assert {line["indicator"].code for line in lines if line["differs"]} == corrected, who


def test_whoever_shows_figures_asks_what_the_reader_may_be_told():
    """A new page, workbook or paper that asks the figures goes through the one function, or is named above."""
    asking = set()
    for path in sorted(PAGES.rglob("*.py")):
        names, modules = set(), set()
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("yishi.reporting"):
                names |= {one.name for one in node.names}
                modules.add(node.module)
        if names & ASKS or "place_figures" in names:
            asking.add(str(path.relative_to(PAGES)))
            is_told = "yishi.reporting.small_numbers" in modules
            assert is_told or str(path.relative_to(PAGES)) in SHOWS_NO_FAMILY, path
    assert asking >= {
        "reporting/figures.py",
        "reporting/answer_sheets.py",
        "assistance/campaign/drives.py",
        *SHOWS_NO_FAMILY,
    }
