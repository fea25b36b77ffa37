"""The exports of the tool of a network: as many clients as asked, three accounts and twenty-five
movements each."""

from tests.kit.documents import ACME, BETA, GAMMA

ISINS = (ACME, BETA, GAMMA)
ACCOUNTS = 3
MOVEMENTS = 25  #: by client
SLICE = 150_000  #: movements in a file: the page takes 25 MB at once
NAMES = ("Martin", "Bernard", "Petit", "Durand", "Leroy", "Moreau", "Garnier", "Faure")
ENVELOPES = ("Assurance vie", "PEA", "CTO")


def exports(clients: int) -> dict[str, bytes]:
    """What each file holds, by name; every second client is married to the one before."""
    return {
        "contacts.csv": _file(_contacts(clients)),
        "contrats.csv": _file(_accounts(clients)),
        "situations.csv": _file(_positions(clients)),
        **_sliced("mouvements", list(_movements(clients))),
    }


def _sliced(name: str, rows: list[str]) -> dict[str, bytes]:
    head, *lines = rows
    starts = range(0, len(lines), SLICE)
    return {f"{name} {n}.csv": _file([head, *lines[n : n + SLICE]]) for n in starts}


def _file(rows) -> bytes:
    return "\n".join([*rows, ""]).encode()


def _contacts(clients):
    yield "Code dossier;Civilité;Nom;Prénom;Date de naissance;E-mail;Statut;Conseiller;Foyer;Rôle foyer"
    for n in range(clients):
        home, role = n - n % 2, "Conjoint" if n % 2 else "Tête"
        born = f"{n % 28 + 1:02}/{n % 12 + 1:02}/{1940 + n % 60}"
        name = f"{NAMES[n % len(NAMES)]}{_letters(home)}"
        yield f"R{n:06};M.;{name};Jean{_letters(n)};{born};r{n}@exemple.fr;Client;Alice;F{home:06};{role}"


def _letters(n: int) -> str:
    return "".join(chr(97 + int(d)) for d in str(n))


def _accounts(clients):
    yield "N° contrat;Assureur;Code titulaire;Type de contrat;Date d'effet;Produit"
    for n in range(clients):
        for rank in range(ACCOUNTS):
            yield (
                f"K{n:06}{rank};Assureur {n % 12};R{n:06};{ENVELOPES[rank]};"
                f"{n % 28 + 1:02}/03/{2000 + n % 20};Contrat {rank}"
            )


def _movements(clients):
    yield "Contrat;Date opération;Type opération;ISIN;Support;Nb parts;Montant"
    for n in range(clients):
        for rank in range(MOVEMENTS):
            contract = f"K{n:06}{rank % ACCOUNTS}"
            day = f"{rank % 28 + 1:02}/{n % 12 + 1:02}/{2021 + rank % 5}"
            if rank % 5:
                isin = ISINS[rank % len(ISINS)]
                yield f"{contract};{day};Achat;{isin};Fonds {isin[-3:]};{rank};{rank * 100},00"
            else:
                yield f"{contract};{day};Versement;;;;{1000 + rank},00"


def _positions(clients):
    yield "Contrat;Date de valorisation;ISIN;Support;Nature;Nb parts;VL;Valorisation"
    for n in range(clients):
        for rank in range(ACCOUNTS):
            isin = ISINS[rank]
            yield (
                f"K{n:06}{rank};31/10/2026;{isin};Fonds {isin[-3:]};OPC;{10 + rank};100,00;"
                f"{(10 + rank) * 100},00"
            )
