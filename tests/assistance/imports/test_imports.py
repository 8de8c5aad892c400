"""A workbook of households: seen first, then taken as a whole, undone as a whole; the same again changes nothing."""

from decimal import Decimal

import pytest
from django.db import connection

from tests.assistance.helping import Helping
from tests.assistance.importing import again, card, counted, families, faults, publish, send, workbook
from yishi.assistance.deeds.services.standing import Reached
from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.imports.services.imports import import_send
from yishi.assistance.imports.services.pieces import results_in
from yishi.assistance.imports.services.publish import import_give_up, import_publish, import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.models import Household, HouseholdMember, HouseholdYear
from yishi.assistance.register.services.identity import identity_of
from yishi.database.reach import everything, reaching
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.people.models import Person

State = Import.State


def test_it_works(cast):
    before = counted()
    one = send(cast, workbook(families(3)))
    assert (one.state, one.new, one.changed, one.same, one.bad) == (State.READY, 3, 0, 0, 0), faults(one)
    assert counted() == before
    assert ["unknown_columns", {"columns": "养蜂箱数", "count": 1}] in one.notes
    one = publish(cast, one)
    assert one.state == State.PUBLISHED
    after = counted()
    assert {name: after[name] - before[name] for name in after} == {
        "Household": 3, "seen": 3, "HouseholdStay": 3, "HouseholdCause": 3, "HouseholdYear": 3,
        "HouseholdMember": 12, "MemberYear": 12, "Resident": 12, "Person": 12,
    }  # fmt: skip
    household = Household.within.get(number="5323230000000001")
    assert (household.place.name, household.size, household.phone) == ("牟尼村", 4, "13900000001")
    assert (household.kind, household.identified_year) == ("exited_with_policy", 2014)
    assert household.head.name == "王戊4号"
    assert [cause.code for cause in household.causes.all()] == ["illness"]
    year = HouseholdYear.within.get(household=household, year=2020)
    assert (year.wage_income, year.business_income, year.net_income) == (2_000_100, 800_050, 2_620_150)
    member = HouseholdMember.within.get(household=household, number="532300000000000005")
    assert (member.relation, member.raw) == ("spouse", {"养蜂箱数": "5"})
    assert identity_of(member.person.resident) == card(5)
    assert member.years.get().health == ["healthy"]
    with reaching(cast.viewer("clerk").reach):
        assert Household.objects.count() == 3
    with reaching(cast.viewer("outsider").reach):
        assert not Household.objects.exists()
        assert not Import.objects.exists()


def test_the_same_file_again_changes_nothing(cast):
    publish(cast, send(cast, workbook(families(3))))
    before = counted()
    one = send(cast, workbook(families(3)))
    assert (one.state, one.new, one.changed, one.same) == (State.READY, 0, 0, 3)
    with pytest.raises(WrongStage, match="没有"):
        import_publish(actor=cast.viewer("clerk"), sent=one)
    assert counted() == before


def test_what_changes_is_shown_old_and_new_and_nothing_else_is_touched(cast):
    publish(cast, send(cast, workbook(families(3))))
    rows = families(3)
    rows[0].update(联系电话="13911112222", 工资性收入=30000, **{"纯收入（元）": 36200.5})
    rows[1].update(文化程度="高中")
    rows[2].update(姓名="王丙丙", 证件号码=card(7_777))
    one = send(cast, workbook(rows))
    assert (one.new, one.changed, one.same, one.bad) == (0, 1, 2, 0), faults(one)
    piece = ImportPiece.objects.get(of=one, stage="units")
    changes = [change for result in results_in(piece) for change in result.changes]
    assert (2, "联系电话", "13900000000", "13911112222") in changes
    assert (2, "工资性收入", "20000", "30000") in changes or (2, "工资性收入", "20000.00", "30000.00") in changes
    assert (3, "文化程度", "初中", "高中") in changes
    masked = next(change for change in changes if change[1] == "证件号码")
    assert masked[3] == "*" * 14 + card(7_777)[-4:]
    publish(cast, one)
    household = Household.within.get(number="5323230000000000")
    assert household.phone == "13911112222"
    assert household.years.get().net_income == 3_620_050
    names = {member.person.name: member for member in household.members.all()}
    assert identity_of(names["王丙丙"].person.resident) == card(7_777)


def test_a_new_year_and_a_new_member_come_to_a_known_household(cast):
    publish(cast, send(cast, workbook(families(2))))
    rows = families(2)
    child = {**rows[3], "人口编号": "", "姓名": "王小小", "证件号码": card(9_999), "与户主关系": "孙子"}
    one = publish(cast, send(cast, workbook([*rows, child]), year=2021))
    assert one.state == State.PUBLISHED and one.changed == 2
    household = Household.within.get(number="5323230000000000")
    assert household.size == 5 and [year.year for year in household.years.all()] == [2020, 2021]


