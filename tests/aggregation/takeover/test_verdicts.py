"""What a rehearsal says of rows that are wrong, alike, or refer to nobody."""

from datetime import date

import polars as pl
import pytest

from o2s_core import aggregation
from o2s_core.aggregation import TakeoverMatching
from o2s_core.aggregation.takeover import committing
from o2s_core.contacts import HouseholdForm, contact, save_household
from tests import kit
from tests.aggregation.takeover import exports
from tests.aggregation.takeover.exports import PDF

PEOPLE = "Code dossier;Nom;Prénom;Date de naissance;E-mail;Conseiller\n"


def rehearsed(firm, files, login="manager"):
    ctx, made = exports.opened(firm, files, login)
    return aggregation.rehearse_takeover(ctx, made)


def said(report, **where) -> list[tuple[str, str]]:
    """Verdict and reason of the rows that match."""
    return report.rows.filter(**where).select("verdict", "reason").rows()


@pytest.mark.parametrize(
    ("story", "row", "verdict", "why"),
    [
        ("a day that is none", "D9;Roux;Léa;32/01/1980;;Alice", "error", "n'est pas une date lisible"),
        ("a day of Excel", "D9;Roux;Léa;29252;;Alice", "error", "numéro de jour d'Excel"),
        ("a code cut by a spreadsheet", "1,23457E+11;Roux;Léa;;;Alice", "error", "abrégé par un tableur"),
        ("an adviser who is nobody", "D9;Roux;Léa;;;Zorro", "error", "n'est aucun de vos conseillers"),
        ("no code", ";Roux;Léa;;;Alice", "error", "Code de dossier : valeur obligatoire"),
        ("no first name", "D9;Roux;;;;Alice", "error", "Veuillez renseigner : Prénom"),
        ("a birth to come", "D9;Roux;Léa;01/01/2030;;Alice", "error", "doit être passée"),
        ("a wrong address", "D9;Roux;Léa;;leachez;Alice", "error", "adresse e-mail invalide"),
        ("nothing wrong", "D9;Roux;Léa;01/02/1980;lea@exemple.fr;Alice", "new", ""),
    ],
)  # fmt: skip
def test_a_client_row(firm, story, row, verdict, why):
    report = rehearsed(firm, {"contacts.csv": f"{PEOPLE}{row}\n".encode()})
    ((found, reason),) = said(report)
    assert found == verdict, story
    assert why in reason, story


def test_a_code_twice_in_the_file_is_refused_the_second_time(firm):
    rows = "D1;Roux;Léa;;;Alice\nD1;Blanc;Tom;;;Alice\n"
    report = rehearsed(firm, {"contacts.csv": (PEOPLE + rows).encode()})
    assert sorted(said(report)) == [
        ("error", "Le code de dossier D1 est déjà à la ligne 2 : gardez une seule ligne."),
        ("new", ""),
    ]


def test_somebody_alike_waits_for_a_decision_that_is_kept(firm):
    known = kit.person(firm.alice, "Martin", "Anne", birth_date=date(1970, 1, 2))
    row = f"{PEOPLE}X1;MARTIN;Anne;02/01/1970;;Alice\n"
    ctx, made = exports.opened(firm, {"contacts.csv": row.encode()})
    report = aggregation.rehearse_takeover(ctx, made)
    ((verdict, why),) = said(report)
    assert verdict == "conflict"
    assert "même date de naissance et nom proche" in why
    assert report.conflicts["X1"][0][0] == known
    for choice, expected in (("skip", "skipped"), ("create", "new"), ("same", "unchanged")):
        aggregation.decide_client(ctx, made, "X1", choice, known if choice == "same" else None)
        assert said(aggregation.rehearse_takeover(ctx, made))[0][0] == expected


def test_a_code_that_is_somebody_else_s_waits_for_a_decision(firm):
    kit.person(firm.alice, "Durand", "Paul", file_code="D1")
    report = rehearsed(firm, {"contacts.csv": f"{PEOPLE}D1;Roux;Léa;;;Alice\n".encode()})
    assert said(report)[0][0] == "conflict"


def test_two_homonyms_in_the_export_are_asked_about(firm):
    rows = "D1;Roux;Léa;01/02/1980;;Alice\nD2;Roux;Léa;01/02/1980;;Alice\n"
    report = rehearsed(firm, {"contacts.csv": (PEOPLE + rows).encode()})
    assert [v for v, _ in said(report)] == ["new", "conflict"]


