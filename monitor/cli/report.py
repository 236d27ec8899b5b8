"""lastday report"""

from __future__ import annotations

import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from monitor.cli.common import form_of, looking
from monitor.cli.completing import case_or_person
from monitor.cli.private_file import private_file
from monitor.model import BadInput

if TYPE_CHECKING:
    from monitor.looking import Look
    from monitor.report.case_file import CaseFile

ENDINGS = {"html": ".html", "pdf": ".pdf", "md": ".md", "json": ".json", "png": ".png"}
MEND = "name another file with -o, or add --force"


@click.command()
@looking
@click.argument("case", metavar="CASE|PERSON", shell_complete=case_or_person)
@click.option(
    "--format",
    "form",
    type=click.Choice([*ENDINGS]),
    help="As FILE ends; without one, html. pdf needs lastday[pdf]; png is the timeline alone.",
)
@click.option(
    "-o",
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Where it is written; - is standard output. [default: lastday-CASE.html and the like in the folder's exports]",
)
@click.option("--force", is_flag=True, help="Write over a file that is there.")
def report(look: Look, case: str, form: str | None, out: Path | None, force: bool) -> None:
    """Write everything about a case into one file that needs nothing else: to read, print, file, hand on.

    The story in plain words comes first, then the days around it as a picture, each finding with its
    evidence and how to undo it, the departure as rosters told it, what was checked and by whom, and the
    events behind it all with the hashes of their lines as received. People are pseudonyms unless revealed.
    The file is readable by you alone, and the audit chain holds its hash. What lies in exports is deleted with
    the person by lastday erase; what you write elsewhere is yours to delete.

    \b
    Examples:
      lastday report cc10a9b41ac175595
      lastday report p-7k3m9qxa -o case.pdf
      lastday report cc10a9b41ac175595 --format md -o -
      lastday report cc10a9b41ac175595 --reveal --reason "hearing on 20 September" --force
    """  # fmt: skip
    from monitor.investigating.caseload import held_case
    from monitor.investigating.reports import case_file

    form = form or form_of(out, ENDINGS) or "html"
    look.may("export")
    held, person = held_case(look, case)
    found = held.case
    path = out or exports(look) / f"lastday-{found.case_id}{ENDINGS[form]}"
    to_file = str(path) != "-"
    if to_file and path.exists() and not force:
        raise BadInput(str(path), None, "is there already", MEND)
    look.record("export", person.person_id, f"report of {found.case_id} as {form}")
    content = rendered(case_file(look, found, person), form)
    look.record(
        "exported", person.person_id, f"report of {found.case_id}, sha256 {hashlib.sha256(content).hexdigest()}"
    )
    if to_file:
        with private_file(path, "-o", force=force, mend=MEND) as draft:
            draft.write_bytes(content)
        click.echo(f"wrote {path}", err=True)
    elif form in ("pdf", "png"):
        sys.stdout.buffer.write(content)
    else:
        sys.stdout.write(content.decode())


def exports(look: Look) -> Path:
    """The working folder's place for what was taken out of the store, where an erasure finds it."""
    from monitor.station import EXPORTS

    folder = look.station.folder / EXPORTS
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def rendered(file: CaseFile, form: str) -> bytes:
    """The report in a form, as bytes. Raises BadInput where the form needs something that is not installed."""
    from monitor.report.case_words import document, title

    match form:
        case "json":
            from monitor.report.case_json import as_json

            return as_json(file).encode()
        case "png":
            from monitor.report.drawing import as_png
            from monitor.report.picture import timeline

            return as_png(timeline(file.days), title=title(file))  # by which an erasure finds it
        case "pdf":
            from monitor.report.page_pdf import as_pdf

            return as_pdf(document(file), file.written_at)
        case "md":
            from monitor.report.page_markdown import as_markdown

            return as_markdown(document(file)).encode()
        case _:
            from monitor.report.page_html import as_html

            return as_html(document(file)).encode()
