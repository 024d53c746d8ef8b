"""A cell is a text, also for a program that would like to run it."""

import pytest

from app.core.cells import WIDE, as_meant, guarded

FORMULAS = ("=1+1", "+44 113 496", "-5", "@SUM(A1)", "\tx", "\rx", "\nx", "'=1", "''-2", *WIDE)
TEXTS = ("", "plain", "it's", "'quoted'", "'", "90.750", "a=b", "Café")


@pytest.mark.parametrize("text", FORMULAS)
def test_what_begins_like_a_formula_begins_with_an_apostrophe(text):
    assert guarded(text) == f"'{text}"


@pytest.mark.parametrize("text", TEXTS)
def test_every_other_text_stays_as_it_is(text):
    assert guarded(text) == text


@pytest.mark.parametrize("text", [*FORMULAS, *TEXTS])
def test_a_text_comes_back_as_it_was(text):
    assert as_meant(guarded(text)) == text
