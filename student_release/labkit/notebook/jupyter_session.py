"""Ask the Jupyter server on this computer which notebook this kernel belongs to.

Jupyter writes the address of each of its running servers into a folder that only the user can
read. Only servers on this computer are asked, and only where that file says how.
"""

import ipaddress
import json
import re
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any

SECONDS = 2


def notebook_of_session() -> Path | None:
    """The file of the notebook whose kernel this is, also after it was renamed; None if unknown."""
    kernel = kernel_id()
    if kernel is None:
        return None
    for server in servers():
        path = _asked(server, kernel)
        if path is not None:
            return path
    return None


def kernel_id() -> str | None:
    """The id of this kernel, from the name of its connection file."""
    try:
        from ipykernel.connect import get_connection_file

        named = re.fullmatch(r"kernel-(.+)\.json", Path(get_connection_file()).name)
    except Exception:  # not in a kernel, or one that keeps no such file
        return None
    return named[1] if named else None


def servers() -> list[dict[str, Any]]:
    """What the running servers wrote about themselves, the newest first."""
    try:
        from jupyter_core.paths import jupyter_runtime_dir

        files = [
            (file.stat().st_mtime, file)
            for pattern in ("jpserver-*.json", "nbserver-*.json")
            for file in Path(jupyter_runtime_dir()).glob(pattern)
        ]
    except (ImportError, OSError):
        return []
    found = list[dict[str, Any]]()
    for _, file in sorted(files, reverse=True):
        try:
            server = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if isinstance(server, dict) and is_loopback(str(server.get("url", ""))):
            found.append(server)
    return found


def is_loopback(url: str) -> bool:
    """Does the address lead to this computer and nowhere else?"""
    host = urllib.parse.urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _asked(server: dict[str, Any], kernel: str) -> Path | None:
    root = server.get("root_dir") or server.get("notebook_dir")
    request = urllib.request.Request(
        f"{server['url'].rstrip('/')}/api/sessions",
        headers={"Authorization": f"token {server.get('token', '')}"},
    )
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with direct.open(request, timeout=SECONDS) as answer:
            sessions = json.load(answer)
        for session in sessions:
            if session["kernel"]["id"] == kernel and root:
                return Path(root, session["path"])
    except (OSError, ValueError, KeyError, TypeError):
        pass
    return None
