"""A team's pages: people and roles, invitations, rules, how it decides."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core import mail
from django.test import Client

from planner.models import Event, Invitation, Membership, ReviewRule, Role, Team
from tests.cast import Cast, cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def paper(settings: LazySettings) -> Cast:
    """The cast, on a site with accounts."""
    settings.ACCOUNTS = True
    return cast()


def as_(user: User) -> Client:
    """A browser in which the person is logged in."""
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def place(cast: Cast, user: User) -> Membership:
    """The person's membership."""
    return Membership.objects.get(team=cast.team, user=user)


def verbs(team: Team) -> list[str]:
    """What the audit says was done, in order."""
    return list(Event.objects.filter(team=team).values_list("verb", flat=True))


def test_a_team_shows_its_people_with_their_roles(paper: Cast) -> None:
    text = as_(paper.vera).get("/team/paper/").text

    assert "Olive" in text
    assert "@carol" in text
    assert "carol@example.com" not in text  # addresses are the owners' to see
    assert "carol@example.com" in as_(paper.olive).get("/team/paper/").text


def test_an_outsider_finds_no_team(paper: Cast) -> None:
    assert as_(paper.charlie).get("/team/paper/").status_code == 404
    assert as_(paper.charlie).post("/team/paper/change/", {}).status_code == 404


def test_an_owner_changes_a_role_and_the_audit_says_so(paper: Cast) -> None:
    answer = as_(paper.olive).post(f"/team/paper/members/{place(paper, paper.bob).pk}/role/", {"role": "approver"})

    assert answer.status_code == 302
    assert place(paper, paper.bob).role == Role.APPROVER
    event = Event.objects.filter(team=paper.team).latest("number")
    assert (event.verb, event.data) == (
        "change_role", {"member": "bob", "before": "commenter", "after": "approver"}
    )  # fmt: skip


def test_an_approver_changes_no_role(paper: Cast) -> None:
    answer = as_(paper.carol).post(f"/team/paper/members/{place(paper, paper.bob).pk}/role/", {"role": "owner"})

    assert answer.status_code == 403
    assert "Only an owner of The paper changes this; you are an approver." in answer.text
    assert place(paper, paper.bob).role == Role.COMMENTER


def test_an_unknown_role_is_refused_in_a_sentence(paper: Cast) -> None:
    answer = as_(paper.olive).post(f"/team/paper/members/{place(paper, paper.bob).pk}/role/", {"role": "king"})

    assert answer.status_code == 422
    assert "Choose one of the roles" in answer.text


@pytest.mark.parametrize("how", ["role", "remove"])
def test_the_last_owner_stays(how: str, paper: Cast) -> None:
    answer = as_(paper.olive).post(
        f"/team/paper/members/{place(paper, paper.olive).pk}/{how}/", {"role": "editor"}
    )  # fmt: skip

    assert answer.status_code == 403
    assert "Olive is the last owner of The paper; make somebody else an owner first." in answer.text
    assert place(paper, paper.olive).role == Role.OWNER


def test_a_member_leaves_and_then_sees_nothing(paper: Cast) -> None:
    client = as_(paper.bob)

    client.post(f"/team/paper/members/{place(paper, paper.bob).pk}/remove/")

    assert verbs(paper.team)[-1] == "leave_team"
    assert client.get("/team/paper/").status_code == 404
    assert client.get("/plans/newspaper/").status_code == 404


def test_whoever_a_rule_names_is_not_removed_before_the_rule(paper: Cast) -> None:
    rule = ReviewRule.objects.create(team=paper.team, area="tier:db")
    rule.people.add(paper.carol)

    answer = as_(paper.olive).post(f"/team/paper/members/{place(paper, paper.carol).pk}/remove/")

    assert answer.status_code == 403
    assert "the rule for tier:db names Carol" in answer.text.replace("The rule", "the rule")


def invited(paper: Cast, email: str = "newcomer@example.com", role: str = "editor") -> str:
    """Invite somebody, and read the link out of the mail."""
    answer = as_(paper.olive).post("/team/paper/invitations/", {"email": email, "role": role})
    assert answer.status_code == 302
    found = re.search(r"https?://[^/]+(/invitations/\S+/)", str(mail.outbox[-1].body))
    assert found
    return found[1]


