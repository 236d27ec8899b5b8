"""The shipped catalogue, by its own cases; and how an action is looked up."""

from __future__ import annotations

import tomllib
from copy import copy
from pathlib import Path

import pytest

from monitor.core.catalogue import Catalogue
from monitor.core.naming import letters
from monitor.settings import load_settings

TOLD = tomllib.loads((Path(__file__).parent / "catalogue_cases.toml").read_text("utf-8"))
CASES = TOLD["case"]
RAW = [(f"{product}: {name}", name, *case) for product, cases in TOLD["raw"].items() for name, case in cases.items()]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_settings().load_catalogue()


@pytest.mark.parametrize("case", CASES, ids=[case["action"] for case in CASES])
def test_case(catalogue: Catalogue, case: dict) -> None:
    action = catalogue.action(case["action"])
    assert action.kind == case["class"]
    assert case["at_least"] - 1e-9 <= action.impact <= case["at_most"] + 1e-9


@pytest.mark.parametrize(("raw", "kind", "least", "most"), [one[1:] for one in RAW], ids=[one[0] for one in RAW])
def test_a_raw_name_of_a_product(catalogue: Catalogue, raw: str, kind: str, least: float, most: float) -> None:
    """An event's action is read in small letters, whatever the product writes."""
    action = catalogue.action(raw.strip().lower())
    assert action.kind == kind
    assert least - 1e-9 <= action.impact <= most + 1e-9


def test_every_entry_can_be_told(catalogue: Catalogue) -> None:
    """Whatever is looked up has an impact from 0 to 1 and a way back that names the target."""
    words = [*catalogue.file.actions, *(f"thing.{verb}" for verb in catalogue.verbs), "thing.frobnicate", "", "."]
    words += [".".join(pair) for pair in catalogue.senses]
    for action in map(catalogue.action, words):
        assert 0 <= action.impact <= 1
        assert action.restore_minutes >= 0
        assert action.undo[0].isupper()
        assert action.undo[-1] == "."
        assert "{target}" in action.undo
        assert "{" not in action.undo.replace("{target}", "")


def test_the_way_back_tells_how_long_it_takes_and_whether_all_comes_back(catalogue: Catalogue) -> None:
    told = {name: catalogue.action(name).way_back("it all") for name in ("account.deactivate", "file.copy_to_usb")}
    assert told["account.deactivate"].endswith(" Takes about 11 minutes.")
    assert told["file.copy_to_usb"].endswith(" Takes about 8 hours, and not all of it comes back.")
    many = catalogue.action("account.deactivate").way_back("it all", 11)
    assert " Likewise 11 others of that day. Takes about " in many
    nothing = catalogue.action("file.view")
    assert nothing.way_back(None) == nothing.undo.replace("{target}", "it")


def test_what_needs_no_way_back_takes_no_time(catalogue: Catalogue) -> None:
    """Nobody is told that there is nothing to restore and that it takes an hour."""
    words = [*catalogue.file.actions, *(f"thing.{verb}" for verb in catalogue.verbs), *map(".".join, catalogue.senses)]
    idle = [action for action in map(catalogue.action, words) if action.undo.startswith("Nothing to")]
    assert [action.name for action in idle if action.restore_minutes] == []


def test_of_what_nothing_is_known_nobody_claims_to_know_the_way_back(catalogue: Catalogue) -> None:
    unknown = catalogue.action("gizmo.frobnicate").undo
    assert unknown == catalogue.file.default.undo
    assert unknown != catalogue.action("gizmo.set").undo


@pytest.mark.parametrize(
    ("name", "told"),
    [("SCC5", "backup"), ("104", "lost lines"), ("CG3Y", "copy"), ("team.destroy", "deleted groups"),
     ("FileUploaded", "where it was put"), ("user.session.end", "is over"), ("call.ended", "is over"),
     ("Decrypt", "made readable"), ("GetAuthorizationToken", "owner"), ("4624", "owner"),
     ("Granted Access", "block the card"), ("CardAdmitted", "block the card"), ("Forced Open", "security"),
     ("UNSET_NETWORK_POLICY", "last version"), ("UNDROP DATABASE", "stayed dropped"), ("session.create", "owner"),
     ("UsbBlocked", "kept from happening"), ("4699", "definition"), ("invoice.authorise", "before it is paid"),
     ("mfa_factor.disable", "second factor"), ("fee.remove", "Book"), ("syslog.clear", "lost lines"),
     ("loyalty_account.credit", "before it is spent"), ("account.credited", "before it is spent")],
)  # fmt: skip
def test_the_way_back_fits_the_act(catalogue: Catalogue, name: str, told: str) -> None:
    assert told in catalogue.action(name.lower()).undo


