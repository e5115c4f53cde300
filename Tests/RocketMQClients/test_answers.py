"""What each RPC answers, by the client's own stubs: every status at the limit and one beyond it.

Run by `test_clients.py`.
"""
import http.client
import socket
import time
import unittest
import uuid

import grpc
from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s
from rocketmq.grpc_protocol.service_pb2_grpc import MessagingServiceStub

from served import Served

OPTIONS = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]


def name(code):
    return d.Code.Name(code)


def resource(text, namespace=""):
    return d.Resource(name=text, resource_namespace=namespace)


def varint(number):
    found = b""
    while number > 127:
        found += bytes([number & 127 | 128])
        number >>= 7
    return found + bytes([number])


def timestamp(seconds):
    return Timestamp(seconds=int(seconds), nanos=int(seconds % 1 * 1e9))


class Answers(unittest.TestCase):
    """Each test has a topic and a group of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")
        cls.channel = grpc.insecure_channel(f"127.0.0.1:{cls.server.port}", OPTIONS)
        cls.stub = MessagingServiceStub(cls.channel)
        cls.server.topic("mixed", "mixed")
        cls.server.topic("normal")

    @classmethod
    def tearDownClass(cls):
        cls.channel.close()
        cls.server.close()

    def setUp(self):
        self.topic = f"t-{uuid.uuid4().hex[:8]}"
        self.group = f"g-{uuid.uuid4().hex[:8]}"

    def headers(self, client="raw@1", language="PYTHON"):
        return (("x-mq-client-id", client), ("x-mq-language", language), ("x-mq-client-version", "5.1.2"))

    def ask(self, rpc, question, client="raw@1", timeout=30):
        return getattr(self.stub, rpc)(question, metadata=self.headers(client), timeout=timeout)

    def message(self, body=b"x", to="mixed", properties=None, **system):
        system.setdefault("message_id", uuid.uuid4().hex)
        return d.Message(
            topic=resource(to), body=body, user_properties=properties or {},
            system_properties=d.SystemProperties(**system))

    def send(self, *messages):
        return self.ask("SendMessage", s.SendMessageRequest(messages=messages))

    def code(self, *messages):
        answer = self.send(*messages)
        if answer.status.code == d.Code.OK:
            self.assertEqual(len(answer.entries), len(messages))
            for entry, message in zip(answer.entries, messages):
                self.assertEqual(entry.message_id, message.system_properties.message_id)
                self.assertEqual(entry.status.code, d.Code.OK)
        return name(answer.status.code)

    def receive(self, topic, group=None, client="raw@1", wait=5, timeout=30, **fields):
        question = s.ReceiveMessageRequest(
            group=resource(group or self.group), message_queue=d.MessageQueue(topic=resource(topic)),
            long_polling_timeout=Duration(seconds=wait), **{"batch_size": 32, **fields})
        parts = list(self.ask("ReceiveMessage", question, client, timeout))
        kinds = [part.WhichOneof("content") for part in parts]
        self.assertEqual(kinds[0], "status")
        self.assertEqual(kinds[-1], "delivery_timestamp")
        self.assertEqual(set(kinds[1:-1]) - {"message"}, set())
        return parts[0].status, [part.message for part in parts[1:-1]]

    # Sending

    def test_a_message_at_each_limit_is_taken_and_one_beyond_it_is_not(self):
        large = 4 << 20
        table = [
            ("MESSAGE_BODY_EMPTY", {"body": b"x"}, {"body": b""}),
            ("MESSAGE_BODY_TOO_LARGE", {"body": b"x" * large}, {"body": b"x" * (large + 1)}),
            ("ILLEGAL_MESSAGE_ID", {"message_id": "m" * 255}, {"message_id": "m" * 256}),
            ("ILLEGAL_MESSAGE_ID", {"message_id": "e12"}, {"message_id": "e12-0"}),
            ("ILLEGAL_MESSAGE_ID", {"message_id": "m"}, {"message_id": " "}),
            ("ILLEGAL_MESSAGE_TAG", {"tag": "a"}, {"tag": "a|b"}),
            ("ILLEGAL_MESSAGE_TAG", {"tag": "a b"}, {"tag": " "}),
            ("ILLEGAL_MESSAGE_KEY", {"keys": ["a b"]}, {"keys": ["a\nb"]}),
            ("ILLEGAL_MESSAGE_GROUP", {"message_group": "g" * 63}, {"message_group": "g" * 64}),
            ("ILLEGAL_MESSAGE_GROUP", {"message_group": "g g"}, {"message_group": " "}),
            ("ILLEGAL_MESSAGE_GROUP", {"message_group": "g"}, {"message_group": "g\n"}),
            ("ILLEGAL_MESSAGE_KEY", {"keys": ["a", "b"]}, {"keys": ["a", " "]}),
            ("ILLEGAL_MESSAGE_TAG", {"tag": "a"}, {"tag": "a\t"}),
            ("ILLEGAL_MESSAGE_PROPERTY_KEY", {"properties": {"a b": "a"}}, {"properties": {"a\n": "a"}}),
            ("ILLEGAL_MESSAGE_PROPERTY_KEY", {"properties": {"UNIQ": "a"}}, {"properties": {"UNIQ_KEY": "a"}}),
            ("MESSAGE_PROPERTIES_TOO_LARGE", {"tag": "t" * 100, "properties": {"p": "x" * ((16 << 10) - 101)}},
             {"tag": "t" * 100, "properties": {"p": "x" * ((16 << 10) - 100)}}),
            ("BAD_REQUEST", {"priority": 9}, {"priority": 1, "message_group": "g"}),
            ("ILLEGAL_MESSAGE_PROPERTY_KEY", {"properties": {"key": "a"}}, {"properties": {"KEYS": "a"}}),
            ("ILLEGAL_MESSAGE_PROPERTY_KEY", {"properties": {"a": "b"}}, {"properties": {"a": "b\x01"}}),
            ("MESSAGE_PROPERTIES_TOO_LARGE", {"properties": {f"p{n}": "" for n in range(128)}},
             {"properties": {f"p{n}": "" for n in range(129)}}),
            ("MESSAGE_PROPERTIES_TOO_LARGE", {"properties": {"p": "x" * ((16 << 10) - 1)}},
             {"properties": {"p": "x" * (16 << 10)}}),
            ("ILLEGAL_DELIVERY_TIME", {"delivery_timestamp": timestamp(time.time() + 366 * 86_400 - 60)},
             {"delivery_timestamp": timestamp(time.time() + 366 * 86_400 + 60)}),
            ("ILLEGAL_DELIVERY_TIME", {"delivery_timestamp": timestamp(1)},
             {"delivery_timestamp": Timestamp(seconds=2**62)}),
            ("MESSAGE_PROPERTY_CONFLICT_WITH_TYPE", {"message_type": d.MessageType.NORMAL},
             {"message_type": d.MessageType.LITE}),
            ("MESSAGE_PROPERTY_CONFLICT_WITH_TYPE", {"message_type": d.MessageType.TRANSACTION},
             {"message_type": d.MessageType.TRANSACTION, "delivery_timestamp": timestamp(time.time() + 60)}),
            ("BAD_REQUEST",
             {"message_type": d.MessageType.TRANSACTION, "orphaned_transaction_recovery_duration": Duration(seconds=3600)},
             {"message_type": d.MessageType.TRANSACTION, "orphaned_transaction_recovery_duration": Duration(seconds=3601)}),
            ("MESSAGE_CORRUPTED", {"body": b"hello", "body_digest": d.Digest(type=d.DigestType.MD5, checksum="5D41402ABC4B2A76B9719D911017C592")},
             {"body": b"hallo", "body_digest": d.Digest(type=d.DigestType.MD5, checksum="5D41402ABC4B2A76B9719D911017C592")}),
            ("ILLEGAL_TOPIC", {"to": "mixed"}, {"to": "mi xed"}),
            ("ILLEGAL_TOPIC", {"to": "mixed"}, {"to": "%DLQ%points"}),
            ("TOPIC_NOT_FOUND", {"to": "mixed"}, {"to": "nowhere"}),
            ("MESSAGE_PROPERTY_CONFLICT_WITH_TYPE", {"to": "normal"}, {"to": "normal", "message_group": "g"}),
        ]  # fmt: skip
        for code, taken, refused in table:
            with self.subTest(code=code, refused={k: str(v)[:40] for k, v in refused.items()}):
                self.assertEqual(self.code(self.message(**taken)), "OK")
                self.assertEqual(self.code(self.message(**refused)), code)

    def test_a_request_at_each_limit_is_taken_and_one_beyond_it_is_not(self):
        self.assertEqual(self.code(), "MESSAGE_CORRUPTED")
        self.assertEqual(self.code(*[self.message() for _ in range(32)]), "OK")
        self.assertEqual(self.code(*[self.message() for _ in range(33)]), "PAYLOAD_TOO_LARGE")
        self.assertEqual(self.code(self.message(), self.message(to="normal")), "MESSAGE_CORRUPTED")
        half = self.message(b"x" * (2 << 20)), self.message(b"x" * (2 << 20))
        self.assertEqual(self.code(*half), "OK")
        self.assertEqual(self.code(*half, self.message()), "PAYLOAD_TOO_LARGE")
        # More than is read at all.
        self.assertEqual(self.code(self.message(b"x" * (5 << 20))), "MESSAGE_BODY_TOO_LARGE")

    def test_a_higher_priority_comes_first_and_beyond_the_highest_is_the_highest(self):
        self.server.topic(self.topic)
        route = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource(self.topic)))
        self.assertIn(d.MessageType.PRIORITY, route.message_queues[0].accept_message_types)
        for priority in (-3, 0, 5, 9, 1_000):
            self.assertEqual(self.code(self.message(b"%d" % priority, to=self.topic, priority=priority)), "OK")
        got = []
        while len(got) < 5:
            got += self.receive(self.topic, batch_size=1, auto_renew=True)[1]
        self.assertEqual([one.system_properties.priority for one in got], [9, 9, 5, 0, 0])
        types = [one.system_properties.message_type for one in got]
        self.assertEqual(types, [d.MessageType.PRIORITY] * 3 + [d.MessageType.NORMAL] * 2)

    def test_names_have_as_many_bytes_as_may_be_with_their_namespace(self):
        self.assertEqual(self.code(self.message(to="t" * 128)), "ILLEGAL_TOPIC")
        for space, topic, code in [("", "t" * 127, "TOPIC_NOT_FOUND"), ("n" * 26, "t" * 100, "TOPIC_NOT_FOUND"),
                                   ("n" * 27, "t" * 100, "ILLEGAL_TOPIC"), ("n n", "t", "ILLEGAL_TOPIC")]:
            route = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource(topic, space)))
            self.assertEqual(name(route.status.code), code)
        for space, group, code in [("", "g" * 120, "OK"), ("", "g" * 121, "ILLEGAL_CONSUMER_GROUP"),
                                   ("n" * 19, "g" * 100, "OK"), ("n" * 20, "g" * 100, "ILLEGAL_CONSUMER_GROUP"),
                                   ("", "", "ILLEGAL_CONSUMER_GROUP")]:
            question = s.QueryAssignmentRequest(topic=resource("normal"), group=resource(group, space))
            self.assertEqual(name(self.ask("QueryAssignment", question).status.code), code, (space, group))

    def test_what_is_asked_by_a_namespace_is_answered_by_it(self):
        self.server.topic(f"north%{self.topic}")
        topic, group = resource(self.topic, "north"), resource(self.group, "north")
        sent = self.message(to=self.topic)
        sent.topic.CopyFrom(topic)
        self.assertEqual(self.code(sent), "OK")
        route = self.ask("QueryRoute", s.QueryRouteRequest(topic=topic))
        self.assertEqual(route.message_queues[0].topic, topic)
        assigned = self.ask("QueryAssignment", s.QueryAssignmentRequest(topic=topic, group=group))
        self.assertEqual(assigned.assignments[0].message_queue.topic, topic)

        def take(topic, group):
            question = s.ReceiveMessageRequest(
                group=group, message_queue=d.MessageQueue(topic=topic), batch_size=1, auto_renew=True,
                long_polling_timeout=Duration(seconds=5))
            return [part.message for part in self.ask("ReceiveMessage", question) if part.HasField("message")]

        (got,) = take(topic, group)
        self.assertEqual(got.topic, topic)
        answer = self.ask("ForwardMessageToDeadLetterQueue", s.ForwardMessageToDeadLetterQueueRequest(
            group=group, topic=topic, receipt_handle=got.system_properties.receipt_handle, message_id="m"))
        self.assertEqual(name(answer.status.code), "OK")
        dead = resource(f"%DLQ%{self.group}", "north")
        (letter,) = take(dead, resource(f"{self.group}-dead", "north"))
        self.assertEqual((letter.topic, letter.body), (dead, b"x"))

    def test_what_is_given_back_from_the_dead_letters_is_acknowledged_as_any_other(self):
        (handle,) = self.taken()
        answer = self.ask("ForwardMessageToDeadLetterQueue", s.ForwardMessageToDeadLetterQueueRequest(
            group=resource(self.group), topic=resource(self.topic), receipt_handle=handle, message_id="m"))
        self.assertEqual(name(answer.status.code), "OK")
        self.server.run("dead-letter", "redrive", self.group)
        _, (again,) = self.receive(self.topic, auto_renew=True)
        handle = again.system_properties.receipt_handle
        self.assertEqual(again.topic, resource(self.topic))
        self.assertEqual(self.acknowledge([handle], topic="mixed")[0], "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.acknowledge([handle])[0], "OK")
        self.assertEqual(self.receive(self.topic, wait=1)[1], [])

    def test_all_messages_of_a_request_are_taken_or_none(self):
        self.server.topic(self.topic)
        bad = self.code(self.message(to=self.topic), self.message(to=self.topic, tag="a|b"))
        self.assertEqual(bad, "ILLEGAL_MESSAGE_TAG")
        self.assertEqual(self.receive(self.topic, wait=1)[1], [])

    # Routes

    def test_a_route_leads_back_to_where_the_client_came_from(self):
        endpoints = d.Endpoints(
            scheme=d.AddressScheme.DOMAIN_NAME, addresses=[d.Address(host="localhost", port=self.server.port)])
        answer = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource("mixed"), endpoints=endpoints))
        self.assertEqual(answer.status.code, d.Code.OK)
        self.assertEqual([queue.id for queue in answer.message_queues], [0, 1, 2, 3])
        for queue in answer.message_queues:
            self.assertEqual(queue.broker.endpoints, endpoints)
            self.assertEqual(queue.broker.id, 0)
            self.assertEqual(queue.permission, d.Permission.READ_WRITE)
            self.assertEqual(len(queue.accept_message_types), 5)
        bare = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource("mixed")))
        (address,) = bare.message_queues[0].broker.endpoints.addresses
        self.assertEqual((address.host, address.port), ("127.0.0.1", self.server.port))
        (own,) = bare.message_queues[0].broker.endpoints.addresses
        for host, count in [("h" * 256, 1), ("h", 17), ("", 1)]:
            many = d.Endpoints(addresses=[d.Address(host=host, port=1)] * count)
            answer = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource("mixed"), endpoints=many))
            self.assertEqual(list(answer.message_queues[0].broker.endpoints.addresses), [own])
        for topic, code in [("nowhere", "TOPIC_NOT_FOUND"), ("no where", "ILLEGAL_TOPIC"), ("x" * 128, "ILLEGAL_TOPIC")]:
            refused = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource(topic)))
            self.assertEqual(name(refused.status.code), code)

    def test_an_ordinary_group_polls_one_queue_and_a_fifo_group_all(self):
        self.server.topic(self.topic, "fifo")
        for topic, ids in [("normal", [-1]), (self.topic, [0, 1, 2, 3])]:
            question = s.QueryAssignmentRequest(topic=resource(topic), group=resource(f"{self.group}-{topic}"))
            answer = self.ask("QueryAssignment", question)
            self.assertEqual([one.message_queue.id for one in answer.assignments], ids)

    # Presence

    def test_a_call_without_a_client_is_refused(self):
        answer = self.stub.QueryRoute(s.QueryRouteRequest(topic=resource("mixed")), timeout=30)
        self.assertEqual(name(answer.status.code), "CLIENT_ID_REQUIRED")

    def test_a_heartbeat_says_what_kind_of_client_it_is_of(self):
        consumer = s.HeartbeatRequest(group=resource(self.group), client_type=d.ClientType.PUSH_CONSUMER)
        for question, code in [
            (s.HeartbeatRequest(client_type=d.ClientType.PRODUCER), "OK"), (consumer, "OK"),
            (s.HeartbeatRequest(), "UNRECOGNIZED_CLIENT_TYPE"),
            (s.HeartbeatRequest(group=resource("a b"), client_type=d.ClientType.PUSH_CONSUMER), "ILLEGAL_CONSUMER_GROUP"),
        ]:
            self.assertEqual(name(self.ask("Heartbeat", question).status.code), code)
        for question in [s.NotifyClientTerminationRequest(), s.NotifyClientTerminationRequest(group=resource("never"))]:
            self.assertEqual(name(self.ask("NotifyClientTermination", question, "a stranger").status.code), "OK")

        nameless = s.HeartbeatRequest(client_type=d.ClientType.SIMPLE_CONSUMER)
        self.assertEqual(name(self.ask("Heartbeat", nameless, "nameless").status.code), "UNRECOGNIZED_CLIENT_TYPE")
        self.assertEqual(name(self.ask("Heartbeat", consumer, "nameless").status.code), "OK")
        self.assertEqual(name(self.ask("Heartbeat", nameless, "nameless").status.code), "OK")
        # It goes, whatever it names.
        bad = s.NotifyClientTerminationRequest(group=resource("a b"))
        self.assertEqual(name(self.ask("NotifyClientTermination", bad, "nameless").status.code), "OK")
        self.assertEqual(name(self.ask("Heartbeat", nameless, "nameless").status.code), "UNRECOGNIZED_CLIENT_TYPE")

    def test_a_connection_serves_a_hundred_clients_and_a_client_a_hundred_groups(self):
        with grpc.insecure_channel(f"127.0.0.1:{self.server.port}", [("grpc.use_local_subchannel_pool", 1)]) as channel:
            stub = MessagingServiceStub(channel)

            def beat(client, group="one"):
                question = s.HeartbeatRequest(group=resource(group), client_type=d.ClientType.PUSH_CONSUMER)
                return name(stub.Heartbeat(question, metadata=self.headers(client), timeout=30).status.code)

            self.assertEqual({beat(f"many-{number}") for number in range(100)}, {"OK"})
            for _ in range(2):
                self.assertEqual(beat("many-100"), "TOO_MANY_REQUESTS")
            self.assertEqual(beat("many-7"), "OK")
            self.assertEqual({beat("many-8", f"group-{number}") for number in range(99)}, {"OK"})
            self.assertEqual(beat("many-8", "group-99"), "BAD_REQUEST")
            self.assertEqual(beat("many-8", "group-98"), "OK")

    def test_deliveries_are_labelled_by_the_queues_that_their_topic_has(self):
        self.server.run("topic", "create", self.topic, "--queues", "1")
        for _ in range(5):
            self.assertEqual(self.code(self.message(to=self.topic)), "OK")
        got = []
        while len(got) < 5:
            got += self.receive(self.topic)[1]
        self.assertEqual({one.system_properties.queue_id for one in got}, {0})

    def metrics(self):
        """Numbers of `/metrics`, as the owner of the file reads them."""
        connection = http.client.HTTPConnection("waybill")
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(f"{self.server.db}.sock")
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        connection.close()
        return {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines if line[0] != "#")}

    def test_monitors_see_what_is_answered_and_who_is_there(self):
        def asked(rpc, code):
            return f'waybill_rocketmq_requests_total{{rpc="{rpc}",code="{code}"}}'

        before = self.metrics()
        self.assertEqual(self.code(self.message()), "OK")
        self.assertEqual(self.code(self.message(to="nowhere")), "TOPIC_NOT_FOUND")
        self.receive("mixed", "a b")
        after = self.metrics()
        for key in [asked("SendMessage", "2xxxx"), asked("SendMessage", "4xxxx"), asked("ReceiveMessage", "4xxxx")]:
            self.assertEqual(after[key] - before.get(key, 0), 1, key)
            took = key.replace("requests_total", "request_duration_seconds_count")
            self.assertEqual(after[took], after[key])
        self.assertGreaterEqual(after['waybill_rocketmq_clients{language="PYTHON"}'], 1)
        self.server.topic(self.topic)
        question = s.ReceiveMessageRequest(
            group=resource(self.group), message_queue=d.MessageQueue(topic=resource(self.topic)), batch_size=1,
            auto_renew=True, long_polling_timeout=Duration(seconds=20))
        call = self.stub.ReceiveMessage(question, metadata=self.headers("waits", "KLINGON"), timeout=30)
        deadline = time.monotonic() + 10
        while (now := self.metrics())['waybill_rocketmq_streams{kind="receive"}'] < 1:
            self.assertLess(time.monotonic(), deadline)
        self.assertEqual(now['waybill_rocketmq_clients{language="other"}'], 1)
        call.cancel()
        while self.metrics()['waybill_rocketmq_streams{kind="receive"}'] > 0:
            self.assertLess(time.monotonic(), deadline)

    def talk(self, settings, client="raw@1"):
        answers = self.stub.Telemetry(
            iter([s.TelemetryCommand(settings=settings)]), metadata=self.headers(client), timeout=30)
        return next(answers)

    def test_settings_come_back_with_what_the_server_says(self):
        self.server.topic(self.topic, "fifo")
        publishing = d.Publishing(topics=[resource("normal", "ns")], max_body_size=1)
        command = self.talk(d.Settings(client_type=d.ClientType.PRODUCER, publishing=publishing))
        self.assertEqual(command.status.code, d.Code.OK)
        self.assertEqual(command.settings.publishing.max_body_size, 4 << 20)
        self.assertTrue(command.settings.publishing.validate_message_type)
        self.assertEqual(command.settings.publishing.topics[0].resource_namespace, "ns")
        self.assertEqual(command.settings.backoff_policy.max_attempts, 3)
        self.assertEqual(command.settings.backoff_policy.exponential_backoff.initial.nanos, 10_000_000)
        self.assertFalse(command.settings.metric.on)
        subscription = d.Subscription(
            group=resource(self.group), subscriptions=[d.SubscriptionEntry(topic=resource(self.topic))])
        command = self.talk(d.Settings(client_type=d.ClientType.PUSH_CONSUMER, subscription=subscription))
        self.assertEqual(command.status.code, d.Code.OK)
        # The group is made to fit its topic: clients choose how they consume by this, once.
        self.assertTrue(command.settings.subscription.fifo)
        self.assertEqual(command.settings.subscription.receive_batch_size, 32)
        self.assertEqual(command.settings.subscription.long_polling_timeout.seconds, 20)
        self.assertEqual(command.settings.backoff_policy.max_attempts, 17)
        ladder = [step.seconds for step in command.settings.backoff_policy.customized_backoff.next]
        self.assertEqual(ladder[:4], [1, 5, 10, 30])

    def test_settings_that_say_nothing_end_the_stream_and_bad_names_are_told(self):
        with self.assertRaises(grpc.RpcError) as ended:
            self.talk(d.Settings(client_type=d.ClientType.PRODUCER))
        self.assertEqual(ended.exception.code(), grpc.StatusCode.INVALID_ARGUMENT)
        command = self.talk(d.Settings(publishing=d.Publishing(topics=[resource("a b")])))
        self.assertEqual(name(command.status.code), "ILLEGAL_TOPIC")
        self.assertFalse(command.HasField("settings"))

    def test_settings_at_each_limit_are_taken_and_those_beyond_it_are_not(self):
        def producer(count):
            return d.Settings(publishing=d.Publishing(topics=[resource(f"t-{n}") for n in range(count)]))

        def consumer(count):
            entries = [d.SubscriptionEntry(topic=resource(f"t-{n}")) for n in range(count)]
            return d.Settings(subscription=d.Subscription(group=resource(self.group), subscriptions=entries))

        for settings, code in [(producer(1_000), "OK"), (producer(1_001), "BAD_REQUEST"), (consumer(100), "OK"),
                               (consumer(101), "BAD_REQUEST")]:
            self.assertEqual(name(self.talk(settings, uuid.uuid4().hex).status.code), code)

        def properties(*entries):
            # The client's stubs do not have the field yet.
            settings = d.Settings(publishing=d.Publishing(topics=[resource("normal")])).SerializeToString()
            for key, value in entries:
                entry = b"\x0a" + varint(len(key)) + key + b"\x12" + varint(len(value)) + value
                settings += b"\x4a" + varint(len(entry)) + entry
            command = b"\x12" + varint(len(settings)) + settings
            self.assertTrue(s.TelemetryCommand.FromString(command).HasField("settings"))
            raw = self.channel.stream_stream("/apache.rocketmq.v2.MessagingService/Telemetry")
            answer = next(raw(iter([command]), metadata=self.headers(uuid.uuid4().hex), timeout=30))
            return s.TelemetryCommand.FromString(answer).status.code

        self.assertEqual(properties(*[(b"p%d" % n, b"") for n in range(32)]), d.Code.OK)
        self.assertEqual(properties((b"n" * 64, b"v" * 256)), d.Code.OK)
        beyond = [[(b"p%d" % n, b"") for n in range(33)], [(b"n" * 65, b"")], [(b"n", b"v" * 257)], [(b"rocketmq.n", b"v")]]
        for entries in beyond:
            # INVALID_CLIENT_PROPERTIES, of which the stubs know as little.
            self.assertEqual(properties(*entries), 40_021)

    # Receiving

    def test_a_message_comes_with_all_that_clients_read(self):
        self.server.topic(self.topic, "mixed")
        born = time.time() - 100
        sent = self.message(
            b"hello", to=self.topic, tag="paid", keys=["a", "b"], message_group="ann", properties={"amount": "7"},
            born_timestamp=timestamp(born), born_host="shop-7", body_encoding=d.Encoding.GZIP, trace_context="trace|1")
        self.assertEqual(self.code(sent), "OK")
        status, (got,) = self.receive(self.topic, auto_renew=True)
        self.assertEqual(status.code, d.Code.OK)
        system = got.system_properties
        self.assertEqual(got.topic, resource(self.topic))
        self.assertEqual(got.body, b"hello")
        self.assertEqual(dict(got.user_properties), {"amount": "7"})
        self.assertEqual(system.message_id, sent.system_properties.message_id)
        self.assertEqual((system.tag, list(system.keys), system.message_group), ("paid", ["a", "b"], "ann"))
        self.assertEqual(system.body_digest, d.Digest(type=d.DigestType.MD5, checksum="5D41402ABC4B2A76B9719D911017C592"))
        self.assertEqual(system.body_encoding, d.Encoding.GZIP)
        self.assertEqual(system.message_type, d.MessageType.FIFO)
        self.assertEqual((system.born_host, system.trace_context), ("shop-7", "trace|1"))
        self.assertLess(abs(system.born_timestamp.seconds + system.born_timestamp.nanos / 1e9 - born), 0.01)
        self.assertEqual(system.delivery_attempt, 1)
        self.assertTrue(system.receipt_handle)
        self.assertFalse(system.HasField("dead_letter_queue"))

    def test_a_receive_at_each_limit_is_served_and_one_beyond_it_is_not(self):
        self.server.topic(self.topic)
        for code, fields in [
            ("ILLEGAL_INVISIBLE_TIME", {"invisible_duration": Duration(nanos=999_000_000)}),
            ("ILLEGAL_INVISIBLE_TIME", {"invisible_duration": Duration(seconds=43_201)}),
            ("ILLEGAL_INVISIBLE_TIME", {"invisible_duration": Duration(seconds=-1)}),
            ("MESSAGE_NOT_FOUND", {"invisible_duration": Duration(seconds=1)}),
            ("MESSAGE_NOT_FOUND", {"invisible_duration": Duration(seconds=43_200)}),
            ("MESSAGE_NOT_FOUND", {"auto_renew": True, "invisible_duration": Duration(seconds=99_999)}),
            ("MESSAGE_NOT_FOUND", {"batch_size": -7}), ("MESSAGE_NOT_FOUND", {"batch_size": 2**31 - 1}),
            ("ILLEGAL_FILTER_EXPRESSION",
             {"filter_expression": d.FilterExpression(type=d.FilterType.SQL, expression="a >")}),
            ("ILLEGAL_CONSUMER_GROUP", {"group": "a b"}),
            ("TOPIC_NOT_FOUND", {"topic": "nowhere"}), ("ILLEGAL_TOPIC", {"topic": "no where"}),
            ("FORBIDDEN", {"topic": f"%DLQ%{self.group}"}),
        ]:  # fmt: skip
            with self.subTest(code=code, fields=str(fields)):
                fields = dict(fields)
                status, messages = self.receive(fields.pop("topic", self.topic), wait=1, **fields)
                self.assertEqual((name(status.code), messages), (code, []))

    def test_a_poll_waits_as_long_as_it_asks_and_no_less_than_a_second(self):
        self.server.topic(self.topic)
        for asked, least, most in [(0, 0.9, 2.5), (3, 2.9, 4.5)]:
            began = time.monotonic()
            status, _ = self.receive(self.topic, wait=asked)
            self.assertEqual(name(status.code), "MESSAGE_NOT_FOUND")
            self.assertTrue(least <= time.monotonic() - began <= most, f"{time.monotonic() - began} s")
        # A client that waits 2 s for the call has its answer before it gives up.
        began = time.monotonic()
        self.receive(self.topic, wait=20, timeout=2)
        self.assertLess(time.monotonic() - began, 2)

    def test_a_client_that_waits_too_short_for_any_answer_is_told_so(self):
        self.server.topic(self.topic)
        for version, code in [("5.0.2", "BAD_REQUEST"), ("5.0.3", "ILLEGAL_POLLING_TIME"), ("", "ILLEGAL_POLLING_TIME")]:
            headers = [("x-mq-client-id", "short"), ("x-mq-language", "PYTHON"), ("x-mq-client-version", version),
                       ("grpc-timeout", "299m")]
            question = s.ReceiveMessageRequest(
                group=resource(self.group), message_queue=d.MessageQueue(topic=resource(self.topic)), batch_size=1)
            parts = list(self.stub.ReceiveMessage(question, metadata=headers))
            self.assertEqual([name(part.status.code) for part in parts if part.HasField("status")], [code])

    def test_the_same_attempt_gets_the_same_batch(self):
        self.server.topic(self.topic)
        self.assertEqual(self.code(self.message(to=self.topic)), "OK")
        first = self.receive(self.topic, auto_renew=True, attempt_id="a-1")[1]
        again = self.receive(self.topic, auto_renew=True, attempt_id="a-1")[1]
        self.assertEqual(len(first), 1)
        self.assertEqual(first, again)
        self.assertEqual(self.receive(self.topic, wait=1, auto_renew=True, attempt_id="a-2")[1], [])

    def test_a_poll_that_its_client_gives_up_takes_nothing(self):
        self.server.topic(self.topic)
        question = s.ReceiveMessageRequest(
            group=resource(self.group), message_queue=d.MessageQueue(topic=resource(self.topic)), batch_size=1,
            auto_renew=True, long_polling_timeout=Duration(seconds=20))
        self.receive(self.topic, wait=1)
        for n in range(5):
            call = self.ask("ReceiveMessage", question, f"goes-{n}")
            call.initial_metadata()
            call.cancel()
        self.assertEqual(self.code(self.message(to=self.topic)), "OK")
        _, (got,) = self.receive(self.topic, client="stays")
        self.assertEqual(got.system_properties.delivery_attempt, 1)

    # Answers

    def taken(self, count=1, **fields):
        self.server.topic(self.topic)
        for _ in range(count):
            self.assertEqual(self.code(self.message(to=self.topic)), "OK")
        fields = fields or {"invisible_duration": Duration(seconds=60)}
        messages = []
        while len(messages) < count:
            messages += self.receive(self.topic, **fields)[1]
        return [one.system_properties.receipt_handle for one in messages]

    def acknowledge(self, handles, group=None, topic=None):
        answer = self.ask(
            "AckMessage",
            s.AckMessageRequest(
                group=resource(group or self.group), topic=resource(topic or self.topic),
                entries=[s.AckMessageEntry(message_id="m", receipt_handle=handle) for handle in handles]))
        return name(answer.status.code), [name(entry.status.code) for entry in answer.entries]

    def test_each_handle_has_an_answer_and_a_bad_one_is_bad_for_good(self):
        one, two, three = self.taken(3)
        self.assertEqual(self.acknowledge([one], "others"), ("INVALID_RECEIPT_HANDLE", ["INVALID_RECEIPT_HANDLE"]))
        self.assertEqual(self.acknowledge([one], topic="mixed"), ("INVALID_RECEIPT_HANDLE", ["INVALID_RECEIPT_HANDLE"]))
        self.assertEqual(self.acknowledge([one, two]), ("OK", ["OK", "OK"]))
        self.assertEqual(
            self.acknowledge([two, three, "none"]),
            ("MULTIPLE_RESULTS", ["INVALID_RECEIPT_HANDLE", "OK", "INVALID_RECEIPT_HANDLE"]))
        for bad in ["", "x" * 1000, one[:-1], "ü"]:
            self.assertEqual(self.acknowledge([bad])[0], "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.acknowledge([])[0], "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.acknowledge(["none"] * 100)[0], "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.acknowledge(["none"] * 101)[0], "PAYLOAD_TOO_LARGE")

    def change(self, handle, seconds, group=None, topic=None, **fields):
        answer = self.ask(
            "ChangeInvisibleDuration",
            s.ChangeInvisibleDurationRequest(
                group=resource(group or self.group), topic=resource(topic or self.topic), receipt_handle=handle,
                invisible_duration=Duration(seconds=seconds), **fields))
        # Whatever the answer: clients take the handle over before they look at it.
        self.assertEqual(answer.receipt_handle, handle)
        return name(answer.status.code)

    def test_a_changed_time_keeps_the_handle_whatever_the_answer(self):
        (handle,) = self.taken()
        self.assertEqual(self.change(handle, 43_200), "OK")
        self.assertEqual(self.change(handle, 43_201), "ILLEGAL_INVISIBLE_TIME")
        self.assertEqual(self.change(handle, -1), "ILLEGAL_INVISIBLE_TIME")
        self.assertEqual(self.change(handle, 10, "others"), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.change(handle, 10, topic="mixed"), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.change(handle, 10, "a b"), "ILLEGAL_CONSUMER_GROUP")
        self.assertEqual(self.change("none", 10), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(self.acknowledge([handle])[0], "OK")

    def test_a_push_consumer_that_fails_gets_its_message_again(self):
        (handle,) = self.taken(auto_renew=True)
        self.assertEqual(self.change(handle, 1), "OK")
        _, (again,) = self.receive(self.topic, auto_renew=True)
        self.assertEqual(again.system_properties.delivery_attempt, 2)
        self.assertEqual(self.acknowledge([handle])[0], "INVALID_RECEIPT_HANDLE")

    def test_what_is_given_up_is_a_dead_letter_that_says_where_it_was_sent(self):
        (handle,) = self.taken()
        question = dict(
            group=resource(self.group), topic=resource(self.topic), receipt_handle=handle, message_id="m",
            delivery_attempt=3, max_delivery_attempts=3)
        def forward(**changes):
            answer = self.ask("ForwardMessageToDeadLetterQueue", s.ForwardMessageToDeadLetterQueueRequest(**{**question, **changes}))
            return name(answer.status.code)
        self.assertEqual(forward(group=resource("others")), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(forward(topic=resource("mixed")), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(forward(receipt_handle=""), "INVALID_RECEIPT_HANDLE")
        self.assertEqual(forward(), "OK")
        self.assertEqual(forward(), "INVALID_RECEIPT_HANDLE")
        dead = f"%DLQ%{self.group}"
        route = self.ask("QueryRoute", s.QueryRouteRequest(topic=resource(dead)))
        self.assertEqual(name(route.status.code), "OK")
        _, (letter,) = self.receive(dead, f"{self.group}-dead")
        self.assertEqual(letter.topic, resource(dead))
        self.assertEqual(letter.system_properties.dead_letter_queue.topic, self.topic)
        self.assertEqual(dict(letter.user_properties), {})

    # Transactions and recall

    def prepare(self):
        self.server.topic(self.topic, "transaction")
        message = self.message(to=self.topic, message_type=d.MessageType.TRANSACTION)
        (entry,) = self.send(message).entries
        self.assertTrue(entry.transaction_id)
        return message.system_properties.message_id, entry.transaction_id

    def decide(self, transaction, message="", resolution=d.TransactionResolution.COMMIT, topic=None):
        answer = self.ask(
            "EndTransaction",
            s.EndTransactionRequest(
                topic=resource(topic or self.topic), message_id=message, transaction_id=transaction,
                resolution=resolution))
        return name(answer.status.code)

    def test_the_first_decision_counts(self):
        message, transaction = self.prepare()
        self.assertEqual(self.decide("", message), "INVALID_TRANSACTION_ID")
        self.assertEqual(self.decide("none", message), "INVALID_TRANSACTION_ID")
        self.assertEqual(self.decide(transaction, message, topic="mixed"), "INVALID_TRANSACTION_ID")
        # Refused, and not carried out.
        self.assertEqual(
            self.decide(transaction, "another", d.TransactionResolution.ROLLBACK), "INVALID_TRANSACTION_ID")
        self.assertEqual(
            self.decide(transaction, message, d.TransactionResolution.TRANSACTION_RESOLUTION_UNSPECIFIED), "OK")
        self.assertEqual(self.receive(self.topic, wait=1)[1], [])
        for _ in range(2):
            self.assertEqual(self.decide(transaction, message), "OK")
        self.assertEqual(
            self.decide(transaction, message, d.TransactionResolution.ROLLBACK), "PRECONDITION_FAILED")
        self.assertEqual(len(self.receive(self.topic)[1]), 1)

    def test_a_recall_is_exact_and_says_when_it_is_too_late(self):
        self.server.topic(self.topic, "delay")
        def recall(handle, topic=None):
            answer = self.ask("RecallMessage", s.RecallMessageRequest(topic=resource(topic or self.topic), recall_handle=handle))
            return name(answer.status.code), answer.message_id
        late = self.message(to=self.topic, delivery_timestamp=timestamp(time.time() + 600))
        (entry,) = self.send(late).entries
        for _ in range(2):
            self.assertEqual(recall(entry.recall_handle), ("OK", late.system_properties.message_id))
        soon = self.message(to=self.topic, delivery_timestamp=timestamp(time.time() + 1))
        (entry,) = self.send(soon).entries
        _, (got,) = self.receive(self.topic)
        self.assertEqual(got.system_properties.message_id, soon.system_properties.message_id)
        self.assertEqual(recall(entry.recall_handle)[0], "PRECONDITION_FAILED")
        self.assertEqual(recall("none")[0], "BAD_REQUEST")
        self.assertEqual(recall(entry.recall_handle, "mixed")[0], "BAD_REQUEST")

    # The rest

    def test_what_is_not_served_says_so(self):
        for rpc, question in [
            ("UpdateOffset", s.UpdateOffsetRequest()), ("GetOffset", s.GetOffsetRequest()),
            ("QueryOffset", s.QueryOffsetRequest()), ("SyncLiteSubscription", s.SyncLiteSubscriptionRequest()),
        ]:
            self.assertEqual(name(self.ask(rpc, question).status.code), "NOT_IMPLEMENTED")
        (part,) = list(self.ask("PullMessage", s.PullMessageRequest()))
        self.assertEqual(name(part.status.code), "NOT_IMPLEMENTED")

    def test_bytes_that_are_no_message_end_the_call_only(self):
        for path in ["SendMessage", "ReceiveMessage", "AckMessage", "QueryRoute", "EndTransaction"]:
            raw = self.channel.unary_unary(f"/apache.rocketmq.v2.MessagingService/{path}")
            for junk in [b"\xff" * 50, b"\x0a\xff\xff\xff\xff\x0f", b"\x0a" * 500]:
                with self.assertRaises(grpc.RpcError) as ended:
                    raw(junk, metadata=self.headers(), timeout=30)
                self.assertEqual(ended.exception.code(), grpc.StatusCode.INTERNAL)
        self.assertEqual(self.code(self.message()), "OK")

    def test_bytes_of_a_client_that_is_not_known_are_not_decoded(self):
        raw = self.channel.unary_unary("/apache.rocketmq.v2.MessagingService/SendMessage")
        answer = s.SendMessageResponse.FromString(raw(b"\xff" * 5_000, timeout=30))
        self.assertEqual(name(answer.status.code), "CLIENT_ID_REQUIRED")

    def test_a_request_of_very_many_fields_is_answered_without_decoding_them(self):
        for path, junk, code in [
            ("SendMessage", b"\x0a\x00" * 2_000_000, "MESSAGE_BODY_TOO_LARGE"),
            ("SendMessage", b"\x0a\x80\x89\x7a" + b"\x12\x00" * 1_000_000, "MESSAGE_BODY_TOO_LARGE"),
        ]:
            raw = self.channel.unary_unary(f"/apache.rocketmq.v2.MessagingService/{path}")
            answer = s.SendMessageResponse.FromString(raw(junk, metadata=self.headers(), timeout=30))
            self.assertEqual(name(answer.status.code), code)
        for path in ["AckMessage", "ReceiveMessage", "Heartbeat", "QueryRoute"]:
            raw = self.channel.unary_unary(f"/apache.rocketmq.v2.MessagingService/{path}")
            with self.assertRaises(grpc.RpcError) as ended:
                raw(b"\x1a\x00" * 40_000, metadata=self.headers(), timeout=30)
            self.assertEqual(ended.exception.code(), grpc.StatusCode.INTERNAL)

    def test_two_thousand_calls_share_one_connection(self):
        calls = [
            self.stub.SendMessage.future(
                s.SendMessageRequest(messages=[self.message(to="normal")]), metadata=self.headers(), timeout=60)
            for _ in range(2_000)
        ]
        self.assertEqual({name(call.result().status.code) for call in calls}, {"OK"})


class Declared(unittest.TestCase):
    def test_a_group_that_must_be_made_first_is_not_found_before(self):
        server = Served("--open", "--groups", "declared")
        try:
            server.topic("orders")
            with grpc.insecure_channel(f"127.0.0.1:{server.port}") as channel:
                stub = MessagingServiceStub(channel)

                def codes():
                    headers = [("x-mq-client-id", "raw@1")]
                    assigned = stub.QueryAssignment(
                        s.QueryAssignmentRequest(topic=resource("orders"), group=resource("readers")), metadata=headers,
                        timeout=30)
                    received = next(stub.ReceiveMessage(
                        s.ReceiveMessageRequest(
                            group=resource("readers"), message_queue=d.MessageQueue(topic=resource("orders")),
                            long_polling_timeout=Duration(seconds=1)), metadata=headers, timeout=30))
                    return name(assigned.status.code), name(received.status.code)

                self.assertEqual(codes(), ("CONSUMER_GROUP_NOT_FOUND", "CONSUMER_GROUP_NOT_FOUND"))
                server.run("group", "create", "readers")
                self.assertEqual(codes(), ("OK", "MESSAGE_NOT_FOUND"))
        finally:
            server.close()
