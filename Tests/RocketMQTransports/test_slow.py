"""What is leased for clients and asked of them is what they take: one that does not read gets no more. And what a
server says while it stops.

Run by `test_transports.py`.
"""
import http.client
import json
import os
import signal
import socket
import struct
import time
import unittest
import uuid

from google.protobuf.duration_pb2 import Duration
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s

from frames import RST_STREAM, Connection, frame, framed
from served import Served


def resource(name):
    return d.Resource(name=name)


class Slow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")
        cls.port = cls.server.port

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.topic = f"t-{uuid.uuid4().hex[:8]}"

    def send(self, connection, count, size, **system):
        """Messages, each of its own call."""
        entries = []
        for _ in range(count):
            message = d.Message(
                topic=resource(self.topic), body=os.urandom(size),
                system_properties=d.SystemProperties(message_id=uuid.uuid4().hex, **system))
            answer = connection.call("SendMessage", s.SendMessageRequest(messages=[message]).SerializeToString())
            (sent,) = answer.messages()
            entry = s.SendMessageResponse.FromString(sent)
            self.assertEqual(entry.status.code, d.Code.OK, entry)
            entries += entry.entries
        return entries

    def poll(self, wait, group="slow"):
        return framed(s.ReceiveMessageRequest(
            group=resource(group), message_queue=d.MessageQueue(topic=resource(self.topic)), batch_size=32,
            auto_renew=True, long_polling_timeout=Duration(seconds=wait)).SerializeToString())

    def waiting(self):
        """How many receives wait for a message, or for room."""
        connection = http.client.HTTPConnection("waybill")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(f"{self.server.db}.sock")
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        (found,) = [line for line in lines if line.startswith('waybill_rocketmq_streams{kind="receive"}')]
        return int(float(found.rsplit(" ", 1)[1]))

    def reach(self, is_there, seconds=30):
        end = time.monotonic() + seconds
        while not is_there():
            self.assertLess(time.monotonic(), end)

    def received(self, answer):
        parts = [s.ReceiveMessageResponse.FromString(one) for one in answer.messages()]
        self.assertEqual([part.WhichOneof("content") for part in (parts[0], parts[-1])], ["status", "delivery_timestamp"])
        return [part.message for part in parts if part.HasField("message")]

    def test_what_a_client_does_not_take_is_left_to_others(self):
        self.server.topic(self.topic)
        with Connection(self.port) as good, Connection(self.port, window=0) as slow:
            self.send(good, 16, 3_900_000)
            # One is a batch. Five are as much as may lie unread in a connection, and a little more.
            for _ in range(5):
                slow.send(slow.begin("ReceiveMessage"), self.poll(10))
                slow.ping()
                self.reach(lambda: self.waiting() == 0)
            for _ in range(8):
                slow.send(slow.begin("ReceiveMessage"), self.poll(10))
            slow.ping()
            got = []
            while batch := self.received(good.call("ReceiveMessage", self.poll(2)[5:], seconds=30)):
                got += batch
            self.assertEqual(len(got), 11)
            self.assertEqual({one.system_properties.delivery_attempt for one in got}, {1})
            # It is answered in time all the same, and gets what comes when it reads.
            self.assertEqual(self.waiting(), 8)
            self.send(good, 1, 10)
            streams = list(slow.streams)
            for stream in streams:
                slow.write(frame(8, 0, stream, struct.pack(">I", 64 << 20)))
            slow.write(frame(8, 0, 0, struct.pack(">I", 256 << 20)))
            answers = [self.received(slow.over(stream)) for stream in streams]
            self.assertEqual(sum(len(batch) for batch in answers), 6)

    def test_a_client_that_does_not_read_is_told_in_the_end_that_nothing_came(self):
        self.server.topic(self.topic)
        with Connection(self.port) as good, Connection(self.port, window=0) as slow:
            self.send(good, 6, 3_900_000)
            for _ in range(5):
                slow.send(slow.begin("ReceiveMessage"), self.poll(1))
                slow.ping()
                self.reach(lambda: self.waiting() == 0)
            began = time.monotonic()
            last = slow.begin("ReceiveMessage")
            slow.send(last, self.poll(2))
            slow.ping()
            self.reach(lambda: self.waiting() == 0)
            self.assertGreater(time.monotonic() - began, 1.9)
            slow.write(frame(8, 0, last, struct.pack(">I", 1 << 20)))
            self.assertEqual(self.received(slow.over(last)), [])

    # Questions about half messages

    def checks(self):
        """How often each undecided message has been asked about."""
        listed = json.loads(self.server.run("half-message", "list", "--json"))
        return [one["checks"] for one in listed if one["topic"] == self.topic]

    def produce(self, connection):
        settings = d.Settings(client_type=d.ClientType.PRODUCER, publishing=d.Publishing(topics=[resource(self.topic)]))
        stream = connection.begin("Telemetry", **{"x-mq-client-id": f"producer@{uuid.uuid4().hex}"})
        connection.send(stream, framed(s.TelemetryCommand(settings=settings).SerializeToString()), ends=False)
        return stream

    def asked(self, connection, stream):
        commands = [s.TelemetryCommand.FromString(one) for one in connection.streams[stream].messages()]
        return [one.recover_orphaned_transaction_command for one in commands
                if one.HasField("recover_orphaned_transaction_command")]

    def test_a_question_that_its_producer_never_got_is_put_to_another_and_counts_once(self):
        self.server.topic(self.topic, "transaction")
        with Connection(self.port) as good, Connection(self.port, window=0) as slow:
            stuck = self.produce(slow)
            slow.ping()
            self.send(good, 60, 1 << 10, message_type=d.MessageType.TRANSACTION,
                      orphaned_transaction_recovery_duration=Duration(seconds=1))
            self.reach(lambda: sum(self.checks()) >= 15)
            # No more is taken than lies in the connection: the rest waits for someone who reads.
            stream = self.produce(good)
            # Sooner than anything is asked about again.
            good.wait(lambda: len(self.asked(good, stream)) >= 40, 15)
            self.assertLessEqual(sum(self.checks()), 60)
            slow.write(frame(RST_STREAM, 0, stuck, struct.pack(">I", 8)))
            good.wait(lambda: len(self.asked(good, stream)) == 60)
            questions = self.asked(good, stream)
            self.assertEqual(len({one.transaction_id for one in questions}), 60)
            self.assertEqual(self.checks(), [1] * 60)
            for one in questions:
                answer = good.call("EndTransaction", s.EndTransactionRequest(
                    topic=resource(self.topic), message_id=one.message.system_properties.message_id,
                    transaction_id=one.transaction_id, resolution=d.TransactionResolution.COMMIT).SerializeToString())
                self.assertEqual(s.EndTransactionResponse.FromString(answer.messages()[0]).status.code, d.Code.OK)
            self.assertEqual(self.checks(), [])


class Stopping(unittest.TestCase):
    def health(self, connection):
        answer = connection.call("", b"", **{":path": "/grpc.health.v1.Health/Check"})
        return answer.messages()

    def test_a_server_that_stops_does_not_say_that_it_serves(self):
        server = Served("--open")
        try:
            with Connection(server.port) as connection:
                self.assertEqual(self.health(connection), [b"\x08\x01"])
                server.process.send_signal(signal.SIGTERM)
                seen = []
                while not connection.closed and not connection.goaway:
                    seen += self.health(connection)
                self.assertIn(b"\x08\x02", seen)
                self.assertEqual(seen, sorted(seen))
        finally:
            server.close()
