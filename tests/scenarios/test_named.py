"""Acts that name in an attribute what they are about: a payment stands under its invoice, and names whom it pays."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from monitor.model import Finding
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 3)


def ledger() -> Org:
    """Forty clerks who release payments on invoices and now and then enter a vendor's new bank details."""
    org = Org(FIRST, LAST)
    clerks = org.team("ledger", 40)
    days = org.working_days()
    for i, clerk in enumerate(clerks):
        for j, day in enumerate(days):
            for n in range(1 + (i + j) % 3):
                pays(org, clerk, day, f"1{n}:{(7 * i + j) % 60:02}", f"V-{(i * 37 + j * 11 + n) % 4000}")
        for j in range(i % 5, len(days), 25):
            org.does(clerk, "vendor.bank_change", days[j], "15:30", target=f"V-{5000 + (i * 13 + j) % 4000}")
    for clerk in clerks[:2]:
        org.leaves(clerk, "2017-11-02", notice_date="2017-10-02")
    return org


def pays(org: Org, clerk: str, day: str | date, clock: str, vendor: str) -> str:
    invoice = f"INV-{org.told:06}"
    return org.does(clerk, "payment.release", day, clock, target=invoice, magnitude=4000, vendor=vendor)


def after_the_change(found: list[Finding], event_id: str) -> list[str]:
    """What is told of the order of acts, of the finding with that event."""
    return [r.text for f in found if event_id in f.event_ids for r in f.reasons if r.detector == "sequence"]


@pytest.mark.parametrize("vendor", ["V-9999", "V-1; V-9999", '["V-9999", "V-1"]'])
def test_a_payment_that_names_the_vendor_whose_bank_details_they_changed_is_told_as_its_second_step(
    tmp_path: Path, vendor: str
) -> None:
    org = ledger()
    org.does("ledger-01", "vendor.bank_change", "2017-10-24", "14:00", target="V-9999")
    paid = pays(org, "ledger-01", "2017-10-26", "11:20", vendor)
    found = of(org.scan(tmp_path).found, "ledger-01")
    [told] = after_the_change(found, paid)
    assert "payment.release after vendor.bank_change" in told
    assert found[0].severity in ("high", "critical")
    assert paid in found[0].event_ids


def test_a_payment_to_a_vendor_whose_bank_details_a_colleague_changed_is_none(tmp_path: Path) -> None:
    org = ledger()
    org.does("ledger-02", "vendor.bank_change", "2017-10-24", "14:00", target="V-9999")
    paid = pays(org, "ledger-01", "2017-10-26", "11:20", "V-9999")
    assert not after_the_change(org.scan(tmp_path).found, paid)


def test_a_payment_before_the_change_is_none(tmp_path: Path) -> None:
    org = ledger()
    paid = pays(org, "ledger-01", "2017-10-23", "11:20", "V-9999")
    org.does("ledger-01", "vendor.bank_change", "2017-10-24", "14:00", target="V-9999")
    assert not after_the_change(org.scan(tmp_path).found, paid)
