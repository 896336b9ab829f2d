"""What a test publishes is rolled back, and what is kept of it in memory goes with it."""

import pytest

from intake.services.drafts import questions_as_of


@pytest.fixture(autouse=True)
def forget_questions():
    questions_as_of.cache_clear()
    yield
    questions_as_of.cache_clear()
