"""The exports of a small firm, as another tool would write them."""

import io
import zipfile
from datetime import date

import xlsxwriter

from o2s_core import administration, aggregation, store
from tests.kit.documents import ACME, BETA

CONTACTS = """Code dossier;Civilité;Nom;Prénom;Raison sociale;Date de naissance;Situation familiale;E-mail;Téléphone;Statut;Conseiller;Foyer;Rôle foyer;Encours
D001;M.;Lefèvre;Rémi;;12/03/1961;Marié(e);remi.lefevre@exemple.fr;06 12 34 56 78;Client;Alice;FOY1;Tête;15000,00
D002;Mme;Lefèvre;Hélène;;05/11/1963;Mariée;helene.lefevre@exemple.fr;;Client;Alice;FOY1;Conjoint;
D003;;;;SCI du Moulin;;;;;Client;Alice;;;
D004;Mme;Garnier;Zoé;;30/06/1990;Célibataire;zoe.garnier@exemple.fr;;Prospect;Bruno;;;
"""
RELATIONS = """Contact 1;Lien;Contact 2
D001;Conjoint;D002
D003;Gérant;D001
"""
ACCOUNTS = """N° contrat;Assureur;Code titulaire;Part;Type de contrat;Date d'effet;Produit;Encours
AV-1001;Mutuelle d'essai;D001;60 %;Assurance vie;02/01/2015;Horizon;15 000,00
AV-1001;Mutuelle d'essai;D002;40 %;Assurance vie;02/01/2015;Horizon;15 000,00
CTO 77;Banque d'essai;D004;;CTO;15/09/2020;;
"""
MOVEMENTS = f"""Contrat;Date opération;Type opération;ISIN;Support;Nb parts;Montant
AV-1001;05/01/2015;Versement;;;;10000,00
AV-1001;06/01/2015;Achat;{ACME};Fonds ACME;100;10000,00
CTO77;20/09/2020;Versement;;;;500,00
"""
POSITIONS = f"""Contrat;Date de valorisation;ISIN;Support;Nature;Nb parts;VL;Valorisation
AV-1001;31/10/2026;{ACME};Fonds ACME;OPC;100;120,00;12000,00
AV-1001;31/10/2026;;Fonds euros Mutuelle;Fonds euros;;;3000,00
CTO77;31/10/2026;{BETA};Fonds BETA;OPC;5;110,00;550,00
"""
DOCUMENTS = """Code dossier;Fichier;Titre;Type;Date du document;Signé le;Signataires;Contrat
D001;GED/cni.pdf;Carte d'identité;CNI;01/02/2020;;;
D001;lm.pdf;Lettre de mission;Lettre de mission;10/01/2026;12/01/2026;Rémi Lefèvre;AV-1001
"""
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"


def archive(**files: bytes) -> bytes:
    """A ZIP of documents; by default those of the index."""
    out = io.BytesIO()
    told = files or {"GED/cni.pdf": PDF + b"1", "GED/lm.pdf": PDF + b"2"}
    with zipfile.ZipFile(out, "w") as made:
        for name, data in told.items():
            made.writestr(name, data)
    return out.getvalue()


def workbook(text: str) -> bytes:
    """The same table as a workbook, days as days and numbers as numbers."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("Export")
        day = book.add_format({"num_format": "dd/mm/yyyy"})
        for y, line in enumerate(text.strip().splitlines()):
            for x, cell in enumerate(line.split(";")):
                _put(page, y, x, cell, day)
    return out.getvalue()


def _put(page, y: int, x: int, cell: str, day) -> None:
    parts = cell.split("/")
    if len(parts) == 3 and all(p.isdigit() for p in parts):
        page.write_datetime(y, x, date(*map(int, reversed(parts))), day)
    elif cell.replace(",", "").isdigit() and "," in cell:
        page.write_number(y, x, float(cell.replace(",", ".")))
    else:
        page.write_string(y, x, cell)


EVERYTHING = {
    "contacts.csv": CONTACTS.encode("cp1252"),
    "relations.csv": RELATIONS.encode("utf-8"),
    "contrats.xlsx": workbook(ACCOUNTS),
    "mouvements.csv": MOVEMENTS.encode("cp1252"),
    "situations.xlsx": workbook(POSITIONS),
    "ged index.csv": DOCUMENTS.encode("cp1252"),
    "ged.zip": archive(),
}


def opened(firm, files=None, login: str = "manager", name: str = "Ancien outil") -> tuple:
    """A takeover with its files, opened by somebody; the context and the takeover."""
    ctx = person(firm, login)
    made = aggregation.open_takeover(ctx, name, "generic", firm.user_ids["alice"])
    for file_name, data in (EVERYTHING if files is None else files).items():
        aggregation.add_export(ctx, made, data, file_name)
    return ctx, made


def person(firm, login: str):
    """What a user of the firm may see and do."""
    return administration.context_as(firm.place, login, firm.operator.now, firm.operator.today)


def work(firm) -> None:
    """Let the worker do what is due."""
    store.run_due(firm.place, aggregation.HANDLERS, lambda: firm.operator.now)


def done(firm, ctx, takeover_id: int) -> None:
    """Rehearse and do a takeover."""
    aggregation.rehearse_takeover(ctx, takeover_id)
    job = aggregation.commit_takeover(ctx, takeover_id)
    work(firm)
    ended = store.job(ctx, job)
    assert ended.state == "done", ended.message
