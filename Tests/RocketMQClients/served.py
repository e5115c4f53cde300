"""A file in a directory of its own, served by the built executable, and the clients of it."""
import os
import re
import signal
import subprocess
import tempfile
import threading
import time

from rocketmq.v5.client import ClientConfiguration, Credentials
from rocketmq.v5.consumer import MessageListener, PushConsumer, SimpleConsumer
from rocketmq.v5.consumer.push.message_listener import ConsumeResult
from rocketmq.v5.model import FilterExpression, Message
from rocketmq.v5.producer import Producer

WAYBILL = os.environ.get("WAYBILL", ".build/debug/waybill")


class Served:
    """A server that can be killed and started again at the same addresses."""

    def __init__(self, *options):
        self.directory = tempfile.TemporaryDirectory()
        self.db = os.path.join(self.directory.name, "shop.db")
        self.options = options
        self.port = 0
        self.process = None
        # What it has said on standard error.
        self.said = ""
        self.heard = threading.Condition()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [WAYBILL, "serve", "--db", self.db, "--create", "--http", "off",
             "--rocketmq", f"127.0.0.1:{self.port}", *self.options],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        threading.Thread(target=self.listen, args=[self.process.stderr], daemon=True).start()
        line = self.process.stdout.readline()
        found = re.search(r"127\.0\.0\.1:(\d+) for RocketMQ", line)
        assert found, f"the server did not start: {line}{self.errors()}"
        self.port = int(found.group(1))

    def errors(self):
        with self.heard:
            return self.said

    def says(self, words, seconds=30):
        """Waits until the server has said something on standard error."""
        with self.heard:
            assert self.heard.wait_for(lambda: words in self.said, seconds), f"it did not say: {words}\n{self.said}"

    def listen(self, errors):
        for line in errors:
            with self.heard:
                self.said += line
                self.heard.notify_all()
        errors.close()

    def stop(self, number=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(number)
        status = self.process.wait(timeout=60)
        self.process.stdout.close()
        self.process = None
        return status

    def close(self):
        self.stop(signal.SIGKILL)
        self.directory.cleanup()

    def run(self, *words):
        done = subprocess.run([WAYBILL, *words, "--db", self.db], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
        return done.stdout

    def topic(self, name, kind="normal"):
        self.run("topic", "create", name, "--type", kind)

    def configuration(self, key="", secret="", namespace=""):
        return ClientConfiguration(f"127.0.0.1:{self.port}", Credentials(key, secret), namespace, 3)

    def producer(self, *topics, checker=None, **access):
        producer = Producer(self.configuration(**access), topics or None, checker)
        producer.startup()
        return producer

    def consumer(self, group, topic, expression=None, wait=2, **access):
        consumer = SimpleConsumer(
            self.configuration(**access), group, {topic: expression or FilterExpression()}, wait)
        consumer.startup()
        return consumer

    def push(self, group, topic, listen, expression=None, **access):
        consumer = PushConsumer(
            self.configuration(**access), group, Listener(listen), {topic: expression or FilterExpression()},
            consumption_thread_count=4)
        consumer.startup()
        return consumer


class Listener(MessageListener):
    def __init__(self, listen):
        self.listen = listen

    def consume(self, message):
        return ConsumeResult.FAILURE if self.listen(message) is False else ConsumeResult.SUCCESS


class Heard:
    """What listeners were given, to be waited for."""

    def __init__(self):
        self.condition = threading.Condition()
        self.messages = []

    def __call__(self, message):
        with self.condition:
            self.messages.append(message)
            self.condition.notify_all()

    def wait(self, enough, seconds=30):
        """Waits until what was heard is enough; answers what it is."""
        with self.condition:
            assert self.condition.wait_for(lambda: enough(self.messages), seconds), (
                f"not enough after {seconds} s: {[message.body for message in self.messages][-20:]}")
            return list(self.messages)


def message(topic, body, tag=None, keys=None, group=None, due=None, priority=None, **properties):
    made = Message()
    made.topic = topic
    made.body = body.encode() if isinstance(body, str) else body
    if tag:
        made.tag = tag
    if keys:
        made.keys = keys
    if group:
        made.message_group = group
    if due:
        made.delivery_timestamp = due
    if priority is not None:
        made.priority = priority
    for name, value in properties.items():
        made.add_property(name, value)
    return made


def drain(consumer, count, invisible=30, seconds=30):
    """Receives and acknowledges until this many messages are there."""
    got = []
    end = time.monotonic() + seconds
    while len(got) < count:
        assert time.monotonic() < end, f"{len(got)} of {count} messages after {seconds} s"
        for one in consumer.receive(32, invisible) or []:
            got.append(one)
            consumer.ack(one)
    return got
