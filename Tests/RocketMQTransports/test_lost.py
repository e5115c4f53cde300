"""Answers that never arrive, at each procedure, and a server that is killed under many clients: what was acknowledged
is there, and nothing waits for ever.

Run by `test_transports.py`.
"""
import asyncio
import signal
import time
import unittest
import uuid

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s
from rocketmq.grpc_protocol.service_pb2_grpc import MessagingServiceStub

from proxy import Proxy
from served import Heard, Served, message

# A connection of its own for each channel, made again at once when it is lost.
OPTIONS = [("grpc.use_local_subchannel_pool", 1), ("grpc.initial_reconnect_backoff_ms", 100),
           ("grpc.min_reconnect_backoff_ms", 100), ("grpc.max_reconnect_backoff_ms", 500)]


def resource(name):
    return d.Resource(name=name)


def headers(client):
    return (("x-mq-client-id", client), ("x-mq-language", "PYTHON"), ("x-mq-client-version", "5.1.2"))


class Lost(unittest.TestCase):
    """Each call is made once for nothing: its answer is lost with the connection. Then it is made again."""

    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.proxy = Proxy(self.server.port)
        self.channel = grpc.insecure_channel(f"127.0.0.1:{self.proxy.port}", OPTIONS)
        self.stub = MessagingServiceStub(self.channel)
        self.topic = f"t-{uuid.uuid4().hex[:8]}"
        self.group = f"g-{uuid.uuid4().hex[:8]}"

    def tearDown(self):
        self.channel.close()
        self.proxy.close()

    def ask(self, rpc, question, timeout=25):
        return getattr(self.stub, rpc)(question, metadata=headers("raw@1"), timeout=timeout, wait_for_ready=True)

    def twice(self, rpc, question):
        """The answer to the second call."""
        before = len(self.proxy.lost)
        self.proxy.lose(rpc)
        with self.assertRaises(grpc.RpcError) as lost:
            answer = self.ask(rpc, question)
            if rpc == "ReceiveMessage":
                list(answer)
        self.assertEqual(lost.exception.code(), grpc.StatusCode.UNAVAILABLE)
        self.assertEqual(self.proxy.lost[before:], [rpc])
        for _ in range(5):
            try:
                answer = self.ask(rpc, question)
                return list(answer) if rpc == "ReceiveMessage" else answer
            except grpc.RpcError as error:
                # It was written to the connection that was just lost.
                self.assertEqual(error.code(), grpc.StatusCode.UNAVAILABLE)
        self.fail(f"{rpc} is not answered any more")

    def send(self, body=b"x", rpc=None, **system):
        system.setdefault("message_id", uuid.uuid4().hex)
        question = s.SendMessageRequest(messages=[d.Message(
            topic=resource(self.topic), body=body, system_properties=d.SystemProperties(**system))])
        answer = (rpc or self.ask)("SendMessage", question)
        self.assertEqual(answer.status.code, d.Code.OK, answer)
        return answer.entries[0]

    def poll(self, topic=None, group=None, wait=20, **fields):
        return s.ReceiveMessageRequest(
            group=resource(group or self.group), message_queue=d.MessageQueue(topic=resource(topic or self.topic)),
            batch_size=32, long_polling_timeout=Duration(seconds=wait), **fields)

    def messages(self, parts):
        return [part.message for part in parts if part.HasField("message")]

    def receive(self, *arguments, **fields):
        fields = fields if "auto_renew" in fields else {"invisible_duration": Duration(seconds=60), **fields}
        return self.messages(list(self.ask("ReceiveMessage", self.poll(*arguments, **fields))))

    def code(self, answer):
        return d.Code.Name(answer.status.code)

    def acknowledgement(self, one):
        return s.AckMessageRequest(
            group=resource(self.group), topic=resource(self.topic),
            entries=[s.AckMessageEntry(message_id="m", receipt_handle=one.system_properties.receipt_handle)])

    def test_a_send_is_there_though_its_answer_was_lost(self):
        self.server.topic(self.topic)
        self.send(b"asked twice", rpc=self.twice, message_id="the-same")
        got = self.receive()
        # Once or twice, as at least once allows; and as it was sent.
        self.assertIn(len(got), (1, 2))
        self.assertEqual({(one.body, one.system_properties.message_id) for one in got}, {(b"asked twice", "the-same")})

    def test_the_same_attempt_gets_the_batch_that_was_lost(self):
        self.server.topic(self.topic, "fifo")
        for number in range(4):
            self.send(b"%d" % number, message_group="ann")
        bodies = []
        while len(bodies) < 4:
            first = self.messages(self.twice("ReceiveMessage", self.poll(auto_renew=True, attempt_id=uuid.uuid4().hex)))
            for one in first:
                self.assertEqual(one.system_properties.delivery_attempt, 1)
                bodies.append(one.body)
                self.assertEqual(self.code(self.ask("AckMessage", self.acknowledgement(one))), "OK")
        self.assertEqual(bodies, [b"0", b"1", b"2", b"3"])
        self.assertEqual(self.receive(wait=1), [])

    def test_a_batch_that_was_lost_without_an_attempt_comes_again_in_time(self):
        self.server.topic(self.topic)
        self.send()
        began = time.monotonic()
        got = self.messages(self.twice("ReceiveMessage", self.poll(invisible_duration=Duration(seconds=2))))
        self.assertEqual(len(got), 1)
        self.assertLess(time.monotonic() - began, 15)

    def test_an_acknowledgement_counts_though_its_answer_was_lost(self):
        self.server.topic(self.topic)
        self.send()
        (one,) = self.receive(invisible_duration=Duration(seconds=1))
        # Either ends what a client repeats.
        self.assertIn(self.code(self.twice("AckMessage", self.acknowledgement(one))), ("OK", "INVALID_RECEIPT_HANDLE"))
        self.assertEqual(self.receive(wait=3), [])

    def test_a_failure_counts_once(self):
        self.server.topic(self.topic)
        self.send()
        (one,) = self.receive(auto_renew=True)
        handle = one.system_properties.receipt_handle
        answer = self.twice("ChangeInvisibleDuration", s.ChangeInvisibleDurationRequest(
            group=resource(self.group), topic=resource(self.topic), receipt_handle=handle, message_id="m",
            invisible_duration=Duration(seconds=1)))
        self.assertEqual(answer.receipt_handle, handle)
        self.assertIn(self.code(answer), ("OK", "INVALID_RECEIPT_HANDLE"))
        (again,) = self.receive()
        self.assertEqual(again.system_properties.delivery_attempt, 2)

    def test_a_longer_time_may_be_asked_for_twice(self):
        self.server.topic(self.topic)
        self.send()
        (one,) = self.receive(invisible_duration=Duration(seconds=30))
        answer = self.twice("ChangeInvisibleDuration", s.ChangeInvisibleDurationRequest(
            group=resource(self.group), topic=resource(self.topic),
            receipt_handle=one.system_properties.receipt_handle, invisible_duration=Duration(seconds=60)))
        self.assertEqual(self.code(answer), "OK")
        self.assertEqual(self.code(self.ask("AckMessage", self.acknowledgement(one))), "OK")

    def test_a_message_is_a_dead_letter_once(self):
        self.server.topic(self.topic)
        self.send(b"bad")
        (one,) = self.receive()
        answer = self.twice("ForwardMessageToDeadLetterQueue", s.ForwardMessageToDeadLetterQueueRequest(
            group=resource(self.group), topic=resource(self.topic), message_id="m", delivery_attempt=1,
            receipt_handle=one.system_properties.receipt_handle, max_delivery_attempts=1))
        self.assertIn(self.code(answer), ("OK", "INVALID_RECEIPT_HANDLE"))
        dead = f"%DLQ%{self.group}"
        self.assertEqual([letter.body for letter in self.receive(dead, f"{self.group}-dead")], [b"bad"])
        self.assertEqual(self.receive(dead, f"{self.group}-dead", wait=1), [])

    def test_a_decision_stands_though_its_answer_was_lost(self):
        self.server.topic(self.topic, "transaction")
        for resolution, other, count in [("COMMIT", "ROLLBACK", 1), ("ROLLBACK", "COMMIT", 0)]:
            entry = self.send(message_type=d.MessageType.TRANSACTION)

            def end(which):
                return s.EndTransactionRequest(
                    topic=resource(self.topic), message_id=entry.message_id, transaction_id=entry.transaction_id,
                    resolution=d.TransactionResolution.Value(which), source=d.TransactionSource.SOURCE_CLIENT)

            self.assertEqual(self.code(self.twice("EndTransaction", end(resolution))), "OK")
            self.assertEqual(self.code(self.ask("EndTransaction", end(other))), "PRECONDITION_FAILED")
            self.assertEqual(len(self.receive(wait=1)), count)

    def test_a_half_message_whose_answer_was_lost_is_seen_by_none(self):
        self.server.topic(self.topic, "transaction")
        entry = self.send(rpc=self.twice, message_id="half", message_type=d.MessageType.TRANSACTION)
        self.assertTrue(entry.transaction_id)
        self.assertEqual(self.receive(wait=1), [])

    def test_a_recall_may_be_asked_for_twice(self):
        self.server.topic(self.topic, "delay")
        due = Timestamp(seconds=int(time.time()) + 600)
        entry = self.send(delivery_timestamp=due)
        answer = self.twice("RecallMessage", s.RecallMessageRequest(
            topic=resource(self.topic), recall_handle=entry.recall_handle))
        self.assertEqual((self.code(answer), answer.message_id), ("OK", entry.message_id))

    def test_what_only_asks_may_be_asked_again(self):
        self.server.topic(self.topic)
        for rpc, question in [
            ("QueryRoute", s.QueryRouteRequest(topic=resource(self.topic))),
            ("QueryAssignment", s.QueryAssignmentRequest(topic=resource(self.topic), group=resource(self.group))),
            ("Heartbeat", s.HeartbeatRequest(group=resource(self.group), client_type=d.ClientType.PUSH_CONSUMER)),
            ("NotifyClientTermination", s.NotifyClientTerminationRequest(group=resource(self.group))),
        ]:
            with self.subTest(rpc):
                self.assertEqual(self.code(self.twice(rpc, question)), "OK")

    def test_settings_whose_answer_was_lost_are_said_again_on_a_new_stream(self):
        command = s.TelemetryCommand(settings=d.Settings(
            client_type=d.ClientType.PRODUCER, publishing=d.Publishing(topics=[])))

        def talk():
            stream = self.stub.Telemetry(iter([command]), metadata=headers("raw@1"), timeout=25, wait_for_ready=True)
            return [d.Code.Name(one.status.code) for one in stream]

        self.proxy.lose("Telemetry")
        with self.assertRaises(grpc.RpcError):
            talk()
        self.assertEqual(talk(), ["OK"])

    def test_order_holds_for_the_official_client_while_every_ninth_answer_is_lost(self):
        self.server.topic(self.topic, "fifo")
        there = Through(self.server, self.proxy.port)
        heard = Heard()
        consumer = there.push(self.group, self.topic, heard)
        producer = there.producer(self.topic)
        self.proxy.lose_every(9)
        for number in range(20):
            for key in "abc":
                sent = False
                while not sent:
                    try:
                        producer.send(message(self.topic, f"{key}{number:02}", group=key))
                        sent = True
                    except Exception:
                        # It has tried three times by itself.
                        pass
        got = heard.wait(lambda messages: len({one.body for one in messages}) == 60, 60)
        self.proxy.lose_every(None)
        self.assertGreater(len(self.proxy.lost), 5)
        for key in "abc":
            bodies = [one.body.decode() for one in got if one.message_group == key]
            # A message that was sent or delivered twice may come twice; a later one never before the first of these.
            self.assertEqual(list(dict.fromkeys(bodies)), [f"{key}{number:02}" for number in range(20)])
        producer.shutdown()
        consumer.shutdown()


