"""What each official client sends, frame by frame, with the habits that only it has, and what it must be answered.

Written by hand after the clients' own code, because only Python's can be installed here. Run by `test_transports.py`.
"""
import base64
import datetime
import hashlib
import hmac
import time
import unittest
import uuid

from google.protobuf.duration_pb2 import Duration
from google.protobuf.timestamp_pb2 import Timestamp
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s

from frames import Connection, framed
from served import Served


def resource(name):
    return d.Resource(name=name)


def seconds(count):
    return Duration(seconds=count)


class Client:
    """A client on one connection, with the headers of its language."""

    def __init__(self, port, headers, name="host@1@0@abc"):
        self.connection = Connection(port)
        self.name = name
        self.headers = headers
        self.talk = None

    def fields(self, timeout=None):
        made = self.headers() if callable(self.headers) else self.headers
        return [*made, *([("grpc-timeout", timeout)] if timeout else [])]

    def begin(self, rpc, question, timeout=None, ends=True):
        stream = self.connection.begin(rpc, self.fields(timeout), **{"x-mq-client-id": self.name})
        self.connection.send(stream, framed(question.SerializeToString()), ends)
        return stream

    def ask(self, rpc, question, timeout="3S"):
        answer = self.connection.over(self.begin(rpc, question, timeout))
        assert answer.status() == 0, (rpc, answer.trailers)
        kind = {"QueryRoute": s.QueryRouteResponse, "QueryAssignment": s.QueryAssignmentResponse,
                "SendMessage": s.SendMessageResponse, "AckMessage": s.AckMessageResponse,
                "Heartbeat": s.HeartbeatResponse, "EndTransaction": s.EndTransactionResponse,
                "ChangeInvisibleDuration": s.ChangeInvisibleDurationResponse,
                "NotifyClientTermination": s.NotifyClientTerminationResponse,
                "ForwardMessageToDeadLetterQueue": s.ForwardMessageToDeadLetterQueueResponse}[rpc]
        (message,) = answer.messages()
        return kind.FromString(message)

    def parts(self, stream, wait=30):
        answer = self.connection.over(stream, wait)
        assert answer.status() == 0, answer.trailers
        return [s.ReceiveMessageResponse.FromString(message) for message in answer.messages()]

    def receive(self, question, timeout, wait=30):
        return self.parts(self.begin("ReceiveMessage", question, timeout), wait)

    def open(self, timeout, *settings):
        """Opens the stream of Telemetry; with settings, waits for what they are answered."""
        self.talk = self.connection.begin("Telemetry", self.fields(timeout), **{"x-mq-client-id": self.name})
        for one in settings:
            self.say(one)
        if settings:
            return self.commands(len(settings))[-1]

    def say(self, settings):
        command = s.TelemetryCommand(settings=settings)
        self.connection.send(self.talk, framed(command.SerializeToString()), ends=False)

    def commands(self, count, wait=30):
        self.connection.data(self.talk, count, wait)
        return [s.TelemetryCommand.FromString(one) for one in self.connection.streams[self.talk].messages()]

    def close(self):
        self.connection.close()


def utc(pattern="%Y%m%dT%H%M%SZ"):
    return datetime.datetime.now(datetime.timezone.utc).strftime(pattern)


def local(hours):
    """The clock on a wall so many hours east, with a Z behind it as most clients write it."""
    there = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=hours)
    return there.strftime("%Y%m%dT%H%M%SZ")


