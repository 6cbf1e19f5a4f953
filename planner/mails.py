"""The mails of the site: a digest of notices for each person."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from smtplib import SMTPException

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string

from planner import notices
from planner.notices import Letter

log = logging.getLogger(__name__)
PAUSE = timedelta(minutes=10)
"""A notice waits so long for others to go in the same mail, and for the person to see it in the site."""


def send_digests(*, now: datetime) -> tuple[int, int]:
    """Mail what nobody has seen yet: how many mails went out, and how many did not."""
    sent = failed = 0
    for letter in notices.letters(before=now - PAUSE):
        if not notices.take(letter, at=now):
            continue
        try:
            _mail(letter).send()
            sent += 1
        except (OSError, SMTPException) as error:
            notices.give_back(letter.notices)
            log.warning("a mail did not go out: %s", type(error).__name__)
            failed += 1
    return sent, failed


def _mail(letter: Letter) -> EmailMessage:
    number = len(letter.notices)
    first = letter.notices[0]
    subject = f"{number} notices" if number > 1 else f"{first.proposal or first.event}: {first.event.says}"
    text = render_to_string("mail/digest.txt", {"letter": letter, "site": settings.SITE_URL})
    # What people wrote may hold line breaks, and a subject is one line.
    return EmailMessage(f"[Tierwright] {' '.join(subject.split())}", text, to=[letter.user.email])