class Through(Served):
    """A server that has been started, by way of a proxy."""

    def __init__(self, server, port):
        self.db, self.port = server.db, port


class Load:
    """Producers and groups, each with a connection of its own, that go on while their server comes and goes."""

    def __init__(self, port, topic, producers, groups, each):
        self.port, self.topic = port, topic
        self.producers = [f"p{number}" for number in range(producers)]
        self.groups = [f"readers-{number}" for number in range(groups)]
        self.each = each
        self.acknowledged = set()
        self.tried = set()
        self.heard = {group: set() for group in self.groups}
        self.progress = asyncio.Condition()
        self.failures = 0

    def stub(self):
        return MessagingServiceStub(grpc.aio.insecure_channel(f"127.0.0.1:{self.port}", OPTIONS))

    async def produce(self, name):
        stub = self.stub()
        for number in range(self.each):
            body = f"{name}-{number}"
            self.tried.add(body)
            question = s.SendMessageRequest(messages=[d.Message(
                topic=resource(self.topic), body=body.encode(),
                system_properties=d.SystemProperties(message_id=body, keys=[body]))])
            while body not in self.acknowledged:
                try:
                    answer = await stub.SendMessage(
                        question, metadata=headers(name), timeout=20, wait_for_ready=True)
                except grpc.RpcError:
                    # It may be there or not: it is sent again.
                    self.failures += 1
                    continue
                if answer.status.code == d.Code.OK:
                    self.acknowledged.add(body)
                    await self.tell()

    async def consume(self, group):
        stub = self.stub()
        while True:
            poll = s.ReceiveMessageRequest(
                group=resource(group), message_queue=d.MessageQueue(topic=resource(self.topic)), batch_size=32,
                long_polling_timeout=Duration(seconds=5), invisible_duration=Duration(seconds=4))
            try:
                got = [part.message async for part in stub.ReceiveMessage(
                    poll, metadata=headers(group), timeout=8, wait_for_ready=True) if part.HasField("message")]
                if not got:
                    continue
                # An acknowledgement may count though its answer is lost: nothing of it comes again then.
                self.heard[group].update(one.body.decode() for one in got)
                await self.tell()
                entries = [s.AckMessageEntry(message_id="m", receipt_handle=one.system_properties.receipt_handle)
                           for one in got]
                await stub.AckMessage(
                    s.AckMessageRequest(group=resource(group), topic=resource(self.topic), entries=entries),
                    metadata=headers(group), timeout=8, wait_for_ready=True)
            except grpc.RpcError:
                continue

    async def tell(self):
        async with self.progress:
            self.progress.notify_all()

    async def reach(self, is_there, seconds=60):
        async with self.progress:
            await asyncio.wait_for(self.progress.wait_for(is_there), seconds)

    async def run(self, server):
        produce = [asyncio.create_task(self.produce(name)) for name in self.producers]
        consume = [asyncio.create_task(self.consume(group)) for group in self.groups]
        total = len(self.producers) * self.each
        for kill in range(3):
            await self.reach(lambda: len(self.acknowledged) >= total * (kill + 1) // 4)
            await asyncio.to_thread(server.stop, signal.SIGKILL)
            await asyncio.to_thread(server.start)
        await asyncio.gather(*produce)
        await self.reach(lambda: all(self.acknowledged <= heard for heard in self.heard.values()))
        for task in consume:
            task.cancel()
        await asyncio.gather(*consume, return_exceptions=True)


class Killed(unittest.TestCase):
    def test_every_acknowledged_message_is_there_after_kills_under_64_producers_and_8_groups(self):
        server = Served("--open")
        try:
            server.topic("orders")

            async def go():
                load = Load(server.port, "orders", 64, 8, 20)
                await load.run(server)
                return load

            load = asyncio.run(go())
            self.assertEqual(len(load.acknowledged), 64 * 20)
            # Some calls were cut by a kill, or nothing was tried.
            self.assertGreater(load.failures, 0)
            for group, heard in load.heard.items():
                self.assertLessEqual(heard, load.tried, group)
                self.assertEqual(load.acknowledged - heard, set(), group)
        finally:
            server.close()
