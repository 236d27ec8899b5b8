"""The audit chain: each row holds the digest of the one before and is signed, so that no change stays hidden.

`digest` is SHA-256 over the canonical JSON of the row, which names the digest before it (a linked
time-stamp, Haber and Stornetta 1991). `signature` is HMAC-SHA256(key, digest): who can write into
the database but has not the key cannot chain anew. The head, signed as well, tells how long the chain
is; heads that were sent away (in the digest) tell it to those who do not trust this machine at all.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace

START = "0" * 64
"""What the first row holds in place of a digest before it."""
_MAYBE = "may have been cut off; how many there were, an anchor from a digest can tell"
BROKEN = "chain broken"
"""A row that says so was written where the head did not fit the rows."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One row. `at_us`: microseconds since 1970 UTC. `subject` is a pseudonym: the chain knows no names."""

    seq: int
    at_us: int
    who: str
    role: str
    what: str
    subject: str | None
    reason: str | None
    detail: str
    previous: str = START
    digest: str = ""
    signature: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The last row that was written, and the mark that the key's holder wrote it."""

    seq: int
    digest: str
    signature: str = ""

    def __str__(self) -> str:
        """What is written down elsewhere: 42:9f86d081…"""
        return f"{self.seq}:{self.digest}"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the chain. `kind` is changed, deleted, inserted, cut off, head or anchor."""

    seq: int
    kind: str
    text: str


def digest_of(entry: Entry) -> str:
    """SHA-256 of a row's canonical JSON, in hex."""
    told = asdict(entry)
    del told["digest"], told["signature"]
    return hashlib.sha256(json.dumps(told, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def sign(key: bytes, text: str) -> str:
    """HMAC-SHA256 in hex."""
    return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def seal(key: bytes, entry: Entry, after: Head | None) -> Entry:
    """The row, chained behind a head and signed."""
    chained = replace(entry, seq=(after.seq if after else 0) + 1, previous=after.digest if after else START)
    chained = replace(chained, digest=digest_of(chained))
    return replace(chained, signature=sign(key, f"row {chained.digest}"))


def head_of(key: bytes, last: Entry) -> Head:
    """The signed head after a row."""
    return Head(last.seq, last.digest, sign(key, f"head {last.seq}:{last.digest}"))


def is_signed(key: bytes, head: Head) -> bool:
    """Did the holder of the key write this head?"""
    return hmac.compare_digest(head.signature.encode(), sign(key, f"head {head.seq}:{head.digest}").encode())


def read_head(text: str) -> Head | None:
    """A head as it was written down; None where it is none.

    >>> read_head("3:" + "a" * 64).seq
    3
    """
    seq, _, digest = text.strip().partition(":")
    fits = seq.isdecimal() and len(digest) == len(START) and not set(digest) - set("0123456789abcdef")
    return Head(int(seq), digest) if fits else None


def verify(key: bytes, rows: Iterable[Entry], head: Head | None, anchors: Iterable[Head] = ()) -> Iterator[Fault]:
    """Everything that is wrong.  rows: in the order of seq.  head: as the store keeps it.  anchors: as kept elsewhere.

    A row is named by its own signature, so that one changed row does not make all the later ones suspect.
    """
    digests: dict[int, str] = {}
    expected, previous = 1, START
    for row in rows:
        if row.seq < expected:
            yield Fault(row.seq, "inserted", f"row {row.seq} was inserted: no chain has a row of that number here")
            continue
        if row.seq > expected:
            yield Fault(expected, "deleted", _span(expected, row.seq - 1, "deleted"))
        digests[row.seq] = row.digest
        yield from _row_faults(key, row, head, previous if row.seq == expected else None)
        expected, previous = row.seq + 1, row.digest
    yield from _head_faults(key, expected - 1, head, digests)
    for anchor in anchors:
        if anchor.seq >= expected:
            yield Fault(expected, "cut off", _span(expected, anchor.seq, "cut off") + ", an anchor knows them")
        elif digests.get(anchor.seq, anchor.digest) != anchor.digest:
            text = f"row {anchor.seq} or one before it was changed after it had been anchored"
            yield Fault(anchor.seq, "anchor", text)


def _row_faults(key: bytes, row: Entry, head: Head | None, previous: str | None) -> Iterator[Fault]:
    signed = hmac.compare_digest(row.signature.encode(), sign(key, f"row {row.digest}").encode())
    if digest_of(row) != row.digest or not signed:
        if head is not None and row.seq > head.seq:
            yield Fault(row.seq, "inserted", f"row {row.seq} was inserted behind the last one")
        else:
            yield Fault(row.seq, "changed", f"row {row.seq} was changed")
    elif row.what == BROKEN:
        yield Fault(row.seq, "changed", f"at row {row.seq} lastday noted: {row.detail}")
    elif previous is not None and row.previous != previous:
        yield Fault(row.seq, "changed", f"row {row.seq} does not follow the row before it: one of the two was replaced")


def _head_faults(key: bytes, last: int, head: Head | None, digests: dict[int, str]) -> Iterator[Fault]:
    if head is None:
        if last:
            yield Fault(last + 1, "head", f"the signed head is gone: rows from {last + 1} on {_MAYBE}")
        return
    if not is_signed(key, head):
        yield Fault(last + 1, "head", f"the signed head was changed: rows from {last + 1} on {_MAYBE}")
        return
    if last < head.seq:
        yield Fault(last + 1, "cut off", _span(last + 1, head.seq, "cut off"))
    elif last > head.seq:
        yield Fault(head.seq + 1, "inserted", f"row {head.seq + 1} was inserted behind the last one")
    elif digests.get(head.seq, head.digest) != head.digest:
        yield Fault(head.seq, "changed", f"row {head.seq} is not the one that was written last")


def _span(first: int, last: int, what: str) -> str:
    return f"row {first} was {what}" if first == last else f"rows {first} to {last} were {what}"