class Transcripts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.topic = f"t-{uuid.uuid4().hex[:8]}"
        self.group = f"g-{uuid.uuid4().hex[:8]}"
        self.clients = []

    def tearDown(self):
        for client in self.clients:
            client.close()

    def client(self, headers, name=None, server=None):
        client = Client((server or self.server).port, headers, name or f"host@{uuid.uuid4().hex[:6]}")
        self.clients.append(client)
        return client

    def message(self, body=b"x", **system):
        system.setdefault("message_id", f"01{uuid.uuid4().hex.upper()}")
        return d.Message(
            topic=resource(self.topic), body=body,
            system_properties=d.SystemProperties(**{"body_encoding": d.Encoding.IDENTITY, **system}))

    def sent(self, client, *messages):
        answer = client.ask("SendMessage", s.SendMessageRequest(messages=messages))
        self.assertEqual(answer.status.code, d.Code.OK, answer)
        self.assertEqual([entry.message_id for entry in answer.entries],
                         [one.system_properties.message_id for one in messages])
        return answer.entries

    def poll(self, wait=None, queue=0, **fields):
        question = s.ReceiveMessageRequest(
            group=resource(self.group), batch_size=32,
            message_queue=d.MessageQueue(
                topic=resource(self.topic), id=queue, broker=d.Broker(name="waybill"), permission=d.Permission.READ),
            filter_expression=d.FilterExpression(type=d.FilterType.TAG, expression="*"), **fields)
        if wait is not None:
            question.long_polling_timeout.CopyFrom(seconds(wait))
        return question

    def one(self, parts):
        kinds = [part.WhichOneof("content") for part in parts]
        self.assertEqual(kinds, ["status", "message", "delivery_timestamp"])
        self.assertEqual(parts[0].status.code, d.Code.OK)
        return parts[1].message

    def nothing(self, parts):
        self.assertEqual([part.WhichOneof("content") for part in parts], ["status", "delivery_timestamp"])
        self.assertEqual(parts[0].status.code, d.Code.MESSAGE_NOT_FOUND)

    def acknowledge(self, client, message):
        system = message.system_properties
        answer = client.ask("AckMessage", s.AckMessageRequest(
            group=resource(self.group), topic=resource(self.topic),
            entries=[s.AckMessageEntry(message_id=system.message_id, receipt_handle=system.receipt_handle)]))
        return d.Code.Name(answer.status.code)

    def publishing(self, language, *topics):
        return d.Settings(
            client_type=d.ClientType.PRODUCER, request_timeout=seconds(3),
            access_point=d.Endpoints(scheme=d.AddressScheme.IPv4, addresses=[d.Address(host="127.0.0.1", port=1)]),
            publishing=d.Publishing(topics=[resource(one) for one in topics]),
            user_agent=d.UA(language=language, version="5.1.0", platform="Linux", hostname="host"))

    def subscription(self, kind, language, **more):
        return d.Settings(
            client_type=kind, request_timeout=seconds(3),
            subscription=d.Subscription(
                group=resource(self.group), subscriptions=[d.SubscriptionEntry(
                    topic=resource(self.topic), expression=d.FilterExpression(type=d.FilterType.TAG, expression="*"))],
                **more),
            user_agent=d.UA(language=language, version="5.1.0", platform="Linux", hostname="host"))

    # C++: Telemetry before anything else; no request id, a header of another name for the protocol

    CPP = [("x-mq-language", "CPP"), ("x-mq-protocol-version", "v2"), ("x-mq-client-version", "5.1.0"),
           ("x-mq-namespace", ""), ("x-mq-date-time", "20260101T000000Z")]

    def test_cpp_begins_with_telemetry_and_is_answered_before_any_route_is_asked_for(self):
        self.server.topic(self.topic)
        client = self.client(self.CPP)
        command = client.open("3600000m", self.publishing(d.Language.CPP))
        self.assertEqual(command.status.code, d.Code.OK)
        self.assertEqual(command.settings.publishing.max_body_size, 4 << 20)
        self.assertFalse(command.settings.metric.HasField("endpoints"))
        self.assertFalse(command.settings.metric.on)
        route = client.ask("QueryRoute", s.QueryRouteRequest(topic=resource(self.topic)))
        self.assertEqual({queue.broker.id for queue in route.message_queues}, {0})
        # It takes the namespace over that comes back.
        self.assertEqual({queue.topic.resource_namespace for queue in route.message_queues}, {""})

    def test_cpp_fills_fields_of_a_delivery_with_garbage_when_it_sends(self):
        self.server.topic(self.topic, "mixed")
        client = self.client(self.CPP)
        due = time.time() + 1
        self.sent(client, self.message(
            delivery_attempt=-1_234_567_890, queue_id=7, receipt_handle="garbage", queue_offset=99,
            invisible_duration=seconds(77), store_host="elsewhere", store_timestamp=Timestamp(seconds=5),
            delivery_timestamp=Timestamp(seconds=int(due), nanos=int(due % 1 * 1e9)),
            message_group="ann", message_type=d.MessageType.DELAY))
        got = self.one(client.receive(self.poll(auto_renew=True, invisible_duration=seconds(5)), "23S"))
        self.assertGreaterEqual(time.time(), due - 0.001)
        system = got.system_properties
        self.assertEqual((system.delivery_attempt, system.message_type), (1, d.MessageType.DELAY))
        self.assertNotEqual(system.receipt_handle, "garbage")
        self.assertNotIn(system.store_timestamp.seconds, (0, 5))

    def test_cpp_says_no_poll_time_and_an_invisible_time_that_does_not_count(self):
        self.server.topic(self.topic)
        client = self.client(self.CPP)
        client.open("3600000m", self.subscription(d.ClientType.PUSH_CONSUMER, d.Language.CPP))
        # The call's time less half of a request's, 1.5 s, is how long it waits.
        began = time.monotonic()
        self.nothing(client.receive(self.poll(auto_renew=True, invisible_duration=seconds(1), attempt_id="a"), "3S"))
        self.assertTrue(1.3 < time.monotonic() - began < 2.9, time.monotonic() - began)
        self.sent(client, self.message())
        got = self.one(client.receive(self.poll(auto_renew=True, invisible_duration=seconds(1), attempt_id="b"), "23S"))
        # It would be visible after a second, if that time counted.
        self.nothing(client.receive(self.poll(wait=2, auto_renew=True, attempt_id="c"), "5S"))
        self.assertEqual(self.acknowledge(client, got), "OK")

    def test_cpp_gives_a_message_up_without_a_receipt_and_is_told_that_it_cannot(self):
        self.server.topic(self.topic)
        client = self.client(self.CPP)
        answer = client.ask("ForwardMessageToDeadLetterQueue", s.ForwardMessageToDeadLetterQueueRequest(
            group=resource(self.group), topic=resource(self.topic), message_id="01AB", delivery_attempt=17,
            max_delivery_attempts=16))
        self.assertEqual(d.Code.Name(answer.status.code), "INVALID_RECEIPT_HANDLE")

    def test_cpp_has_its_pings_answered_while_it_waits(self):
        self.server.topic(self.topic)
        client = self.client(self.CPP)
        stream = client.begin("ReceiveMessage", self.poll(wait=3, auto_renew=True), "6S")
        for _ in range(50):
            began = time.monotonic()
            self.assertTrue(client.connection.ping())
            # It gives up after 3 s.
            self.assertLess(time.monotonic() - began, 3)
        self.nothing(client.parts(stream))

    # Go: no poll time and no attempt for a simple consumer, the queue that it chose in each message

    GO = [("x-mq-language", "GO"), ("x-mq-protocol", "v2"), ("x-mq-client-version", "5.1.4"), ("x-mq-namespace", ""),
          ("x-mq-request-id", "r-1"), ("x-mq-date-time", "20260101T000000Z"), ("user-agent", "grpc-go/1.58.3")]

    def test_go_polls_without_a_time_until_its_call_is_about_to_end(self):
        self.server.topic(self.topic)
        client = self.client(self.GO)
        client.open("8760H", self.subscription(d.ClientType.SIMPLE_CONSUMER, d.Language.GOLANG))
        began = time.monotonic()
        # An empty answer is an error that its user sees; no answer at all would be a worse one.
        self.nothing(client.receive(self.poll(invisible_duration=seconds(20)), "2500000u"))
        self.assertTrue(0.8 < time.monotonic() - began < 2.5, time.monotonic() - began)
        self.sent(client, self.message(queue_id=3, message_type=d.MessageType.NORMAL))
        # Whatever queue it polls, the whole topic is there.
        got = self.one(client.receive(self.poll(queue=1, invisible_duration=seconds(20)), "23S"))
        self.assertEqual(self.acknowledge(client, got), "OK")

    def test_go_pings_for_each_piece_of_data_thousands_of_times(self):
        self.server.topic(self.topic)
        client = self.client(self.GO)
        beat = s.HeartbeatRequest(client_type=d.ClientType.PRODUCER)
        for _ in range(2_000):
            client.connection.write(b"\x00\x00\x08\x06\x00\x00\x00\x00\x00\x02\x04\x10\x10\x09\x0e\x07\x07")
            self.assertEqual(client.ask("Heartbeat", beat).status.code, d.Code.OK)
        self.assertFalse(client.connection.closed)
        self.assertEqual(len(client.connection.pongs), 2_000 + 1)

    # Rust: awaits the headers of Telemetry before it says anything, asks for 40 s, has no attempt, says it again

    @staticmethod
    def rust():
        return [("x-mq-language", "RUST"), ("x-mq-protocol", "GRPC_V2"), ("x-mq-client-version", "5.0.0"),
                ("x-mq-date-time", datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=8))).isoformat())]

    def test_rust_has_the_headers_of_its_stream_before_it_says_anything(self):
        client = self.client(self.rust)
        client.open(None)
        stream = client.connection.streams[client.talk]
        client.connection.wait(lambda: stream.headers is not None)
        self.assertEqual(dict(stream.headers)[":status"], "200")
        self.server.topic(self.topic)
        for number in range(3):
            client.say(self.subscription(d.ClientType.SIMPLE_CONSUMER, d.Language.RUST))
            self.assertEqual(client.commands(number + 1)[-1].status.code, d.Code.OK)

    def test_rust_asks_for_longer_than_is_waited_and_is_woken_by_a_message(self):
        self.server.topic(self.topic)
        client = self.client(self.rust)
        stream = client.begin("ReceiveMessage", self.poll(wait=40, invisible_duration=seconds(15)), "43S")
        client.connection.wait(lambda: client.connection.streams[stream].headers is not None)
        self.sent(self.client(self.rust), self.message())
        self.assertEqual(self.acknowledge(client, self.one(client.parts(stream, 5))), "OK")

    # C#: needs a digest and a time of birth in each message; its Telemetry dies and never comes back

    CSHARP = [("x-mq-language", "DOT_NET"), ("x-mq-protocol", "v2"), ("x-mq-client-version", "5.2.1"),
              ("x-mq-date-time", "20260101T000000Z"), ("x-mq-request-id", "R")]

    def test_csharp_finds_a_digest_and_a_time_of_birth_in_what_never_had_any(self):
        self.server.topic(self.topic)
        client = self.client(self.CSHARP)
        self.sent(client, self.message(b"hello"))
        got = self.one(client.receive(self.poll(wait=20, invisible_duration=seconds(15)), "23S"))
        system = got.system_properties
        self.assertTrue(system.HasField("born_timestamp") and system.born_timestamp.seconds)
        self.assertEqual(system.body_digest.type, d.DigestType.MD5)
        self.assertEqual(system.body_digest.checksum, hashlib.md5(b"hello").hexdigest().upper())

    def test_csharp_keeps_what_it_holds_when_its_telemetry_has_died(self):
        self.server.topic(self.topic)
        client = self.client(self.CSHARP)
        client.open("87600H", self.subscription(d.ClientType.PUSH_CONSUMER, d.Language.DOT_NET))
        self.sent(client, self.message())
        got = self.one(client.receive(self.poll(wait=20, auto_renew=True), "23S"))
        client.connection.reset(client.talk)
        other = self.client(self.CSHARP)
        # It is heard and its connection is open: no one else gets its message.
        for _ in range(2):
            beat = s.HeartbeatRequest(group=resource(self.group), client_type=d.ClientType.PUSH_CONSUMER)
            self.assertEqual(client.ask("Heartbeat", beat).status.code, d.Code.OK)
            self.nothing(other.receive(self.poll(wait=3, auto_renew=True), "6S"))
        self.assertEqual(self.acknowledge(client, got), "OK")

    # Node: a command with a status alone fails its start

    NODE = [("x-mq-language", "NODE_JS"), ("x-mq-protocol", "v2"), ("x-mq-client-version", "1.0.7"),
            ("user-agent", "grpc-node-js/1.9.5")]

    def test_node_gets_settings_with_each_status_and_a_stream_without_deadline(self):
        self.server.topic(self.topic)
        client = self.client(self.NODE)
        command = client.open(None, self.publishing(d.Language.NODE_JS, self.topic))
        self.assertEqual(command.status.code, d.Code.OK)
        self.assertTrue(command.HasField("settings"))
        self.sent(client, self.message(born_timestamp=Timestamp(seconds=int(time.time())), born_host="host"))
        got = self.one(client.receive(self.poll(wait=20, invisible_duration=seconds(15), attempt_id="n"), "23S"))
        self.assertTrue(got.system_properties.HasField("body_digest"))
        self.assertEqual(self.acknowledge(client, got), "OK")

    # Java: the same attempt until messages came, settings without topics, 60 years for Telemetry

    JAVA = [("x-mq-language", "JAVA"), ("x-mq-protocol", "v2"), ("x-mq-client-version", "5.2.2"),
            ("x-mq-namespace", ""), ("x-mq-request-id", "r"), ("x-mq-date-time", "20260101T000000Z"),
            ("user-agent", "grpc-java-netty/1.64.0"), ("grpc-accept-encoding", "gzip")]

    def test_java_repeats_an_attempt_after_empty_answers_and_does_not_spin(self):
        self.server.topic(self.topic)
        client = self.client(self.JAVA)
        command = client.open("31536000M", self.subscription(d.ClientType.PUSH_CONSUMER, d.Language.JAVA))
        self.assertTrue(command.settings.backoff_policy.customized_backoff.next)
        for _ in range(3):
            began = time.monotonic()
            self.nothing(client.receive(self.poll(wait=1, auto_renew=True, attempt_id="same"), "4S"))
            # One poll for each poll time.
            self.assertGreater(time.monotonic() - began, 0.9)
        self.sent(client, self.message())
        first = self.one(client.receive(self.poll(wait=1, auto_renew=True, attempt_id="same"), "4S"))
        self.assertEqual(self.acknowledge(client, first), "OK")
        # The batch is gone: the same attempt waits, and then gets the next one.
        began = time.monotonic()
        self.nothing(client.receive(self.poll(wait=1, auto_renew=True, attempt_id="same"), "4S"))
        self.assertGreater(time.monotonic() - began, 0.9)
        self.sent(client, self.message())
        second = self.one(client.receive(self.poll(wait=1, auto_renew=True, attempt_id="same"), "4S"))
        self.assertNotEqual(first.system_properties.message_id, second.system_properties.message_id)

    def test_java_producers_settings_have_a_backoff_and_its_heartbeat_needs_no_group(self):
        client = self.client(self.JAVA)
        command = client.open("31536000M", self.publishing(d.Language.JAVA))
        policy = command.settings.backoff_policy
        self.assertEqual((policy.max_attempts, policy.exponential_backoff.multiplier), (3, 2))
        for _ in range(20):
            began = time.monotonic()
            answer = client.ask("Heartbeat", s.HeartbeatRequest(client_type=d.ClientType.PRODUCER))
            self.assertEqual(answer.status.code, d.Code.OK)
            self.assertLess(time.monotonic() - began, 3)

    def test_java_may_send_several_messages_and_end_its_telemetry_before_it_goes(self):
        self.server.topic(self.topic)
        client = self.client(self.JAVA)
        client.open("31536000M", self.publishing(d.Language.JAVA, self.topic))
        self.sent(client, *[self.message(queue_id=2) for _ in range(4)])
        gone = client.ask("NotifyClientTermination", s.NotifyClientTerminationRequest())
        self.assertEqual(gone.status.code, d.Code.OK)
        client.connection.send(client.talk, b"", ends=True)
        self.assertEqual(client.connection.over(client.talk).status(), 0)


