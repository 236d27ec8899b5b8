"""What an act can do: whose thing it is, who shares it, how large it is."""

from __future__ import annotations

import numpy as np
import pytest

from detectors.tail import bin_of
from monitor.core.impact import (
    BEYOND,
    BORROWED,
    CROWN_JEWEL,
    EXTERNAL,
    FAILED,
    INTERNAL,
    LOST_MANY,
    MANY,
    REACH_BITS,
    READ_MANY,
    RESTORED,
    UNHEARD_OF,
    UNHEARD_OF_BITS,
    UNHEARD_OF_FROM,
    UNSHARED,
    UNTOUCHED,
    impact_of,
)
from monitor.settings import load_settings

CATALOGUE = load_settings().load_catalogue()
DELETE = CATALOGUE.action("file.delete")
USUAL = {
    "a": 0, "b": -1, "failed": False, "reasoned": False, "own": False, "internal": False, "external": False,
    "to_oneself": False, "borrowed": False,
    "jewel": False, "w": 0, "d": 19_000, "target_people": 1, "place_people": 1, "place_targets": 1,
    "target_before": False, "place_before": False,
    "small": 0.0, "n_same": 1,
}  # fmt: skip


def impact(reach_bits: float = 0.0, **changes: object) -> float:
    """Of one deletion of a file that nobody else was ever seen to use, share of what the catalogue says."""
    events = {name: np.array([value]) for name, value in (USUAL | changes).items()}
    return float(impact_of(events, [DELETE], beyond(1, magnitude=reach_bits))[0]) / DELETE.impact


def test_what_nobody_shares_is_little() -> None:
    assert impact() == pytest.approx(UNSHARED)
    assert impact(target_people=5) == pytest.approx(1.0)


def test_in_a_shared_place_it_is_half_where_nobody_else_was_seen_to_use_it() -> None:
    assert impact(place_people=40) == pytest.approx(UNTOUCHED)
    assert impact(place_people=40, target_people=2) == pytest.approx(1.0)


def test_a_size_beyond_everybodys_makes_up_for_unknown_sharing_by_and_by() -> None:
    told = [impact(bits) for bits in (0.0, 1.0, REACH_BITS / 2, REACH_BITS, 3 * REACH_BITS)]
    assert told == sorted(told)
    assert told[1] < UNSHARED + 0.2
    assert told[-2:] == [pytest.approx(1.0)] * 2


def test_ones_own_stays_ones_own_whatever_its_size() -> None:
    assert impact(3 * REACH_BITS, own=True) < 0.5


def test_power_for_oneself_weighs_as_for_an_outsider_and_more_than_for_a_colleague() -> None:
    colleague = taken("role.grant", 0.0, internal=True)
    assert taken("role.grant", 0.0, internal=True, to_oneself=True) == taken("role.grant", 0.0, external=True)
    assert taken("role.grant", 0.0, internal=True, to_oneself=True) > 2 * colleague


@pytest.mark.parametrize("action", ["mailbox.set_forwarding", "role.grant"])
def test_forwarding_ones_own_mail_and_granting_oneself_a_power_is_no_better_for_being_ones_own(action: str) -> None:
    assert taken(action, 0.0, own=True, external=True) == taken(action, 0.0, external=True)
    assert taken(action, 0.0, own=True) == pytest.approx(CATALOGUE.action(action).impact)
    assert taken("document.share", 0.0, own=True) < taken("document.share", 0.0)


def beyond(acts: int, **bits: float) -> dict[str, np.ndarray]:
    """So many bits of each kind of evidence for each of the acts."""
    return {kind: np.full(acts, bits.get(kind, 0.0)) for kind in BEYOND}


def taken(action: str, reach_bits: float, much_bits: float = 0.0, drift_bits: float = 0.0, **changes: object) -> float:
    """Impact of an act of that name."""
    events = {name: np.array([value]) for name, value in (USUAL | changes).items()}
    told = beyond(1, magnitude=reach_bits, volume=much_bits, drift=drift_bits)
    return float(impact_of(events, [CATALOGUE.action(action)], told)[0])


def lost(acts: int, much_bits: float, **changes: object) -> float:
    """Impact of the last of so many acts of one day that put a document of the team into the bin."""
    events = {name: np.full(acts, value) for name, value in (USUAL | {"place_people": 9, "target_people": 4}).items()}
    events |= {name: np.array(value) for name, value in changes.items()}
    action = CATALOGUE.action("doc.discard")
    return float(impact_of(events, [action], beyond(acts, volume=much_bits))[-1])


