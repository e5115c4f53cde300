"""Four libraries of gRPC against the built executable: what their clients do with one connection works, and the
connection stays. Beside it what each official client is known to send, clients that mean harm, and answers that are
lost.

    Tests/RocketMQTransports/run                    all
    Tests/RocketMQTransports/run GrpcGo.test_NAME   one
"""
import os
import re
import subprocess
import sys
import tempfile
import time
import unittest
import uuid

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "RocketMQClients"))

from google.protobuf.duration_pb2 import Duration
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s

import peers
from served import Served
from test_hostile import Hostile
from test_idle import Idle
from test_lost import Killed, Lost
from test_slow import Slow, Stopping
from test_transcripts import Signed, Transcripts

PINGED_FOR = 60 if os.environ.get("WAYBILL_SOAK") else 2


def resource(name):
    return d.Resource(name=name)


class Calls:
    """What each library is asked to do, over one connection with one open stream of Telemetry."""

    peer = None
    # What a call comes to that is answered before it was sent whole; None: its answer.
    early = None
    many = 3_000

    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")
        cls.server.topic("plain")
        cls.there = getattr(peers, cls.peer)(cls.server.port)
        settings = d.Settings(
            client_type=d.ClientType.PRODUCER, publishing=d.Publishing(topics=[resource("plain")]))
        cls.settings = s.TelemetryCommand(settings=settings).SerializeToString()
        cls.settled(cls.there.open("Telemetry", cls.settings))
        cls.heartbeat = s.HeartbeatRequest(client_type=d.ClientType.PRODUCER).SerializeToString()

    @classmethod
    def settled(cls, answer):
        status, (message,) = answer
        assert status == 0
        command = s.TelemetryCommand.FromString(message)
        assert command.status.code == d.Code.OK, command
        assert command.settings.publishing.max_body_size == 4 << 20

    @classmethod
    def tearDownClass(cls):
        cls.there.close()
        cls.server.close()

    def tearDown(self):
        # The stream that was opened first still answers, on the first connection.
        self.settled(self.there.say(self.settings))
        self.assertEqual(self.there.lost(), 0, "a connection was lost")

    def message(self, topic, body):
        return d.Message(
            topic=resource(topic), body=body, system_properties=d.SystemProperties(message_id=uuid.uuid4().hex))

    def send(self, *messages):
        status, (answer,) = self.there.unary(
            "SendMessage", s.SendMessageRequest(messages=messages).SerializeToString())
        self.assertEqual(status, 0)
        sent = s.SendMessageResponse.FromString(answer)
        self.assertEqual(sent.status.code, d.Code.OK, sent)
        return sent

    def receive(self, topic, wait=20, **fields):
        return s.ReceiveMessageRequest(
            group=resource("readers"), message_queue=d.MessageQueue(topic=resource(topic)), batch_size=32,
            long_polling_timeout=Duration(seconds=wait), auto_renew=True, **fields).SerializeToString()

    def test_a_message_as_large_as_may_be_goes_and_comes(self):
        self.server.topic("large")
        body = os.urandom(4 << 20)
        self.send(self.message("large", body))
        status, messages = self.there.slow(
            "ReceiveMessage", self.receive("large"), "Heartbeat", self.heartbeat)
        self.assertEqual(status, 0)
        parts = [s.ReceiveMessageResponse.FromString(message) for message in messages]
        self.assertEqual([part.message.body for part in parts if part.HasField("message")], [body])

    def test_a_slow_reader_gets_a_large_batch_whole_while_other_calls_go_on(self):
        self.server.topic("batch")
        bodies = [os.urandom(128 << 10) for _ in range(31)]
        self.send(*[self.message("batch", body) for body in bodies])
        status, messages = self.there.slow(
            "ReceiveMessage", self.receive("batch"), "Heartbeat", self.heartbeat)
        self.assertEqual(status, 0)
        parts = [s.ReceiveMessageResponse.FromString(message) for message in messages]
        self.assertEqual([part.WhichOneof("content") for part in parts],
                         ["status", *["message"] * 31, "delivery_timestamp"])
        self.assertEqual([part.message.body for part in parts[1:-1]], bodies)

    def test_thousands_of_calls_go_over_one_connection(self):
        self.assertEqual(self.there.calls("Heartbeat", self.many, 50, self.heartbeat), self.many)

    def test_sends_and_receives_in_turn_keep_the_connection_whatever_it_is_pinged(self):
        # Each answer with data makes a client that measures the bandwidth ping.
        self.server.topic("pinged")
        end = time.monotonic() + PINGED_FOR
        got = sent = 0
        while time.monotonic() < end or got < sent:
            if time.monotonic() < end:
                self.send(*[self.message("pinged", os.urandom(16 << 10)) for _ in range(4)])
                sent += 4
            status, messages = self.there.slow(
                "ReceiveMessage", self.receive("pinged"), "Heartbeat", self.heartbeat)
            self.assertEqual(status, 0)
            got += len(messages) - 2
        self.assertGreater(sent, 20)
        self.assertEqual(got, sent)

    def test_a_poll_is_answered_within_the_deadline_of_its_call(self):
        self.server.topic("quiet")
        status, messages = self.there.slow(
            "ReceiveMessage", self.receive("quiet"), "Heartbeat", self.heartbeat, timeout=2)
        self.assertEqual(status, 0)
        self.assertEqual(
            s.ReceiveMessageResponse.FromString(messages[0]).status.code, d.Code.MESSAGE_NOT_FOUND)

    def test_a_stream_ends_at_its_deadline_alone(self):
        status, messages = self.there.expire("Telemetry", 0.5, self.settings)
        self.assertEqual(status, 4)
        self.settled((0, messages))

    def test_a_call_that_is_cancelled_ends_alone(self):
        self.server.topic("waited")
        for _ in range(20):
            self.assertEqual(self.there.cancel("ReceiveMessage", self.receive("waited")), 1)
        # What was cancelled took nothing.
        self.send(self.message("waited", b"one"))
        status, messages = self.there.slow(
            "ReceiveMessage", self.receive("waited"), "Heartbeat", self.heartbeat)
        got = s.ReceiveMessageResponse.FromString(messages[1]).message
        self.assertEqual((status, got.system_properties.delivery_attempt), (0, 1))

    def test_a_call_that_is_not_served_says_so_and_bytes_that_are_no_message_too(self):
        self.assertIn(self.there.unary("Nothing", b"")[0], (12, self.early))
        self.assertEqual(self.there.unary("QueryRoute", b"\xff" * 50)[0], 13)
        # More than is read at all is told in the words of the protocol.
        large = s.SendMessageRequest(messages=[self.message("plain", b"x" * (6 << 20))]).SerializeToString()
        status, answers = self.there.unary("SendMessage", large)
        self.assertIn(status, (0, self.early))
        for answer in answers:
            self.assertEqual(s.SendMessageResponse.FromString(answer).status.code, d.Code.MESSAGE_BODY_TOO_LARGE)

    def test_a_stream_that_its_client_ends_is_ended_well(self):
        self.assertEqual(self.there.hang_up(), 0)
        self.settled(self.there.open("Telemetry", self.settings))


