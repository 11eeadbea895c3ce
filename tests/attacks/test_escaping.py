"""What student code must not do to anything outside."""

from __future__ import annotations

import errno
import os
import platform
import socket
import time
from pathlib import Path

import pytest
from sandboxes.scripted import ask, guest_pid, run

from grader.sandboxes import ProcessSandbox

only_x86_64 = pytest.mark.skipif(platform.machine() != "x86_64", reason="call numbers of x86-64")


@pytest.mark.parametrize("where", ["/tmp", "/dev/shm", "/var/tmp", "/run", str(Path(os.__file__).parent)])
def test_nothing_is_written_outside_the_scratch_folder(sandbox: ProcessSandbox, where: str) -> None:
    target = Path(where) / f"written-by-a-student-{os.getpid()}"
    found = ask(sandbox, f"open({str(target)!r}, 'w').write('x')")
    # OSError: in a container the whole system is read-only besides
    assert found.error is not None and found.error.startswith(("PermissionError", "OSError: [Errno 30]"))
    assert not target.exists()


def test_a_file_of_ours_stays_as_it_is(sandbox: ProcessSandbox, tmp_path: Path) -> None:
    ours = tmp_path / "results.json"
    ours.write_text("points")
    ours.chmod(0o666)
    tmp_path.chmod(0o777)
    before = ours.stat()
    found = ask(
        sandbox,
        f"""
        path = {str(ours)!r}
        for attempt in (
            lambda: open(path, "w"), lambda: open(path, "a"), lambda: os.truncate(path, 0), lambda: os.remove(path),
            lambda: os.rename(path, path + "x"), lambda: os.chmod(path, 0), lambda: os.chown(path, 1, 1),
            lambda: os.utime(path, (1, 1)), lambda: os.setxattr(path, "user.x", b"1"), lambda: os.mkdir(path + "d"),
            lambda: os.mkfifo(path + "p"), lambda: os.symlink("/", path + "s"), lambda: os.replace("a", path),
        ):
            open("a", "w").close()
            try:
                attempt()
                say("done")
            except OSError as error:
                say(error.errno)
        """,
    )
    assert set(found.said) <= {errno.EPERM, errno.EACCES, errno.EXDEV}
    after = ours.stat()
    assert (ours.read_text(), after.st_mode, after.st_mtime_ns, after.st_uid, after.st_ctime_ns) == (
        "points", before.st_mode, before.st_mtime_ns, before.st_uid, before.st_ctime_ns,
    )  # fmt: skip
    assert list(tmp_path.iterdir()) == [ours]


def test_mode_owner_and_times_cannot_be_changed_through_a_descriptor_either(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        file = open("own", "w")
        for attempt in (lambda: os.fchmod(file.fileno(), 0o777), lambda: os.chmod("own", 0o4777),
                        lambda: os.fchown(file.fileno(), 1, 1), lambda: os.utime(file.fileno(), (1, 1)),
                        lambda: os.setxattr(file.fileno(), "user.x", b"1")):
            try:
                attempt(); say(0)
            except OSError as error:
                say(error.errno)
        """,
    )
    assert found.said == [errno.EPERM] * 5


def test_no_connection_reaches_a_listener_on_this_machine(sandbox: ProcessSandbox) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.3)
        found = ask(
            sandbox,
            f"""
            import socket, urllib.request
            for attempt in (lambda: socket.create_connection(("127.0.0.1", {listener.getsockname()[1]}), 2),
                            lambda: urllib.request.urlopen("http://127.0.0.1:{listener.getsockname()[1]}", timeout=2)):
                try:
                    attempt(); say("connected")
                except OSError as error:
                    say("refused")
            """,
        )
        assert found.said == ["refused", "refused"]
        with pytest.raises(TimeoutError):
            listener.accept()


def test_no_socket_of_any_kind_can_be_made(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import socket
        for family in range(46):
            for kind in (1, 2, 3, 5):
                try:
                    socket.socket(family, kind); say([family, kind])
                except OSError:
                    pass
        try:
            socket.socketpair(); say("pair")
        except OSError as error:
            say(error.errno)
        """,
    )
    assert found.said == [errno.EPERM]


