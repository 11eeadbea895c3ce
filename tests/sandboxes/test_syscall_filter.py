"""The filter's decisions, by a small interpreter of BPF: for machines that the tests do not run on, too."""

from __future__ import annotations

import errno
import importlib.util
import struct
from pathlib import Path
from types import ModuleType

import pytest
from sandboxes.scripted import GUEST

ALLOW, KILL = "allow", "kill"
PID = 4711


@pytest.fixture(scope="module")
def syscall_filter() -> ModuleType:
    spec = importlib.util.spec_from_file_location("syscall_filter", GUEST / "syscall_filter.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def decision(program: bytes, arch: int, number: int, *arguments: int) -> object:
    """What the kernel would do: "allow", "kill", or the error number."""
    data = struct.pack(
        "=IIQ6Q", number & 0xFFFFFFFF, arch, 0, *(a & (1 << 64) - 1 for a in (*arguments, *[0] * 6)[:6])
    )
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    at = accumulator = 0
    while True:
        operation, if_true, if_false, constant = code[at]
        at += 1
        if operation == 0x20:
            (accumulator,) = struct.unpack_from("=I", data, constant)
        elif operation == 0x54:
            accumulator &= constant
        elif operation == 0x06:
            kinds = {0x7FFF0000: ALLOW, 0x80000000: KILL}
            return kinds.get(constant) or constant & 0xFFFF
        else:
            holds = {
                0x15: accumulator == constant,
                0x35: accumulator >= constant,
                0x45: bool(accumulator & constant),
            }
            at += if_true if holds[operation] else if_false


@pytest.fixture(params=["x86_64", "aarch64"])
def decide(request: pytest.FixtureRequest, syscall_filter: ModuleType):  # type: ignore[no-untyped-def]
    machine = request.param
    program = syscall_filter.program(machine, PID)
    numbers = syscall_filter.NUMBERS[machine]

    def by_name(name: str, *arguments: int) -> object:
        return decision(program, syscall_filter.AUDIT_ARCH[machine], numbers[name], *arguments)

    by_name.number = lambda n, *a: decision(program, syscall_filter.AUDIT_ARCH[machine], n, *a)  # type: ignore[attr-defined]
    by_name.arch = lambda arch, n: decision(program, arch, n)  # type: ignore[attr-defined]
    by_name.machine = machine  # type: ignore[attr-defined]
    return by_name


def test_the_same_calls_have_the_kernels_numbers_in_both_tables(syscall_filter: ModuleType) -> None:
    for machine, header in (("x86_64", "/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
                            ("aarch64", "/usr/include/asm-generic/unistd.h")):  # fmt: skip
        if not Path(header).exists():
            pytest.skip(f"no {header}")
        words = [
            line.split() for line in Path(header).read_text().splitlines() if line.startswith("#define __NR")
        ]
        real = {
            w[1].removeprefix("__NR_").removeprefix("__NR3264_"): int(w[2]) for w in words if w[2].isdigit()
        }
        real.setdefault("newfstatat", real.get("fstatat", -1))
        assert {name: real.get(name) for name in syscall_filter.NUMBERS[machine]} == syscall_filter.NUMBERS[
            machine
        ]


def test_ordinary_calls_are_allowed(decide) -> None:  # type: ignore[no-untyped-def]
    for name in ("read", "write", "openat", "futex", "exit_group", "rt_sigreturn", "getrandom"):
        assert decide(name) == ALLOW
    assert decide("mmap", 0, 4096, 3, 0x22) == ALLOW


def test_only_threads_are_cloned(decide) -> None:  # type: ignore[no-untyped-def]
    assert decide("clone", 0x3D0F00) == ALLOW  # what pthread_create asks for
    for flags in (17, 0x01200011, 0x4111, 0x3D0F00 | 0x10000000, 0x3D0F00 & ~0x10000, 0x3D0F00 & ~0x100):
        assert decide("clone", flags) == errno.EPERM
    assert decide("clone3") == errno.ENOSYS


def test_signals_go_to_oneself_only(decide) -> None:  # type: ignore[no-untyped-def]
    for name in ("kill", "tgkill"):
        assert decide(name, PID) == ALLOW
        for other in (0, 1, -1, -PID, PID + 1):
            assert decide(name, other) == errno.EPERM


def test_only_listed_arguments_pass(decide) -> None:  # type: ignore[no-untyped-def]
    assert decide("fcntl", 4, 3) == ALLOW
    assert [decide("fcntl", 4, command) for command in (8, 10, 15, 1024, 1031, 1033)] == [errno.EPERM] * 6
    assert decide("ioctl", 0, 0x5401) == ALLOW
    assert decide("ioctl", 0, 0x5412) == errno.EPERM
    assert decide("prctl", 15) == ALLOW
    assert [decide("prctl", option) for option in (1, 4, 22, 24, 35, 38)] == [errno.EPERM] * 6
    assert decide("prlimit64", 0) == ALLOW
    assert decide("prlimit64", 1) == errno.EPERM
    assert decide("mmap", 0, 4096, 3, 0x40022) == errno.EPERM


def test_whatever_is_not_listed_is_refused(decide, syscall_filter: ModuleType) -> None:  # type: ignore[no-untyped-def]
    listed = set(syscall_filter.NUMBERS[decide.machine].values())
    for number in range(1000):
        if number not in listed:
            assert decide.number(number) == (errno.EPERM if number < 451 else errno.ENOSYS)


def test_another_abi_ends_the_process(decide) -> None:  # type: ignore[no-untyped-def]
    assert decide.arch(0x40000003, 20) == KILL  # i386
    assert decide.number(0x40000000 | 39) == KILL  # x32
    assert decide.number(-1) == KILL