def test_a_client_of_a_colleague_outside_the_perimeter_is_refused(firm):
    """A manager of one team sees neither the file nor the adviser."""
    from sqlmodel import update

    from o2s_core import store
    from o2s_core.administration.models import Team, User

    with store.tx(firm.operator) as tx:
        team = Team(firm_id=1, agency_id=1, name="Lyon", manager_id=firm.user_ids["manager"])
        tx.add(team)
        one = User.id == firm.user_ids["manager"]
        tx.session.execute(update(User).where(one).values(scope="team"))
        mine = User.id == firm.user_ids["alice"]
        tx.session.execute(update(User).where(mine).values(team_id=team.id))
    kit.person(firm.bruno, "Petit", "Jean", file_code="D1")
    rows = "D1;Petit;Jean;;;Alice\nD2;Roux;Léa;;;Bruno\nD3;Noir;Max;;;Alice\n"
    report = rehearsed(firm, {"contacts.csv": (PEOPLE + rows).encode()})
    assert [v for v, _ in said(report)] == ["error", "error", "new"]
    assert "hors de votre périmètre" in said(report)[0][1]


CONTACTS = f"{PEOPLE}D1;Roux;Léa;01/02/1980;;Alice\nD2;Roux;Max;;;Alice\n".encode()
HEAD = "N° contrat;Assureur;Code titulaire;Part;Type de contrat;Date d'effet\n"


@pytest.mark.parametrize(
    ("story", "rows", "verdict", "why"),
    [
        ("of nobody", "A1;Mutuelle;D7;;AV;01/01/2020", "error", "aucun client ne porte le code D7"),
        ("shares below the whole", "A1;Mutuelle;D1;50;AV;01/01/2020\nA1;Mutuelle;D2;40;AV;01/01/2020",
         "error", "doit être de 100 %"),
        ("a joint account without shares", "A1;Mutuelle;D1;;AV;01/01/2020\nA1;Mutuelle;D2;;AV;01/01/2020",
         "new", "réparties à égalité"),
        ("an envelope that we lack", "A1;Mutuelle;D1;;Contrat zen;01/01/2020", "error", "table des valeurs"),
        ("an opening to come", "A1;Mutuelle;D1;;AV;01/01/2040", "error", "dans le futur"),
        ("no opening day", "A1;Mutuelle;D1;;AV;", "new", "sera créé"),
    ],
)  # fmt: skip
def test_an_account_row(firm, story, rows, verdict, why):
    report = rehearsed(firm, {"contacts.csv": CONTACTS, "contrats.csv": f"{HEAD}{rows}\n".encode()})
    found, reason = said(report, kind="accounts")[0]
    assert found == verdict, story
    assert why in reason, story


def test_an_account_of_a_client_in_error_falls_with_them(firm):
    people = f"{PEOPLE}D1;Roux;Léa;99/99/1980;;Alice\n".encode()
    rows = f"{HEAD}A1;Mutuelle;D1;;AV;01/01/2020\n".encode()
    report = rehearsed(firm, {"contacts.csv": people, "contrats.csv": rows})
    verdict, why = said(report, kind="accounts")[0]
    assert verdict == "error"
    assert "le client D1 n'est pas repris" in why


def test_relations_to_nobody_and_to_oneself_are_refused(firm):
    rows = "Contact 1;Lien;Contact 2\nD1;Conjoint;D8\nD1;Conjoint;D1\nD1;Frère;D2\nD2;Frère;D1\n"
    report = rehearsed(firm, {"contacts.csv": CONTACTS, "liens.csv": rows.encode()})
    assert [v for v, _ in said(report, kind="relations")] == ["error", "error", "new", "skipped"]


def test_movements_of_an_unknown_account_and_without_figure_are_refused(firm):
    accounts = f"{HEAD}A1;Mutuelle;D1;;AV;01/01/2020\n".encode()
    moves = (
        "Contrat;Date opération;Type opération;ISIN;Montant\n"
        "A1;05/01/2015;Versement;;100,00\nA9;05/01/2015;Versement;;100,00\n"
        "A1;05/01/2015;Versement;;\nA1;05/01/2015;Achat;XF0000000000;10,00\n"
    )
    report = rehearsed(firm, {"contacts.csv": CONTACTS, "contrats.csv": accounts,
                              "mouvements.csv": moves.encode()})  # fmt: skip
    found = said(report, kind="movements")
    assert [v for v, _ in found] == ["new", "error", "error", "new"]
    assert "Aucun contrat connu" in found[1][1]
    assert "ni quantité ni montant" in found[2][1]
    assert "ISIN dont la clé est fausse" in found[3][1]


def test_documents_are_found_and_are_what_the_index_says(firm):
    index = (
        "Code dossier;Fichier;Titre;Empreinte\n"
        f"D1;a.pdf;Juste;\nD1;b.pdf;Absent;\nD1;a.pdf;Autre;{'0' * 64}\nD1;c.exe;Programme;\n"
        "D7;a.pdf;Personne;\n"
    )
    pieces = exports.archive(**{"a.pdf": PDF, "c.exe": b"MZ\x90\x00", "d.pdf": PDF})
    report = rehearsed(
        firm, {"contacts.csv": CONTACTS, "ged.csv": index.encode(), "ged.zip": pieces}
    )
    found = said(report, kind="documents")
    assert [v for v, _ in found] == ["new", "error", "error", "error", "error"]
    assert "n'est pas dans l'archive" in found[1][1]
    assert "empreinte" in found[2][1]
    assert "type de fichier" in found[3][1]
    assert said(report, kind="archive")[0][0] == "skipped"


