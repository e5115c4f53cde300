"""The official Python client, unchanged, against the built executable: it sends, consumes, delays, recalls and takes
part in transactions; nothing is lost and nothing stays stuck when either side is killed.

    Tests/RocketMQClients/run                    all
    Tests/RocketMQClients/run Killed.test_NAME   one
"""
import hashlib
import hmac
import json
import os
import queue
import signal
import subprocess
import sys
import time
import unittest

import grpc
from google.protobuf.duration_pb2 import Duration

from served import Heard, Served, drain, message
from test_answers import Answers, Declared
from test_pages import OtherLanguages, Pages
from test_tls import WithTLS
from rocketmq.grpc_protocol import TransactionResolution
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s
from rocketmq.grpc_protocol.service_pb2_grpc import MessagingServiceStub
from rocketmq.v5.model import FilterExpression as Filter
from rocketmq.v5.producer import TransactionChecker
from rocketmq.grpc_protocol import FilterType

HERE = os.path.dirname(os.path.abspath(__file__))


class Checker(TransactionChecker):
    """Answers for a producer what became of its transactions, by the body of the message."""

    def __init__(self, answer):
        self.answer = answer
        self.asked = []

    def check(self, message):
        self.asked.append(message.body)
        return self.answer(message)


def signed(key, secret):
    """Headers by which a client proves that it has a pair of keys."""
    date = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
    signature = hmac.new(secret.encode(), date.encode(), hashlib.sha1).hexdigest()
    return [
        ("x-mq-date-time", date),
        ("authorization", f"MQv2-HMAC-SHA1 Credential={key}, SignedHeaders=x-mq-date-time, Signature={signature}"),
    ]


class OneServer(unittest.TestCase):
    """Tests that share a server, each with a topic of its own."""

    @classmethod
    def setUpClass(cls):
        cls.server = Served("--open")
        cls.open = []

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def setUp(self):
        self.clients = []

    def tearDown(self):
        for client in self.clients:
            client.shutdown()

    def keep(self, client):
        self.clients.append(client)
        return client


