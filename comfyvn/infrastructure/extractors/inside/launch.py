"""Runs in front of an external program, by a bare Python: sets limits, confines its files, and becomes the program.

Arguments: one of JSON, then the program and its arguments. In the JSON, `limits` maps names of ``resource`` to numbers;
`landlock` has `read` and `write`, the folders and files that stay open (without it: all).
"""

import ctypes
import json
import os
import stat
import sys

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
READ = 0b1101  # execute, read a file, read a folder
WRITE_V1 = 0b1111111110010  # write, remove, make
REFER, TRUNCATE, DEVICES = 1 << 13, 1 << 14, 1 << 15
NODES = 1 << 6 | 1 << 11
FILES = 0b111 | TRUNCATE
NO_NEW_PRIVILEGES = 38


def confine(read: list[str], write: list[str]) -> None:
    """Let this process and its children read and write only below these paths; end it where that fails."""
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(CREATE_RULESET, None, 0, 1)
    if version < 1:
        sys.exit("this kernel has no Landlock")
    every = READ | WRITE_V1 | (REFER if version >= 2 else 0) | (TRUNCATE if version >= 3 else 0)
    every |= DEVICES if version >= 5 else 0
    handled = (ctypes.c_uint64 * 1)(every)
    rules = libc.syscall(CREATE_RULESET, ctypes.byref(handled), ctypes.sizeof(handled), 0)
    if rules < 0:
        sys.exit("Landlock refused its rules")
    for paths, access in ((read, READ), (write, every & ~DEVICES & ~NODES)):
        for path in paths:
            allow(libc, rules, path, access)
    if libc.prctl(NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(RESTRICT_SELF, rules, 0):
        sys.exit("Landlock could not be put in force")
    os.close(rules)


def allow(libc: ctypes.CDLL, rules: int, path: str, access: int) -> None:
    """Open what lies below a path; one that is not there needs no rule."""
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    if not stat.S_ISDIR(os.fstat(place).st_mode):
        access &= FILES
    rule = access.to_bytes(8, "little") + place.to_bytes(4, "little", signed=True)
    if libc.syscall(ADD_RULE, rules, 1, ctypes.c_char_p(rule), 0):
        sys.exit(f"Landlock refused a rule for {path}")
    os.close(place)


def main() -> None:
    """Do what the first argument says, and become the program."""
    asked = json.loads(sys.argv[1])
    program = sys.argv[2:]
    if asked["limits"]:
        import resource  # noqa: PLC0415 - not on every system

        for name, most in asked["limits"].items():
            kind = getattr(resource, name)
            hard = resource.getrlimit(kind)[1]
            least = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(kind, (least, least))
    if asked.get("landlock"):
        confine(asked["landlock"]["read"], asked["landlock"]["write"])
    os.execv(program[0], program)  # noqa: S606 - the caller knows what it runs


main()
