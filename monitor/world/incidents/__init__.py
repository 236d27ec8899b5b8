"""Incidents by kind: functions that play one, and what some of them need to be so beforehand."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from monitor.world.company import Company, Role
from monitor.world.incidents import harm, presence, taking
from monitor.world.scene import Scene

Play = Callable[[Scene], str]
"""Adds the incident's acts to the scene and returns its story, one sentence in neutral words."""

Prepare = Callable[[Company, Role], None]
"""Changes the company before the usual work is drawn."""

PLAYS: Mapping[str, Play] = {
    play.__name__: play
    for play in (
        taking.customer_list_export, taking.large_export, taking.slow_exfiltration, taking.many_small_acts,
        taking.poisoned_baseline, taking.collect_send_delete, taking.mail_forwarding, taking.removable_copy,
        taking.personal_upload, taking.outsider_access,
        harm.wrong_target, harm.mass_deletion, harm.routine_sabotage, harm.campaign_act, harm.bank_details,
        harm.mail_in_name,
        presence.night_activity, presence.foreign_machine, presence.after_last_day, presence.dormant_account,
        presence.untouched_target, presence.after_hours_upload, presence.job_hunt,
    )
}  # fmt: skip

PREPARE: Mapping[str, Prepare] = {
    "campaign_act": harm.call_campaign,
    "dormant_account": presence.give_leftover,
    "night_activity": presence.only_by_day,
    "after_hours_upload": presence.only_by_day_without_media,
}