class Messages(OneServer):
    def test_a_message_comes_as_it_was_sent(self):
        self.server.topic("plain")
        producer = self.keep(self.server.producer("plain"))
        receipt = producer.send(
            message("plain", "für Ann", tag="paid", keys="order-7", amount="5300", region="EU"))
        consumer = self.keep(self.server.consumer("plain-readers", "plain"))
        (got,) = drain(consumer, 1)
        self.assertEqual(got.body, "für Ann".encode())
        self.assertEqual(got.message_id, receipt.message_id)
        self.assertEqual(got.tag, "paid")
        self.assertEqual(list(got.keys), ["order-7"])
        self.assertEqual(got.properties, {"amount": "5300", "region": "EU"})
        self.assertEqual(got.delivery_attempt, 1)
        self.assertFalse(got.corrupted)
        self.assertLess(abs(got.born_timestamp / 1_000 - time.time()), 60)
        self.assertTrue(got.born_host)
        # What was acknowledged is not delivered again.
        self.assertFalse(consumer.receive(32, 10))

    def test_a_body_of_four_mebibytes_comes_whole(self):
        self.server.topic("large")
        producer = self.keep(self.server.producer("large"))
        body = os.urandom(4 << 20)
        producer.send(message("large", body))
        (got,) = drain(self.keep(self.server.consumer("large-readers", "large")), 1)
        self.assertEqual(got.body, body)

    def test_a_push_consumer_gets_every_message_once(self):
        self.server.topic("pushed")
        producer = self.keep(self.server.producer("pushed"))
        heard = Heard()
        self.keep(self.server.push("pushed-readers", "pushed", heard))
        sent = {producer.send(message("pushed", f"{n}")).message_id for n in range(200)}
        got = heard.wait(lambda messages: len(messages) >= 200)
        self.assertEqual({one.message_id for one in got}, sent)
        self.assertEqual(len(got), 200)

    def test_what_a_push_consumer_fails_at_comes_again_and_is_dead_in_the_end(self):
        self.server.topic("failed")
        self.server.run("group", "create", "failing", "--max-attempts", "3", "--ladder", "1s,1s")
        producer = self.keep(self.server.producer("failed"))
        heard = Heard()

        def listen(one):
            heard(one)
            return one.body != b"bad"

        self.keep(self.server.push("failing", "failed", listen))
        producer.send(message("failed", "bad"))
        producer.send(message("failed", "good"))
        got = heard.wait(lambda messages: len([one for one in messages if one.body == b"bad"]) >= 3)
        self.assertEqual([one.delivery_attempt for one in got if one.body == b"bad"], [1, 2, 3])
        dead = self.keep(self.server.consumer("undertakers", "%DLQ%failing", wait=5))
        (letter,) = drain(dead, 1)
        self.assertEqual(letter.body, b"bad")
        self.assertEqual(letter.topic, "%DLQ%failing")

    def test_a_fifo_group_gets_each_message_group_in_order(self):
        self.server.topic("ordered", "fifo")
        producer = self.keep(self.server.producer("ordered"))
        heard = Heard()
        self.keep(self.server.push("ordered-readers", "ordered", heard))
        for n in range(20):
            for key in "abc":
                producer.send(message("ordered", f"{key}{n}", group=key))
        got = heard.wait(lambda messages: len(messages) >= 60, 60)
        for key in "abc":
            bodies = [one.body.decode() for one in got if one.message_group == key]
            self.assertEqual(bodies, [f"{key}{n}" for n in range(20)])

    def test_a_simple_consumer_keeps_a_message_longer_than_it_asked_first(self):
        self.server.topic("kept")
        producer = self.keep(self.server.producer("kept"))
        producer.send(message("kept", "one"))
        consumer = self.keep(self.server.consumer("keepers", "kept"))
        (got,) = consumer.receive(1, 10)
        consumer.change_invisible_duration(got, 1)
        (again,) = consumer.receive(1, 10) or consumer.receive(1, 10)
        self.assertEqual(again.delivery_attempt, 2)
        consumer.ack(again)

    def test_filters_choose_by_tag_and_by_property(self):
        self.server.topic("chosen")
        producer = self.keep(self.server.producer("chosen"))
        for tag, amount in [("paid", "100"), ("paid", "900"), ("placed", "900")]:
            producer.send(message("chosen", f"{tag} {amount}", tag=tag, amount=amount))
        tags = self.keep(self.server.consumer("by-tag", "chosen", Filter("paid || gone")))
        self.assertEqual({one.body for one in drain(tags, 2)}, {b"paid 100", b"paid 900"})
        sql = self.keep(self.server.consumer("by-sql", "chosen", Filter("amount > 500 AND TAGS = 'paid'", FilterType.SQL)))
        self.assertEqual([one.body for one in drain(sql, 1)], [b"paid 900"])
        self.assertFalse(sql.receive(32, 10))

    def test_a_delayed_message_waits_for_its_time_and_can_be_recalled(self):
        self.server.topic("late", "delay")
        producer = self.keep(self.server.producer("late"))
        due = int(time.time()) + 3
        producer.send(message("late", "in time", due=due))
        recalled = producer.send(message("late", "taken back", due=due))
        producer.recall_message("late", recalled.recall_handle)
        consumer = self.keep(self.server.consumer("late-readers", "late", wait=5))
        (got,) = drain(consumer, 1)
        self.assertGreaterEqual(time.time(), due)
        self.assertEqual(got.body, b"in time")
        self.assertFalse(consumer.receive(32, 10))

    def test_a_message_of_an_unknown_topic_is_refused(self):
        producer = self.keep(self.server.producer())
        with self.assertRaises(Exception) as refused:
            producer.send(message("nowhere", "lost"))
        self.assertIn("nowhere", str(refused.exception))

    def test_a_consumer_that_says_goodbye_leaves_its_messages_to_others(self):
        self.server.topic("left")
        producer = self.keep(self.server.producer("left"))
        producer.send(message("left", "one"))
        leaving = self.server.consumer("leavers", "left")
        (got,) = leaving.receive(1, 600)
        began = time.monotonic()
        leaving.shutdown()
        staying = self.keep(self.server.consumer("leavers", "left", wait=10))
        (again,) = drain(staying, 1, seconds=10)
        self.assertEqual(again.message_id, got.message_id)
        self.assertLess(time.monotonic() - began, 8)

    def test_namespaces_are_apart(self):
        self.server.topic("north%books")
        self.server.topic("books")
        north = self.keep(self.server.producer("books", namespace="north"))
        north.send(message("books", "from the north"))
        south = self.keep(self.server.producer("books"))
        south.send(message("books", "from the south"))
        reader = self.keep(self.server.consumer("readers", "books", namespace="north"))
        (got,) = drain(reader, 1)
        self.assertEqual(got.body, b"from the north")


