"""A client in a process of its own, to be killed: sends numbered messages, or consumes and prints what it got.

    client_process.py send PORT TOPIC NAME     sends until its input ends; prints each number that was acknowledged
    client_process.py hold PORT TOPIC GROUP    takes one message, prints it and holds it
"""
import sys
import threading

from served import FilterExpression, Listener, Served, message
from rocketmq.v5.consumer import PushConsumer


class There(Served):
    """A server that somebody else has started."""

    def __init__(self, port):
        self.port = int(port)


def say(text):
    print(text, flush=True)


def send(port, topic, name):
    producer = There(port).producer(topic)
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    number = 0
    while not ended.is_set():
        body = f"{name}-{number}"
        try:
            producer.send(message(topic, body, keys=body))
            say(body)
            number += 1
        except Exception:
            # Its server is gone: the same number is sent again, so it may be there more than once.
            ended.wait(0.05)
    say("end")
    sys.stdout.flush()
    producer.shutdown()


def hold(port, topic, group):
    taken = threading.Event()

    def listen(one):
        say(one.body.decode())
        taken.wait()

    consumer = PushConsumer(
        There(port).configuration(), group, Listener(listen), {topic: FilterExpression()}, consumption_thread_count=1)
    consumer.startup()
    taken.wait()


if __name__ == "__main__":
    {"send": send, "hold": hold}[sys.argv[1]](*sys.argv[2:])
