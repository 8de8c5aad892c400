"""The first migration of an app makes the tables that Django's own operations would make, and is frozen."""

import hashlib
from pathlib import Path

import pytest
from django.db import connection, migrations, models
from django.db.migrations.state import ProjectState

from yishi.database.first_tables import FirstTables

PACKAGE = Path(__file__).resolve().parents[2] / "yishi"

# Whoever runs a version has these in their database: a migration that was released never changes; a new one joins the
# list (`sha256sum yishi/*/migrations/0*.py`).
FROZEN = {
    "assistance/0001_initial": "ddd940e3f656daeab294694f804f604da4b0ab6bf5ee2e134a4c61e5464c41a9",
    "assistance/0002_r_only_reports": "f2d4078ec99fe483382a3ed26f1bbfaff54f2a0ad755dfd79fcc73bd665c72b3",
    "assistance/0003_b_import_words": "9c71e7cd8316d43f78922b9c19e89969edd2ca3b38e9650bb5ff4428f573da6d",
    "assistance/0004_delivered": "e4ec399d349fdd9e0c244af317dc22ce9b003422f3e87c864c5c30e67f15059d",
    "assistance/0005_grams": "c7f9595ea649d5b3426ac84589b00fa2072dc3c53c59fe820ef62c0d590a3c51",
    "assistance/0006_team_end": "a60a514bb43454e15acc70971e591fad7d88d24631fd103a1ec19d662b012e23",
    "assistance/0007_standings": "86f85aae33f9a5d417561762e381aa22fcda45a2408de4110c81713c0623d5b2",
    "assistance/0008_standings_of_before": "8774792cd8244c163c6e5589217f9507acf9f5d979e373e26ff1dff863f0e7f0",
    "assistance/0009_kept_words": "bbb05a1c216fb6263dd6e88d9adaaa26cadbc03919bfb9cb61faa62dcb332ae9",
    "assistance/0010_asked_money": "0477b48d55ee2f45855805975cdb1d25d44e6c4c1d84a50929e30b292f63bf23",
    "assistance/0011_counted_households": "48318f9cf684dec6b4ab38429c00aa526cf38fc96c2dbbccc2216e23b46eabc0",
    "assistance/0012_second_answers": "4e69a51a981b4dc211d314b8481fd54e6179335e1893d88b5bfbefc99ee27420",
    "assistance/0013_visit_queue": "48d518e5cd90c6933e6d6c296e39514316e3de8fd8e0caed6f4f499f33b1245e",
    "assistance/0014_stated_numbers": "cde3bb2052d3f8f26d674575603f6199d5d7bb705fa6c48bc25a74e1048ac5e4",
    "assistance/0015_acceptances_taken_back": "027871283ea3bf68402a2b321560af7924865868c903bb371171608856794566",
    "assistance/0016_entered_by_mistake": "ca1e6e00f65ff5e5fb13f516652ccd5670f31f14b5b8f2615fa55ebe822239f4",
    "assistance/0017_exits": "2f0c14a2e074543fe9d66c7ff1c488000f9e234e9f1ea9cbb6387cd01376299c",
    "assistance/0018_drive_lists": "1a2a5bb9be361740341d6627c87204df98cbe806b9740823caa9be6e261b6bd0",
    "assistance/0019_supervision": "48fcb5d804fb3f948f199796aac47f645dfea1d3c6e72296c6a858c40726d167",
    "assistance/0020_deed_of_place": "8b6a6c38788beed9b2640dcb7c6d02e61dd0214e9870cb6c62be58d2d7f08620",
    "assistance/0021_watch": "2bdce7fa466ce28b2220216a7b35ddcf3fa437664f5e357a5f20073f68249814",
    "assistance/0022_asked_works": "74fa2e6be13ea5859716f38fb34628c0ad607d28e3a8035fd4c663125257e2e4",
    "assistance/0023_volunteers": "fa4935ef39c77231badc9da0378c458e066712336da7076958b38c04442b57ac",
    "assistance/0024_exit_settings": "288649a43949a5209cb3fbb4e3a88233574b899d42ce94c7b20feec2d9a864e5",
    "assistance/0025_two_people": "cbf0dea69157a1d837f5e28e198043d6e75285bcdc4f10bb05c9cb74d956e8bf",
    "assistance/0026_import_numbers": "7fc0327056c412186460821fed418b4a732f84cbec16392a82c5b98c93025786",
    "assistance/0027_signals": "170af1b04c69ff21a5357da9796e5c83194adf3e6e206d77340df67e433aee24",
    "assistance/0028_supervision_at_size": "b87227f2882320460b08a4c25dd16a95d59b33fbc9e40f87220461c94e87e56f",
    "assistance/0029_parties_place": "12285707a278da7c394ca8690589d4eceec93ce8f325f60b96346301749ec2a2",
    "assistance/0030_pairs_place": "e431959938906e58e87b9ccc38ca71bfda92373abff3727480d8273796509080",
    "assistance/0031_findings_of_place": "9803cbc4dd584598423bf7816d0fb0722e19c570a307f75318f74e83b4c51c87",
    "attachments/0001_initial": "2eba96957adef6007d56d8559319a4df7a7278d038cfb5e23eb1c837dcc84b75",
    "commitments/0001_initial": "92ac6fa87f38988060075569625583fdd3bcf7ed2a91d9d8cfe4859d462653dc",
    "commitments/0002_r_heard": "3532afb0b1c6d8efd056ca5b1e363a432da23dd835d93cd7891a32a2d0956bc5",
    "commitments/0003_w_paper": "9cad4cf7a82149228e12f6b326b14e41587487893db07358faf7041103592429",
    "commitments/0004_counted": "d2965fbf01459980609467c607c32dc520183e808d7181ad792b4099568f4bb6",
    "commitments/0005_withdrawn": "b66fe2f5b18a83ff1d1c946e7a469d812c3d996a3b2318a84005f08c9fb1d91a",
    "commitments/0006_bearer_reads": "d92f8661db16919311f7d77ff04368260ac1fca9a8f54bb9bfdb6da6f75638ed",
    "commitments/0007_bearers": "e5e283aa2826c0011d17bd7b439e0bcda37140e300f025ab3cf2e74a143743ac",
    "commitments/0008_reminded_again": "40307aff22b09f482e06e0388c488fa5c4983ce3901fcb63c23bb793cf534285",
    "commitments/0009_second_words": "f512612c7e71d387a1ef9f59b656411f5f9328060bff02b9cdd27edaaccf5435",
    "commitments/0010_meetings_taken_back": "8a20d656b16bda59a7efad82a3d5725ba0e325f83f8f7a542b42701351e6c67e",
    "commitments/0011_outcomes": "5e28a8437e056c55fbef6b3f867ee4909f48e33111114687e0a326ce3ceb8e1b",
    "commitments/0012_set_aside": "a37d7258a1fa8fe873384904f72c3784217a4db5cde3ec3890d3fe590e33c878",
    "commitments/0013_two_people": "5f0977f2f27bbf75d650bd338f3844dbe74c7ed9767624422b15cd3c65e1758a",
    "crossings/0001_initial": "d03566cff80dbb08281d6c43f1801a47dc1f9afee367e5fca1891ef536679d47",
    "crossings/0002_exit_findings": "0694a81424081d5e8b7e51d54cf523b48f18f67e92b715d769335746dfb4efd1",
    "commitments/0014_order": "5988c3096f155154216bad76ec822c3ac3ac2225d205a8f0caccd50c809ade80",
    "deliberation/0001_initial": "bd5fd686bc71eed8849fccf015c790c8bdafbd0a227421e0760dfe5740f1b69f",
    "deliberation/0002_d_shown": "3927008ac3a8daad26f5637466938f3cbd37e2493beead49dbaf6e00bc2821e6",
    "deliberation/0003_w_paper": "d39a5cb1f01e43310bcadb85fe985b03ea48d95619add611756eead58c8fc31c",
    "deliberation/0004_ways_back": "484eb7fd786a67abd156ab07c7453d5ceaf7b92f1194d1af2fed4d233fc594ea",
    "deliberation/0005_bearers": "75f7c5e93210492172dd183f5347afc3a5b0c80de89c340a3b6128be7272b364",
    "deliberation/0006_authority": "0af888c7fe1080586dba7319e9d065b825bebb2eab334604c5b9533ce19524cd",
    "deliberation/0007_masks": "e69f3c36e221fc4ba27e21c0e600732dc3ed9e4ca3fa6bd45d7a3ab96aef2321",
    "deliberation/0008_seat_codes": "3b60f0f0998ecb18581d702d3c15c7e90a9028873d7dbbf0d6f0314b953fc8c3",
    "deliberation/0009_desk_order": "d2a134130b61dcd17e97afd029765a53eb6e07d0c05404a91d4f9b388d4d3c64",
    "deliberation/0010_declared_for": "d122074c0d26327d94a64f6c50d4d2fb09591164c30dcd6088c09ad9ce014f3e",
    "deliberation/0011_taken_back": "6cef9a2b4e93e1ffdc8b665d3d61f889d6d3c2ce71be1356df5d4eadb6e90abe",
    "deliberation/0012_entered_by_mistake": "816a0480035c1f353d2696903f52719f4734a3cc903e136024242f8d42d19571",
    "deliberation/0013_conveners": "3bd5c7cf0a2983f9e8ea8144f7d49470b9a319364e97673fa027a2e1e4eca835",
    "deliberation/0014_minutes_corrected": "49eb0a72ed0a59d4de31c7bd1b85224a1a374d31be43c3ec5eddaf97c4d356ce",
    "deliberation/0015_code_given": "f82c1dbd9943a53e88f6de5f02651f4b2e353b25492ba8eb259c76648f33f282",
    "deliberation/0016_release_queue": "e0c7d45cf23931329fff89699b1c9ccd58a3dbaaaaf3f2365daed922492ecc54",
    "deliberation/0017_matter_by_stage": "9970fad0aeda7aee4f30426e154012736c2ea1e76070580b5947bdd8a0e80bfd",
    "deliberation/0018_carried": "5a7d19b20fe16038460c77d0c3db87cb06650f7ad6bb11a3b2b6ecfea58300fe",
    "deliberation/0019_room": "0632ec1ad42604fe806651012ea27c17182860773e30ecf389df9a441fad1be7",
    "deliberation/0020_speaking": "f090cf774a216f4d139164116a99562fb6831cbadcac0b667dff02f22d39a199",
    "deliberation/0021_ballots": "dfb34dc38a4cea48502c5a30d929c98bc2ed1cb34dec97f3ea9144c62ce4cace",
    "deliberation/0022_inviting": "54435d8c5e1e890cb089fc4ca6d9b5b397d81810a3487a38720bfa6690dc58bd",
    "deliberation/0023_briefs": "dfbecf56643eeb8e84b12e30745ba56a5878ccf53f2bdef0f4f4233d4a196da8",
    "deliberation/0024_stances": "17f7ed40098076874cab466c8a50c6ead094ff0cbe435b2aac205d7738a995bd",
    "deliberation/0025_sheets": "ec1941868ae50ee749fb903f97cbd0d9602e16874870bd86456baceeb6bb855e",
    "deliberation/0026_minutes_read_back": "827b4b049c2b642bb03771b352dec9ece1dfb0fd8812273cf5cb8d05dfedfaab",
    "journal/0001_initial": "474998f560f46ee772a1e608ac10ea464d7742bc031734e67d47862d97e71c07",
    "journal/0002_moved": "86554826dea469aa732d6a5402b9901a5719796933282c90ff8d35a4b4fb87d1",
    "notices/0001_initial": "d871eb09e3ad587b568c8921ec3989ca10dd39775115a1cf21895382b9049531",
    "notices/0002_told_by_hand": "2d2c6077adee2e064d6f4011bcea90ca514c3910c0857dfacf24edc66531093b",
    "organisations/0001_initial": "e42be8e4825ebf592ed8c5dce0ee8751229c8bd2f934c291cd27f03dabfafb1b",
    "organisations/0002_body_email": "3ba3eb1bac12cee6fc6f6cefcb4151198dd26a2c978056f41874365492242cc4",
    "organisations/0003_w_job_runs": "9d205266f889880034fb4dfd6068fc060c729186bdda37e61ae229d0f20b24eb",
    "organisations/0004_calendar_year": "b7254d9225f672a0aa7b6cf48e8517826d9870d3b3d2011024ff83a0748777b7",
    "organisations/0005_set_papers": "06d1ea32fc967284c6de28578437eeda36f7a60ceef95904126c1e3336732f5e",
    "organisations/0006_code_kinds": "0bf6638caec1da4c1db183d8daf41744a89ae2d74ff50104ddb5661b133ea1ae",
    "organisations/0007_entered_by_mistake": "f0d6845d763f65da1791053c083e9ac711fa76045d0cb2cd131dcaa98637ece0",
    "organisations/0008_poor_lists": "957d52df6720394444267c73cb8be517fa90b836759204b6609366234f2b2324",
    "people/0001_initial": "358e6320be5094a71aba22ebafc17fd13fcfff7d90fc12f13ba1d87280b20930",
    "people/0002_t_names": "3a302650c89a26b12c024b06a1bc7980926527bfa44a5b2e72b8ebc0b9603794",
    "proposals/0001_initial": "9a147e9f67252c4578628656c286682515bc081f1c064d21713f60fb7f54d6d4",
    "reporting/0001_initial": "400c91276cd6815b7ac9fe1194d1662fc62a5a6f95f824a2afdf271a61228166",
    "reporting/0002_figures_of_campaigns": "a7615f1f80428e7efd3ef1307e584ef375b4bfba2f0d88ba85c94d588ae88f66",
    "reporting/0003_parts_of_entries": "7b43a28668f5394ba6c4950aa0712b3a7d50312e0d9222f7e08acc9acacf3f15",
}


