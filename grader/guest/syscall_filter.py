"""The system calls that student code may make: a seccomp filter, written out as BPF.

An allow-list: whatever is not named here fails. Calls of another ABI (i386, x32) end the process,
because the numbers in the tables would mean something else there.
"""

from __future__ import annotations

import errno
import struct

AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}

# fmt: off
NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        "read": 0, "write": 1, "readv": 19, "writev": 20, "pread64": 17, "pwrite64": 18, "preadv": 295,
        "pwritev": 296, "lseek": 8, "close": 3, "close_range": 436, "dup": 32, "dup2": 33, "dup3": 292,
        "pipe": 22, "pipe2": 293, "open": 2, "openat": 257, "creat": 85, "stat": 4, "lstat": 6, "fstat": 5,
        "newfstatat": 262, "statx": 332, "access": 21, "faccessat": 269, "faccessat2": 439, "readlink": 89,
        "readlinkat": 267, "statfs": 137, "fstatfs": 138, "getcwd": 79, "chdir": 80, "fchdir": 81,
        "getdents": 78, "getdents64": 217, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "unlink": 87,
        "unlinkat": 263, "rename": 82, "renameat": 264, "renameat2": 316, "truncate": 76, "ftruncate": 77,
        "fsync": 74, "fdatasync": 75, "fadvise64": 221, "flock": 73, "sendfile": 40, "copy_file_range": 326,
        "umask": 95, "mmap": 9, "mprotect": 10, "munmap": 11, "mremap": 25, "brk": 12, "madvise": 28,
        "msync": 26, "membarrier": 324, "futex": 202, "set_robust_list": 273, "set_tid_address": 218,
        "rseq": 334, "restart_syscall": 219, "sched_yield": 24, "sched_getaffinity": 204, "getcpu": 309,
        "exit": 60, "exit_group": 231, "wait4": 61, "waitid": 247, "rt_sigaction": 13, "rt_sigprocmask": 14,
        "rt_sigreturn": 15, "rt_sigpending": 127, "rt_sigtimedwait": 128, "rt_sigsuspend": 130,
        "sigaltstack": 131, "pause": 34, "alarm": 37, "getitimer": 36, "setitimer": 38, "nanosleep": 35,
        "clock_nanosleep": 230, "clock_gettime": 228, "clock_getres": 229, "gettimeofday": 96, "time": 201,
        "times": 100, "poll": 7, "ppoll": 271, "select": 23, "pselect6": 270, "epoll_create": 213,
        "epoll_create1": 291, "epoll_ctl": 233, "epoll_wait": 232, "epoll_pwait": 281, "eventfd": 284,
        "eventfd2": 290, "getpid": 39, "getppid": 110, "gettid": 186, "getuid": 102, "geteuid": 107,
        "getgid": 104, "getegid": 108, "getresuid": 118, "getresgid": 120, "getgroups": 115, "getpgrp": 111,
        "uname": 63, "sysinfo": 99, "getrusage": 98, "getrlimit": 97, "setrlimit": 160, "getrandom": 318,
        "getpriority": 140, "clone": 56, "clone3": 435, "fcntl": 72, "ioctl": 16, "prctl": 157,
        "arch_prctl": 158, "prlimit64": 302, "kill": 62, "tgkill": 234,
    },
    "aarch64": {
        "read": 63, "write": 64, "readv": 65, "writev": 66, "pread64": 67, "pwrite64": 68, "preadv": 69,
        "pwritev": 70, "lseek": 62, "close": 57, "close_range": 436, "dup": 23, "dup3": 24, "pipe2": 59,
        "openat": 56, "fstat": 80, "newfstatat": 79, "statx": 291, "faccessat": 48, "faccessat2": 439,
        "readlinkat": 78, "statfs": 43, "fstatfs": 44, "getcwd": 17, "chdir": 49, "fchdir": 50,
        "getdents64": 61, "mkdirat": 34, "unlinkat": 35, "renameat": 38, "renameat2": 276, "truncate": 45,
        "ftruncate": 46, "fsync": 82, "fdatasync": 83, "fadvise64": 223, "flock": 32, "sendfile": 71,
        "copy_file_range": 285, "umask": 166, "mmap": 222, "mprotect": 226, "munmap": 215, "mremap": 216,
        "brk": 214, "madvise": 233, "msync": 227, "membarrier": 283, "futex": 98, "set_robust_list": 99,
        "set_tid_address": 96, "rseq": 293, "restart_syscall": 128, "sched_yield": 124,
        "sched_getaffinity": 123, "getcpu": 168, "exit": 93, "exit_group": 94, "wait4": 260, "waitid": 95,
        "rt_sigaction": 134, "rt_sigprocmask": 135, "rt_sigreturn": 139, "rt_sigpending": 136,
        "rt_sigtimedwait": 137, "rt_sigsuspend": 133, "sigaltstack": 132, "getitimer": 102, "setitimer": 103,
        "nanosleep": 101, "clock_nanosleep": 115, "clock_gettime": 113, "clock_getres": 114,
        "gettimeofday": 169, "times": 153, "ppoll": 73, "pselect6": 72, "epoll_create1": 20, "epoll_ctl": 21,
        "epoll_pwait": 22, "eventfd2": 19, "getpid": 172, "getppid": 173, "gettid": 178, "getuid": 174,
        "geteuid": 175, "getgid": 176, "getegid": 177, "getresuid": 148, "getresgid": 150, "getgroups": 158,
        "uname": 160, "sysinfo": 179, "getrusage": 165, "getrlimit": 163, "setrlimit": 164, "getrandom": 278,
        "getpriority": 141, "clone": 220, "clone3": 435, "fcntl": 25, "ioctl": 29, "prctl": 167,
        "prlimit64": 261, "kill": 129, "tgkill": 131,
    },
}
# fmt: on

