"""Columns are named as the file names them; what is not there is told with what is."""

import pytest

from intake.importing.columns import MappingError, places, read_mapping


def test_columns_may_hold_commas_and_equal_signs():
    assert read_mapping(["title=Subject, short,body=a=b", "requester=Reported by"]) == {
        "title": "Subject, short",
        "body": "a=b",
        "requester": "Reported by",
    }


def test_places_ignore_case():
    assert places({"title": "subject"}, ["Id", "SUBJECT"]) == {"title": 1}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["subject"], "maps no column"),
        (["colour=Red"], "maps no column"),
        (["x,title=Subject"], "maps no column"),
        (["title=A,title=B"], "mapped twice"),
        (["title=,body=B"], "mapped to no column"),
        (["requester=Who"], "which column holds the words"),
    ],
)
def test_a_mapping_that_makes_no_sense_is_refused(texts, sentence):
    with pytest.raises(MappingError, match=sentence):
        read_mapping(texts)


def test_a_missing_column_is_told_with_the_nearest_one():
    with pytest.raises(MappingError, match=r"Did you mean 'Subject'\? Its columns: Id, Subject"):
        places({"title": "Subjekt"}, ["Id", "Subject"])


def test_a_column_that_is_there_twice_is_refused():
    with pytest.raises(MappingError, match="more than one"):
        places({"title": "A"}, ["A", "a"])