def test_a_table_of_values_says_what_their_words_mean(firm):
    rows = f"{HEAD}A1;Mutuelle;D1;;Contrat zen;01/01/2020\n".encode()
    ctx, made = exports.opened(firm, {"contacts.csv": CONTACTS, "contrats.csv": rows})
    file = next(f for f in aggregation.takeover_card(ctx, made).files if f.kind == "accounts")
    preview = aggregation.export_preview(ctx, made, file.id)
    assert preview.unknown == {"envelope": ("Contrat zen",)}
    read = TakeoverMatching(file.matching.columns, {"envelope": {"Contrat zen": "capitalisation"}})
    aggregation.save_matching(ctx, made, file.id, read)
    assert said(aggregation.rehearse_takeover(ctx, made), kind="accounts")[0][0] == "new"
    again = aggregation.open_takeover(ctx, "Suite", "generic", None)
    kept = aggregation.add_export(ctx, again, rows, "contrats.csv")
    card = aggregation.takeover_card(ctx, again)
    assert card.files[0].id == kept
    assert card.files[0].matching.values["envelope"] == {"Contrat zen": "capitalisation"}


def family(firm):
    """Léa, whom the firm knows, heads a household of the exports; Zoe is on her own."""
    known = kit.person(firm.alice, "Roux", "Léa", file_code="D1", birth_date=date(1980, 2, 1))
    rows = "Contact;Foyer;Rôle\nD1;FOY9;Tête\nD2;FOY9;Conjoint\n"
    people = CONTACTS + b"D3;Noir;Zoe;;;Alice\n"
    return known, {"contacts.csv": people, "foyers.csv": rows.encode()}


def states(ctx, made):
    return dict(aggregation.takeover_outcome(ctx, made).select("client", "state").iter_rows())


def test_a_household_that_cannot_be_stays_out_and_its_people_come(firm):
    known, files = family(firm)
    kit.household(firm.alice, known, name="Foyer d'avant", file_code="FX")
    ctx, made = exports.opened(firm, files)
    exports.done(firm, ctx, made)
    assert states(ctx, made) == {"D2": "done", "D3": "done"}


def test_a_unit_refused_by_the_records_leaves_the_others(firm, monkeypatch):
    """While it is written, somebody makes Léa the head of another household."""
    known, files = family(firm)
    ctx, made = exports.opened(firm, files)
    aggregation.rehearse_takeover(ctx, made)
    whole = committing.plan_of

    def late(*said):
        plan = whole(*said)
        kit.household(firm.alice, known, name="Foyer d'avant", file_code="FX")
        return plan

    monkeypatch.setattr(committing, "plan_of", late)
    aggregation.commit_takeover(ctx, made)
    exports.work(firm)
    assert states(ctx, made) == {"D1": "refused", "D3": "done"}
    outcome = aggregation.takeover_outcome(ctx, made).filter(pl.col("state") == "refused")
    assert "déjà tête de foyer" in outcome["message"][0]


HOMES = "Code dossier;Nom;Prénom;Conseiller;Foyer;Rôle foyer\n"


def test_the_head_of_a_household_of_the_firm_cannot_head_the_one_of_the_exports(firm):
    kit.person(firm.operator, "Roux", "Léa", file_code="D1", adviser=firm.user_ids["alice"])
    with_home = contact(firm.fresh(firm.operator), "D1").id
    form = HouseholdForm("Roux", ((with_home, "head"),), firm.user_ids["alice"], file_code="F77")
    save_household(firm.fresh(firm.operator), form)
    rows = "D1;Roux;Léa;Alice;F12;Tête\nD2;Blanc;Tom;Alice;F12;Conjoint\n"
    report = rehearsed(firm, {"contacts.csv": (HOMES + rows).encode()})
    told = [why for verdict, why in said(report) if verdict == "error"]
    assert told == ["D1 est déjà tête ou conjoint du foyer F77 : retirez-le d'un des deux."]


def test_nobody_heads_two_households_of_the_exports(firm):
    contacts = HOMES + "D1;Roux;Léa;Alice;F12;Tête\nD2;Blanc;Tom;Alice;F13;Tête\n"
    relations = "Contact 1;Foyer;Rôle foyer\nD1;F13;Conjoint\n"
    files = {"contacts.csv": contacts.encode(), "relations.csv": relations.encode()}
    told = [why for verdict, why in said(rehearsed(firm, files)) if verdict == "error"]
    assert told == ["D1 est déjà tête ou conjoint du foyer F12 : retirez-le d'un des deux."]
