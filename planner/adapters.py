"""What Tierwright decides where django-allauth asks: who may sign up, what a handle is, how secrets are kept."""

from __future__ import annotations

import logging
from base64 import urlsafe_b64encode
from hashlib import scrypt
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.models import User
from django.core.exceptions import ImproperlyConfigured, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.encoding import force_bytes

from planner import accounts
from planner.forms import shown_name

TRIES = 3
SIGN_UPS = ("account_signup", "socialaccount_signup")
_log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Accounts by e-mail and password."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": "This account is closed. An owner of your team can say why.",
        "email_password_mismatch": "No account has this e-mail and this password. Check both; the password can be set"
        " anew from the link below.",
        "incorrect_password": "This is not your password.",
        "too_many_login_attempts": "There were too many attempts with this e-mail. Wait five minutes, or set a new"
        " password from the link below.",
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only for who was invited, unless TIERWRIGHT_SIGNUP opens the site."""
        return accounts.may_sign_up(request)

    def clean_email(self, email: str) -> str:
        """On a site by invitation, an account is made for the address that was invited."""
        match = self.request.resolver_match
        invited = accounts.invitation_of(self.request) if match and match.url_name in SIGN_UPS else None
        if invited and not settings.SIGNUP and invited.email.lower() != email.lower():
            raise ValidationError(f"The invitation is for {invited.email}; make the account with that address.")
        return email

    def populate_username(self, request: HttpRequest, user: User) -> None:
        """The handle follows from the address; nobody is asked for one."""
        user.username = user.username or accounts.handle_for(user.email)

    def save_user(self, request: HttpRequest, user: User, form: Any, commit: bool = True) -> User:
        """Save the account; where somebody took the handle in the same moment, the next one is taken."""
        for _ in range(TRIES - 1):
            try:
                with transaction.atomic():
                    return super().save_user(request, user, form, commit)
            except IntegrityError:
                user.pk = None
        return super().save_user(request, user, form, commit)

    def get_client_ip(self, request: HttpRequest) -> str:
        """By whose address attempts are counted; a proxy that does not fit the settings is said, not guessed around."""
        try:
            return super().get_client_ip(request)
        except ImproperlyConfigured:
            raise PermissionDenied(
                "This request came through fewer proxies than TRUSTED_PROXIES says, so nobody can tell whose it is."
                " Whoever runs the site sets it to the number of proxies that add to X-Forwarded-For."
            ) from None

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Say on the page that a mail could not be sent, rather than fail after what it was about was done."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            _log.exception("a mail (%s) could not be sent", template_prefix)
            says = "The mail could not be sent, since the mail server does not take it. Try again in a few minutes."
            messages.warning(self.request, says)


class SocialAdapter(DefaultSocialAccountAdapter):
    """Accounts of the company's own login."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """As for accounts by e-mail; an invitation is for its address here too."""
        invited = accounts.invitation_of(request)
        if settings.SIGNUP or invited is None:
            return settings.SIGNUP
        if invited.email.lower() == sociallogin.user.email.lower():
            return True
        says = f"The invitation is for {invited.email}, but {sociallogin.provider.name} says that you are"
        messages.error(request, f"{says} {sociallogin.user.email or 'somebody without an address'}.")
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """The name that others see is the whole one."""
        user: User = super().populate_user(request, sociallogin, data)
        user.first_name, user.last_name = shown_name(f"{user.first_name} {user.last_name}"), ""
        return user

    def save_user(self, request: HttpRequest, sociallogin: Any, form: Any = None) -> User:
        """The handle follows from the address here as well, not from what the other login calls somebody."""
        sociallogin.user.username = ""
        return super().save_user(request, sociallogin, form)


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted, so that a copy of the database alone cannot make codes."""

    def generate_authenticator_name(self, user: User, type: str) -> str:
        """What a passkey is called until somebody gives it a better name."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return "Passkey" if number == 1 else f"Passkey {number}"

    def encrypt(self, text: str) -> str:
        """With the key of SECRET_KEY."""
        return _safe().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """With the key of SECRET_KEY, or of one in SECRET_KEY_FALLBACKS."""
        return _safe().decrypt(encrypted_text.encode()).decode()


def _safe() -> MultiFernet:
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return MultiFernet([Fernet(_key(secret)) for secret in keys])


def _key(secret: str | bytes) -> bytes:
    # The secret is long and random, so little work suffices; the salt tells this use of it from others.
    derived = scrypt(force_bytes(secret), salt=b"tierwright second factors", n=16, r=8, p=1, dklen=32)
    return urlsafe_b64encode(derived)
