"""From a shape and a seed to a world."""

from __future__ import annotations

from importlib import import_module

from monitor.model import BadInput
from monitor.world import endings, incidents
from monitor.world.cast import cast
from monitor.world.company import Company, found
from monitor.world.drafts import Drafts, join
from monitor.world.model import Ending, Incident, Shape, World
from monitor.world.render import planted, render
from monitor.world.routine import draw_routine
from monitor.world.scene import Scene
from monitor.world.staff import roster_rows

SHAPES = ("platform", "bank", "software", "logons", "devices")
LEAST_PEOPLE, LEAST_DAYS = 80, 90


def generate(
    shape: str = "platform", seed: int = 2017, people: int | None = None, days: int | None = None, *,
    incidents: int | None = None, leavers: int | None = None,
) -> World:  # fmt: skip
    """A world: the same for the same arguments, to the byte.

    people, days: its size; incidents: how many of the leavers have one. Where None, as the shape says.
    Raises BadInput where there is no such shape, or where it is too small for its leavers.
    """
    if shape not in SHAPES:
        raise BadInput(f"shape {shape}", None, "there is no such shape", f"one of {', '.join(SHAPES)}")
    told: Shape = import_module(f"monitor.world.shapes.{shape}").SHAPE
    people, days = people or told.people, days or told.days
    if people < LEAST_PEOPLE or days < LEAST_DAYS:
        raise BadInput(
            f"shape {shape}",
            None,
            f"{people} people and {days} days are too few",
            f"at least {LEAST_PEOPLE} and {LEAST_DAYS}",
        )
    company = found(told, seed, people, days)
    cast(company, incidents, leavers)
    drafts, stories = _play(company)
    events, ids = render(company, drafts)
    roster = roster_rows(told, company.staff, company.stream("roster"))
    whose = company.staff.person_id
    return World(
        shape, seed, roster, events,
        tuple(
            Incident(whose[role.person], role.part.kind, stories[tag], tuple(planted(drafts, ids, tag)))
            for tag, role in enumerate(company.roles, 1) if role.incident
        ),
        tuple(Ending(whose[role.person], role.part.kind) for role in company.roles if not role.incident),
    )  # fmt: skip


def _play(company: Company) -> tuple[Drafts, dict[int, str]]:
    """The usual work and what the roles add to it, within the period; and each incident's story by its tag."""
    parts, stories = [draw_routine(company)], {}
    for tag, role in enumerate(company.roles, 1):
        scene = Scene(company, role, company.stream("scene", role.person), tag)
        if role.incident:
            stories[tag] = incidents.PLAYS[role.part.kind](scene)
        elif role.part.kind in endings.PLAYS:
            endings.PLAYS[role.part.kind](scene)
        parts += scene.drafts
    drafts = join(parts)
    midnight = company.rota.midnight
    return drafts.rows((drafts.t >= midnight[:, 0].min()) & (drafts.t < midnight[:, -1].max())), stories