class Grpcio(Calls, unittest.TestCase):
    peer = "Grpcio"


class Grpclib(Calls, unittest.TestCase):
    peer = "Grpclib"
    early = "early"


# What is not there, `run` says aloud.
if "GO_PEER" in os.environ:

    class GrpcGo(Calls, unittest.TestCase):
        peer = "GrpcGo"
        many = 10_000


if "JAVA_PEER" in os.environ:

    class GrpcJava(Calls, unittest.TestCase):
        peer = "GrpcJava"


# Those of a line share a process; the lines run at a time, since much of it is waiting.
PROCESSES = [["Grpcio", "Grpclib", "GrpcGo", "GrpcJava"], ["Transcripts", "Signed", "Lost", "Killed"], ["Hostile", "Idle", "Slow", "Stopping"]]


def in_one_process(names):
    program = unittest.main(argv=["test_transports.py", *names], exit=False, verbosity=1)
    print(f"Test run with {program.result.testsRun} tests")
    sys.stdout.flush()
    # Threads of clients may wait for servers that are gone.
    os._exit(0 if program.result.wasSuccessful() else 1)


def in_processes():
    """Each line of the table in a process of its own; what they say, one after the other."""
    running = []
    for line in PROCESSES:
        names = [name for name in line if name in globals()]
        log = tempfile.TemporaryFile("w+")
        process = subprocess.Popen([sys.executable, __file__, *names], stdout=log, stderr=subprocess.STDOUT)
        running.append((log, process))
    count, status = 0, 0
    for log, process in running:
        status |= process.wait()
        log.seek(0)
        *said, last = log.read().splitlines()
        print("\n".join(said))
        found = re.fullmatch(r"Test run with (\d+) tests", last)
        count += int(found.group(1)) if found else 0
        status |= 0 if found else 1
    print(f"Test run with {count} tests")
    sys.exit(status)


if __name__ == "__main__":
    in_one_process(sys.argv[1:]) if len(sys.argv) > 1 else in_processes()