def test_every_listed_name_is_canonical(catalogue: Catalogue) -> None:
    """An event's action is read in small letters: a name with a capital would never be found."""
    for name in [*catalogue.file.actions, *catalogue.verbs, *catalogue.file.nouns]:
        assert name == name.lower().strip()


def test_what_products_call_an_action_is_found_and_stands_once(catalogue: Catalogue) -> None:
    told = [(raw, name) for names in catalogue.file.names.values() for name, raws in names.items() for raw in raws]
    seen: dict[str, str] = {letters(name): name for name in catalogue.actions}
    for raw, name in told:
        assert seen.setdefault(letters(raw.lower()), name) == name, raw
        assert catalogue.knows(name), name
        found, meant = catalogue.action(raw.lower()), catalogue.action(name)
        assert (found.kind, found.impact, found.undo) == (meant.kind, meant.impact, meant.undo), raw
    assert len(seen) == len(catalogue.actions) + len(told)


def test_what_is_listed_would_mostly_be_guessed(catalogue: Catalogue) -> None:
    """Whoever changes the words sees what it does to names that nobody listed."""
    hits = 0
    for name, entry in catalogue.actions.items():
        others = {each: other for each, other in catalogue.actions.items() if each != name}
        unlisted = copy(catalogue)
        unlisted.actions, unlisted.plain = others, {letters(each): each for each in others}
        hits += unlisted.action(name).kind == (entry.kind or unlisted.file.default.kind)
    assert hits / len(catalogue.actions) > 0.85


@pytest.mark.parametrize(
    ("name", "listed"),
    [("DeleteUser", "user.delete"), ("user_deleted", "user.delete"), ("scim/DeleteUser", "user.delete"),
     ("k8s.delete.namespaces", "namespace.delete"), ("FileRead", "file.read"), ("SE16_DELETE", "table.delete"),
     ("4624_logoff", "session.logoff"), ("aws.DeleteTrail", "trail.delete"), ("Add member to role.", "role.assign")],
)  # fmt: skip
def test_a_verb_is_found_in_any_place(catalogue: Catalogue, name: str, listed: str) -> None:
    one, other = catalogue.action(name.lower()), catalogue.action(listed)
    assert (one.kind, one.impact, one.undo) == (other.kind, other.impact, other.undo)


def test_a_code_in_the_middle_or_a_common_word_names_no_product(catalogue: Catalogue) -> None:
    """A truck is unloaded without COPY INTO, and the ticket 4624 is no logon."""
    assert catalogue.action("truck.unload").kind == "change"
    assert catalogue.action("ticket_close_4624").impact == catalogue.action("ticket.close").impact


@pytest.mark.parametrize(
    ("name", "bare"),
    [("snowflake.UNLOAD", "UNLOAD"), ("SNOWFLAKE UNLOAD", "UNLOAD"), ("iam.CreateAccessKey", "CreateAccessKey"),
     ("iam.amazonaws.com:CreateUser", "CreateUser"), ("github.issue.comment", "issue.comment"),
     ("k8s.delete.secret", "secret.delete"), ("github.repo.destroy", "repo.destroy"), ("exchange.Move", "Move"),
     ("aws.s3.DeleteBucket", "DeleteBucket"), ("okta.user.session.start", "user.session.start"),
     ("salesforce.API", "API"), ("kms.CreateUser", "CreateUser"), ("windows.4624", "4624")],
)  # fmt: skip
def test_a_product_before_what_is_known_says_nothing(catalogue: Catalogue, name: str, bare: str) -> None:
    one, other = catalogue.action(name.lower()), catalogue.action(bare.lower())
    assert (one.kind, one.impact, one.undo) == (other.kind, other.impact, other.undo)


def test_a_common_word_is_known_behind_those_who_write_it_alone(catalogue: Catalogue) -> None:
    """Exchange's Move moves a mail, that of another product does not; and iam still weighs where nothing is listed."""
    assert catalogue.action("github.move").impact == catalogue.action("gizmo.move").impact
    assert catalogue.action("iam.frobnicate").impact > catalogue.action("gizmo.frobnicate").impact


def test_every_product_writes_a_table_of_names_and_tells_nothing_else(catalogue: Catalogue) -> None:
    """The sharepoint of sharepoint.file_upload may not be passed over."""
    nouns = {noun for noun, _ in catalogue.senses}
    for table, words in catalogue.file.products.items():
        assert table in catalogue.file.names
        for word in words:
            assert word == letters(word.lower())
            assert word not in nouns or word == "iam"


def test_no_alias_is_listed_twice(catalogue: Catalogue) -> None:
    told = [word for verb, entry in catalogue.file.verbs.items() for word in (verb, *entry.aliases)]
    assert sorted({word for word in told if told.count(word) > 1}) == []