@pytest.mark.parametrize("kind", ["much_bits", "drift_bits"])
def test_what_is_taken_in_an_unheard_of_number_is_grave_however_little_at_a_time(kind: str) -> None:
    usual = taken("file.download", 0.0)
    told = [taken("file.download", 0.0, **{kind: bits}) for bits in (UNHEARD_OF_FROM, UNHEARD_OF_FROM + 2.0, 40.0)]
    assert usual == told[0] < told[1] < told[2] == pytest.approx(UNHEARD_OF)
    assert taken("customer.update", 0.0, **{kind: 40.0}) == taken("customer.update", 0.0)


def test_looking_into_more_things_than_anybody_ever_did_is_grave_by_and_by() -> None:
    told = [taken("customer.view", 0.0, bits) for bits in (0.0, UNHEARD_OF_FROM, UNHEARD_OF_FROM + 2.0, 40.0)]
    assert told[0] == told[1] < told[2] < told[3] == pytest.approx(READ_MANY)
    assert taken("customer.update", 0.0, 40.0) == taken("customer.update", 0.0), "reading alone"


def test_an_export_is_graver_the_further_its_number_of_rows_lies_above_everybodys() -> None:
    usual = CATALOGUE.action("dataset.pull").impact
    told = [taken("dataset.pull", bits) for bits in (0.0, REACH_BITS / 2, REACH_BITS, 3 * REACH_BITS)]
    assert told[0] == pytest.approx(usual)
    assert told[1] == pytest.approx((usual + UNHEARD_OF) / 2)
    assert told[2:] == [pytest.approx(UNHEARD_OF)] * 2
    assert taken("ledger.export", 3 * REACH_BITS) == pytest.approx(CATALOGUE.action("ledger.export").impact)


def test_bytes_tell_too_little_to_make_a_copy_graver() -> None:
    assert taken("file.copy", 3 * REACH_BITS) == pytest.approx(taken("file.copy", 0.0))


def test_a_large_export_with_a_ticket_is_still_less_than_one_without() -> None:
    assert taken("dataset.pull", REACH_BITS, reasoned=True) < 0.7 * taken("dataset.pull", REACH_BITS)


@pytest.mark.parametrize("action", ["account.suspend", "users.delete", "customer_account.delete", "acct.dis"])
def test_people_are_nobodys_own_though_no_log_shows_them_used(action: str) -> None:
    for known in (True, False):
        assert taken(action, 0.0, target_before=known) == pytest.approx(UNTOUCHED * CATALOGUE.action(action).impact)


def test_a_change_of_unheard_of_size_is_grave_whatever_it_is_called() -> None:
    """A switch that serves eight million people, where nobody ever turned one that served two hundred."""
    usual = CATALOGUE.action("flag.flip").impact
    told = [taken("flag.flip", bits) for bits in (UNHEARD_OF_FROM, UNHEARD_OF_FROM + UNHEARD_OF_BITS / 2, 14.0)]
    assert told == [pytest.approx(usual), pytest.approx((usual + UNHEARD_OF) / 2), pytest.approx(UNHEARD_OF)]
    assert taken("page.view", 14.0) == pytest.approx(CATALOGUE.action("page.view").impact), "looking changes nothing"


def test_what_goes_to_outsiders_is_never_little_but_for_mail_and_to_colleagues_it_is_less() -> None:
    for action in ("document.share", "mailbox.set_forwarding", "role.grant"):
        listed = CATALOGUE.action(action).impact
        assert taken(action, 0.0, external=True) == max(listed, EXTERNAL)
        assert taken(action, 0.0, internal=True) == pytest.approx(INTERNAL * listed)
        assert taken(action, 0.0, internal=True, external=True) == max(listed, EXTERNAL), "an outsider is among them"
    assert taken("email.send", 0.0, external=True) == CATALOGUE.action("email.send").impact
    assert taken("file.read", 0.0, external=True, internal=True) == CATALOGUE.action("file.read").impact


def test_under_somebody_elses_account_even_a_look_is_grave() -> None:
    look = CATALOGUE.action("customer.view")
    events = {name: np.array([value, value]) for name, value in USUAL.items()} | {"borrowed": np.array([False, True])}
    own, borrowed = impact_of(events, [look], beyond(2))
    assert own < BORROWED == borrowed


