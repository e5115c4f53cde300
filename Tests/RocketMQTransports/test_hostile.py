"""Clients that mean harm, by frames written by hand: each is stopped, and an honest client beside it does not notice.

Run by `test_transports.py`.
"""
import json
import os
import struct
import subprocess
import sys
import unittest

from google.protobuf.duration_pb2 import Duration
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s

import frames
from frames import (ACK, CONTINUATION, DATA, END_HEADERS, END_STREAM, ENHANCE_YOUR_CALM, HEADERS, INITIAL_WINDOW, PING,
                    PRIORITY, RST_STREAM, SETTINGS, WINDOW_UPDATE, Connection, frame, framed, setting)
from served import Served

HERE = os.path.dirname(os.path.abspath(__file__))
MEBIBYTE = 1 << 20
# In a longer run each flood has the length that its test is named after.
SCALE = 1 if os.environ.get("WAYBILL_SOAK") else 10

# Clients give a connection up that answers nothing for 3 s. A debug build on a busy machine is given more.
LONGEST = 3 if os.environ.get("WAYBILL_SOAK") else 10


def varint(number):
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def resource(name):
    return d.Resource(name=name)


class Hostile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")
        cls.port = cls.server.port
        cls.server.topic("plain")
        cls.server.topic("honest")
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        cls.honest = subprocess.Popen(
            [sys.executable, os.path.join(HERE, "honest.py"), str(cls.port), "honest"], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True, env=environment)
        cls.since()
        settings = d.Settings(
            client_type=d.ClientType.PRODUCER, publishing=d.Publishing(topics=[resource("plain")]))
        cls.settings = framed(s.TelemetryCommand(settings=settings).SerializeToString())
        cls.heartbeat = s.HeartbeatRequest(client_type=d.ClientType.PRODUCER).SerializeToString()

    @classmethod
    def tearDownClass(cls):
        cls.honest.stdin.close()
        cls.honest.stdout.close()
        cls.honest.kill()
        cls.honest.wait()
        cls.server.close()

    @classmethod
    def since(cls):
        """How the honest client fared since this was asked last."""
        cls.honest.stdin.write("\n")
        cls.honest.stdin.flush()
        return json.loads(cls.honest.stdout.readline())

    def setUp(self):
        self.before = self.since()
        self.memory = self.resident()

    def tearDown(self):
        during = self.since()
        limit = 2 * self.before["median"] + 0.02
        after = self.since()
        for _ in range(20):
            # Other tests run beside this one: it may take a while until the machine is as quiet as before.
            if after["faults"] or after["median"] < limit:
                break
            after = self.since()
        if os.environ.get("SHOW"):
            print(f"\n{self.id()}: {1e3 * self.before['median']:.1f} ms before, {1e3 * during['median']:.1f} during, "
                  f"{1e3 * after['median']:.1f} after; longest {1e3 * during['longest']:.0f} ms; "
                  f"memory {(self.resident() - self.memory) / MEBIBYTE:+.1f} MiB")
        self.assertEqual((during["faults"], after["faults"]), ([], []))
        self.assertLess(during["longest"], LONGEST)
        self.assertLess(after["median"], limit)
        self.assertLess(self.resident() - self.memory, 48 * MEBIBYTE)
        self.assertIsNone(self.server.process.poll(), "the server is gone")

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def flood(self, piece, times, chunk=1_000):
        """Writes the same until the server ends the connection; whether it did, and why."""
        with Connection(self.port) as hostile:
            for _ in range(times // chunk):
                if not hostile.write(piece * chunk):
                    break
            hostile.ping(seconds=30)
            return hostile.ended(30) if hostile.closed or hostile.goaway else None

    # Floods

    def test_a_hundred_thousand_pings(self):
        code, why = self.flood(frame(PING, 0, 0, b"hostiles"), 100_000)
        self.assertEqual((code, why), (ENHANCE_YOUR_CALM, b"too_many_pings"))

    def test_thousands_of_polls_that_are_reset(self):
        poll = framed(s.ReceiveMessageRequest(
            group=resource("resetters"), message_queue=d.MessageQueue(topic=resource("plain"))).SerializeToString())
        for _ in range(10 // SCALE + 1):
            with Connection(self.port) as hostile:
                written = b""
                for _ in range(5_000):
                    stream, hostile.next = hostile.next, hostile.next + 2
                    written += frame(HEADERS, END_HEADERS, stream, hostile.header_block("ReceiveMessage"))
                    written += frame(DATA, END_STREAM, stream, poll) + frame(RST_STREAM, 0, stream, b"\0\0\0\x08")
                hostile.write(written)
                self.assertEqual(hostile.ended()[0], ENHANCE_YOUR_CALM)

    def test_a_flood_of_settings(self):
        code, _ = self.flood(frame(SETTINGS, payload=setting(INITIAL_WINDOW, 65_535)), 50_000)
        self.assertEqual(code, ENHANCE_YOUR_CALM)

    def test_a_flood_of_empty_data(self):
        with Connection(self.port) as hostile:
            stream = hostile.begin("SendMessage")
            hostile.write(frame(DATA, 0, stream) * 1_000)
            self.assertEqual(hostile.ended()[0], ENHANCE_YOUR_CALM)

    def test_a_flood_of_continuations(self):
        with Connection(self.port) as hostile:
            block = hostile.header_block("SendMessage")
            hostile.write(frame(HEADERS, 0, 1, block))
            for number in range(1_000):
                piece = hostile.encoder.encode([(f"x-{number}", "y" * 1_000)])
                if not hostile.write(frame(CONTINUATION, 0, 1, piece)):
                    break
            self.assertIsNotNone(hostile.ended())

    def test_a_flood_of_empty_continuations(self):
        with Connection(self.port) as hostile:
            hostile.write(frame(HEADERS, 0, 1, hostile.header_block("SendMessage")))
            hostile.write(frame(CONTINUATION, 0, 1) * 10_000)
            self.assertIsNotNone(hostile.ended())

    def test_a_flood_of_priorities_and_window_updates_harms_no_one(self):
        for piece in [frame(PRIORITY, 0, 1, b"\x00\x00\x00\x00\x10"), frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1))]:
            with Connection(self.port) as hostile:
                hostile.write(piece * 50_000)
                # Ended or served on: either is an end of the flood.
                hostile.ping()
        with Connection(self.port) as hostile:
            hostile.write(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 0x7FFF_FFFF)) * 2)
            self.assertIsNotNone(hostile.ended())

    def test_headers_that_swell_as_they_are_unpacked(self):
        with Connection(self.port) as hostile:
            block = hostile.header_block("SendMessage", [("x-bomb", "b" * 3_000)])
            # One byte each for the same 3,000 bytes again.
            swollen = hostile.encoder.encode([("x-bomb", "b" * 3_000)])
            self.assertLess(len(swollen), 3)
            hostile.write(frame(HEADERS, END_HEADERS | END_STREAM, 1, block + swollen * 10_000))
            hostile.wait(lambda: hostile.closed or hostile.goaway)

    # Calls that are none

    def refused(self, status, data, ends=True, size=16_384, fields=(), rpc="QueryRoute", **changes):
        with Connection(self.port) as hostile:
            stream = hostile.begin(rpc, fields, **changes)
            hostile.send(stream, data, ends, size)
            answer = hostile.over(stream)
            self.assertEqual(answer.status(), status)
            # The connection goes on.
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)
            return answer

    def test_messages_that_are_none_are_refused_alone(self):
        route = framed(s.QueryRouteRequest(topic=resource("plain")).SerializeToString())
        self.refused(0, route, size=1)
        self.refused(13, b"\x00\xff\xff\xff\xff", ends=False)
        self.refused(13, b"\x00\x00\x50\x00\x01", ends=False)
        self.refused(0, b"\x00\xff\xff\xff\xff", ends=False, rpc="SendMessage")
        self.refused(12, b"\x01" + route[1:])
        self.refused(13, b"\x02" + route[1:])
        self.refused(13, route * 2)
        self.refused(13, route[:-1])
        self.refused(13, b"")
        self.refused(12, route, fields=[("grpc-encoding", "gzip")])
        for timeout in ["999999999S", "123456789H", "S", "1", "-1S", "1s", "1 S", "1S1", ""]:
            self.refused(13, route, fields=[("grpc-timeout", timeout)])
        self.refused(4, route, fields=[("grpc-timeout", "0n")])
        # No client of gRPC says it, and nothing follows from it.
        self.refused(0, route, fields=[("content-length", "1")])
        for timeout in ["99999999H", "99999999n", "1H"]:
            self.refused(0, route, fields=[("grpc-timeout", timeout)])

    def test_a_request_of_a_stranger_is_refused_before_it_comes(self):
        with Connection(self.port) as hostile:
            stream = hostile.begin("SendMessage", **{"x-mq-client-id": None})
            answer = hostile.over(stream)
            self.assertEqual(self.code(answer, s.SendMessageResponse), "CLIENT_ID_REQUIRED")
            # What it sends all the same is dropped.
            hostile.send(stream, b"\x00\x00\x40\x00\x00" + b"x" * 100_000, ends=False)
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)

    def test_faults_of_single_calls_end_those_calls_alone(self):
        with Connection(self.port) as hostile:
            for _ in range(3):
                streams = [hostile.begin("Telemetry") for _ in range(100)]
                for stream in streams:
                    hostile.write(frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", 0x7FFF_FFFF)))
                for stream in streams:
                    self.assertEqual(hostile.over(stream).reset, 3)
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)

    def test_what_comes_late_of_uploads_that_were_answered_is_dropped(self):
        with Connection(self.port) as hostile:
            streams = [hostile.begin("SendMessage", **{"x-mq-client-id": None}) for _ in range(200)]
            for stream in streams:
                self.assertEqual(hostile.over(stream).status(), 0)
            for stream in streams:
                hostile.send(stream, b"\x00\x00\x00\x40\x00" + b"x" * 1_000, ends=False)
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)

    def test_calls_that_miss_their_deadline_together_keep_the_connection(self):
        poll = framed(s.ReceiveMessageRequest(
            group=resource("late"), message_queue=d.MessageQueue(topic=resource("plain"))).SerializeToString())
        with Connection(self.port) as hostile:
            streams = [hostile.begin("ReceiveMessage") for _ in range(400)]
            for stream in streams:
                hostile.send(stream, poll)
            hostile.ping()
            hostile.write(b"".join(frame(RST_STREAM, 0, stream, struct.pack(">I", 8)) for stream in streams))
            self.assertTrue(hostile.ping())
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)

    def test_headers_that_are_none_are_refused(self):
        for fields, changes, status in [
            ([], {":method": "GET"}, "405"), ([], {"content-type": "text/html"}, "415"),
            ([], {"content-type": None}, "415"), ([("x-large", "y" * 17_000)], {}, None),
            ([(f"x-{n}", "y") for n in range(101)], {}, "431"),
            ([("x-null", "a\0b")], {}, None), ([("x-line", "a\r\nb")], {}, None), ([("Upper", "a")], {}, None),
            ([("connection", "close")], {}, None), ([(":path", "/again")], {}, None),
            ([], {":path": None}, None), ([("te", "gzip")], {"te": None}, None),
        ]:
            with self.subTest(fields=str(fields)[:40], changes=changes), Connection(self.port) as hostile:
                stream = hostile.begin("Heartbeat", fields, ends=True, **changes)
                answer = hostile.over(stream)
                found = dict(answer.headers or []).get(":status")
                self.assertEqual(found, status)
                if status is None:
                    self.assertTrue(answer.reset is not None or hostile.closed)

    def test_calls_beyond_the_bound_are_refused_and_the_connection_goes_on(self):
        with Connection(self.port) as hostile:
            hostile.ping()
            most = hostile.settings[frames.MAX_CONCURRENT]
            self.assertEqual(most, 512)
            streams = [hostile.begin("SendMessage") for _ in range(most)]
            hostile.ping()
            beyond = hostile.begin("SendMessage")
            # NIO ends the connection of a client that opens more than it was told it may.
            hostile.wait(lambda: hostile.streams[beyond].is_over or hostile.closed)
            self.assertTrue(all(not hostile.streams[one].is_over for one in streams))

    # Words of the protocol

    def code(self, stream_or_answer, kind):
        return d.Code.Name(kind.FromString(stream_or_answer.messages()[0]).status.code)

    def test_odd_words_are_refused_and_the_connection_goes_on(self):
        deep = b""
        for _ in range(20_000):
            deep = b"\x0a" + varint(len(deep)) + deep
        route = s.QueryRouteRequest(topic=resource("plain")).SerializeToString()
        sent = s.SendMessageRequest(messages=[d.Message(
            topic=resource("plain"), body=b"x", system_properties=d.SystemProperties(message_id="known"))])
        with Connection(self.port) as hostile:
            for broken in [deep, route[:-1], b"\x0a\xff\xff\xff\xff\x7f", b"\xff" * 11, b"\x0b" * 2_000, b"\x07"]:
                for rpc in ["QueryRoute", "SendMessage", "AckMessage", "ReceiveMessage"]:
                    self.assertIn(hostile.call(rpc, broken).status(), (0, 13))
            # Fields of versions to come are passed over, large ones too.
            for rpc, known, kind, size in [("QueryRoute", route, s.QueryRouteResponse, 1 << 10),
                                           ("SendMessage", sent.SerializeToString(), s.SendMessageResponse, 4 << 20)]:
                unknown = known + b"\xfa\x3f" + varint(size) + b"u" * size
                self.assertEqual(self.code(hostile.call(rpc, unknown), kind), "OK")
            for rpc, message in [
                ("Heartbeat", s.HeartbeatRequest(client_type=9999)),
                ("EndTransaction", s.EndTransactionRequest(topic=resource("plain"), resolution=9999, source=9999)),
                ("SendMessage", s.SendMessageRequest(messages=[d.Message(
                    topic=resource("plain"), body=b"x",
                    system_properties=d.SystemProperties(message_id="a", message_type=9999, body_encoding=9999))])),
                ("ReceiveMessage", s.ReceiveMessageRequest(
                    group=resource("odd"), message_queue=d.MessageQueue(topic=resource("nowhere")),
                    filter_expression=d.FilterExpression(type=9999, expression="a"))),
            ]:
                answer = hostile.call(rpc, message.SerializeToString())
                self.assertEqual(answer.status(), 0, rpc)
            self.assertEqual(self.code(hostile.call("Heartbeat", self.heartbeat), s.HeartbeatResponse), "OK")

    def test_names_with_control_characters_are_names_of_nothing(self):
        with Connection(self.port) as hostile:
            for mark in ["\0", "\r", "\n", "\r\nx: y", "\u202e", "\x7f"]:
                name = resource(f"plain{mark}")
                for rpc, question, kind, codes in [
                    ("QueryRoute", s.QueryRouteRequest(topic=name), s.QueryRouteResponse, ["ILLEGAL_TOPIC"]),
                    ("QueryAssignment", s.QueryAssignmentRequest(topic=resource("plain"), group=name),
                     s.QueryAssignmentResponse, ["ILLEGAL_CONSUMER_GROUP"]),
                    ("SendMessage", s.SendMessageRequest(messages=[d.Message(
                        topic=resource("plain"), body=b"x",
                        system_properties=d.SystemProperties(message_id="a", message_group=f"g{mark}"))]),
                     s.SendMessageResponse, ["ILLEGAL_MESSAGE_GROUP", "MESSAGE_PROPERTY_CONFLICT_WITH_TYPE"]),
                    ("AckMessage", s.AckMessageRequest(
                        group=resource("odd"), topic=resource("plain"),
                        entries=[s.AckMessageEntry(message_id=f"m{mark}", receipt_handle=f"h{mark}")]),
                     s.AckMessageResponse, ["INVALID_RECEIPT_HANDLE"]),
                    ("EndTransaction", s.EndTransactionRequest(
                        topic=resource("plain"), message_id=f"m{mark}", transaction_id=f"t{mark}", resolution=1),
                     s.EndTransactionResponse, ["INVALID_TRANSACTION_ID"]),
                    ("RecallMessage", s.RecallMessageRequest(topic=resource("plain"), recall_handle=f"h{mark}"),
                     s.RecallMessageResponse, ["BAD_REQUEST"]),
                ]:
                    answer = hostile.call(rpc, question.SerializeToString())
                    self.assertIn(self.code(answer, kind), codes, (rpc, mark))

    def test_a_flood_of_filters_of_one_group(self):
        self.server.topic("filtered")
        codes = set()
        with Connection(self.port) as hostile:
            for first in range(0, 10_000 // SCALE, 100):
                streams = []
                for number in range(first, first + 100):
                    poll = s.ReceiveMessageRequest(
                        group=resource("filterers"), message_queue=d.MessageQueue(topic=resource("filtered")),
                        filter_expression=d.FilterExpression(type=d.FilterType.SQL, expression=f"a = {number}"))
                    stream = hostile.begin("ReceiveMessage", [("grpc-timeout", "400m")])
                    hostile.send(stream, framed(poll.SerializeToString()))
                    streams.append(stream)
                for stream in streams:
                    answer = hostile.over(stream)
                    if answer.messages():
                        part = s.ReceiveMessageResponse.FromString(answer.messages()[0])
                        codes.add(d.Code.Name(part.status.code))
        rows = self.server.run("group", "list")
        self.assertIn("filterers", rows)
        self.assertIn("MESSAGE_NOT_FOUND", codes)
        # As many as may be are kept for a group: others are told so.
        self.assertTrue(codes & {"BAD_REQUEST", "ILLEGAL_FILTER_EXPRESSION", "TOO_MANY_REQUESTS"}, codes)

    def test_a_flood_of_telemetry_ends_its_stream_alone(self):
        with Connection(self.port) as hostile:
            stream = hostile.begin("Telemetry")
            hostile.send(stream, self.settings * 1_000, ends=False)
            self.assertIsNotNone(hostile.over(stream).status())
            self.assertLess(len(hostile.streams[stream].messages()), 1_000)
            self.assertEqual(hostile.call("Heartbeat", self.heartbeat).status(), 0)

    def test_a_thousand_streams_of_telemetry(self):
        opened = []
        try:
            for number in range(20 // SCALE):
                hostile = Connection(self.port)
                opened.append(hostile)
                for _ in range(500):
                    stream = hostile.begin("Telemetry", **{"x-mq-client-id": f"many@{number}"})
                    hostile.send(stream, self.settings, ends=False)
                hostile.wait(lambda: hostile.closed or all(one.messages() for one in hostile.streams.values()))
                self.assertFalse(hostile.closed)
            if os.environ.get("SHOW"):
                grown = self.resident() - self.memory
                print(f"\n{500 * len(opened)} streams of Telemetry: {grown / 512_000 / len(opened):.1f} KiB each")
            self.assertLess(self.resident() - self.memory, 500 * len(opened) * (32 << 10))
        finally:
            for hostile in opened:
                hostile.close()

    def test_a_flood_of_heartbeats(self):
        with Connection(self.port) as hostile:
            for _ in range(100 // SCALE):
                streams = [hostile.begin("Heartbeat") for _ in range(400)]
                for stream in streams:
                    hostile.send(stream, framed(self.heartbeat))
                for stream in streams:
                    self.assertEqual(hostile.over(stream).status(), 0)
                hostile.streams.clear()

    # Memory

    def unfinished(self):
        """64 uploads that lack a byte each; the memory then."""
        message = b"\x00" + struct.pack(">I", 5 << 20) + b"x" * ((5 << 20) - 1)
        opened = []
        for _ in range(4):
            hostile = Connection(self.port)
            opened.append(hostile)
            for _ in range(16):
                hostile.send(hostile.begin("SendMessage"), message, ends=False)
        for hostile in opened:
            hostile.ping()
        peak = self.resident()
        for hostile in opened:
            hostile.close()
        return peak

    def test_uploads_that_never_end_leave_nothing_behind(self):
        self.thrice(self.unfinished)

    def unread(self):
        """64 groups that read a message of 4 MiB, of which they take 16 bytes; the memory then."""
        self.rounds = getattr(self, "rounds", 0) + 1
        with Connection(self.port, window=16) as hostile:
            for number in range(64):
                hostile.send(
                    hostile.begin("ReceiveMessage"),
                    framed(s.ReceiveMessageRequest(
                        group=resource(f"unread-{self.rounds}-{number}"), batch_size=1, auto_renew=True,
                        long_polling_timeout=Duration(seconds=1),
                        message_queue=d.MessageQueue(topic=resource("unread"))).SerializeToString()))
            hostile.wait(lambda: all(one.data for one in hostile.streams.values()))
            return self.resident()

    def test_readers_that_take_nothing_leave_nothing_behind(self):
        self.server.topic("unread")
        message = d.Message(
            topic=resource("unread"), body=os.urandom(4 << 20),
            system_properties=d.SystemProperties(message_id="unread-1"))
        with Connection(self.port) as sender:
            sent = sender.call("SendMessage", s.SendMessageRequest(messages=[message]).SerializeToString())
            self.assertEqual(sent.status(), 0)
        self.thrice(self.unread)

    def thrice(self, harm):
        """What is done again and again takes no more memory at its worst than the first time."""
        peaks = [harm() for _ in range(3)]
        if os.environ.get("SHOW"):
            print(f"\nat the worst {[round(peak / MEBIBYTE) for peak in peaks]} MiB")
        self.assertLess(peaks[2], 1.3 * peaks[0])
        self.memory = self.resident()
