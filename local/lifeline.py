"""A pipe by which a child learns that we died, on systems whose kernel does not tell it (see launch.py)."""

import contextlib
import os
import sys

needed = sys.platform != "linux"


class Lifeline:
    """One per child; `theirs` is the descriptor to hand over, -1 where the kernel does the work."""

    def __init__(self) -> None:
        self.theirs, self._ours = os.pipe() if needed else (-1, -1)

    @property
    def inherited(self) -> tuple[int, ...]:
        return (self.theirs,) if self.theirs >= 0 else ()

    def handed_over(self) -> None:
        """Close our copy of the child's end, once the child has its own."""
        if self.theirs >= 0:
            os.close(self.theirs)
            self.theirs = -1

    def release(self) -> None:
        """Say that the child ended in order: without this byte its watcher would kill whoever has its pid by then."""
        if self._ours >= 0:
            with contextlib.suppress(BrokenPipeError):
                os.write(self._ours, b".")
            os.close(self._ours)
            self._ours = -1
