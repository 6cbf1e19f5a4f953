"""The words of this site do not make a password."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from pytest_django.fixtures import Settings

from planner.passwords import BesideOurWords


@pytest.mark.parametrize(
    "password", ["tierwright2026!", "Tierwright-Tierwright", "planning.acme", "clusterpassword1234567"]
)
def test_little_more_than_words_of_the_site_is_refused(password: str, settings: Settings) -> None:
    settings.SITE_URL = "https://planning.acme.example"

    with pytest.raises(ValidationError, match="little more than words of this site"):
        BesideOurWords().validate(password)


@pytest.mark.parametrize("password", ["a harbour with nine red boats", "tierwright is not my only word", "short"])
def test_other_words_count(password: str) -> None:
    BesideOurWords().validate(password)