def test_one_bad_row_and_nothing_is_taken(cast):
    rows = families(3)
    rows[5]["证件号码"] = rows[5]["证件号码"][:-1] + ("1" if rows[5]["证件号码"][-1] != "1" else "2")
    before = counted()
    one = send(cast, workbook(rows))
    assert one.state == State.FAULTY and faults(one) == [(7, "证件号码", "identity_check")]
    with pytest.raises(WrongStage):
        import_publish(actor=cast.viewer("clerk"), sent=one)
    imports_work()
    assert counted() == before


def test_it_is_undone_as_a_whole(cast):
    before = counted()
    one = publish(cast, send(cast, workbook(families(3))))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    assert not Household.within.exists()  # at once
    imports_work()
    assert again(one.pk).state == State.UNDONE and counted() == before
    again_sent = send(cast, workbook(families(3)))
    assert again_sent.new == 3


def test_undoing_a_change_puts_the_old_values_back(cast):
    publish(cast, send(cast, workbook(families(2))))
    before = counted()
    rows = families(2)
    rows[0].update(联系电话="13911112222", 主要致贫原因="因学", 姓名="王改名", 证件号码=card(7_777))
    child = {**rows[3], "人口编号": "", "姓名": "王小小", "证件号码": card(9_999), "与户主关系": "孙子"}
    one = publish(cast, send(cast, workbook([*rows, child]), year=2021))
    import_undo(actor=cast.viewer("clerk"), sent=one)
    imports_work()
    assert counted() == before
    household = Household.within.get(number="5323230000000000")
    assert (household.phone, household.size, household.head.name) == ("13900000000", 4, "王甲0号")
    assert [cause.code for cause in household.causes.all()] == ["illness"]
    assert identity_of(household.head.resident) == card(0)


def test_what_was_built_on_is_not_undone(cast):
    one = publish(cast, send(cast, workbook(families(3))))
    helping = Helping(cast)
    helping.record(reached=Reached(households=[Household.within.get(number="5323230000000001")]))
    with pytest.raises(Refusal, match="不能撤销") as refused:
        import_undo(actor=cast.viewer("clerk"), sent=one)
    assert refused.value.code == "import.built_upon"
    assert Household.within.filter(number__startswith="532323").count() == 3


def test_a_household_that_somebody_registered_meanwhile_stops_the_import(cast):
    one = send(cast, workbook(families(3)))
    head = Person.within.create(name="快人一步")
    Household.within.create(
        number="5323230000000001", place=cast.places["牟尼村"], head=head, registered_on="2020-01-01"
    )
    before = counted()
    one = publish(cast, one)
    assert one.state in (State.READY, State.FAULTY) and ["stale", {}] in one.notes
    assert counted() == before
    assert one.new == 2


def test_outsiders_and_other_desks_are_refused(cast):
    data = workbook(families(1))
    with pytest.raises(NotAllowed):
        import_send(
            actor=cast.viewer("outsider"), body=cast.bodies["office"], kind="households", data=data, filename=""
        )
    with pytest.raises(NotAllowed):
        import_send(actor=cast.viewer("member"), body=cast.bodies["office"], kind="households", data=data, filename="")
    one = send(cast, data)
    for service in (import_publish, import_undo, import_give_up):
        with pytest.raises(NotAllowed):
            service(actor=cast.viewer("outsider"), sent=one)
    there = send(cast, data, who="outsider", body="outside_office")
    assert {code for _row, _heading, code in faults(there)} == {"no_place"}


def test_a_workbook_given_up_leaves_nothing_but_its_count(cast):
    one = send(cast, workbook(families(1)))
    import_give_up(actor=cast.viewer("clerk"), sent=one)
    assert again(one.pk).state == State.GIVEN_UP
    assert not ImportPiece.objects.exists() and not ImportFile.objects.exists()


def test_no_number_stands_in_clear_in_the_database(cast):
    rows = families(2)
    rows[0]["配偶身份证"] = card(5_555)
    for row in rows:
        row.setdefault("配偶身份证", "")
    publish(cast, send(cast, workbook(rows)))
    send(cast, workbook(families(4)))
    numbers = [*(card(n) for n in range(16)), card(5_555)]
    with everything(), connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            text = repr(cursor.fetchall())
            assert not [number for number in numbers if number in text], table
    raw = HouseholdMember.within.get(number="532300000000000000").raw
    assert raw["配偶身份证"] == "*" * 14 + card(5_555)[-4:]


def test_money_of_a_workbook_is_right_to_the_fen(cast):
    rows = families(1)
    rows[0].update(工资性收入=0.1 + 0.2, **{"纯收入（元）": ""})
    publish(cast, send(cast, workbook(rows)))
    year = HouseholdYear.within.get()
    assert year.wage_income == 30 and Decimal(year.net_income) == 30 + 800050 + 120000 - 300000