def newcomer(email: str = "newcomer@example.com", *, verified: bool = True) -> User:
    """Somebody with an account and in no team."""
    user = User.objects.create_user("newcomer", email=email, first_name="Nina")
    EmailAddress.objects.create(user=user, email=email, verified=verified, primary=True)
    return user


def test_the_link_of_an_invitation_works_once(paper: Cast) -> None:
    link = invited(paper)
    client = as_(newcomer("Newcomer@Example.com"))

    assert "Olive asks you into this team, as editor." in client.get(link).text
    assert client.post(link, follow=True).status_code == 200
    assert place(paper, User.objects.get(username="newcomer")).role == Role.EDITOR
    assert verbs(paper.team)[-2:] == ["invite", "join_team"]
    again = client.post(link)
    assert again.status_code == 404
    assert "an invitation works once" in again.text


def test_the_database_holds_no_token_and_the_audit_no_address(paper: Cast) -> None:
    token = invited(paper).split("/")[2]

    row = Invitation.objects.get()
    assert len(token) >= 43
    assert token not in (row.token_hash, str(row))
    assert "newcomer" not in str(list(Event.objects.values()))


def test_an_invitation_is_not_for_somebody_else(paper: Cast) -> None:
    link = invited(paper)
    client = as_(newcomer("other@example.com"))

    assert "this invitation is for another address than yours" in client.get(link).text
    assert client.post(link).status_code == 403
    assert not Membership.objects.filter(user__username="newcomer").exists()


def test_an_address_that_nobody_has_shown_to_be_theirs_takes_no_place(paper: Cast) -> None:
    client = as_(newcomer(verified=False))

    assert client.post(invited(paper)).status_code == 403


def test_whoever_has_no_account_is_led_to_make_one(paper: Cast) -> None:
    link = invited(paper)
    client = Client()

    text = client.get(link).text

    assert f"/accounts/signup/?next={link}" in text
    assert client.get("/accounts/signup/").status_code == 200


@pytest.mark.parametrize("ended", ["expired", "revoked", "altered", "sent again"])
def test_a_link_that_is_not_good_is_said_to_be_so(ended: str, paper: Cast) -> None:
    link, row = invited(paper), Invitation.objects.get()
    if ended == "expired":
        Invitation.objects.update(expires_at=row.created_at)
    elif ended == "revoked":
        as_(paper.olive).post(f"/team/paper/invitations/{row.pk}/revoke/")
    elif ended == "altered":
        link = link[:-2] + ("A" if link[-2] != "A" else "B") + "/"
    else:
        as_(paper.olive).post(f"/team/paper/invitations/{row.pk}/send/")

    answer = as_(newcomer()).get(link)

    assert answer.status_code == 404
    assert "Ask whoever invited you for another." in answer.text


def test_nobody_is_invited_twice(paper: Cast) -> None:
    invited(paper)

    answer = as_(paper.olive).post("/team/paper/invitations/", {"email": "NEWCOMER@example.com", "role": "viewer"})

    assert answer.status_code == 422
    assert "is invited already" in answer.text
    assert 'value="NEWCOMER@example.com"' in answer.text
    assert Invitation.objects.count() == 1


def test_a_wrong_address_comes_back_with_what_was_typed(paper: Cast) -> None:
    answer = as_(paper.olive).post("/team/paper/invitations/", {"email": "nina at home", "role": "viewer"})

    assert answer.status_code == 422
    assert 'value="nina at home"' in answer.text
    assert mail.outbox == []


