"""Secrets by name: the configuration names them, the environment or a folder holds them."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.model import BadInput

_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
_NAMED = re.compile(r"\{([A-Z][A-Z0-9_]*)\}")


class Credentials:
    """Looks a secret up: $NAME, then the file that $NAME_FILE names, then NAME in the credentials
    folder of systemd or in the working folder's `secrets`."""

    def __init__(self, folder: Path, environ: Mapping[str, str] | None = None) -> None:
        """folder: the working folder.  environ: the environment, this process's unless given."""
        self.environ = os.environ if environ is None else environ
        self.own = folder / "secrets"
        given = self.environ.get("CREDENTIALS_DIRECTORY")
        self.folders = [*([Path(given)] if given else []), self.own]

    def find(self, name: str) -> str | None:
        """The secret, or None where there is none of that name. Raises BadInput where its file cannot be read."""
        if value := self.environ.get(name):
            return value
        if path := self.environ.get(name + "_FILE"):
            return _read(Path(path))
        return next((_read(f / name) for f in self.folders if _is_there(f / name)), None)

    def need(self, name: str) -> str:
        """The secret. Raises BadInput where there is none."""
        value = self.find(name)
        if value is None and not _NAME.fullmatch(name):  # it may be the secret itself
            raise BadInput("secret", None, "what stands there names none", "write it into secrets/NAME, and NAME there")
        if value is None:
            raise BadInput(name, None, "no such secret", f"set ${name} or ${name}_FILE, or write secrets/{name}")
        return value

    def keep(self, name: str, make: Callable[[], str]) -> str:
        """The secret; where there is none, it is made and written into `secrets`, for its owner alone."""
        value = self.find(name)
        if value is not None:
            return value
        path = self.own / name
        try:
            path.parent.mkdir(mode=0o700, exist_ok=True)
            draft = path.with_name(f".{name}.{os.getpid()}.{threading.get_ident()}")
            draft.touch(mode=0o600, exist_ok=False)
            draft.write_text(make() + "\n", encoding="utf-8")
            try:
                os.link(draft, path)  # whole or not at all; who comes second takes the first one's
            except FileExistsError:
                pass
            finally:
                draft.unlink()
        except OSError as error:
            what = f"cannot be made ({error.strerror})"
            raise BadInput(str(path), None, what, "let the user that runs lastday write there once") from None
        return self.need(name)

    def fill(self, text: str) -> str:
        """The text with every {NAME} replaced by its secret."""
        return _NAMED.sub(lambda found: self.need(found[1]), text)


def _is_there(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:
        raise _unreadable(path) from None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError):
        raise _unreadable(path) from None


def _unreadable(path: Path) -> BadInput:
    return BadInput(str(path), None, "the secret cannot be read", "give it and its folder to lastday's user")
