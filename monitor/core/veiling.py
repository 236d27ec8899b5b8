"""A notice without names: the pseudonym in place of who it is about, and free text blurred."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from monitor.core.pseudonyms import Veil
from monitor.model import Notice

_TEXTS = ("target", "undo", "event_ids", "reasons", "machines")
"""What of a finding a log or a roster wrote."""


def veiled(notice: Notice, veil: Veil) -> Notice:
    """The notice as it goes out through a channel that shows no names."""
    body = notice.body
    if notice.kind == "operator":
        told: dict[str, Any] = {**body, "text": veil.blur(str(body["text"]))}
    elif "cases" in body:
        told = {**body, "cases": [_case(case, veil) for case in body["cases"]]}
    else:
        told = _case(body, veil)
    return replace(notice, person_id=notice.person_id and veil.pseudonym(notice.person_id), body=told)


def _case(body: dict[str, Any], veil: Veil) -> dict[str, Any]:
    person_id = body["person"]["person_id"]
    found = [_finding(finding, person_id, veil) for finding in body["findings"]]
    person = {**body["person"], "person_id": veil.pseudonym(person_id), "name": None}
    return {**body, "person": person, "findings": found}


def _finding(told: dict[str, Any], person_id: str, veil: Veil) -> dict[str, Any]:
    blurred = {name: veil.blur_all(told[name], (person_id,)) for name in _TEXTS if name in told}
    accounts = [veil.whose(account, (person_id,)) for account in told.get("accounts", ())]
    return {**told, **blurred, "person_id": veil.pseudonym(person_id), "accounts": accounts}
