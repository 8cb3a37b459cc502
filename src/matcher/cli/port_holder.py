"""Which process listens on a port of this machine, as far as Linux lets this user see."""

from pathlib import Path

_PROC = Path("/proc")
_LISTENING = "0A"


def holder_of(port: int) -> str:
    """`PID (command)` of a process that listens on a TCP port; "" where that cannot be seen."""
    sockets = {f"socket:[{inode}]" for inode in _listening(port)}
    if not sockets:
        return ""
    for process in _PROC.glob("[0-9]*"):
        if _holds(process, sockets):
            return f"{process.name} ({_command(process)})"
    return ""


def _listening(port: int) -> set[str]:
    """The inodes of the sockets that listen on a port."""
    inodes = set()
    for table in ("net/tcp", "net/tcp6"):
        try:
            lines = (_PROC / table).read_text().splitlines()[1:]
        except OSError:
            continue
        for columns in map(str.split, lines):
            if columns[3] == _LISTENING and int(columns[1].rpartition(":")[2], 16) == port:
                inodes.add(columns[9])
    return inodes


def _holds(process: Path, sockets: set[str]) -> bool:
    try:
        return any(str(opened.readlink()) in sockets for opened in (process / "fd").iterdir())
    except OSError:
        return False


def _command(process: Path) -> str:
    try:
        return (process / "comm").read_text().strip()
    except OSError:
        return "?"
