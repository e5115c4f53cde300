"""A client that writes frames of HTTP/2 by hand, so that it can do what no library does."""
import os
import socket
import struct
import threading

import hpack

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
MAX_CONCURRENT, INITIAL_WINDOW, MAX_FRAME = 3, 4, 5
ENHANCE_YOUR_CALM = 11
SERVICE = "/apache.rocketmq.v2.MessagingService/"


def frame(kind, flags=0, stream=0, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def setting(name, value):
    return struct.pack(">HI", name, value)


def framed(message):
    """A message of gRPC with its prefix."""
    return struct.pack(">BI", 0, len(message)) + message


class Stream:
    """What came in one call."""

    def __init__(self):
        self.headers = None
        self.trailers = None
        self.data = b""
        self.reset = None

    @property
    def is_over(self):
        return self.trailers is not None or self.reset is not None

    def status(self):
        """The status of gRPC; None: there is none."""
        found = dict(self.trailers or []).get("grpc-status")
        return None if found is None else int(found)

    def messages(self):
        """The messages that are there whole."""
        found, rest = [], self.data
        while len(rest) >= 5:
            length = struct.unpack(">I", rest[1:5])[0]
            if len(rest) < 5 + length:
                break
            found.append(rest[5:5 + length])
            rest = rest[5 + length:]
        return found


class Connection:
    """One connection. What the server sends is read by a thread and kept; settings and pings are answered.

    - Parameter window: what the server may send of a call ahead; given back as it comes, unless it is tiny.
    """

    def __init__(self, port, window=1 << 20, preface=True):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.encoder = hpack.Encoder()
        self.decoder = hpack.Decoder()
        self.window = window
        self.condition = threading.Condition()
        self.streams = {}
        self.next = 1
        self.goaway = None
        self.closed = False
        self.settings = {}
        self.pongs = []
        self.pings = 0
        if preface:
            self.write(PREFACE + frame(SETTINGS, payload=setting(INITIAL_WINDOW, window)))
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()
        if preface:
            # The server's settings hold from here on.
            self.ping()

    # Writing

    def write(self, data):
        """False: the server has closed the connection."""
        try:
            self.socket.sendall(data)
            return True
        except OSError:
            return False

    def header_block(self, rpc, fields=(), **changes):
        pseudo = {":method": "POST", ":scheme": "http", ":path": SERVICE + rpc, ":authority": "127.0.0.1",
                  "content-type": "application/grpc", "te": "trailers", "x-mq-client-id": "raw@frames"}
        pseudo.update(changes)
        return self.encoder.encode([*[(k, v) for k, v in pseudo.items() if v is not None], *fields])

    def begin(self, rpc, fields=(), ends=False, **changes):
        """Sends the headers of a call; its stream."""
        block = self.header_block(rpc, fields, **changes)
        with self.condition:
            stream, self.next = self.next, self.next + 2
            self.streams[stream] = Stream()
        pieces = [block[n:n + 16_384] for n in range(0, len(block), 16_384)]
        flags = END_STREAM if ends else 0
        for number, piece in enumerate(pieces):
            last = END_HEADERS if number == len(pieces) - 1 else 0
            self.write(frame(CONTINUATION if number else HEADERS, last | (0 if number else flags), stream, piece))
        return stream

    def send(self, stream, data, ends=True, size=16_384):
        pieces = [data[n:n + size] for n in range(0, len(data), size)] or [b""]
        written = b""
        for number, piece in enumerate(pieces):
            last = ends and number == len(pieces) - 1
            written += frame(DATA, END_STREAM if last else 0, stream, piece)
        return self.write(written)

    def reset(self, stream, code=8):
        return self.write(frame(RST_STREAM, 0, stream, struct.pack(">I", code)))

    def call(self, rpc, message, fields=(), seconds=30, **changes):
        """A whole call; what came."""
        stream = self.begin(rpc, fields, **changes)
        self.send(stream, framed(message))
        return self.over(stream, seconds)

    def ping(self, mark=None, seconds=30):
        """Waits for the answer to a ping: all that was written before has been read by then."""
        mark = mark or os.urandom(8)
        self.write(frame(PING, 0, 0, mark))
        self.wait(lambda: mark in self.pongs or self.closed, seconds)
        return mark in self.pongs

    # Waiting

    def wait(self, is_there, seconds=30):
        with self.condition:
            assert self.condition.wait_for(is_there, seconds), f"not there after {seconds} s"

    def over(self, stream, seconds=30):
        """Waits for the end of a call."""
        self.wait(lambda: self.streams[stream].is_over or self.closed, seconds)
        return self.streams[stream]

    def data(self, stream, count, seconds=30):
        """Waits for so many messages of a call."""
        self.wait(lambda: len(self.streams[stream].messages()) >= count or self.closed, seconds)

    def ended(self, seconds=30):
        """Waits until the server closes the connection; why it says it does."""
        self.wait(lambda: self.closed, seconds)
        return self.goaway

    # Reading

    def read(self):
        waiting = b""
        try:
            while True:
                data = self.socket.recv(1 << 18)
                if not data:
                    break
                waiting += data
                while len(waiting) >= 9:
                    length = int.from_bytes(waiting[:3], "big")
                    if len(waiting) < 9 + length:
                        break
                    kind, flags, stream = struct.unpack(">BBI", waiting[3:9])
                    payload, waiting = waiting[9:9 + length], waiting[9 + length:]
                    with self.condition:
                        self.take(kind, flags, stream & 0x7FFF_FFFF, payload)
                        self.condition.notify_all()
        except OSError:
            pass
        with self.condition:
            self.closed = True
            self.condition.notify_all()

    def take(self, kind, flags, stream, payload):
        if kind == SETTINGS and not flags & ACK:
            for n in range(0, len(payload), 6):
                name, value = struct.unpack(">HI", payload[n:n + 6])
                self.settings[name] = value
            self.write(frame(SETTINGS, ACK))
        elif kind == PING:
            if flags & ACK:
                self.pongs.append(payload)
            else:
                self.pings += 1
                self.write(frame(PING, ACK, 0, payload))
        elif kind == GOAWAY:
            self.goaway = (struct.unpack(">I", payload[4:8])[0], payload[8:])
        elif kind == HEADERS:
            fields = self.decoder.decode(payload)
            one = self.streams.get(stream) or Stream()
            if one.headers is None:
                one.headers = fields
            if flags & END_STREAM:
                one.trailers = fields
        elif kind == DATA and stream in self.streams:
            one = self.streams[stream]
            one.data += payload
            if payload and self.window > 64:
                more = struct.pack(">I", len(payload))
                self.write(frame(WINDOW_UPDATE, 0, 0, more) + frame(WINDOW_UPDATE, 0, stream, more))
            if flags & END_STREAM:
                one.trailers = []
        elif kind == RST_STREAM and stream in self.streams:
            self.streams[stream].reset = struct.unpack(">I", payload)[0]

    def close(self):
        try:
            self.socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.socket.close()
        self.reader.join(10)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