def operations():
    """Two tables that need each other, a late index and a late constraint."""
    key = ("id", models.BigAutoField(primary_key=True))
    return [
        migrations.CreateModel("Herd", [key, ("name", models.CharField(max_length=20))]),
        migrations.CreateModel(
            "Goat", [key, ("herd", models.ForeignKey("notices.Herd", models.CASCADE)), ("born", models.DateField())]
        ),
        migrations.AddField("Herd", "leader", models.ForeignKey("notices.Goat", models.SET_NULL, null=True)),
        migrations.AddIndex("Goat", models.Index(fields=["born"], name="goat_born")),
        migrations.AddConstraint("Herd", models.UniqueConstraint(fields=["name"], name="herd_named_once")),
    ]


def run(done):
    """What the database says of the tables after the operations ran one after the other, and after they went back."""
    steps, before = [], ProjectState()
    for operation in done:
        after = before.clone()
        operation.state_forwards("notices", after)
        with connection.schema_editor() as editor:
            operation.database_forwards("notices", editor, before, after)
        steps.append((operation, before, after))
        before = after
    made = tables()
    for operation, before, after in reversed(steps):
        with connection.schema_editor() as editor:
            operation.database_backwards("notices", editor, after, before)
    return made, tables()


def tables():
    with connection.cursor() as cursor:
        names = [name for name in connection.introspection.table_names(cursor) if name.endswith(("_herd", "_goat"))]
        described = {}
        for name in names:
            columns = connection.introspection.get_table_description(cursor, name)
            rules = connection.introspection.get_constraints(cursor, name).values()
            described[name] = (
                sorted((column.name, column.type_code, column.null_ok) for column in columns),
                sorted(
                    (tuple(rule["columns"]), rule["unique"], rule["index"], str(rule["foreign_key"])) for rule in rules
                ),
            )
        return described


@pytest.mark.django_db(transaction=True)
def test_the_tables_are_those_of_the_single_operations_and_go_again():
    single, gone = run(operations())
    at_once, gone_too = run([FirstTables(operations())])
    assert at_once == single and set(single) == {"notices_herd", "notices_goat"}
    assert gone == gone_too == {}


def test_it_takes_only_what_makes_tables():
    with pytest.raises(TypeError, match="RunPython"):
        FirstTables([*operations(), migrations.RunPython(migrations.RunPython.noop)])


def test_released_migrations_are_frozen():
    paths = sorted(PACKAGE.glob("*/migrations/0*.py"))
    hashes = {f"{path.parts[-3]}/{path.stem}": hashlib.sha256(path.read_bytes()).hexdigest() for path in paths}
    changed = {name for name, digest in FROZEN.items() if hashes.get(name) != digest}
    assert not changed, f"released, so never to be changed: {sorted(changed)}; write a new migration instead"
    assert set(hashes) == set(FROZEN), f"add to FROZEN: { {name: hashes[name] for name in set(hashes) - set(FROZEN)} }"