def test_what_failed_is_a_try() -> None:
    assert taken("database.drop", 0.0, failed=True) == pytest.approx(FAILED * taken("database.drop", 0.0))


def test_putting_an_account_back_is_no_graver_for_its_millions_unless_it_is_a_crown_jewel() -> None:
    millions = {"b": int(bin_of(44_000_000)), "target_people": 6}
    for action in ("account.reactivate", "account.unsuspend", "account.restore", "account.undelete", "account.unlock"):
        usual = taken(action, 0.0, target_people=6)
        assert usual == pytest.approx(RESTORED * CATALOGUE.action(action).impact)
        assert usual < 0.25
        assert taken(action, 30.0, **millions) == usual
        assert taken(action, 30.0, **millions, jewel=True) == CROWN_JEWEL
        assert taken(action, 30.0, **millions, own=True) < usual
    assert taken("account.deactivate", 30.0, **millions) > 0.9


def test_the_loss_of_much_that_is_shared_is_graver_than_of_one_and_tidying_is_not() -> None:
    usual = CATALOGUE.action("group.remove_member").impact
    assert taken("group.remove_member", 0.0, target_people=6) == pytest.approx(usual)
    assert taken("group.remove_member", 14.0, target_people=6) == pytest.approx(UNHEARD_OF)
    assert taken("group.remove_member", 14.0) == pytest.approx(usual), "nobody else was ever seen to use it"


def test_the_bytes_of_a_shared_document_say_little_of_its_loss() -> None:
    usual = CATALOGUE.action("document.trash").impact
    assert taken("document.trash", 14.0, target_people=6) == pytest.approx(usual)


def test_what_seems_ones_own_is_so_no_longer_where_its_size_is_unheard_of() -> None:
    """The account of a client whom one adviser alone looks after: a trade of a thousand times what anybody placed."""
    alone = {"target_people": 1, "target_before": True}
    usual, huge = taken("trade.place", 0.0, **alone), taken("trade.place", UNHEARD_OF_FROM + UNHEARD_OF_BITS, **alone)
    assert usual < 0.2
    assert huge == pytest.approx(UNHEARD_OF)
    assert taken("trade.place", 30.0, own=True) < 0.5, "what bears the own name stays one's own"


def test_the_smallest_payment_weighs_half() -> None:
    assert taken("payment.release", 0.0, small=1.0) == pytest.approx(taken("payment.release", 0.0) / 2)


def test_what_was_first_used_while_watched_is_not_ones_own_for_that() -> None:
    """Forty files of one folder on a drive: by then the folder is used by nobody else, and by them only since."""
    copied = {"place_targets": 40, "place_people": 1}
    usual = CATALOGUE.action("file.copy_to_usb").impact
    assert taken("file.copy_to_usb", 0.0, **copied) == pytest.approx(usual)
    assert taken("file.copy_to_usb", 0.0, **copied, place_before=True) < usual / 2


def test_the_loss_of_an_unheard_of_number_of_shared_things_is_grave_however_light_each_is() -> None:
    unheard_of = UNHEARD_OF_FROM + UNHEARD_OF_BITS
    assert lost(20, UNHEARD_OF_FROM) == CATALOGUE.action("doc.discard").impact
    assert lost(20, unheard_of) == LOST_MANY
    assert lost(MANY - 1, unheard_of) == lost(1, unheard_of) == lost(1, 0.0)


def test_tidying_ones_own_in_any_number_is_light_though_a_few_shared_things_are_among_it() -> None:
    own = [True] * 15 + [False] * 5
    assert lost(20, 30.0, own=own) == lost(20, 0.0, own=own)


def test_everybodys_mail_lies_in_an_inbox_and_what_is_lost_there_is_not_shared() -> None:
    """Sixty messages deleted, all under the name of the folder, which everybody uses, are no sixty shared things."""
    delete = CATALOGUE.action("mail.delete")
    events = {name: np.full(60, value) for name, value in (USUAL | {"target_people": 300, "n_same": 60}).items()}
    unheard_of = beyond(60, volume=UNHEARD_OF_FROM + UNHEARD_OF_BITS)
    assert impact_of(events, [delete], unheard_of).max() == pytest.approx(delete.impact)
    things = impact_of(events | {"n_same": np.ones(60)}, [delete], unheard_of)
    assert things.min() == pytest.approx(max(LOST_MANY, delete.impact))