def test_the_full_name_goes_before_the_verb_and_the_verb_before_the_default(catalogue: Catalogue) -> None:
    default = catalogue.action("gizmo.frobnicate")
    assert default.kind == "change"
    assert catalogue.action("gizmo.delete").kind == "destroy"
    assert catalogue.action("draft.delete").impact < catalogue.action("gizmo.delete").impact


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("member.suspend", "followers"), ("document.trash", "bytes"), ("flag.flip", "users"),
        ("document.fetch", None), ("customer_account.close", None), ("account.export", "records"),
        ("influencer.deactivate", "followers"), ("seller.suspend", "customers"), ("gizmo.archive", None),
        ("portal.suspend_profile", "followers"), ("portal.flag_message", None),
    ],
)  # fmt: skip
def test_a_noun_tells_what_the_size_of_a_change_or_a_loss_counts(
    catalogue: Catalogue, name: str, unit: str | None
) -> None:
    """An export's size may be of rows, of bytes, of pages; what is listed says for itself."""
    assert catalogue.action(name).magnitude == unit


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "a" * 10_000,
        "a.b.c.d",
        "\x1b[31m",
        "x." + "_".join(["delete"] * 2000),
        "_".join(f"a{i}" for i in range(4000)) + ".x",
    ],
)
def test_any_name_has_an_impact(catalogue: Catalogue, name: str) -> None:
    assert 0 <= catalogue.action(name).impact <= 1


@pytest.mark.parametrize(
    ("together", "apart"),
    [
        ("vendorbank.edit", "vendor_bank.edit"), ("guestuser.invite", "guest_user.invite"),
        ("inboxrule.add", "inbox_rule.add"), ("gmailfilter.create", "gmail_filter.create"),
        ("crmlist.download", "crm_list.download"), ("lookuptable.truncate", "lookup_table.truncate"),
        ("mailitem.access", "mail_item.access"), ("accesskey.issue", "access_key.issue"),
        ("clusterrolebinding.create", "cluster_role_binding.create"), ("giftcard.issue", "gift_card.issue"),
        ("iam.deleteuser", "iam.delete_user"), ("userloggedin", "user_logged_in"),
        ("auditlog.clear", "audit_log.clear"), ("deploykey.create", "deploy_key.create"),
        ("acmepayment.create", "acme_payment.create"),
        ("legalholds.release", "legal_hold.release"), ("policies.attach", "policy.attach"),
    ],
)  # fmt: skip
def test_words_run_together_are_read_as_words(catalogue: Catalogue, together: str, apart: str) -> None:
    """Logs that write inboxRule arrive in small letters."""
    one, other = catalogue.action(together), catalogue.action(apart)
    assert (one.kind, one.impact, one.undo) == (other.kind, other.impact, other.undo)


@pytest.mark.parametrize(
    "noun",
    [
        "threshold", "keynote", "keyboard", "banknote", "feedback", "backlog", "blog", "dialog", "airport",
        "observer", "parole", "vegetable", "recorder", "opposite", "stakeholder", "household", "compost",
        "disposition", "microphone", "stranger",
        "x" * 500,
    ],
)  # fmt: skip
def test_a_word_that_only_ends_like_another_stays_whole(catalogue: Catalogue, noun: str) -> None:
    """A threshold is no legal hold, a keynote no key."""
    for verb in ("delete", "update", "view"):
        assert catalogue.action(f"{noun}.{verb}").impact == catalogue.action(f"gizmo.{verb}").impact


def test_many_of_what_weighs_as_one_are_found_as_one(catalogue: Catalogue) -> None:
    """The databases of an Azure server are a database; many patients are more than one, and stay what they are."""
    for many, one in (("databases.delete", "database.delete"), ("k8s.webhooks.create", "webhook.create")):
        first, second = catalogue.action(many), catalogue.action(one)
        assert (first.kind, first.impact, first.undo) == (second.kind, second.impact, second.undo)
    assert catalogue.action("patients.export").impact > catalogue.action("patient.export").impact


def test_a_verb_in_the_past_finds_what_is_listed(catalogue: Catalogue) -> None:
    for past, listed in (("file.deleted", "file.delete"), ("giftcard.issued", "gift_card.issue")):
        assert catalogue.action(past).impact == catalogue.action(listed).impact


def test_every_sense_is_found_by_its_noun_and_verb(catalogue: Catalogue) -> None:
    """A sense with a noun or a verb in capitals, or with a sign between two words but _, would never be found."""
    for noun, verb in catalogue.senses:
        assert noun == "_".join(catalogue.reader.words(noun)), noun
        assert verb == verb.lower().strip(), verb
