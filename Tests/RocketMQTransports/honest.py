"""An honest client beside hostile ones, in a process of its own: sends a message, receives and acknowledges it, over
and over. For each line of its input it says how that went since the last line.

    honest.py PORT TOPIC
"""
import json
import statistics
import sys
import threading
import time
import uuid

import grpc
from google.protobuf.duration_pb2 import Duration
from rocketmq.grpc_protocol import definition_pb2 as d
from rocketmq.grpc_protocol import service_pb2 as s
from rocketmq.grpc_protocol.service_pb2_grpc import MessagingServiceStub

LEAST = 20


def main(port, topic):
    stub = MessagingServiceStub(grpc.insecure_channel(f"127.0.0.1:{port}"))
    headers = (("x-mq-client-id", "honest@1"), ("x-mq-language", "PYTHON"))
    name, group = d.Resource(name=topic), d.Resource(name=f"{topic}-honest")
    times, faults = [], []
    condition = threading.Condition()

    def ask(rpc, question):
        answer = getattr(stub, rpc)(question, metadata=headers, timeout=30)
        status = answer.status
        if status.code != d.Code.OK:
            raise RuntimeError(f"{rpc}: {status}")
        return answer

    def once():
        sent = d.Message(
            topic=name, body=b"x" * 150, system_properties=d.SystemProperties(message_id=uuid.uuid4().hex))
        ask("SendMessage", s.SendMessageRequest(messages=[sent]))
        parts = stub.ReceiveMessage(
            s.ReceiveMessageRequest(
                group=group, message_queue=d.MessageQueue(topic=name), batch_size=1, auto_renew=True,
                long_polling_timeout=Duration(seconds=20)), metadata=headers, timeout=30)
        got = [part.message for part in parts if part.HasField("message")]
        if [one.system_properties.message_id for one in got] != [sent.system_properties.message_id]:
            raise RuntimeError(f"{len(got)} messages came")
        handle = got[0].system_properties.receipt_handle
        ask("AckMessage", s.AckMessageRequest(
            group=group, topic=name, entries=[s.AckMessageEntry(message_id="m", receipt_handle=handle)]))

    def forever():
        while True:
            began = time.monotonic()
            fault = None
            try:
                once()
            except (grpc.RpcError, RuntimeError) as error:
                fault = str(error)
            with condition:
                times.append(time.monotonic() - began)
                if fault:
                    faults.append(fault)
                condition.notify()

    threading.Thread(target=forever, daemon=True).start()
    for _ in sys.stdin:
        with condition:
            condition.wait_for(lambda: len(times) >= LEAST)
            print(json.dumps({"count": len(times), "median": statistics.median(times), "longest": max(times),
                              "faults": faults[:3]}), flush=True)
            times.clear()
            faults.clear()


if __name__ == "__main__":
    main(*sys.argv[1:])
