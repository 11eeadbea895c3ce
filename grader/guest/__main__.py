"""The forking process: warm, single-threaded, and ignorant of what its children read.

Started as `python -I -B <this folder> <private folder>`, with a control socket as standard input.
Each message on it is the limits of one run as JSON, with two descriptors: the request to read and
the pipe for the reply. A forked child locks itself in, only then reads the request, answers and
ends. This process never reads a request, so no child can find an earlier one in its memory.
"""

from __future__ import annotations

import gc
import importlib
import json
import linecache
import os
import random
import select
import socket
import sys
import time
import traceback
from typing import Any, NoReturn

import landlock
import lockdown
import watch

GUEST = sys.path[0]
FINISHED, ANSWER_RAISED, NOT_SHUT = 71, 72, 73
IDLE_MS = 1000


def main() -> None:
    """Warm up, say so, and serve until the other end of the control socket is closed."""
    private, parent = sys.argv[1], os.getppid()
    control = socket.socket(fileno=os.dup(0))
    os.dup2(os.open("/dev/null", os.O_RDWR), 0)
    try:
        serve_all(control, private, parent)
    except (BrokenPipeError, ConnectionResetError):
        pass  # whoever asked is gone
    finally:
        watch.remove(private)


def serve_all(control: socket.socket, private: str, parent: int) -> None:
    """Everything but the end."""
    scratch = os.path.join(private, "scratch")  # noqa: PTH118
    os.umask(0o077)
    os.mkdir(scratch)  # noqa: PTH102
    os.chdir(scratch)  # noqa: TID251  - this process exists to run student code; nothing else shares it
    walls = lockdown.leave_namespaces()
    make_oom_killers_choice()
    # before anything loads OpenMP: a pool of threads does not survive a fork
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS"):
        os.environ[name] = "1"

    answer = answering(sys.argv[2:])
    answer.warm()
    watch.empty(scratch)
    only_installed_packages()
    rules = landlock.ruleset(scratch)
    uid = uid_to_become(private, scratch)
    if uid is not None:
        walls.append("own user id")
    ours = our_modules()
    linecache.clearcache()  # torch has looked at our own sources
    gc.collect()
    gc.freeze()  # a child that collects garbage would copy every page it looks at
    control.send(json.dumps({"ready": True, "walls": walls, "landlock_abi": landlock.abi()}).encode())
    while wait_for_message(control, parent):
        message, descriptors, _, _ = socket.recv_fds(control, 1 << 16, 3)
        if not message:
            return
        if not descriptors:
            continue  # "enough" for a run that had just ended by itself
        limits = json.loads(message)
        if limits["whole_files"]:
            answer.prepare_for_whole_files()
        report = serve(limits, descriptors, control, rules, scratch, uid, ours, answer.answer)
        control.send(json.dumps(report).encode())


def answering(named: list[str]) -> Any:
    """The module that answers: the guest's own, or another and the folder that its package lies in."""
    if not named:
        import answer

        return answer
    name, folder = named
    sys.path.insert(1, folder)
    return importlib.import_module(name)


def serve(
    limits: dict[str, Any], descriptors: list[int], control: socket.socket, rules: int, scratch: str,
    uid: int | None, ours: list[str], answer: Any,
) -> dict[str, Any]:  # fmt: skip
    """Fork a child for one request, see it to its end, and report how it ended."""
    request, reply, *file = descriptors
    word_out, word_in = os.pipe()
    zygote = os.getpid()
    started = time.monotonic()
    pid = os.fork()
    if pid == 0:
        be_the_child(limits, request, reply, rules, word_in, uid, zygote, ours, answer, *file)
    for descriptor in (request, reply, word_in, *file):
        os.close(descriptor)
    try:
        report = watch.until_the_end(pid, control, limits, scratch, started)
        with os.fdopen(word_out, "rb") as word:
            said = word.read(2000).decode(errors="replace")
        if said != "shut":
            report.update(
                exit="lockdown", detail=said or f"ended before its locks were shut: {report['detail']}"
            )
        elif report["exit"] == "exit" and report["code"] == FINISHED:
            report.update(exit="finished", detail="")
        return report
    finally:
        watch.empty(scratch)


