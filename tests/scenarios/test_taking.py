"""What leaves the house: onto a drive, and to a site where the leaver has an account of their own."""

from __future__ import annotations

from datetime import date

import pytest

from monitor.scanning import Scan
from tests.organisation import Org, of

FIRST, LAST = date(2017, 6, 1), date(2017, 11, 10)
DRIVE, CLOUD, PAPERS, INTRANET = "sales-03", "sales-04", "sales-05", "sales-06"
ONEDRIVE, FOREIGN_ONEDRIVE = "sales-07", "sales-08"


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Scan:
    """A team whose log tells nothing of files but what leaves; six leave and take something along."""
    org = Org(FIRST, LAST)
    staff = org.team("sales", 40)
    for person in staff:
        org.people[person]["email"] = f"{person}@corp.example"
        org.usual([person], "customer.view", per_day=5, target=lambda d: f"customer/{d.randint(1, 900)}")
        org.usual([person], "note.save", per_day=2, target=lambda d, p=person: f"notes/{p}/{d.randint(1, 90)}")
    org.people[ONEDRIVE]["email"] = "ann.o-neil@corp.example"
    for person in (DRIVE, CLOUD, PAPERS, INTRANET, ONEDRIVE, FOREIGN_ONEDRIVE):
        org.leaves(person, "2017-11-03")
    taken = {
        DRIVE: ("file.copy_to_usb", "/sales/offers/{}.xlsx"),
        CLOUD: ("file.upload", f"https://drive.site.example/{CLOUD}/{{}}.xlsx"),
        PAPERS: ("file.copy_to_usb", f"/home/{PAPERS}/payslip-{{}}.pdf"),
        INTRANET: ("file.upload", f"https://files.corp.example/{INTRANET}/{{}}.xlsx"),
        ONEDRIVE: ("file.upload", "https://corp-my.sharepoint.com/personal/ann_o-neil_corp_example/Documents/{}.xlsx"),
        FOREIGN_ONEDRIVE: (
            "file.upload",
            f"https://mine-my.sharepoint.com/personal/{FOREIGN_ONEDRIVE}_mine_example/Documents/{{}}.xlsx",
        ),
    }
    for person, (action, target) in taken.items():
        for i in range(30):
            org.does(person, action, "2017-11-01", f"11:{i:02}", target=target.format(i), magnitude=90_000)
    return org.scan(tmp_path_factory.mktemp("taking"))


@pytest.mark.parametrize("person", [DRIVE, CLOUD, FOREIGN_ONEDRIVE])
def test_what_goes_onto_a_drive_or_to_a_site_outside_is_loud_though_nobody_else_was_seen_to_use_it(
    office: Scan, person: str
) -> None:
    assert of(office.found, person)[0].severity in ("high", "critical")


@pytest.mark.parametrize(("own", "others"), [(PAPERS, DRIVE), (INTRANET, CLOUD), (ONEDRIVE, FOREIGN_ONEDRIVE)])
def test_ones_own_papers_and_the_houses_own_site_weigh_less(office: Scan, own: str, others: str) -> None:
    light, grave = of(office.found, own), of(office.found, others)
    assert max((finding.impact for finding in light), default=0.0) < 0.5 * grave[0].impact
