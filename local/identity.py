"""PostgreSQL refuses to run as root. Containers, CI and servers run everything as root. This finds a way between them.

`same`       we are not root: nothing to do.
`namespace`  the program runs in a user namespace of its own, where root has no name: it sees itself, and the owner of
             its files, as `nobody`, while for the rest of the system it stays root without privileges. Files keep their
             owner, folders under /root (mode 700) stay reachable. Containers often forbid it.
`uid:N`      the program really becomes `nobody`, owns its files, and keeps only the capability to pass through folders
             closed to others. Needs what a container's root usually has.
"""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path

from local.command import run_tool
from local.errors import ServerFailed, StackError


@dataclass(frozen=True)
class Identity:
    """How to start the program (`name`, for launch.py) and who must own its files (None: as they are)."""

    name: str
    owner: int | None = None

    def own(self, folder: Path) -> None:
        """Give the folder and all in it to this identity: it may have been made under another one."""
        if self.owner is None or folder.stat().st_uid == self.owner:
            return
        for root, folders, files in os.walk(folder):
            for name in (*folders, *files):
                os.chown(os.path.join(root, name), self.owner, -1, follow_symlinks=False)
        os.chown(folder, self.owner, -1)  # last: an interrupted walk is then begun again


SAME = Identity("same")


async def for_program(program: Path, folder: Path) -> Identity:
    """The first identity under which `program` runs and can write in `folder`. Raises StackError if none does."""
    if os.geteuid() != 0:
        return SAME
    for identity in candidates():
        try:
            await run_tool(program.name, [str(program), "--version"], identity=identity.name, writes=str(folder))
        except ServerFailed:
            continue
        return identity
    raise StackError(
        f"{program.name} refuses to run as root and this system lets root become nobody else:"
        " run as an ordinary user, or set DATABASE_URL to a server of your own"
    )


def candidates() -> tuple[Identity, ...]:
    """The ways out of being root, best first."""
    nobody = _nobody()
    return (Identity("namespace", owner=0), Identity(f"uid:{nobody}", owner=nobody))


def _nobody() -> int:
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 65534