class Transactions(OneServer):
    def setUp(self):
        super().setUp()

    def begin(self, topic, answer):
        self.server.topic(topic, "transaction")
        checker = Checker(answer)
        producer = self.keep(self.server.producer(topic, checker=checker))
        return producer, checker

    def test_a_committed_message_is_seen_and_one_rolled_back_is_not(self):
        producer, _ = self.begin("decided", lambda one: TransactionResolution.COMMIT)
        for body, commits in [("yes", True), ("no", False), ("yes too", True)]:
            transaction = producer.begin_transaction()
            producer.send(message("decided", body), transaction)
            if commits:
                transaction.commit()
            else:
                transaction.rollback()
        consumer = self.keep(self.server.consumer("deciders", "decided"))
        self.assertEqual({one.body for one in drain(consumer, 2)}, {b"yes", b"yes too"})
        self.assertFalse(consumer.receive(32, 10))

    def test_a_producer_is_asked_what_it_has_not_decided(self):
        answers = {b"done": TransactionResolution.COMMIT, b"undone": TransactionResolution.ROLLBACK}
        producer, checker = self.begin("asked", lambda one: answers[one.body])
        for body in ["done", "undone"]:
            producer.send(message("asked", body, tag="late", keys=body), producer.begin_transaction())
        consumer = self.keep(self.server.consumer("askers", "asked", wait=10))
        (got,) = drain(consumer, 1)
        self.assertEqual(got.body, b"done")
        self.assertEqual(got.tag, "late")
        self.assertFalse(consumer.receive(32, 10))
        self.assertEqual(sorted(set(checker.asked)), [b"done", b"undone"])


    def test_a_producer_of_a_namespace_is_asked_too(self):
        self.server.topic("north%asked", "transaction")
        checker = Checker(lambda one: TransactionResolution.COMMIT)
        producer = self.keep(self.server.producer("asked", checker=checker, namespace="north"))
        producer.send(message("asked", "done"), producer.begin_transaction())
        consumer = self.keep(self.server.consumer("askers", "asked", wait=10, namespace="north"))
        (got,) = drain(consumer, 1)
        self.assertEqual(got.body, b"done")