class Signed(unittest.TestCase):
    """How each client signs: over the text of its date as it stands, in hex of either case."""

    @classmethod
    def setUpClass(cls):
        cls.server = Served()
        cls.server.topic("guarded")
        lines = cls.server.run(
            "token", "create", "--name", "raw", "--grant", "producer:guarded", "--reason", "a test",
            "--rocketmq").splitlines()
        cls.key = lines[1].removeprefix("access key: ")
        cls.secret = lines[2].removeprefix("secret key: ")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def answer(self, date, credential=None, upper=False, signed=None, secret=None, headers=None):
        digest = hmac.new((secret or self.secret).encode(), (signed or date).encode(), hashlib.sha1).hexdigest()
        made = headers if headers is not None else [
            ("x-mq-date-time", date),
            ("authorization", f"MQv2-HMAC-SHA1 Credential={credential or self.key}, SignedHeaders=x-mq-date-time, "
                              f"Signature={digest.upper() if upper else digest}")]
        client = Client(self.server.port, made)
        answer = client.ask("QueryRoute", s.QueryRouteRequest(topic=resource("guarded")))
        client.close()
        return d.Code.Name(answer.status.code)

    def test_each_language_is_known_by_its_signature(self):
        east = datetime.datetime.now(datetime.timezone(datetime.timedelta(hours=5, minutes=45)))
        for language, date, more in [
            ("Python, Java, in China", local(8), {}), ("in Nepal", local(5.75), {}), ("in Hawaii", local(-10), {}),
            ("C++", utc(), {"credential": f"{self.key}//Rocketmq"}),
            ("Go", local(1), {"credential": f"{self.key}/cn-hangzhou/Rocketmq"}),
            ("Rust", east.isoformat(), {}), ("Rust in UTC", utc("%Y-%m-%dT%H:%M:%S.%f+00:00"), {}),
            ("C#", local(8), {"upper": True}), ("Node", utc(), {"upper": True}),
        ]:
            with self.subTest(language):
                self.assertEqual(self.answer(date, **more), "OK")

    def test_what_is_not_signed_so_is_not_known(self):
        old = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(minutes=7, seconds=30)
        for what, arguments in [
            ("another date was signed", {"date": utc(), "signed": local(8)}),
            ("another secret", {"date": utc(), "secret": self.secret + "x"}),
            ("another key", {"date": utc(), "credential": "wb-none"}),
            ("half a quarter of an hour old", {"date": old.strftime("%Y%m%dT%H%M%SZ")}),
            ("days old", {"date": "20200101T000000Z"}),
            ("no date", {"date": "never"}),
            ("nothing", {"date": "", "headers": []}),
            ("no signature", {"date": "", "headers": [
                ("x-mq-date-time", utc()), ("authorization", f"MQv2-HMAC-SHA1 Credential={self.key}")]}),
            ("another scheme", {"date": "", "headers": [
                ("x-mq-date-time", utc()), ("authorization", "Bearer " + base64.b64encode(b"x").decode())]}),
        ]:
            with self.subTest(what):
                self.assertEqual(self.answer(**arguments), "UNAUTHORIZED")
