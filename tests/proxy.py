"""A TCP proxy that fails on demand, to stand between a run and its database."""

import contextlib
import socket
import struct
import threading
from urllib.parse import urlsplit

RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class Proxy:
    """Forwards connections to the server of a MongoDB URI; `url` names the same database through it."""

    def __init__(self, url):
        parts = urlsplit(url)
        self._target = (parts.hostname, parts.port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._address = self._listener.getsockname()
        self._open = []
        self._passing = threading.Event()
        self._passing.set()
        self.url = parts._replace(netloc=f"127.0.0.1:{self._address[1]}").geturl()
        threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def refuse(self):
        """Break every connection and accept no new one, as a server that is not running."""
        # A closed socket goes on accepting while another thread waits in accept.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.reset()

    def reset(self):
        """Break every connection."""
        broken, self._open = self._open, []
        for one in broken:
            with contextlib.suppress(OSError):
                one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET_ON_CLOSE)
                one.shutdown(socket.SHUT_RD)
            one.close()

    def stall(self):
        """Keep every connection open and forward nothing."""
        self._passing.clear()

    def serve(self):
        """Work again."""
        self._passing.set()
        if self._listener.fileno() < 0:
            self._listener = socket.create_server(self._address)
            threading.Thread(target=self._accept, args=(self._listener,), daemon=True).start()

    def close(self):
        self.serve()
        self.refuse()

    def _accept(self, listener):
        while True:
            try:
                near = listener.accept()[0]
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._open += [near, far]
            for pair in ((near, far), (far, near)):
                threading.Thread(target=self._forward, args=pair, daemon=True).start()

    def _forward(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._passing.wait()
                sink.sendall(data)
        with contextlib.suppress(OSError):
            sink.shutdown(socket.SHUT_WR)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