class Access(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.server = Served()
        cls.server.topic("guarded")
        cls.server.topic("other")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    def keys(self, *grants, name="python"):
        words = [word for grant in grants for word in ("--grant", grant)]
        lines = self.server.run(
            "token", "create", "--name", name, *words, "--reason", "a test", "--rocketmq").splitlines()
        return {"key": lines[1].removeprefix("access key: "), "secret": lines[2].removeprefix("secret key: ")}

    def test_a_pair_of_keys_opens_what_its_token_grants(self):
        pair = self.keys("producer:guarded", "consumer:readers")
        producer = self.server.producer("guarded", **pair)
        consumer = self.server.consumer("readers", "guarded", **pair)
        producer.send(message("guarded", "one"))
        self.assertEqual([one.body for one in drain(consumer, 1)], [b"one"])
        with self.assertRaises(Exception):
            producer.send(message("other", "two"))
        producer.shutdown()
        consumer.shutdown()

    def test_the_day_of_its_last_call_is_that_of_its_last_use(self):
        pair = self.keys("producer:guarded")

        def used():
            tokens = json.loads(self.server.run("token", "list", "--json"))
            return {one["id"]: one["last_used_on"] for one in tokens}[pair["key"].removeprefix("wb-")]

        self.assertIsNone(used())
        producer = self.server.producer("guarded", **pair)
        producer.send(message("guarded", "used"))
        producer.shutdown()
        self.assertRegex(used() or "never", r"^20\d\d-\d\d-\d\d$")

    def test_a_revoked_token_ends_streams_and_waits_within_seconds(self):
        self.server.topic("closing")
        lines = self.server.run(
            "token", "create", "--name", "leaver", "--grant", "producer:closing", "--grant", "consumer:leavers",
            "--reason", "a test", "--rocketmq").splitlines()
        pair = [lines[1].removeprefix("access key: "), lines[2].removeprefix("secret key: ")]
        headers = [("x-mq-client-id", "leaver@1")] + signed(*pair)
        with grpc.insecure_channel(f"127.0.0.1:{self.server.port}") as channel:
            stub = MessagingServiceStub(channel)
            settings = d.Settings(client_type=d.ClientType.PRODUCER, publishing=d.Publishing())
            asked = queue.Queue()
            asked.put(s.TelemetryCommand(settings=settings))
            stream = stub.Telemetry(iter(asked.get, None), metadata=headers)
            self.assertEqual(next(stream).status.code, d.Code.OK)
            polled = stub.ReceiveMessage(
                s.ReceiveMessageRequest(
                    group=d.Resource(name="leavers"), message_queue=d.MessageQueue(topic=d.Resource(name="closing")),
                    batch_size=1, auto_renew=True, long_polling_timeout=Duration(seconds=20)), metadata=headers)
            self.server.run("token", "revoke", pair[0].removeprefix("wb-"), "--reason", "a test")
            began = time.monotonic()
            self.assertEqual(list(stream), [])
            self.assertLess(time.monotonic() - began, 8)
            asked.put(None)
            other = self.server.producer("closing", **self.keys("producer:closing"))
            other.send(message("closing", "not for leavers"))
            self.assertEqual([part.status.code for part in polled if part.HasField("status")], [d.Code.UNAUTHORIZED])
            other.shutdown()

    def test_strangers_take_no_more_than_half_of_the_connections(self):
        server = Served("--connections", "8")
        lines = server.run(
            "token", "create", "--name", "reader", "--grant", "consumer:readers", "--reason", "a test",
            "--rocketmq").splitlines()
        pair = [lines[1].removeprefix("access key: "), lines[2].removeprefix("secret key: ")]
        server.topic("crowded")
        question = s.QueryRouteRequest(topic=d.Resource(name="crowded"))

        def ask(channel, *headers):
            return MessagingServiceStub(channel).QueryRoute(
                question, metadata=[("x-mq-client-id", "one@1"), *headers], timeout=10).status.code

        def channel():
            return grpc.insecure_channel(
                f"127.0.0.1:{server.port}", options=[("grpc.use_local_subchannel_pool", 1)])

        strangers = [channel() for _ in range(8)]
        for stranger in strangers:
            self.assertEqual(ask(stranger), d.Code.UNAUTHORIZED)
        with channel() as known:
            self.assertEqual(ask(known, *signed(*pair)), d.Code.OK)
        for stranger in strangers:
            stranger.close()
        server.close()

    def test_a_name_of_a_client_is_its_caller_s_alone(self):
        self.server.topic("shared")
        headers = [
            [("x-mq-client-id", "same@1")] + signed(pair["key"], pair["secret"])
            for pair in [self.keys("producer:shared", "consumer:sharers"), self.keys("consumer:sharers", name="other")]
        ]
        with grpc.insecure_channel(f"127.0.0.1:{self.server.port}") as channel:
            stub = MessagingServiceStub(channel)
            topic, group = d.Resource(name="shared"), d.Resource(name="sharers")
            system = d.SystemProperties(message_id="only-one")
            stub.SendMessage(
                s.SendMessageRequest(messages=[d.Message(topic=topic, body=b"x", system_properties=system)]),
                metadata=headers[0])

            def receive(of):
                question = s.ReceiveMessageRequest(
                    group=group, message_queue=d.MessageQueue(topic=topic), batch_size=1, auto_renew=True,
                    attempt_id="attempt", long_polling_timeout=Duration(seconds=2))
                parts = stub.ReceiveMessage(question, metadata=headers[of], timeout=30)
                return [part.message.system_properties for part in parts if part.HasField("message")]

            (held,) = receive(0)
            self.assertEqual(receive(1), [])
            stub.NotifyClientTermination(s.NotifyClientTerminationRequest(group=group), metadata=headers[1])
            self.assertEqual(receive(1), [])
            entry = s.AckMessageEntry(message_id="only-one", receipt_handle=held.receipt_handle)
            answer = stub.AckMessage(s.AckMessageRequest(group=group, topic=topic, entries=[entry]), metadata=headers[0])
            self.assertEqual(answer.status.code, d.Code.OK)

    def test_a_wrong_secret_or_none_opens_nothing(self):
        pair = self.keys("producer:guarded")
        for wrong in [{}, {"key": pair["key"], "secret": "wrong"}, {"key": "wb-nobody", "secret": pair["secret"]}]:
            producer = self.server.producer(**wrong)
            with self.assertRaises(Exception):
                producer.send(message("guarded", "no"))
            producer.shutdown()
        reader = self.keys("consumer:others")
        consumer = self.server.consumer("foreign", "guarded", **reader)
        with self.assertRaises(Exception) as refused:
            consumer.receive(1, 10)
        self.assertIn("consumer:foreign", str(refused.exception))
        consumer.shutdown()


class Lanes(unittest.TestCase):
    """A grey producer and a grey consumer, and the base beside them."""

    @classmethod
    def setUpClass(cls):
        cls.server = Served()
        cls.server.topic("orders")

    @classmethod
    def tearDownClass(cls):
        cls.server.close()

    keys = Access.keys

    def send(self, producer, number, lane=None):
        made = message("orders", f"{number}", **({"lane": lane} if lane else {}))
        return producer.send(made).message_id

    def clients(self, group):
        return json.loads(self.server.run("group", "clients", group, "--json"))

    def test_a_grey_consumer_gets_what_is_grey_and_the_base_the_rest(self):
        base = self.keys("producer:orders", "consumer:readers", name="base")
        grey = self.keys("producer:orders", "consumer:readers", "lane:grey", name="grey")
        heard = {lane: Heard() for lane in ("base", "grey")}
        consumers = {
            lane: self.server.push("readers", "orders", heard[lane], **pair) for lane, pair in [("base", base), ("grey", grey)]}
        producers = [self.server.producer("orders", **pair) for pair in (base, grey)]
        # Once a consumer of a lane has asked, its group knows the lane.
        deadline = time.monotonic() + 30
        while sorted(one["lane"] for one in self.clients("readers")) != ["", "grey"]:
            self.assertLess(time.monotonic(), deadline)
        first = self.send(producers[1], "first", "grey")
        ids = {"base": {self.send(producers[0], number) for number in range(10)}, "grey": {first}}
        ids["grey"] |= {self.send(producers[1], number, "grey") for number in range(10, 20)}
        ids["base"] |= {self.send(producers[1], number) for number in range(20, 25)}
        for lane in heard:
            messages = heard[lane].wait(lambda messages, lane=lane: len(messages) >= len(ids[lane]))
            self.assertEqual({one.message_id for one in messages}, ids[lane], lane)
            self.assertEqual({one.properties.get("lane") for one in messages}, {"grey" if lane == "grey" else None})
        # Operators see the same.
        (lane,) = json.loads(self.server.run("lane", "list", "--json"))
        self.assertEqual((lane["name"], lane["topics"], lane["served_in"]), ("grey", ["orders"], ["readers"]))
        clients = self.clients("readers")
        self.assertEqual({one["language"] for one in clients}, {"PYTHON"})
        grey_client = next(one["client"] for one in clients if one["lane"] == "grey")
        (trace,) = json.loads(self.server.run("message", "trace", first, "--json"))
        self.assertIn(grey_client, json.dumps(trace))
        (lag,) = json.loads(self.server.run("group", "lag", "readers", "--json"))
        self.assertEqual((lag["owed"], lag["dead"]), (0, 0))
        # Without a grant nothing goes into a lane.
        with self.assertRaises(Exception) as refused:
            self.send(producers[0], "no", "grey")
        self.assertIn("lane:grey", str(refused.exception))
        # The grey consumer goes: the base gets what is in its lane.
        consumers["grey"].shutdown()
        left = self.send(producers[1], "left", "grey")
        heard["base"].wait(lambda messages: any(one.message_id == left for one in messages))
        for client in (consumers["base"], *producers):
            client.shutdown()

    def test_a_message_of_a_lane_that_came_another_way_says_its_lane(self):
        self.server.topic("trade")
        self.server.run("message", "send", "trade", "--body", "{}", "--lane", "grey")
        pair = self.keys("consumer:traders", name="trader")
        consumer = self.server.consumer("traders", "trade", **pair)
        (got,) = drain(consumer, 1)
        self.assertEqual(got.properties, {"lane": "grey"})
        consumer.shutdown()

    def test_who_consumes_for_a_group_is_known_to_a_server_alone(self):
        self.server.topic("watched")
        pair = self.keys("producer:watched", "consumer:watchers", name="watcher")
        producer = self.server.producer("watched", **pair)
        producer.send(message("watched", "held"))
        consumer = self.server.consumer("watchers", "watched", **pair)
        (held,) = consumer.receive(1, 60)
        (one,) = self.clients("watchers")
        self.assertEqual((one["holds"], one["alive"], one["lane"], one["language"]), (1, True, "", "PYTHON"))
        self.assertRegex(one["version"], r"^5\.")
        self.assertRegex(one["address"], r"^127\.0\.0\.1:\d+$")
        consumer.ack(held)
        (one,) = self.clients("watchers")
        self.assertEqual(one["holds"], 0)
        table = self.server.run("group", "clients", "watchers")
        self.assertRegex(table, r"CLIENT +LANGUAGE +VERSION +ADDRESS +LANE +HOLDS +HEARD")
        for client in (producer, consumer):
            client.shutdown()
        self.server.stop()
        done = subprocess.run(
            [os.environ["WAYBILL"], "group", "clients", "watchers", "--db", self.server.db], capture_output=True,
            text=True, timeout=60)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("only a server knows", done.stderr)
        self.server.start()


class Killed(unittest.TestCase):
    def setUp(self):
        self.server = Served("--open")

    def tearDown(self):
        self.server.close()

    def client(self, *words):
        return subprocess.Popen(
            [sys.executable, os.path.join(HERE, "client_process.py"), *words], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def test_nothing_is_lost_and_nothing_is_stuck_while_the_server_is_killed(self):
        self.server.topic("orders")
        heard = [Heard(), Heard()]
        consumers = [self.server.push(f"readers-{n}", "orders", heard[n]) for n in range(2)]
        producers = [self.client("send", str(self.server.port), "orders", f"p{n}") for n in range(8)]
        sent = set()
        for kill in range(4):
            for producer in producers:
                for _ in range(10):
                    sent.add(producer.stdout.readline().strip())
            self.server.stop(signal.SIGTERM if kill == 2 else signal.SIGKILL)
            self.server.start()
        for producer in producers:
            producer.stdin.close()
            for line in producer.stdout:
                if line.strip() == "end":
                    break
                sent.add(line.strip())
        self.assertNotIn("", sent)
        self.assertGreater(len(sent), 300)
        for one in heard:
            one.wait(lambda messages: sent <= {got.body.decode() for got in messages}, 60)
        for consumer in consumers:
            consumer.shutdown()
        for producer in producers:
            producer.stdout.close()
            self.assertEqual(producer.wait(timeout=30), 0)
        # All that was heard was acknowledged: nothing waits any more.
        for n in range(2):
            again = self.server.consumer(f"readers-{n}", "orders", wait=1)
            left = [got.body.decode() for got in again.receive(32, 10) or []]
            again.shutdown()
            self.assertEqual(left, [])

    def test_what_a_killed_consumer_held_comes_to_another_within_fifteen_seconds(self):
        self.server.topic("held")
        producer = self.server.producer("held")
        producer.send(message("held", "one"))
        holder = self.client("hold", str(self.server.port), "held", "holders")
        self.assertEqual(holder.stdout.readline().strip(), "one")
        heard = Heard()
        other = self.server.push("holders", "held", heard)
        holder.kill()
        began = time.monotonic()
        holder.wait()
        (got,) = heard.wait(lambda messages: messages, 20)
        self.assertLess(time.monotonic() - began, 15)
        self.assertEqual(got.delivery_attempt, 2)
        for client in (other, producer):
            client.shutdown()
        holder.stdin.close()
        holder.stdout.close()

    def test_a_server_that_is_asked_to_stop_ends_waits_and_is_gone_in_time(self):
        self.server.topic("quiet")
        heard = Heard()
        consumer = self.server.push("listeners", "quiet", heard)
        producer = self.server.producer("quiet")
        producer.send(message("quiet", "before"))
        heard.wait(lambda messages: messages)
        began = time.monotonic()
        self.assertEqual(self.server.stop(), 0)
        self.assertLess(time.monotonic() - began, 9)
        self.server.start()
        producer.send(message("quiet", "after"))
        heard.wait(lambda messages: any(one.body == b"after" for one in messages))
        for client in (consumer, producer):
            client.shutdown()


if __name__ == "__main__":
    program = unittest.main(exit=False, verbosity=1)
    print(f"Test run with {program.result.testsRun} tests")
    sys.stdout.flush()
    # Threads of the client may wait for servers that are gone.
    os._exit(0 if program.result.wasSuccessful() else 1)
