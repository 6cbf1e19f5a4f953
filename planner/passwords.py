"""A rule for passwords of one's own: the words of this site are guessed first, so they do not count."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

LEAST_BESIDE = 8
OUR_WORDS = ("tierwright", "cluster", "topology", "password", "approve")


class BesideOurWords:
    """Refuses a password that is little more than words which everybody connects with the site."""

    def validate(self, password: str, user: User | None = None) -> None:
        """Raise where fewer than LEAST_BESIDE characters are left without those words."""
        left = re.sub("|".join(map(re.escape, self._words())), "", password.lower())
        if len(left) < min(LEAST_BESIDE, len(password)):
            raise ValidationError("This password is little more than words of this site, which are guessed first.")

    def get_help_text(self) -> str:
        """What the form says."""
        return "Your password can't be little more than words of this site, such as its name."

    def _words(self) -> list[str]:
        host = urlsplit(settings.SITE_URL).hostname or ""
        return sorted({*OUR_WORDS, *(part for part in host.split(".") if len(part) > 3)}, key=len, reverse=True)