def test_the_guest_and_everybody_else_cannot_be_signalled(sandbox: ProcessSandbox) -> None:
    guest = guest_pid(sandbox)
    found = ask(
        sandbox,
        f"""
        import fcntl, signal
        for attempt in (
            lambda: os.kill(os.getppid(), 9), lambda: os.kill({os.getpid()}, 9), lambda: os.kill(-1, 9),
            lambda: os.kill(0, 9), lambda: os.killpg(os.getppid(), 9), lambda: os.kill(1, 9),
            lambda: signal.pidfd_send_signal(os.pidfd_open(os.getppid()), 9),
            lambda: fcntl.fcntl(4, fcntl.F_SETOWN, os.getppid()), lambda: fcntl.fcntl(4, 10, 9),
            lambda: fcntl.ioctl(4, 0x8901, os.getppid().to_bytes(4, "little")),
        ):
            try:
                attempt(); say("sent")
            except OSError as error:
                say(error.errno)
        """,
    )
    assert found.said == [errno.EPERM] * 10
    assert guest_pid(sandbox) == guest


@pytest.mark.parametrize("way", ["os.fork()", "os.forkpty()", "os.posix_spawn('/bin/true', ['true'], {})",
                                 "os.execv('/bin/sh', ['sh'])", "os.system('true') and 1/0",
                                 "__import__('subprocess').run(['true'])",
                                 "__import__('multiprocessing').Process(target=print).start()"])  # fmt: skip
def test_no_process_can_be_started(sandbox: ProcessSandbox, way: str) -> None:
    found = ask(sandbox, f"say({way})")
    assert found.said == []
    assert found.error is not None