def test_a_mail_server_that_is_down_loses_nothing(paper: Cast, settings: LazySettings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1

    answer = as_(paper.olive).post(
        "/team/paper/invitations/", {"email": "nina@example.com", "role": "viewer"}, follow=True
    )

    assert "nina@example.com is invited, but the mail did not go out." in answer.text
    assert Invitation.objects.filter(email="nina@example.com").exists()


def test_a_rule_is_added_and_removed(paper: Cast) -> None:
    owner = as_(paper.olive)
    sent = {"area": "tier:db", "number": "1", "people": [paper.carol.pk], "least_role": "approver", "cost_above": "50"}

    added = owner.post("/team/paper/rules/", sent, follow=True).text

    assert "The rule for tier:db holds from now on" in added
    rule = ReviewRule.objects.get()
    assert list(rule.people.all()) == [paper.carol]
    owner.post(f"/team/paper/rules/{rule.pk}/remove/")
    assert not ReviewRule.objects.exists()
    assert verbs(paper.team)[-2:] == ["add_rule", "remove_rule"]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"area": "database"}, "An area is * for every one that changes"),
        ({"area": "role:fax"}, "There is no role fax"),
        ({"area": "tier:No Such"}, ""),
        ({"number": "5"}, "only 3 could say yes"),
        ({"number": "0"}, "greater than or equal to 1"),
        ({"people": ["{bob}"]}, "not one of the available choices"),
        ({"people": ["{carol}"], "number": "2"}, "only 1 could say yes"),
        ({"cost_above": "-1"}, "greater than or equal to 0"),
    ],
)
def test_a_rule_that_nobody_could_keep_is_refused(changed: dict[str, object], says: str, paper: Cast) -> None:
    if people := changed.get("people"):
        assert isinstance(people, list)
        changed["people"] = [getattr(paper, name.strip("{}")).pk for name in people]

    answer = as_(paper.olive).post(
        "/team/paper/rules/", {"area": "*", "number": "1", "least_role": "approver"} | changed
    )

    assert answer.status_code == 422
    assert says in answer.text
    assert not ReviewRule.objects.exists()


def test_how_the_team_decides_is_changed_by_one_event(paper: Cast) -> None:
    sent = {"name": "The paper", "lead_days": "30", "budget_month": "1200.50", "only_proposals": "on"}
    owner = as_(paper.olive)

    owner.post("/team/paper/change/", sent)
    owner.post("/team/paper/change/", sent)  # a replayed form

    event = Event.objects.get(team=paper.team, verb="change_team")
    assert event.data == {"lead_days": [14, 30], "budget_month": [None, "1200.5"], "only_proposals": [False, True]}
    assert "Plans change by" in as_(paper.vera).get("/team/paper/").text


def test_a_name_that_cannot_be_printed_comes_back(paper: Cast) -> None:
    answer = as_(paper.olive).post("/team/paper/change/", {"name": "a\x07b", "lead_days": "-1"})

    assert answer.status_code == 422
    assert Team.objects.get().name == "The paper"


def test_a_team_that_changes_by_proposals_alone_refuses_a_save(paper: Cast) -> None:
    as_(paper.olive).post("/team/paper/change/", {"name": "The paper", "lead_days": "14", "only_proposals": "on"})

    answer = as_(paper.alice).post("/plans/newspaper/revisions/1/restore/", {"parent": paper.revision.digest})

    assert answer.status_code == 403
    assert "proposals alone" in answer.text


def test_whoever_makes_a_team_owns_it(paper: Cast) -> None:
    client = as_(paper.charlie)

    answer = client.post("/teams/", {"name": "The paper"}, follow=True)

    assert "The paper is there, and you own it." in answer.text
    made = Team.objects.exclude(pk=paper.team.pk).get()
    assert (made.slug, verbs(made)) == ("the-paper", ["make_team"])
    client.post("/teams/", {"name": "42 !"})
    client.post("/teams/", {"name": "!"})
    client.post("/teams/", {"name": "?"})
    assert {"team-42", "team", "team-2"} <= set(Team.objects.values_list("slug", flat=True))


def test_without_accounts_nobody_is_invited_and_the_page_says_how(client: Client) -> None:
    text = client.get("/team/local/").text

    assert "start it with TIERWRIGHT_ACCOUNTS=1" in text
    assert "Add a rule" in text
    assert client.post("/team/local/invitations/", {"email": "a@example.com", "role": "viewer"}).status_code == 403
    assert client.post("/teams/", {"name": "x"}).status_code == 403
    assert client.get("/invitations/none/").status_code == 404


def test_a_rule_holds_without_accounts_too(client: Client) -> None:
    answer = client.post("/team/local/rules/", {"area": "*", "number": "1", "least_role": "approver"})

    assert answer.status_code == 302
    assert ReviewRule.objects.get().area == "*"


def test_the_open_invitations_of_who_is_taken_out_end(paper: Cast) -> None:
    Membership.objects.filter(user=paper.carol).update(role=Role.OWNER)
    as_(paper.carol).post("/team/paper/invitations/", {"email": "newcomer@example.com", "role": "editor"})

    as_(paper.olive).post(f"/team/paper/members/{place(paper, paper.carol).pk}/remove/")

    assert Invitation.objects.get().revoked_at is not None
