"""Shuts every way out of this machine, and notes who tried; any Python finds it on its path.

An audit hook sees all sockets of Python, whatever library opens them, and cannot be taken off.
"""

import errno
import ipaddress
import json
import os
import sys

_ASKS = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr")
_SENDS = ("socket.connect", "socket.sendto", "socket.sendmsg")


def _here(host):
    if isinstance(host, bytes):
        host = host.decode("ascii", "replace")
    if host in (None, "", "localhost"):
        return True
    try:
        return ipaddress.ip_address(str(host).partition("%")[0]).is_loopback
    except ValueError:
        return False


def _note(kind, what):
    what = what.decode("ascii", "replace") if isinstance(what, bytes) else what
    with open(os.environ["SE_GUARD_LOG"], "a", encoding="utf-8") as stream:
        stream.write(json.dumps([kind, str(what)]) + "\n")


def _hook(event, args):
    if event in _ASKS:
        if not _here(args[0]):
            _note("asks for", args[0])
            raise OSError(errno.ENETUNREACH, "the guard lets nothing out")
    elif event in _SENDS:
        address = args[1]
        if isinstance(address, tuple) and not _here(address[0]):
            _note("connects to", address[0])
            raise OSError(errno.ENETUNREACH, "the guard lets nothing out")
    elif event == "socket.bind":
        if isinstance(args[1], tuple) and not _here(args[1][0] or "0.0.0.0"):
            _note("listens on", args[1][0])
    elif event in ("subprocess.Popen", "os.posix_spawn", "os.exec"):
        _note("runs", os.path.basename(os.fsdecode(args[0] or args[1][0])))
    elif event == "os.system":
        _note("runs", os.fsdecode(args[0]))


if "SE_GUARD_LOG" in os.environ:
    sys.addaudithook(_hook)