def test_a_daemon_cannot_be_left_behind(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        for flags in (17, 17 | 0x100, 17 | 0x100 | 0x4000, 0x100 | 0x800, 0x8000 | 17, 0x10000000 | 17, 0x10010900):
            say(system_call(56 if os.uname().machine == "x86_64" else 220, flags, 0, 0, 0, 0))
        try:
            os.setsid(); say("new session")
        except OSError as error:
            say(error.errno)
        """,
    )
    assert found.said == [errno.EPERM] * 8


FORBIDDEN = {
    "ptrace": (101, 16, 1, 0, 0), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0), "process_vm_writev": (311, 1, 0, 0, 0, 0, 0),
    "pidfd_open": (434, 1, 0), "pidfd_getfd": (438, 1, 0, 0), "pidfd_send_signal": (424, 1, 0, 0, 0), "kcmp": (312, 1, 1, 0, 0, 0),
    "rt_sigqueueinfo": (129, 1, 9, 0), "rt_tgsigqueueinfo": (297, 1, 1, 9, 0), "tkill": (200, 1, 9), "tgkill": (234, 1, 1, 9),
    "io_uring_setup": (425, 8, 0), "io_uring_enter": (426, 0, 0, 0, 0), "io_setup": (206, 1, 0), "bpf": (321, 0, 0, 0),
    "userfaultfd": (323, 0), "perf_event_open": (298, 0, 0, 0, 0, 0), "keyctl": (250, 0, 0, 0), "add_key": (248, 0, 0, 0, 0, 0),
    "request_key": (249, 0, 0, 0, 0), "mount": (165, 0, 0, 0, 0, 0), "umount2": (166, 0, 0), "unshare a user namespace": (272, 0x10000000),
    "setns": (308, 0, 0), "chroot": (161, 0), "pivot_root": (155, 0, 0), "fsopen": (430, 0, 0), "open_tree": (428, 0, 0, 0),
    "move_mount": (429, 0, 0, 0, 0, 0), "memfd_create": (319, 0, 0), "memfd_secret": (447, 0), "execve": (59, 0, 0, 0),
    "execveat": (322, 0, 0, 0, 0, 0), "fork": (57,), "vfork": (58,), "personality": (135, 0x0040000), "shmget": (29, 1, 4096, 0o1777),
    "semget": (64, 1, 1, 0o1777), "msgget": (68, 1, 0o1777), "mq_open": (240, 0, 0o100, 0o777, 0), "setuid": (105, 0), "setgid": (106, 0),
    "setresuid": (117, 0, 0, 0), "setgroups": (116, 0, 0), "capset": (126, 0, 0), "seccomp": (317, 1, 0, 0), "landlock": (444, 0, 0, 1),
    "init_module": (175, 0, 0, 0), "kexec_load": (246, 0, 0, 0, 0), "reboot": (169, 0, 0, 0, 0), "settimeofday": (164, 0, 0),
    "sethostname": (170, 0, 0), "swapon": (167, 0, 0), "syslog": (103, 0, 0, 0), "modify_ldt": (154, 0, 0, 0), "iopl": (172, 3),
    "open_by_handle_at": (304, 0, 0, 0), "name_to_handle_at": (303, 0, 0, 0, 0, 0), "fanotify_init": (300, 0, 0), "inotify_init1": (294, 0),
    "process_madvise": (440, 0, 0, 0, 0, 0), "migrate_pages": (256, 1, 0, 0, 0), "sched_setaffinity": (203, 1, 0, 0), "setpriority": (141, 0, 1, 19),
    "sched_setscheduler": (144, 1, 0, 0), "ioprio_set": (251, 1, 1, 0), "prlimit64 of another": (302, 1, 7, 0, 0), "splice": (275, 0, 0, 0, 0, 0, 0),
    "vmsplice": (278, 0, 0, 0, 0), "tee": (276, 0, 0, 0, 0), "mknod": (133, 0, 0o20666, 0x103), "link": (86, 0, 0), "symlink": (88, 0, 0),
    "acct": (163, 0), "quotactl": (179, 0, 0, 0, 0), "ioctl TIOCSTI": (16, 0, 0x5412, 0), "prctl PR_SET_DUMPABLE": (157, 4, 1, 0, 0, 0),
    "prctl PR_SET_PDEATHSIG": (157, 1, 0, 0, 0, 0), "prctl PR_SET_PTRACER": (157, 0x59616D61, -1, 0, 0, 0), "huge pages": (9, 0, 1 << 21, 3, 0x40022, -1, 0),
    "prctl PR_SET_MM": (157, 35, 1, 0, 0, 0), "setsid": (112,), "fallocate": (285, 4, 0, 0, 1), "mlock": (149, 0, 4096), "socket": (41, 2, 1, 0),
}  # fmt: skip


@only_x86_64
@pytest.mark.parametrize("call", FORBIDDEN)
def test_a_forbidden_system_call_is_refused(sandbox: ProcessSandbox, call: str) -> None:
    assert ask(sandbox, f"say(system_call(*{FORBIDDEN[call]}))").said == [errno.EPERM]


@only_x86_64
def test_calls_newer_than_the_table_are_said_not_to_exist(sandbox: ProcessSandbox) -> None:
    assert ask(sandbox, "say([system_call(n) for n in (435, 451, 462, 600)])").said == [[errno.ENOSYS] * 4]


@only_x86_64
@pytest.mark.parametrize(
    "other_abi",
    [
        "system_call(39 | 0x40000000)",  # x32
        "system_call(0x40000000 | 520)",
        # mov eax, 20 (getpid); int 0x80; ret: the i386 table
        "import ctypes, mmap; page = mmap.mmap(-1, 4096, prot=7); page.write(bytes.fromhex('b814000000cd80c3')); "
        "ctypes.CFUNCTYPE(ctypes.c_int)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()",
    ],
)
def test_another_abis_call_ends_the_process(sandbox: ProcessSandbox, other_abi: str) -> None:
    reply = run(sandbox, other_abi)
    assert (reply.ending, reply.detail, reply.payload) == ("signal", "SIGSYS", b"")
    assert ask(sandbox, "say(1)").said == [1]


def test_system_v_objects_are_not_left_behind(sandbox: ProcessSandbox) -> None:
    before = [Path(f"/proc/sysvipc/{kind}").read_text() for kind in ("shm", "sem", "msg")]
    found = ask(
        sandbox,
        """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        say([libc.shmget(77, 1 << 20, 0o1666), libc.semget(77, 1, 0o1666), libc.msgget(77, 0o1666)])
        from multiprocessing import shared_memory
        shared_memory.SharedMemory("left", create=True, size=4096)
        """,
    )
    assert found.said == [[-1, -1, -1]]
    assert found.error is not None and found.error.startswith("PermissionError")
    assert [Path(f"/proc/sysvipc/{kind}").read_text() for kind in ("shm", "sem", "msg")] == before
    assert not Path("/dev/shm/left").exists()


def test_threads_are_behind_the_same_locks(sandbox: ProcessSandbox) -> None:
    found = ask(
        sandbox,
        """
        import socket, threading
        def attack():
            for attempt in (lambda: open("/etc/passwd"), socket.socket, os.fork):
                try:
                    attempt(); say("done")
                except OSError:
                    say("refused")
        thread = threading.Thread(target=attack); thread.start(); thread.join()
        """,
    )
    assert found.said == ["refused"] * 3


def test_no_process_outlives_its_run(sandbox: ProcessSandbox) -> None:
    guest = guest_pid(sandbox)
    run(sandbox, "import threading, time; threading.Thread(target=time.sleep, args=(600,)).start()")
    deadline = time.monotonic() + 5
    while (children := children_of(guest)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert children == []


def children_of(pid: int) -> list[int]:
    """Processes whose parent is `pid`."""
    children = []
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                if int((folder / "stat").read_text().rpartition(")")[2].split()[1]) == pid:
                    children.append(int(folder.name))
            except (FileNotFoundError, ProcessLookupError):
                continue
    return children
