"""The firm's mail server: what may be saved, what is tried, what is never shown."""

import datetime
import ssl

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from o2s_core import messaging
from o2s_core.kernel.errors import InvalidInputError, O2SError, StaleEditError
from o2s_core.messaging import MailServerForm
from tests.kit.mail import postbox
from tests.messaging.letters import SECRET, address_of


def test_the_secret_is_kept_and_never_shown(firm, box):
    card = messaging.save_mail_server(firm.operator, address_of(box))
    assert card.has_secret
    assert SECRET not in repr(card)
    again = messaging.save_mail_server(firm.operator, address_of(box, secret=""), card.version)
    assert again.has_secret


@pytest.mark.parametrize(
    ("wrong", "why"),
    [
        ({"host": "smtp://mail.fr"}, "sans « smtp:// »"),
        ({"host": "mail.exemple.fr", "security": "none"}, "rien ne part en clair"),
        ({"sender_address": "cabinet"}, "adresse e-mail invalide"),
        ({"port": 70_000}, "de 1 à 65535"),
        ({"per_minute": 0}, "de 1 à 600"),
        ({"sender_name": "Cabinet\nBcc: x"}, "tient sur une ligne"),
        ({"host": ""}, "Veuillez renseigner : Serveur"),
    ],
)
def test_what_cannot_be_a_server_is_refused(firm, wrong, why):
    form = MailServerForm(**({"host": "mail.fr", "sender_address": "a@cabinet.fr"} | wrong))
    with pytest.raises(InvalidInputError, match=why):
        messaging.save_mail_server(firm.operator, form)
    assert messaging.mail_server(firm.operator) is None


def test_two_people_who_change_it_at_once_lose_nothing(firm, box):
    messaging.save_mail_server(firm.operator, address_of(box))
    with pytest.raises(StaleEditError):
        messaging.save_mail_server(firm.operator, address_of(box), 0)


def test_a_trial_arrives(firm, online):
    messaging.try_mail_server(firm.operator, "admin@cabinet.fr")
    (mail,) = online.messages
    assert (mail["To"], mail["Subject"]) == ("admin@cabinet.fr", "Essai d'envoi")


def test_a_trial_without_server_says_what_to_do(firm):
    with pytest.raises(InvalidInputError, match="Enregistrez d'abord"):
        messaging.try_mail_server(firm.operator, "admin@cabinet.fr")


@pytest.mark.parametrize("to", ["", "moi", "a@b.fr\nBcc: c@d.fr", "hélène@exemple.fr"])
def test_a_trial_to_what_is_no_address_is_refused(firm, online, to):
    with pytest.raises(InvalidInputError, match="Adresse de l'essai"):
        messaging.try_mail_server(firm.operator, to)
    assert online.received == []


def test_a_server_that_answers_with_nobody_s_certificate_is_not_trusted(firm, tmp_path):
    with postbox(login=("cabinet", SECRET), tls=own_certificate(tmp_path)) as box:
        form = address_of(box, security="starttls")
        messaging.save_mail_server(firm.operator, form)
        with pytest.raises(O2SError, match="certificat du serveur d'envoi n'est pas reconnu"):
            messaging.try_mail_server(firm.operator, "admin@cabinet.fr")
        assert box.received == []


def test_a_server_without_encryption_is_not_written_to_when_it_was_asked(firm, box):
    messaging.save_mail_server(firm.operator, address_of(box, security="starttls"))
    with pytest.raises(O2SError, match="n'offre pas ce chiffrement"):
        messaging.try_mail_server(firm.operator, "admin@cabinet.fr")


def own_certificate(folder) -> ssl.SSLContext:
    """A certificate that a server gave itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    day = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(day - datetime.timedelta(days=1))
        .not_valid_after(day + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    file = folder / "own.pem"
    secret = key.private_bytes(*form, serialization.NoEncryption())
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(file)
    return context
