"""Who may come in and how often: bearer tokens with scopes, a limit for each, keys that make a request happen once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Status
from ninja.errors import HttpError
from ninja.security import HttpBearer
from ninja.throttling import SimpleRateThrottle

from planner import tokens
from planner.models import ApiToken, IdempotencyKey
from planner.people import current
from planner.review import Refused

LONGEST_KEY = 200


class Bearer(HttpBearer):
    """`Authorization: Bearer tw_...`, with the scope that an operation takes."""

    def __init__(self, scope: str) -> None:
        super().__init__()
        self.scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> ApiToken | None:
        """The token, if it is alive; 403 where it is for something else."""
        found = tokens.find(token)
        if found is None:
            return None
        if self.scope not in found.scopes:
            raise HttpError(403, f"this token is for {', '.join(found.scopes)}; this takes {self.scope}")
        request.user = found.user
        tokens.mark_used(found, timezone.now())
        return found


READ, COMMENT, WRITE, APPROVE = (Bearer(scope) for scope in ("read", "comment", "write", "approve"))


class PerToken(SimpleRateThrottle):
    """So many requests a minute for each token, counted where every process sees it."""

    scope = "token"

    def get_rate(self) -> str:
        """From the settings: API_REQUESTS_PER_MINUTE."""
        return f"{settings.API_REQUESTS_PER_MINUTE}/m"

    def get_cache_key(self, request: HttpRequest) -> str | None:
        """None, and so no limit, where there is no token: the door refuses then."""
        token = getattr(request, "auth", None)
        return f"api-{token.pk}" if isinstance(token, ApiToken) else None


def once(request: HttpRequest, work: Callable[[], Status[Any]]) -> Status[Any]:
    """Do the work, or give the answer that the same `Idempotency-Key` got before.

    The key and what it does are one transaction: of many who send it at once, one works and the others get its answer.
    """
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        with transaction.atomic():
            return work()
    if len(key) > LONGEST_KEY or not key.isascii() or not key.isprintable():
        raise Refused(f"an Idempotency-Key has at most {LONGEST_KEY} printable characters")
    digest = _digest(request)
    try:
        with transaction.atomic():
            row = IdempotencyKey.objects.create(user=current(request), key=key, request_digest=digest)
            done = work()
            row.status, row.answer = done.status_code, _plain(done.value)
            row.save(update_fields=["status", "answer"])
            return done
    except IntegrityError:
        return _again(request, key, digest)


def _again(request: HttpRequest, key: str, digest: str) -> Status[Any]:
    row = IdempotencyKey.objects.filter(user=current(request), key=key).first()
    if row is None:
        raise HttpError(409, "this was refused by the database; look at what is there and try again")
    if row.request_digest != digest:
        raise HttpError(422, "this Idempotency-Key was used for another request; take a new one")
    return Status(row.status, row.answer)


def _digest(request: HttpRequest) -> str:
    said = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(said).hexdigest()


def _plain(answer: Any) -> Any:
    return answer.model_dump(mode="json") if hasattr(answer, "model_dump") else answer


def with_etag(response: HttpResponse, digest: str) -> None:
    """Name what is there, so that the next write can say what it has seen."""
    response["ETag"] = f'"{digest}"'


def seen(request: HttpRequest) -> str:
    """The digest that the request has seen, from If-Match; 428 where it names none, 400 for a list or a star."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        raise HttpError(428, 'name the revision that you have seen: If-Match: "DIGEST", from its ETag')
    digest = header.removeprefix("W/").strip('"')
    if len(digest) != 64 or not digest.isalnum():
        raise HttpError(400, "If-Match takes one digest in quotes, as the ETag gave it")
    return digest