ALLOW, KILL, ERRNO = 0x7FFF0000, 0x80000000, 0x00050000  # SECCOMP_RET_*
NOT_ALLOWED, NO_SUCH_CALL = ERRNO | errno.EPERM, ERRNO | errno.ENOSYS
X32_BIT = 0x40000000
FIRST_UNKNOWN = 451
"""Calls from here on are newer than this table: glibc must believe that the kernel lacks them."""

ONE_OF: dict[str, tuple[int, tuple[int, ...]]] = {
    # call: (which argument, the values it may have)
    # F_DUPFD F_GETFD F_SETFD F_GETFL F_SETFL F_GETLK F_SETLK F_SETLKW, open-file locks, F_DUPFD_CLOEXEC,
    # F_GETPIPE_SZ; not F_SETOWN and F_SETSIG, which make the kernel send signals, nor F_SETPIPE_SZ
    "fcntl": (1, (0, 1, 2, 3, 4, 5, 6, 7, 36, 37, 38, 1030, 1032)),
    "ioctl": (1, (0x5401, 0x541B, 0x5421, 0x5450, 0x5451)),  # TCGETS FIONREAD FIONBIO FIONCLEX FIOCLEX
    "prctl": (0, (15, 16, 0x53564D41)),  # PR_SET_NAME PR_GET_NAME PR_SET_VMA
    "arch_prctl": (0, (0x1021, 0x1022, 0x1023)),  # ARCH_*_XCOMP_*: oneDNN asks for the AMX registers
    "prlimit64": (0, (0,)),  # of the process itself
}
CLONE_THREAD = 0x00010000 | 0x00000100 | 0x00000800  # THREAD, VM, SIGHAND
CLONE_NAMESPACES = 0x7E020000
MAP_HUGETLB = 0x40000
"""Huge pages come from a pool that neither resident memory nor an rlimit accounts for."""

LD, JEQ, JGE, JSET, AND, RET = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
Instruction = tuple[int, int, int, int]


def program(machine: str, own_pid: int) -> bytes:
    """The filter as an array of `struct sock_filter` for a process that will keep the id `own_pid`.

    Raises:
        KeyError: no table for this machine.
    """
    numbers = NUMBERS[machine]
    code: list[Instruction] = [
        (LD, 0, 0, 4),  # seccomp_data.arch
        (JEQ, 1, 0, AUDIT_ARCH[machine]),
        (RET, 0, 0, KILL),
        (LD, 0, 0, 0),  # seccomp_data.nr
        (JGE, 0, 1, X32_BIT),
        (RET, 0, 0, KILL),
    ]
    for name, number in numbers.items():
        body = conditions(name, own_pid)
        code += [(JEQ, 0, len(body), number), *body]
    code += [(JGE, 0, 1, FIRST_UNKNOWN), (RET, 0, 0, NO_SUCH_CALL), (RET, 0, 0, NOT_ALLOWED)]
    return b"".join(struct.pack("=HBBI", *instruction) for instruction in code)


def conditions(name: str, own_pid: int) -> list[Instruction]:
    """What decides about a call once its number has matched; every path returns."""
    if name in ONE_OF:
        return argument_is(*ONE_OF[name])
    if name in ("kill", "tgkill"):
        return argument_is(0, (own_pid,))
    if name == "clone3":
        return [(RET, 0, 0, NO_SUCH_CALL)]  # its flags lie in memory; glibc then takes clone
    if name == "clone":
        return [
            argument(0),
            (JSET, 0, 1, CLONE_NAMESPACES),
            (RET, 0, 0, NOT_ALLOWED),
            (AND, 0, 0, CLONE_THREAD),
            (JEQ, 0, 1, CLONE_THREAD),
            (RET, 0, 0, ALLOW),
            (RET, 0, 0, NOT_ALLOWED),
        ]
    if name == "mmap":
        return [argument(3), (JSET, 0, 1, MAP_HUGETLB), (RET, 0, 0, NOT_ALLOWED), (RET, 0, 0, ALLOW)]
    return [(RET, 0, 0, ALLOW)]


def argument(index: int) -> Instruction:
    """Load the low half of an argument: these are all ints to the kernel."""
    return (LD, 0, 0, 16 + 8 * index)


def argument_is(index: int, values: tuple[int, ...]) -> list[Instruction]:
    """Allow the call for these values of one argument only."""
    code = [argument(index)]
    for value in values:
        code += [(JEQ, 0, 1, value), (RET, 0, 0, ALLOW)]
    return [*code, (RET, 0, 0, NOT_ALLOWED)]
