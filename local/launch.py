"""A script, run by `process.py` as every child's first instant: it prepares the process, then becomes the program.

    python -I -S launch.py PARENT_PID LIFELINE IDENTITY WRITES PROGRAM [ARGUMENT...]

PARENT_PID  the supervisor; the program is killed when it dies, however it dies
LIFELINE    a pipe that closes when the supervisor dies, where the kernel cannot tell (not Linux), else -1
IDENTITY    `same`, `namespace` or `uid:N`: see identity.py
WRITES      a directory that must be writable under that identity, or an empty string

A `preexec_fn` would be shorter, but it runs Python between fork and exec in a process with Temporal's threads (a
deadlock by chance, a warning since 3.12). Standard library only: it runs isolated from the virtual environment.
"""

import ctypes
import os
import signal
import sys
import tempfile

CLONE_NEWUSER = 0x10000000
PR_SET_PDEATHSIG = 1
PR_SET_KEEPCAPS = 8
PR_CAPBSET_READ = 23
PR_SET_SECUREBITS = 28
SECBIT_NO_SETUID_FIXUP = 4
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAP_KILL = 5
CAPABILITY_VERSION_3 = 0x20080522


def call(function: str, *arguments: object) -> None:
    """Call a C library function that answers 0 when it worked; raise OSError when it did not."""
    result: int = getattr(ctypes.CDLL(None, use_errno=True), function)(*arguments)
    if result != 0:
        error = ctypes.get_errno()
        raise OSError(error, f"{function}: {os.strerror(error)}")


def become(identity: str) -> None:
    """Stop being root, as far as the program can see. `same` changes nothing."""
    if identity == "namespace":
        call("unshare", CLONE_NEWUSER)
    elif identity.startswith("uid:"):
        if ctypes.CDLL(None).prctl(PR_CAPBSET_READ, CAP_KILL, 0, 0, 0) != 1:
            raise PermissionError("without CAP_KILL it could not be stopped as another user")
        uid = int(identity.removeprefix("uid:"))
        hold_capabilities()
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)
        reach_private_folders()


def hold_capabilities() -> None:
    """Let capabilities outlive setuid, and count in access(2) too, by which PostgreSQL checks its own program file."""
    try:
        call("prctl", PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP, 0, 0, 0)
    except PermissionError:  # a container without CAP_SETPCAP: enough where no folder on the way is private
        call("prctl", PR_SET_KEEPCAPS, 1, 0, 0, 0)


def reach_private_folders() -> None:
    """Keep the one capability that lets a demoted process use a repository under /root (mode 700)."""
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    one = 1 << CAP_DAC_OVERRIDE
    effective_permitted_inheritable = (ctypes.c_uint32 * 6)(one, one, one, 0, 0, 0)
    call("capset", header, effective_permitted_inheritable)
    call("prctl", PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)


def die_with(parent: int, lifeline: int) -> None:
    """Arrange a SIGKILL for this process when the supervisor is gone."""
    if lifeline >= 0:
        watch(lifeline)
    elif sys.platform == "linux":
        call("prctl", PR_SET_PDEATHSIG, int(signal.SIGKILL), 0, 0, 0)  # after setuid, which would clear it
    if os.getppid() != parent:
        sys.exit("the supervisor died before its child was ready")


def watch(lifeline: int) -> None:
    """Leave a grandchild that waits for the pipe to close: a byte first means an orderly end."""
    program = os.getpid()
    watcher = os.fork()
    if watcher == 0:
        os.setsid()
        if os.fork() == 0 and not os.read(lifeline, 1):
            os.kill(program, signal.SIGKILL)
        os._exit(0)
    os.waitpid(watcher, 0)
    os.close(lifeline)


def main(parent: str, lifeline: str, identity: str, writes: str, *program: str) -> None:
    """Become the program, or end with status 127 and one line that says why not."""
    try:
        become(identity)
        die_with(int(parent), int(lifeline))
        if writes:
            tempfile.TemporaryFile(dir=writes).close()
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and exec would hand that down
        os.execvp(program[0], program)
    except OSError as error:
        sys.stderr.write(f"cannot start {program[0]}: {error}\n")
        sys.exit(127)


if __name__ == "__main__":
    main(*sys.argv[1:])
