"""The few Linux calls that Python has no name for, by ctypes."""

from __future__ import annotations

import ctypes
import os
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
_libc.syscall.restype = ctypes.c_long

LANDLOCK_CREATE_RULESET, LANDLOCK_ADD_RULE, LANDLOCK_RESTRICT_SELF = 444, 445, 446  # on every architecture

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_GET_SECCOMP, PR_SET_SECCOMP = 1, 4, 21, 22
PR_CAPBSET_READ, PR_CAPBSET_DROP, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 23, 24, 38, 47
SECCOMP_MODE_FILTER, PR_CAP_AMBIENT_CLEAR_ALL = 2, 4


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_char_p))


def syscall(number: int, *arguments: Any) -> int:
    """Any system call.

    Raises:
        OSError: the call failed.
    """
    return _checked(_libc.syscall(ctypes.c_long(number), *map(_word, arguments)), f"system call {number}")


def prctl(option: int, *arguments: int) -> int:
    """prctl(2).

    Raises:
        OSError: the call failed.
    """
    words = [ctypes.c_ulong(a) for a in (*arguments, 0, 0, 0, 0)[:4]]
    return _checked(_libc.prctl(ctypes.c_int(option), *words), f"prctl {option}")


def unshare(flags: int) -> None:
    """unshare(2).

    Raises:
        OSError: the call failed.
    """
    _checked(_libc.unshare(ctypes.c_int(flags)), "unshare")


def set_seccomp_filter(program: bytes) -> None:
    """Shut the process behind a BPF program; it cannot be undone.

    Raises:
        OSError: the kernel did not take the filter.
    """
    description = _Program(len(program) // 8, program)
    _checked(
        _libc.prctl(
            ctypes.c_int(PR_SET_SECCOMP), ctypes.c_ulong(SECCOMP_MODE_FILTER), ctypes.byref(description),
            ctypes.c_ulong(0), ctypes.c_ulong(0),
        ),
        "seccomp",
    )  # fmt: skip


_HEADER = 0x20080522  # _LINUX_CAPABILITY_VERSION_3


def capabilities() -> int:
    """The effective, permitted and inheritable capabilities of this process, or-ed together."""
    header, data = (ctypes.c_uint32 * 2)(_HEADER, 0), (ctypes.c_uint32 * 6)()
    _checked(_libc.capget(header, data), "capget")
    return (data[0] | data[1] | data[2]) | (data[3] | data[4] | data[5]) << 32


def clear_capabilities() -> None:
    """Give up every capability.

    Raises:
        OSError: the call failed.
    """
    header, data = (ctypes.c_uint32 * 2)(_HEADER, 0), (ctypes.c_uint32 * 6)()
    _checked(_libc.capset(header, data), "capset")


def _word(argument: Any) -> Any:
    return ctypes.c_long(argument) if isinstance(argument, int) else argument


def _checked(result: int, what: str) -> int:
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")
    return result
