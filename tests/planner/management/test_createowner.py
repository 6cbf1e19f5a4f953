"""The first owner: made with a team, told a link that sets a password once."""

from __future__ import annotations

from io import StringIO

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core.management import call_command
from django.test import Client
from pytest_django.fixtures import Settings

from planner import plans
from planner.models import Event, Membership, Role, Team
from planner.people import local_person
from tests.builders import newspaper

pytestmark = pytest.mark.django_db
PASSWORD = "a harbour with nine red boats"


@pytest.fixture(autouse=True)
def site_with_accounts(settings: Settings) -> None:
    """Accounts are on, at an address of their own."""
    settings.ACCOUNTS = True
    settings.SITE_URL = "https://plan.example.com"


def run(email: str = "ana@example.com", team: str = "Web operations") -> tuple[str, str]:
    """What the command prints: the result, and what it says beside it."""
    out, err = StringIO(), StringIO()
    call_command("createowner", email, team=team, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def path_of(link: str) -> str:
    """The link without the site."""
    assert link.startswith("https://plan.example.com/accounts/password/reset/key/")
    return link.removeprefix("https://plan.example.com")


def test_it_makes_a_person_a_team_and_an_owner() -> None:
    _, says = run("Ana@Example.com")

    ana = User.objects.get()
    assert (ana.username, ana.email, ana.has_usable_password()) == ("ana", "ana@example.com", False)
    assert EmailAddress.objects.get(user=ana).verified
    assert Membership.objects.get(user=ana, team__slug="web-operations").role == Role.OWNER
    assert "ana@example.com is an owner of Web operations" in says


def test_the_link_sets_the_password_once(client: Client) -> None:
    link, _ = run()
    form = client.get(path_of(link), follow=True).redirect_chain[-1][0]

    client.post(form, {"password1": PASSWORD, "password2": PASSWORD})

    answer = client.post("/accounts/login/", {"login": "ana@example.com", "password": PASSWORD})
    assert answer.status_code == 302
    assert client.get("/account/").status_code == 200
    assert "This link is old, or was used before." in Client().get(path_of(link), follow=True).text


def test_it_may_be_run_again_for_another_link() -> None:
    first, _ = run()
    second, _ = run()

    assert path_of(first)
    assert path_of(second)
    assert (User.objects.count(), Team.objects.count(), Membership.objects.count()) == (1, 1, 1)
    assert [event.verb for event in Event.objects.all()] == ["make_owner"]


def test_a_member_becomes_an_owner() -> None:
    run()
    Membership.objects.update(role=Role.VIEWER)

    run()

    assert Membership.objects.get().role == Role.OWNER


def test_somebody_who_only_claims_the_address_gets_nothing() -> None:
    eve = User.objects.create_user("eve", "ana@example.com")
    EmailAddress.objects.create(user=eve, email="ana@example.com", verified=False, primary=True)

    run()

    assert Membership.objects.get().user != eve


@pytest.mark.parametrize(
    ("email", "team", "says"),
    [
        ("ana", "Crew", "valid email"),
        ("ana@example.com", "", "blank"),
        ("ana@example.com", "x" * 81, "at most 80"),
        ("ana@example.com", "\u202ecrew", "team"),
        ("ana@example.com", "!!!", "no letter or digit"),
    ],
)
def test_what_it_cannot_use_gets_a_sentence(email: str, team: str, says: str) -> None:
    err = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("createowner", email, team=team, stderr=err)

    assert ended.value.code == 2
    assert says in err.getvalue()
    assert not User.objects.exists()


def test_the_team_of_the_local_time_is_taken_over_with_its_plans(client: Client) -> None:
    plans.start(local_person(), newspaper(), name="The newspaper", message="First")

    run(team="Local")

    ana = User.objects.get(email="ana@example.com")
    client.force_login(ana)
    assert Membership.objects.get(user=ana).role == Role.OWNER
    assert client.get("/plans/newspaper/").status_code == 200


def test_it_says_where_accounts_are_off(settings: Settings) -> None:
    settings.ACCOUNTS = False

    assert "TIERWRIGHT_ACCOUNTS=1" in run()[1]
