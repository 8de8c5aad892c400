"""What is said of a row or a file that is not taken: one plain sentence for each code, with what to do."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.kit.identity import masked_in

from .rows import row_text

WORDS: dict[str, Any] = {
    # files
    "too_big": _("The file is bigger than %(megabytes)s MB. Divide it into several files."),
    "old_excel": _("This is an old .xls or .et file. Open it, choose “save as” and the type .xlsx, then send that."),
    "other_workbook": _(
        "This is an .ods or .xlsb workbook or a web page. Open it, choose “save as” and the type .xlsx, then send that."
    ),
    "not_a_workbook": _("This is no workbook. Send an .xlsx file, best the filled-in template."),
    "bomb": _(
        "This file unpacks to far more than a register needs; it is not opened. Copy the rows into the template."
    ),
    "broken": _("The file is damaged and cannot be read. Open it, save it anew and send it again."),
    "encrypted": _("The file is protected by a password. Take the password away and send it again."),
    "macro": _("The file contains macros. Save it as .xlsx without macros and send it again."),
    "too_many_rows": _("A sheet has more than %(most)s rows. Delete the empty rows below, or divide the file."),
    "too_many_columns": _("A sheet has more than %(most)s columns. Delete what stands to the right of the table."),
    "too_slow": _("Reading the file took too long; it is not opened. Copy the rows into the template."),
    "encoding": _("The letters of the file cannot be read. Save it as .xlsx or as CSV in UTF-8."),
    # cells
    "cell_error": _("The cell shows an error (%(text)s). Type the value."),
    "formula_empty": _("The cell holds a formula without a stored value. Copy the column and paste it as values."),
    "merged_across": _("The cell is merged with the one beside it. Take the merging away and fill in both."),
    "private_letters": _("The cell holds letters of a private font that others cannot see. Type them anew."),
    "digits_lost": _("The spreadsheet has cut this long number. Set the column to “text” and type it from the paper."),
    "date_for_code": _("A date stands here (%(text)s) where a number belongs. Set the column to “text”."),
    "masked": _("The number is hidden by stars. Type it in full."),
    "not_text": _("A name is text, but “%(text)s” stands here."),
    "no_number": _("“%(text)s” is no number. Type digits only; the unit stands in the heading."),
    "percent": _("The cell shows %(text)s and holds %(stored)s. Set the column to “text” and type what is meant."),
    "no_whole": _("“%(text)s” is no whole number."),
    "no_date": _("“%(text)s” is no date. Write it like 2020-05-01."),
    "no_year": _("“%(text)s” is no year. Set the column to “text” and write it like 2020."),
    "no_yes": _("“%(text)s” is neither 是 nor 否."),
    "no_label": _("“%(text)s” is not in the list. Choose one of the list's values (they stand in the template)."),
    # rows
    "missing": _("is missing"),
    "household_number": _("“%(text)s” is no household number: letters and digits, at most 32."),
    "name": _("“%(text)s” is no name."),
    "two_heads": _("The household has another head in row %(row)s."),
    "no_head": _("The household has no head. Write 户主 for one of its members."),
    "other_head": _("The register has another head of this household. Change the head there first."),
    "two_years": _("The rows of one household name different years. Send a workbook for each year."),
    "year_range": _("%(year)s is no year of this register."),
    "two_villages": _("The rows of one household name different villages."),
    "no_place": _("“%(text)s” is no village within your place. Write its name as in the list of places, or its code."),
    "many_places": _("Several villages are called “%(text)s”. Fill in the township, or the code (column 村编码)."),
    "place_became_many": _("What was meant is several places today (%(text)s). Write the one that is meant."),
    "place_and_code": _("The code belongs to another village than “%(text)s”."),
    "rows_differ": _("Row %(row)s says something else for the same household. Make them alike."),
    "account": _("An account has 8 to 32 digits."),
    "two_main_causes": _("A household has one main cause. Move the others to 其他致贫原因."),
    "cause_twice": _("The other causes repeat the main one."),
    "healthy_and_ill": _("“%(text)s”: healthy and ill exclude each other."),
    "two_insurances": _("The columns on this insurance contradict each other. A person has one, or none."),
    "cleared_when": _("The risk is cleared, but since when? Add a column 风险消除时间 with the day."),
    "months": _("Months lie between 0 and 12."),
    "money_range": _("“%(text)s” is no sensible amount in yuan."),
    "number_range": _("“%(text)s” is too small or too large here."),
    "phone": _("This is no phone number."),
    "text_long": _("“%(text)s…” has more letters than this column holds. Shorten it."),
    "sum_differs": _("The workbook says %(given)s yuan, its parts make %(made)s yuan. Mend the parts or the sum."),
    "unlike_card": _("This is not what the identity number says."),
    "identity_length": _("An identity card's number has 18 characters (an old one 15), a disability card's 20 or 22."),
    "identity_characters": _("An identity number has digits only; the last character may be X."),
    "identity_day": _("The day of birth in this number does not exist. Compare it with the card."),
    "identity_check": _("One digit of this number is wrong or two are swapped. Compare it with the card."),
    "identity_zeros": _(
        "The number ends in 000, as numbers do that a spreadsheet has cut. Compare it with the card; "
        "if it is right, add a column 证件号码已核对 and write 是."
    ),
    "identity_twice": _("The same number stands in row %(row)s."),
    "number_twice": _("The same number stands in row %(row)s."),
    "registered_already": _("Somebody with this identity number is registered in household %(number)s."),
    "household_elsewhere": _("This household number is registered in another place."),
    "lives_elsewhere": _("The household is registered in %(text)s. A move is entered at the household, not imported."),
    "household_left": _("The household left the register on %(day)s."),
    "household_too_large": _("A household has at most %(most)s members. Is the household number right?"),
    "many_members": _("Several members are called so. Fill in the member's number."),
    # deeds
    "no_item": _("“%(text)s” is no item of a campaign here. Write it as in the catalogue."),
    "many_items": _("Several campaigns have an item “%(text)s”. Write its code."),
    "other_unit": _("The item is counted in %(unit)s, not in “%(text)s”."),
    "no_household": _("Household %(text)s is not in the register of your place."),
    "no_member": _("“%(text)s” is in none of this row's households on that day. Write the name as in the register."),
    "namesakes": _("Several people of these households are called “%(text)s”. Write 受益人编号 beside it."),
    "whose_member": _("Whose “%(text)s”? Write the household's number into 受益户编号, or 受益人编号."),
    "no_member_number": _("Nobody of your place has the number %(text)s."),
    "many_of_number": _("Several people have the number %(text)s. Write the name and the household's number."),
    "no_party": _("“%(text)s” is neither a body of your place nor a member of its committee."),
    "many_parties": _("Several bodies or members are called “%(text)s”. Enter this deed by hand."),
    "deed_twice": _("The row is the same as row %(row)s. If they are two deeds, say in 内容 how they differ."),
    "too_many_deeds": _("A workbook holds at most %(most)s deeds. Divide it."),
    "row_twice": _("The row is the same as row %(row)s. Delete one of them."),
    "too_many_records": _("A workbook of this kind holds at most %(most)s rows. Divide it."),
    # departments' lists
    "who": _("Write the identity number, or the household's number beside the name: by a name alone nobody is found."),
    "no_person": _("Nobody in the register of your place has this number."),
    "many_of_identity": _("Several people of the register have this number. Mend the register first."),
    "other_name": _("Who has this number is not called “%(text)s” in the register. Compare both with the card."),
    "no_such_member": _("“%(text)s” is no member of this household today. Write the name as in the register."),
    "two_of_name": _("Two members of this household are called “%(text)s”. Write the identity number."),
    "no_trouble": _("What happened? Fill in one of the columns with an amount or a day, or 预警事项."),
    "two_troubles": _("The row speaks of several things. Write one row for each, or fill in 预警事项."),
    "no_unsafe_house": _("“%(text)s” is no unsafe house: only those of grade C and D are told."),
    "fact_twice": _(
        "Row %(row)s is the same bill, or says the same without a number. If they are two, write the number of each; "
        "else delete one."
    ),
    # findings of a round
    "no_round": _("“%(text)s” is no round of supervision. Write its number as it stands on its page."),
    "head_differs": _("The register has another head for this household number, not “%(text)s”. Is the row in order?"),
    "item_not_looked_at": _("This round does not look at “%(text)s”."),
    "no_body_called": _("“%(text)s” is no body around your place. Write its full name as on the page of bodies."),
    # bodies and people
    "body_kind": _("“%(text)s” is no kind of body. Choose one from the list."),
    "public": _("Write 是 or 否, or leave it empty."),
    "post_role": _("“%(text)s” is no role. Choose one from the list."),
    "seat": _("Write 议事会成员 or 召集人, or leave it empty."),
    "sector": _("“%(text)s” is no sector. Choose one from the list."),
    "no_place_here": _("“%(text)s” is no place within %(home)s. Write its name as in the list of places, or its code."),
    "many_places_here": _(
        "Several places are called “%(text)s”. Write the code, or the full name from the prefecture down."
    ),
    "no_body": _("“%(text)s” is not in the sheet 机构 and not registered. Enter the body first, with the same name."),
    "many_bodies": _("Several bodies are called “%(text)s”. Give them different names, for example with the township."),
    "no_committee": _("Write the committee's name as in the sheet 机构."),
    "term_number": _("Enter the number of the term, for example 10."),
    "term_closed": _("The term %(text)s is not open. Open it on the page “members” first: that ends the term before."),
    # tables
    "no_sheets": _("The file has none of the sheets %(titles)s. Download the template and fill it in."),
    "no_headings": _("The sheet “%(sheet)s” has no heading row with the columns %(columns)s."),
    "no_table": _("No sheet has a heading row with the columns %(columns)s. Use the template's headings."),
    "heading_twice": _("Two columns stand for the same: “%(text)s”. Keep one."),
    "empty": _("The file holds no rows. Choose the file again."),
    "refusal": "%(text)s",
}
NOTES: dict[str, Any] = {
    "hidden_sheet": _("The sheet “%(sheet)s” is hidden; it was not read."),
    "other_sheet": _("The sheet “%(sheet)s” has no such headings; it was not read."),
    "hidden_rows": _("Sheet “%(sheet)s”: %(count)s hidden rows were read like all others (%(rows)s)."),
    "hidden_columns": _("Sheet “%(sheet)s”: hidden columns were read like all others (%(columns)s)."),
    "unknown_columns": _("%(count)s columns are not known here and are kept as they stand: %(columns)s."),
    "left_out": _("Row %(row)s (“%(text)s…”) is a note, a total or a repeated heading and was left out."),
    "checks": _(
        "%(households)s new households contradict themselves, %(errors)s of them with errors: %(most)s. "
        "They may be imported and mended afterwards; or mend the workbook and send it again."
    ),
    "namesake": _(
        "%(row)s: somebody of this name is registered already. If it is the same person, enter the same phone number."
    ),
    "deed_alike": _(
        "%(count)s rows look like a deed that is recorded already (rows %(rows)s): same item, day, place, amount, "
        "families and doers. If it is the same deed, delete the row and send the workbook again; if not, import it."
    ),
    "explained": _("%(count)s cells are read as your desk has said: %(words)s."),
    "place_led": _(
        "%(count)s rows name a village as it was once; they are taken for what it is today, deeds for the village "
        "as of their day: %(places)s."
    ),
    "stale": _("The register was changed while this was being imported; the workbook was checked again."),
}


def fault_words(code: str, params: Mapping[str, Any], sheets: Sequence[str] = ()) -> str:
    """The sentence for a fault's code; `sheets`: the names of those that were read, where they tell rows apart."""
    said = {**params, "row": row_text(params["row"], sheets)} if "row" in params else params
    return str(WORDS[code] % masked_params(said))


def note_words(code: str, params: Mapping[str, Any]) -> str:
    """The sentence for a note's code."""
    return str(NOTES[code] % masked_params(params))


def masked_params(params: Mapping[str, Any]) -> dict[str, Any]:
    """A card's number in a column where none belongs is quoted with stars."""
    return {name: masked_in(value) if isinstance(value, str) else value for name, value in params.items()}
