"""A document as one HTML page that needs nothing but itself: no script, nothing fetched, for print, dark and light."""

from __future__ import annotations

from html import escape

from monitor.report.document import Block, Document, Facts, Heading, Para, Picture, Table
from monitor.report.drawing import as_svg, dark_style
from monitor.report.safe import plain

POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
LONGEST = 1000
WHOLE = 20
"""Words of no more characters are not broken in a table."""
_STYLE = """
:root { color-scheme: light dark; --ground: #fff; --ink: #1f2937; --soft: #4b5563; --rule: #c3c9d2; --link: #1d4ed8;
  --undo: #eaf6ec; --undo-ink: #0b3d18; --undo-edge: #1a7f37; }
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--ground); max-width: 60rem;
  margin: 0 auto; padding: 1.5rem 1rem 3rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.2; } h2 { font-size: 1.25rem; margin-top: 2.2rem; }
h3 { font-size: 1.05rem; margin-top: 1.6rem; }
.lead { font-size: 1.1rem; } .remark, figcaption, caption { color: var(--soft); font-size: .9rem; }
.undo { border-left: 6px solid var(--undo-edge); background: var(--undo); color: var(--undo-ink);
  padding: .6rem .9rem; }
figure { margin: 1rem 0; } svg { width: 100%; height: auto; }
dl { display: grid; grid-template-columns: minmax(8rem, max-content) 1fr; gap: .2rem 1rem; }
dt { color: var(--soft); } dd { margin: 0; }
.wide { overflow-x: auto; }
.wide:focus-visible, a:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; } caption { text-align: left; padding-bottom: .3rem; }
th { text-align: left; border-bottom: 2px solid var(--rule); } td { border-bottom: 1px solid var(--rule); }
td, th { padding: .3rem .7rem .3rem 0; vertical-align: top; } .t:not(.k) { min-width: 7rem; }
.n { text-align: right; font-variant-numeric: tabular-nums; min-width: 3rem; }
.k { overflow-wrap: normal; }
.m { font-family: ui-monospace, monospace; font-size: .8rem; } .m:not(.k) { word-break: break-all; }
@media screen and (max-width: 40rem) { .picture svg { width: 40rem; }
  .wide table, .wide caption, .wide tbody, .wide tr, .wide td { display: block; text-align: left; min-width: 0; }
  .wide thead { position: absolute; left: -999rem; } .wide td { border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
  .wide tr { border-bottom: 1px solid var(--rule); padding: .5rem 0; }
  .wide td::before { content: attr(data-head) ": "; color: var(--soft); font: .8rem system-ui, sans-serif; } }
a { color: var(--link); } .skip { position: absolute; left: -999rem; } .skip:focus { position: static; }
"""
_DARK = """
:root { --ground: #14181f; --ink: #e5e7eb; --soft: #b3bac5; --rule: #4b5563; --link: #93c5fd;
  --undo: #10281a; --undo-ink: #c9f2d3; --undo-edge: #4ade80; }
"""
_PRINT = """
@page { size: A4; margin: 18mm 15mm; }
@media print { body { padding: 0; max-width: none; font-size: 11pt; } .skip { display: none; }
  h2, h3 { break-after: avoid; } figure, tr, .undo { break-inside: avoid; } thead { display: table-header-group; }
  .wide { overflow: visible; } table { font-size: 8.5pt; } .m { font-size: 7.5pt; }
  svg, .undo { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def as_html(document: Document) -> str:
    """The page as text."""
    dark = f"@media screen and (prefers-color-scheme: dark) {{{_DARK}{dark_style()}}}"
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        f"<title>{_safe(document.title)}</title><style>{_STYLE}{dark}{_PRINT}</style></head>\n<body>"
        '<a class="skip" href="#story">To the story</a>\n<main id="story">\n'
        + "\n".join(map(_block, document.blocks))
        + f'\n</main>\n<footer><p class="remark">{_safe(document.footer)}</p></footer>\n</body></html>\n'
    )


def _block(block: Block) -> str:
    match block:
        case Heading():
            return f"<h{block.level}>{_safe(block.text)}</h{block.level}>"
        case Para():
            before = "<strong>Undo:</strong> " if block.kind == "undo" else ""
            kind = "" if block.kind == "plain" else f' class="{block.kind}"'
            return f"<p{kind}>{before}{_safe(block.text)}</p>"
        case Facts():
            return "<dl>" + "".join(f"<dt>{_safe(t)}</dt><dd>{_safe(v)}</dd>" for t, v in block.rows) + "</dl>"
        case Picture():
            caption = f"<figcaption>{_safe(block.caption)}</figcaption>"
            label = _safe(block.drawing.title)
            wide = f'<div class="wide picture" tabindex="0" role="region" aria-label="{label}">'
            return f"<figure>{wide}{as_svg(block.drawing)}</div>{caption}</figure>"
        case Table():
            return _table(block)


def _table(table: Table) -> str:
    kinds = [_kind(table, i) for i in range(len(table.columns))]
    heads = [f' data-head="{_safe(name)}"' for name in table.columns]
    head = "".join(f'<th scope="col"{kinds[i]}>{_safe(name)}</th>' for i, name in enumerate(table.columns))
    body = "\n".join(
        "<tr>" + "".join(f"<td{kinds[i]}{heads[i]}>{_safe(cell)}</td>" for i, cell in enumerate(row)) + "</tr>"
        for row in table.rows
    )
    caption = _safe(table.caption)
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{caption}"><table><caption>{caption}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>\n{body}\n</tbody></table></div>"
    )


def _kind(table: Table, column: int) -> str:
    """The class of a column's cells: figures, ids, text; k where every word is short enough to stay whole."""
    kind = "n" if column in table.right else "m" if column in table.mono else "t"
    words = (word for cells in (table.columns, *table.rows) for word in plain(cells[column], LONGEST).split())
    return f' class="{kind} k"' if max(map(len, words), default=0) <= WHOLE else f' class="{kind}"'


def _safe(text: str) -> str:
    return escape(plain(text, LONGEST), quote=True)
