"""The root of an XML file that nobody vouches for."""

from typing import Any

from lxml import etree

from o2s_core.aggregation.statement import Refusal


def xml_root(data: bytes, form: str) -> Any | Refusal:  # noqa: ANN401
    """Return the root, read without entities, network or external files, or why it is refused."""
    if b"<!DOCTYPE" in data[:4096].upper() or b"<!ENTITY" in data.upper():
        return Refusal(form, "F04", "Ce fichier XML déclare des entités : il est refusé.")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError:
        return Refusal(form, "F07", "Ce fichier XML est coupé ou abîmé : téléchargez-le à nouveau.")
