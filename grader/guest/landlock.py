"""Landlock: which files student code may touch, and that it reaches no port and no other process."""

from __future__ import annotations

import ctypes
import os
import stat
import struct
import sys
import sysconfig
from pathlib import Path

import kernel

(EXECUTE, WRITE_FILE, READ_FILE, READ_DIR, REMOVE_DIR, REMOVE_FILE, MAKE_CHAR, MAKE_DIR,
 MAKE_REG, MAKE_SOCK, MAKE_FIFO, MAKE_BLOCK, MAKE_SYM, REFER, TRUNCATE, IOCTL_DEV) = (1 << n for n in range(16))  # fmt: skip
FILE_RIGHTS = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | IOCTL_DEV
RIGHTS_BY_ABI = {1: REFER - 1, 2: TRUNCATE - 1, 3: IOCTL_DEV - 1, 4: IOCTL_DEV - 1}
ALL_RIGHTS = (IOCTL_DEV << 1) - 1
TCP_BIND_AND_CONNECT, ABSTRACT_SOCKET_AND_SIGNAL = 3, 3

READ = EXECUTE | READ_FILE | READ_DIR
SCRATCH = READ_FILE | READ_DIR | WRITE_FILE | TRUNCATE | REMOVE_DIR | REMOVE_FILE | MAKE_DIR | MAKE_REG

LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/etc/ld.so.cache")
HARMLESS = ("/usr/share/zoneinfo", "/etc/localtime", "/dev/urandom", "/sys/devices/system/cpu/online")


def abi() -> int:
    """Version of Landlock's interface; 0: this kernel has none, or it is switched off."""
    try:
        return kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, None, 0, 1)
    except OSError:
        return 0


def python_folders() -> list[str]:
    """Where the running Python and its packages live."""
    paths = sysconfig.get_paths()
    folders = {paths[key] for key in ("stdlib", "platstdlib", "purelib", "platlib")}
    folders |= {str(Path(sys.base_prefix) / name) for name in ("lib", "lib64")}
    folders |= {entry for entry in sys.path if Path(entry).name in ("site-packages", "dist-packages")}
    return sorted(os.path.realpath(folder) for folder in folders if Path(folder).is_dir())


def ruleset(scratch: str) -> int:
    """A descriptor of the rules: Python and shared libraries to read, `scratch` to use, nothing else.

    Raises:
        OSError: the kernel did not take the rules.
    """
    version = abi()
    rights = RIGHTS_BY_ABI.get(version, ALL_RIGHTS)
    attributes = struct.pack("=Q", rights)
    if version >= 4:
        attributes += struct.pack("=Q", TCP_BIND_AND_CONNECT)
    if version >= 6:
        attributes += struct.pack("=Q", ABSTRACT_SOCKET_AND_SIGNAL)
    rules = kernel.syscall(kernel.LANDLOCK_CREATE_RULESET, ctypes.c_char_p(attributes), len(attributes), 0)
    for path in (*python_folders(), *LIBRARIES, *HARMLESS):
        _allow(rules, path, READ & rights)
    _allow(rules, "/dev/null", (READ_FILE | WRITE_FILE) & rights)
    _allow(rules, scratch, SCRATCH & rights)
    return rules


def restrict(rules: int) -> None:
    """Shut this process behind the rules, for good.

    Raises:
        OSError: the kernel did not take the rules.
    """
    kernel.syscall(kernel.LANDLOCK_RESTRICT_SELF, rules, 0)


def _allow(rules: int, path: str, rights: int) -> None:
    try:
        place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not stat.S_ISDIR(os.fstat(place).st_mode):
            rights &= FILE_RIGHTS
        rule = struct.pack("=Qi", rights, place)
        kernel.syscall(kernel.LANDLOCK_ADD_RULE, rules, 1, ctypes.c_char_p(rule), 0)
    finally:
        os.close(place)