def be_the_child(
    limits: dict[str, Any], request: int, reply: int, rules: int, word: int, uid: int | None, zygote: int,
    ours: list[str], answer: Any, file: int | None = None,
) -> NoReturn:  # fmt: skip
    """Lock in, give word, read, answer, end."""
    try:
        lockdown.arrange_descriptors(request, reply, rules, word, file)
        lockdown.lock(limits, uid, zygote)
    except BaseException as error:  # noqa: BLE001  - whatever it is, the locks are open
        try:
            os.write(lockdown.WORD, f"{type(error).__name__}: {error}".encode()[:1000])
        finally:
            os._exit(NOT_SHUT)
    try:
        os.write(lockdown.WORD, b"shut")
        os.close(lockdown.WORD)
        for name in ours:
            sys.modules.pop(name, None)
        reseed()
        with os.fdopen(lockdown.REQUEST, "rb") as request_file:
            asked = request_file.read()
        for piece in answer(asked):
            write_all(lockdown.REPLY, piece)
    except BaseException:  # noqa: BLE001  - a SystemExit here would run this process's own exit code
        os._exit(ANSWER_RAISED)
    os._exit(FINISHED)


def write_all(descriptor: int, data: bytes) -> None:
    """Write to the end; the reader may stop us by closing its own."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def reseed() -> None:
    """No two children draw the same numbers, and nobody can know them beforehand."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(int.from_bytes(os.urandom(4), "big"))
    if torch := sys.modules.get("torch"):
        # the CPU's generator alone: torch.manual_seed looks for every kind of accelerator
        torch.default_generator.manual_seed(int.from_bytes(os.urandom(7), "big"))


def our_modules() -> list[str]:
    """Names that children take back from the import system, `__main__` too: they are the student's to use.

    Listed before any fork, since a child that looks at every module copies every page that holds one.
    """
    return [
        name
        for name, module in sys.modules.items()
        if (getattr(module, "__file__", None) or "").startswith(GUEST + os.sep)
    ]


def only_installed_packages() -> None:
    """Take our own folder, and folders that an editable install added, out of the import system."""
    readable = tuple(folder + os.sep for folder in landlock.python_folders())
    sys.path[:] = [entry for entry in sys.path if (os.path.realpath(entry) + os.sep).startswith(readable)]
    sys.path_importer_cache.pop(GUEST, None)
    sys.meta_path[:] = [
        finder for finder in sys.meta_path if not getattr(finder, "__module__", "").startswith("__editable__")
    ]


def make_oom_killers_choice() -> None:
    """When memory runs out, this process goes before anything else on the machine."""
    with open("/proc/self/oom_score_adj", "w") as file:  # noqa: PTH123
        file.write("800")


def wait_for_message(control: socket.socket, parent: int) -> bool:
    """False once whoever started us is gone, even if somebody else still holds the socket's other end."""
    poller = select.poll()
    poller.register(control, select.POLLIN)
    while not poller.poll(IDLE_MS):
        if os.getppid() != parent:
            return False
    return True


def uid_to_become(private: str, scratch: str) -> int | None:
    """A user id of this process's own for its children, if we may and that user can run Python here."""
    if os.geteuid() != 0:
        return None
    uid = lockdown.FIRST_UID + os.getpid()
    try:
        os.chown(scratch, uid, uid)
        os.chmod(private, 0o711)  # noqa: PTH101
        pid = os.fork()
        if pid == 0:
            os._exit(0 if can_run_python_as(uid, scratch) else 1)
        if os.waitpid(pid, 0)[1] == 0:
            return uid
        os.chmod(private, 0o700)  # noqa: PTH101
        os.chown(scratch, 0, 0)
    except OSError:
        pass
    return None


def can_run_python_as(uid: int, scratch: str) -> bool:
    """In a child of its own: does that user reach every package and the scratch folder?"""
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
        for folder in (*landlock.python_folders(), scratch):
            os.listdir(folder)  # noqa: PTH208
        for module in (os, sys.modules.get("torch"), sys.modules.get("numpy")):
            if module is not None:
                os.close(os.open(str(module.__file__), os.O_RDONLY))
    except OSError:
        return False
    return True


if __name__ == "__main__":
    try:
        main()
    except Exception:  # noqa: BLE001  - our own bug: the last line on stderr tells the trusted side
        traceback.print_exc()
        sys.exit(1)
