"""Names in running text however they are spelled: accents, German umlauts, percent signs, joints, either order.

Both sides are brought into one form: letters without marks (NFKD, Unicode annex 15), lower case, percent-encoded bytes
(RFC 3986) decoded, soft hyphens and other signs of no width dropped. ae, oe and ue are taken for a, o and u where a
name of several words is looked for; what stands alone (an account, a person_id) is compared letter by letter.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from urllib.parse import unquote_to_bytes

WORD = re.compile(r"[^\W_]+")
ALONE = "="
"""Before the key of what is compared letter by letter."""
LEAST_DIGITS = 4
"""A person_id or account of fewer digits cannot be told from a figure in a text."""
LEAST_JOINED = 8
"""A name without a joint between its words has so many letters at least: "Ed It" is no reason to blur "edit"."""
MOST_WORDS = 4
"""Of a name of more words not every way to join them is tried."""
_GAP = re.compile(r"[\W_]{0,3}")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_NUMBERED = re.compile(rf"([^\W\d_]+)[\W_]?([0-9]{{{LEAST_DIGITS},}})")
_LIGATURES = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_UNSEEN = {"Mn", "Me", "Cf"}


class _Folds(dict[int, str]):
    """Character -> what it is folded to; learned as characters are met."""

    def __missing__(self, point: int) -> str:
        parts = unicodedata.normalize("NFKD", chr(point)).casefold().translate(_LIGATURES)
        told = "".join(c for c in unicodedata.normalize("NFKD", parts) if unicodedata.category(c) not in _UNSEEN)
        self[point] = told
        return told


_FOLDS = _Folds()


def fold(text: str) -> str:
    """The text in the form in which names are compared.

    >>> fold("Ju\\u0308rgen%20M%C3%BCller"), fold("Wei\\u00adß")
    ('jurgen muller', 'weiss')
    """
    if "%" in text:
        text = _PERCENT.sub(lambda found: _decoded(found[0]) or found[0], text)
    return text.lower() if text.isascii() else text.translate(_FOLDS)


def plain_umlauts(word: str) -> str:
    """
    >>> plain_umlauts("mueller")
    'muller'
    """
    return word.replace("ae", "a").replace("oe", "o").replace("ue", "u")


def keys_of_name(name: str) -> set[str]:
    """Every way in which a full name may stand in a folded text, its words with blanks between.

    >>> sorted(keys_of_name("Jürgen Müller"))
    ['jurgen muller', 'jurgenmuller', 'muller jurgen', 'mullerjurgen']
    >>> sorted(keys_of_name("Li An")), keys_of_name("Madonna")
    (['an li', 'li an'], {'=madonna'})

    What has figures in it stands in one order: a "Person 1" is not in "1 person".
    """
    parts = [[plain_umlauts(w) for w in WORD.findall(part)] for part in re.split(r"[\s,;]+", fold(name))]
    parts = [words for words in parts if words]
    if sum(map(len, parts)) < 2:
        return keys_of(name)
    found: set[str] = set()
    ways = len(parts) if all(word.isalpha() for part in parts for word in part) else 1
    for i in range(ways):
        words = [word for part in parts[i:] + parts[:i] for word in part]
        whole = len("".join(words)) >= LEAST_JOINED
        found |= {" ".join(told) for told in _joined(words)} if whole else {" ".join(words)}
    return found


def keys_of(identifier: str) -> set[str]:
    """How an account, an e-mail or a person_id may stand in a folded text.

    >>> sorted(keys_of("KF1007")), sorted(keys_of("KF-1007")), keys_of("j.roe@x.example"), keys_of("123")
    (['=kf1007', 'kf 1007'], ['=kf1007', 'kf 1007'], {'j ro x example'}, set())
    """
    folded = fold(identifier)
    words = WORD.findall(folded)
    if numbered := _NUMBERED.fullmatch(folded):
        return {ALONE + numbered[1] + numbered[2], f"{plain_umlauts(numbered[1])} {numbered[2]}"}
    if len(words) > 1:
        return {" ".join(map(plain_umlauts, words))}
    return {ALONE + word for word in words if not (word.isdigit() and len(word) < LEAST_DIGITS)}


def begins(told: str, is_name: bool) -> Iterable[str]:
    """The first words of the keys of an identifier, and its keys that stand alone.

    >>> sorted(begins("Ann Lee", True)), sorted(begins("kf1007", False))
    (['ann', 'lee'], ['=kf1007', 'kf'])
    """
    if told.isascii():  # so with nearly everybody: the same as below in a tenth of the time
        low = told.lower()
        if is_name:
            two = low.split(" ")
            if len(two) == 2 and two[0].isalpha() and two[1].isalpha():
                one, other = map(plain_umlauts, two)
                whole = len(one) + len(other) >= LEAST_JOINED
                return (one, other, one + other, other + one) if whole else (one, other)
        elif low.isalpha() or (low.isalnum() and not low[-1].isdigit()):
            return (ALONE + low,)
        elif low[0].isalnum() and low[-1].isalpha() and "@" in low:
            return (plain_umlauts(WORD.findall(low)[0]),)
    keys = keys_of_name(told) if is_name else keys_of(told)
    return {key if key.startswith(ALONE) else key.partition(" ")[0] for key in keys}


def replaced(
    text: str, folded: str, longest: Callable[[str], int], whose: Callable[[str], str | None],
    own: Callable[[str], str | None], shown: Callable[[str], str | None],
) -> str:  # fmt: skip
    """The text with what stands for people replaced, in its own spelling else.

    folded: of the text.  longest: how many words a key has at most that begins with this word, without
    umlauts; 0 for none.  whose: the person of a key.  own: the person of whom this word alone tells.
    shown: what takes a person's place; None to leave them.
    """
    words = list(WORD.finditer(folded))
    plain = [word[0] for word in words]
    bare = [plain_umlauts(word) for word in plain] if _has_umlauts(folded) else plain
    found: list[tuple[int, int, str]] = []
    i = 0
    while i < len(words):
        count, person_id = _at(folded, words, plain, bare, i, longest, whose)
        if person_id is None and (person_id := own(bare[i])) is None:
            i += 1
            continue
        label = shown(person_id)
        if label is not None:
            found.append((words[i].start(), words[i + count - 1].end(), label))
        i += count
    if not found:
        return text
    spans = None if len(folded) == len(text) and text.isascii() and folded == text.lower() else _spans(text)
    parts, done = [], 0
    for begin, end, label in found:
        first, last = (begin, end) if spans is None else (spans[begin][0], spans[end - 1][1])
        parts += [text[done:first], label]
        done = last
    return "".join(parts) + text[done:]


def bare_words(folded: str) -> Sequence[str]:
    """The words of a folded text, without umlauts."""
    words = WORD.findall(folded)
    return [*map(plain_umlauts, words), *words] if _has_umlauts(folded) else words


def _at(
    folded: str, words: list[re.Match[str]], plain: list[str], bare: list[str], i: int,
    longest: Callable[[str], int], whose: Callable[[str], str | None],
) -> tuple[int, str | None]:  # fmt: skip
    """How many words from here on are somebody, the most there can be, and who."""
    for count in range(min(longest(bare[i]), len(words) - i), 0, -1):
        person_id = whose(" ".join(bare[i : i + count]))
        if person_id is not None and all(
            _GAP.fullmatch(folded, words[j].end(), words[j + 1].start()) for j in range(i, i + count - 1)
        ):
            return count, person_id
    person_id = whose(ALONE + plain[i])
    if person_id is not None and plain[i].isdigit() and _in_figure(folded, words[i]):
        person_id = None
    return 1, person_id


def _joined(words: list[str]) -> Iterator[list[str]]:
    """The words with every choice of joints left out; of many words with none or all."""
    last = len(words) - 1
    choices = range(1 << last) if len(words) <= MOST_WORDS else (0, (1 << last) - 1)
    for joints in choices:
        told = [words[0]]
        for n, word in enumerate(words[1:]):
            if joints >> n & 1:
                told[-1] += word
            else:
                told.append(word)
        yield told


def _has_umlauts(folded: str) -> bool:
    return "ae" in folded or "oe" in folded or "ue" in folded


def _decoded(run: str) -> str | None:
    """Percent-encoded bytes as text; None where they are none."""
    try:
        return unquote_to_bytes(run).decode()
    except UnicodeDecodeError:
        return None


def _spans(text: str) -> list[tuple[int, int]]:
    """Where in the text each character of its folded form stands, with the unseen ones that follow it."""
    found: list[tuple[int, int]] = []
    for char, begin, end in _units(text):
        told = _FOLDS[ord(char)] if not text.isascii() or ord(char) > 127 else char.lower()
        if told:
            found += [(begin, end)] * len(told)
        elif found and found[-1][1] == begin:
            last = found[-1][0]
            for k in range(len(found) - 1, -1, -1):
                if found[k][0] != last:
                    break
                found[k] = (last, end)
    return found


def _units(text: str) -> Iterator[tuple[str, int, int]]:
    """Each character, decoded, and where it begins and ends."""
    done = 0
    for run in _PERCENT.finditer(text) if "%" in text else ():
        yield from ((text[i], i, i + 1) for i in range(done, run.start()))
        decoded, at = _decoded(run[0]), run.start()
        for char in decoded if decoded is not None else run[0]:
            size = 3 * len(char.encode()) if decoded is not None else 1
            yield char, at, at + size
            at += size
        done = run.end()
    yield from ((text[i], i, i + 1) for i in range(done, len(text)))


def _in_figure(text: str, word: re.Match[str]) -> bool:
    """Is it a piece of a larger figure, a time or a date: 1,204 or 12:30 or 2017-11-02?"""

    def digit(i: int, j: int) -> bool:
        return 0 <= i < len(text) and 0 <= j < len(text) and text[i] in ".,:-" and text[j].isdigit()

    return digit(word.start() - 1, word.start() - 2) or digit(word.end(), word.end() + 1)
