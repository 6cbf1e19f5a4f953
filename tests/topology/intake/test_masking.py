"""Samples keep the shape of a line and nothing that could be personal."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from topology.intake.masking import LONGEST_SAMPLE, masked

SECRETS = [
    "192.0.2.77", "2001:db8::dead:beef", "::ffff:192.0.2.77", "uplherc.upl.com", "anna.berg@example.com",
    "9f86d081884c7d659a2feaa0c55ad015", "dGhpcyBpcyBhIHNlY3JldCB0b2tlbg==", "frank", "sessionid=abc123", "token=s3cr3t",
    "550e8400-e29b-41d4-a716-446655440000", "4111111111111111", "Bearer eyJhbGciOi.J9.abc", "/reset/MTk/c7-abc/",
    "Müller", "пользователь",
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize(
    "frame", ["%s - - [01/Aug/199", 'h - - "GET /%s', "%s", '{"client": "%s", "n', "a=%s&b", "[%s]"]
)
def test_nothing_personal_is_left(secret: str, frame: str) -> None:
    sample = masked((frame % secret).encode())

    for word in secret.replace("/", " ").replace("=", " ").replace(".", " ").replace("@", " ").split():
        assert len(word) < 4 or word not in sample


def test_the_shape_of_a_line_is_left() -> None:
    line = b'192.0.2.1 - frank [01/Aug/1995:00:00:44 -0400] "GET /a/b.gif?x=1 HTTP/1.0" 404'

    assert masked(line) == '… - … [01/Aug/1995:00:00:44 -0400] "GET /…/…? HTTP/1.0" 404'


@given(st.binary(max_size=400))
def test_a_sample_is_short_and_printable(line: bytes) -> None:
    sample = masked(line)

    assert len(sample) <= LONGEST_SAMPLE
    assert all(" " <= character <= "~" or character == "…" for character in sample)


@given(st.text(alphabet="abcdefXYZ0123456789", min_size=7, max_size=40))
def test_no_word_of_seven_letters_or_digits_survives(word: str) -> None:
    for frame in ("%s", "GET /%s", "x=%s", "%s - -", "1.%s", "%s@e.com", "a:%s"):
        assert word not in masked((frame % word).encode())
