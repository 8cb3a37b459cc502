"""Peak memory of a process and of the servers that work in its folder, as Linux keeps it."""

from collections.abc import Iterator
from pathlib import Path

_PROC = Path("/proc")


def peak(folder: Path) -> int:
    """Bytes that this process and each server in `folder` held at most, each at its own moment.

    What servers share (PostgreSQL's buffers) is counted once. `getrusage` would not do: a child starts there
    with the peak of the process that started it.
    """
    servers = [_status(process) for process in _working_in(folder)]
    own = _status(_PROC / "self")["VmHWM"]
    private = sum(max(0, status.get("VmHWM", 0) - status.get("RssShmem", 0)) for status in servers)
    shared = max((status.get("RssShmem", 0) for status in servers), default=0)
    return 1024 * (own + private + shared)


def _working_in(folder: Path) -> Iterator[Path]:
    for process in _PROC.glob("[0-9]*"):
        try:
            directory = (process / "cwd").readlink()
        except OSError:  # it has ended, or is somebody else's
            continue
        if directory.is_relative_to(folder.resolve()):
            yield process


def _status(process: Path) -> dict[str, int]:
    """KiB by name."""
    try:
        lines = (process / "status").read_text("ascii", "replace").splitlines()
    except OSError:
        return {}
    fields = (line.split() for line in lines if line.endswith(" kB"))
    return {name.rstrip(":"): int(amount) for name, amount, _ in fields}
