"""Consumers that wait: each costs little memory and no time, and the one message that comes wakes one of them.

Run by `test_transports.py`.
"""
import os
import unittest

from google.protobuf.duration_pb2 import Duration
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s

from frames import Connection, framed
from served import Served

SOAK = bool(os.environ.get("WAYBILL_SOAK"))
CONNECTIONS = 20 if SOAK else 2
POLLS = 500


def resource(name):
    return d.Resource(name=name)


class Idle(unittest.TestCase):
    def setUp(self):
        self.server = Served("--open")
        self.server.topic("quiet")
        self.heartbeat = s.HeartbeatRequest(client_type=d.ClientType.PRODUCER).SerializeToString()
        self.opened = []

    def tearDown(self):
        for connection in self.opened:
            connection.close()
        self.server.close()

    def connect(self):
        self.opened.append(Connection(self.server.port))
        return self.opened[-1]

    def poll(self, connection, client, group, wait):
        question = s.ReceiveMessageRequest(
            group=resource(group), message_queue=d.MessageQueue(topic=resource("quiet")), batch_size=32,
            auto_renew=True, long_polling_timeout=Duration(seconds=wait))
        stream = connection.begin("ReceiveMessage", [("grpc-timeout", "30S")], **{"x-mq-client-id": client})
        connection.send(stream, framed(question.SerializeToString()))
        return stream

    def resident(self):
        with open(f"/proc/{self.server.process.pid}/statm") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def seconds_of_work(self):
        with open(f"/proc/{self.server.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def test_a_thousand_polls_cost_little_and_one_message_wakes_one(self):
        other = self.connect()
        self.assertEqual(other.call("Heartbeat", self.heartbeat).status(), 0)
        before = self.resident()
        idle = [self.connect() for _ in range(CONNECTIONS)]
        for number, connection in enumerate(idle):
            for poll in range(POLLS):
                self.poll(connection, f"idle@{number}", "idlers", 20)
        for connection in idle:
            connection.wait(lambda: all(one.headers is not None for one in connection.streams.values()), 60)
        each = (self.resident() - before) / (CONNECTIONS * POLLS)
        # While nothing comes nothing is done: the length of a poll of another group measures it.
        work = self.seconds_of_work()
        probe = other.over(self.poll(other, "probe@1", "probes", 3))
        self.assertEqual(probe.status(), 0)
        work = self.seconds_of_work() - work
        if os.environ.get("SHOW"):
            print(f"\n{CONNECTIONS * POLLS} polls: {each / 1024:.1f} KiB each, {work / 3:.1%} of a core")
        self.assertLess(each, 64 << 10)
        self.assertLess(work, 0.05 * 3)
        # None is answered early: those that are would ask again at once.
        polls = [one for connection in idle for one in connection.streams.values()]
        self.assertEqual([one.messages() for one in polls if one.is_over], [])
        message = d.Message(
            topic=resource("quiet"), body=b"one", system_properties=d.SystemProperties(message_id="one"))
        sent = other.call("SendMessage", s.SendMessageRequest(messages=[message]).SerializeToString())
        self.assertEqual(sent.status(), 0)
        bodies = []
        for connection in idle:
            connection.wait(lambda: all(one.is_over for one in connection.streams.values()), 30)
        for one in polls:
            parts = [s.ReceiveMessageResponse.FromString(part) for part in one.messages()]
            bodies += [part.message.body for part in parts if part.HasField("message")]
        self.assertEqual(bodies, [b"one"])
