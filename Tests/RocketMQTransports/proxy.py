"""A proxy between clients and a server that knows which bytes belong to which call: it can lose the answer of a call,
connection and all, or change what is answered.
"""
import socket
import struct
import threading

import hpack

from frames import CONTINUATION, DATA, HEADERS, PREFACE, SERVICE, frame

PADDED, PRIORITIZED, END_HEADERS, END_STREAM = 8, 32, 4, 1


class Proxy:
    def __init__(self, port):
        self.server = port
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.condition = threading.Condition()
        # By the name of the procedure: how many of its answers are still to be lost.
        self.losing = {}
        self.every = None
        self.seen = {}
        self.lost = []
        # By the name of the procedure: what becomes of each message of its answers.
        self.changes = {}
        self.open = set()
        threading.Thread(target=self.accept, daemon=True).start()

    def lose(self, rpc, times=1):
        """From now on so many answers of a procedure are lost."""
        with self.condition:
            self.losing[rpc] = times

    def lose_every(self, count):
        """Of each procedure every answer of such a number is lost; None: none."""
        with self.condition:
            self.every = count

    def is_lost(self, rpc):
        with self.condition:
            self.seen[rpc] = self.seen.get(rpc, 0) + 1
            if self.losing.get(rpc, 0) > 0:
                self.losing[rpc] -= 1
            elif not self.every or self.seen[rpc] % self.every:
                return False
            self.lost.append(rpc)
            return True

    def accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            try:
                server = socket.create_connection(("127.0.0.1", self.server))
            except OSError:
                client.close()
                continue
            for one in (client, server):
                one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            Pair(self, client, server)

    def close(self):
        self.listener.close()
        with self.condition:
            pairs = list(self.open)
        for pair in pairs:
            pair.cut()


class Pair:
    """A connection of a client, and the one to the server that belongs to it."""

    def __init__(self, proxy, client, server):
        self.proxy, self.client, self.server = proxy, client, server
        self.rpcs = {}
        self.halves = {}
        self.decoder = hpack.Decoder()
        self.block = None
        with proxy.condition:
            proxy.open.add(self)
        for source, target, look in [(client, server, self.asked), (server, client, self.answered)]:
            threading.Thread(target=self.carry, args=(source, target, look), daemon=True).start()

    def carry(self, source, target, look):
        waiting = b""
        is_begun = source is self.server
        try:
            while data := source.recv(1 << 18):
                waiting += data
                if not is_begun:
                    if len(waiting) < len(PREFACE):
                        continue
                    target.sendall(PREFACE)
                    waiting, is_begun = waiting[len(PREFACE):], True
                written = b""
                while len(waiting) >= 9 and len(waiting) >= 9 + int.from_bytes(waiting[:3], "big"):
                    length = int.from_bytes(waiting[:3], "big")
                    kind, flags, stream = struct.unpack(">BBI", waiting[3:9])
                    payload, waiting = waiting[9:9 + length], waiting[9 + length:]
                    one = look(kind, flags, stream, payload)
                    if one is None:
                        # What was answered before arrives.
                        target.sendall(written)
                        return self.cut()
                    written += one
                target.sendall(written)
        except OSError:
            pass
        self.cut()

    def asked(self, kind, flags, stream, payload):
        if kind == HEADERS:
            block = payload
            if flags & PADDED:
                block = block[1:len(block) - block[0]]
            if flags & PRIORITIZED:
                block = block[5:]
            self.block = (stream, block)
        elif kind == CONTINUATION:
            self.block = (stream, self.block[1] + payload)
        if kind in (HEADERS, CONTINUATION) and flags & END_HEADERS:
            fields = dict(self.decoder.decode(self.block[1]))
            if ":path" in fields:
                self.rpcs[stream] = fields[":path"].removeprefix(SERVICE)
        return frame(kind, flags, stream, payload)

    def answered(self, kind, flags, stream, payload):
        rpc = self.rpcs.get(stream)
        if kind != DATA or rpc is None:
            return frame(kind, flags, stream, payload)
        if payload and stream not in self.halves and self.proxy.is_lost(rpc):
            return None
        change = self.proxy.changes.get(rpc)
        if change is None:
            if rpc != "Telemetry":
                self.halves[stream] = b""
            return frame(kind, flags, stream, payload)
        waiting = self.halves.get(stream, b"") + payload
        written = b""
        while len(waiting) >= 5 and len(waiting) >= 5 + int.from_bytes(waiting[1:5], "big"):
            length = int.from_bytes(waiting[1:5], "big")
            message, waiting = waiting[5:5 + length], waiting[5 + length:]
            changed = change(message)
            if changed is not None:
                written += struct.pack(">BI", 0, len(changed)) + changed
        self.halves[stream] = waiting
        pieces = [written[n:n + 16_384] for n in range(0, len(written), 16_384)]
        found = b"".join(frame(DATA, 0, stream, piece) for piece in pieces)
        return found + (frame(DATA, END_STREAM, stream) if flags & END_STREAM else b"")

    def cut(self):
        with self.proxy.condition:
            self.proxy.open.discard(self)
        for one in (self.client, self.server):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            one.close()
