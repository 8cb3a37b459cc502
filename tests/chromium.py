"""Finds a Chromium for the browser tests, and installs Debian's where it may.

Run as `python -m tests.chromium` before the tests; it never fails, because the tests say themselves what is
missing.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PACKAGES = ("chromium", "fonts-noto-cjk")


def find() -> str | None:
    """The path of a Chromium on this machine."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def install() -> None:
    """Install Debian's Chromium and a Chinese font, as root on a Debian with apt; elsewhere do nothing."""
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        subprocess.run(
            ["apt-get", "--quiet", *command], check=False, stdout=subprocess.DEVNULL, env=environment
        )


if __name__ == "__main__":
    if find() is None:
        install()
    print(f"browser tests use {find() or 'no browser: they are skipped'}", file=sys.stderr)
