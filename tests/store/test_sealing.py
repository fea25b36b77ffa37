"""A sealed value opens in its own cell only, with the firm's key only."""

from dataclasses import replace

import pytest

from o2s_core import store
from o2s_core.kernel.errors import StoreError

IBAN = "FR7630006000011234567890189"
CELL = "bank_account:iban:12"


def test_a_sealed_value_opens_in_its_cell(firm):
    sealed = store.seal(firm.place, IBAN, CELL)
    assert IBAN not in sealed
    assert sealed.startswith("v1|k1|")
    assert store.unseal(firm.alice, sealed, CELL) == IBAN


def test_the_same_value_never_looks_the_same(firm):
    assert store.seal(firm.place, IBAN, CELL) != store.seal(firm.place, IBAN, CELL)


@pytest.mark.parametrize(
    "alter",
    [lambda s: s[:-4] + "AAA=", lambda s: "v2" + s[2:], lambda s: "", lambda s: s.replace("|", "")],
)
def test_an_altered_value_is_refused(firm, alter):
    with pytest.raises(StoreError):
        store.unseal(firm.place, alter(store.seal(firm.place, IBAN, CELL)), CELL)


def test_a_value_moved_to_another_row_is_refused(firm):
    with pytest.raises(StoreError):
        store.unseal(firm.place, store.seal(firm.place, IBAN, CELL), "bank_account:iban:13")


def test_equal_values_share_a_blind_index_per_column(firm):
    one = store.blind_index(firm.place, IBAN, "bank_account:iban")
    assert one == store.blind_index(firm.alice, IBAN, "bank_account:iban")
    assert one != store.blind_index(firm.place, IBAN, "contact:tax_id")


def test_a_new_key_seals_and_the_old_one_still_opens(firm):
    old = store.seal(firm.place, IBAN, CELL)
    index = store.blind_index(firm.place, IBAN, "x")
    with firm.place.key_path.open("a") as file:
        file.write("k2 " + "QUJD" * 10 + "AAA=\n")
    assert store.seal(firm.place, IBAN, CELL).startswith("v1|k2|")
    assert store.unseal(firm.place, old, CELL) == IBAN
    assert store.blind_index(firm.place, IBAN, "x") == index


def test_a_store_without_its_key_says_so(firm, tmp_path):
    lost = replace(firm.place, key_file=tmp_path / "nowhere.key")
    with pytest.raises(StoreError, match="introuvable"):
        store.seal(lost, IBAN, CELL)


def test_a_key_that_others_can_read_is_refused(firm):
    firm.place.key_path.chmod(0o644)
    with pytest.raises(StoreError, match="chmod 600"):
        store.seal(firm.place, IBAN, CELL)


@pytest.mark.parametrize("text", ["", "k1 c2hvcnQ=\n", "k1 pas-du-base64!\n"])
def test_a_short_or_broken_key_is_refused(firm, text):
    firm.place.key_path.write_text(text)
    with pytest.raises(StoreError, match="incomplet ou trop court"):
        store.seal(firm.place, IBAN, CELL)


def test_a_key_is_made_once_for_its_owner_only(firm, tmp_path):
    fresh = replace(firm.place, home=tmp_path / "new", database_url=f"sqlite:///{tmp_path}/n.db")
    assert store.init_key(fresh)
    assert not store.init_key(fresh)
    assert fresh.key_path.stat().st_mode & 0o777 == 0o600


def test_a_lost_key_is_not_replaced_in_silence(firm):
    with store.tx(firm.alice) as tx:
        tx.audit("create", "contact", 1)
    firm.place.key_path.unlink()
    with pytest.raises(StoreError, match="introuvable"):
        store.init_key(firm.place)
