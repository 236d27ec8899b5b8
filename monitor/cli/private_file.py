"""Files about people that a command writes: for their owner alone, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.model import BadInput


@contextmanager
def private_file(path: Path, option: str, *, force: bool = False, mend: str = "name another file") -> Iterator[Path]:
    """A draft beside the file that its owner alone can read; it takes the file's name once the block is done.

    The draft's name cannot be foreseen: in a folder that others may write to, nobody can lay a link there.
    force: in place of what is there.  option: by which the file is named.  mend: what to do where one is there.
    Raises BadInput where one is there and force is not given, or where it cannot be written.
    """
    try:
        number, name = tempfile.mkstemp(dir=path.parent, prefix=".lastday-", suffix=".draft")  # made with mode 0600
        os.close(number)
        draft = Path(name)
        try:
            yield draft
            if not force:
                path.touch(0o600, exist_ok=False)  # not even a link to nowhere may be there
            draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    except FileExistsError:
        raise BadInput(str(path), None, "is there already", mend) from None
    except OSError as error:
        why = f"cannot be written ({error.strerror or error})"
        raise BadInput(str(path), None, why, f"name another place with {option}") from None
