"""The log holds ids and places, never what somebody typed."""

import json
import logging

import pytest

from o2s_core.kernel.log import JsonLines, reference


def line(message: str = "page failed", **extra) -> dict:
    record = logging.LogRecord("o2s_core.ui", logging.ERROR, __file__, 1, message, None, None)
    vars(record).update(extra)
    return json.loads(JsonLines().format(record))


def test_a_line_is_json_with_its_level_and_its_ids():
    said = line(reference="A1B2C3D4", user_id=7)
    assert (said["level"], said["reference"], said["user_id"]) == ("error", "A1B2C3D4", 7)
    assert said["at"].endswith("+00:00")


def test_a_field_that_is_not_an_identity_is_left_out():
    assert "name" not in line(name="Delaunay")
    assert "Delaunay" not in json.dumps(line(last_name="Delaunay"))


def test_an_exception_keeps_its_class_and_its_places_and_loses_its_words():
    with pytest.raises(ValueError, match="Delaunay") as caught:
        int("Delaunay Hélène, 1 234,56 €")
    error = caught.value
    said = line(exc_info=(type(error), error, error.__traceback__))
    assert said["error"] == "ValueError"
    assert "test_log.py" in said["trace"][0]
    assert "Delaunay" not in json.dumps(said, ensure_ascii=False)


def test_two_references_differ():
    assert reference() != reference()
