"""Ports for the servers of tests."""

import secrets
import socket

_FIRST, _LAST = 10_000, 32_000
"""Below the ports that outgoing connections get, so that none of them takes the place of a program that restarts."""
_given: set[int] = set()


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on, another each time; by chance, as other runs share the machine."""
    while True:
        port = _FIRST + secrets.randbelow(_LAST - _FIRST)
        if port in _given:
            continue
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        _given.add(port)
        return port
