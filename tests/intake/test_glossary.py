"""The glossary: each word once, and no reference that leads nowhere."""

from intake.glossary import terms


def test_words_stand_in_alphabetical_order_and_once():
    words = [entry.term.lower() for entry in terms()]
    assert words == sorted(set(words))


def test_every_reference_leads_to_a_word():
    known = {entry.term for entry in terms()}
    assert {other for entry in terms() for other in entry.see} <= known


def test_words_that_are_not_used_here_are_explained_by_ours():
    others = {entry.also for entry in terms()}
    assert {"constraint", "benefit", "service level", "requirement"} <= others
