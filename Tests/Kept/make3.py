#!/usr/bin/env python3
"""Makes the kept file of a served shop with a binary of its release: make3.py BINARY FOLDER

Made once, with the release whose files have version 15, and never made again.

  served.waybill        a shop behind `waybill serve`, whose server was killed in the middle of traffic; what came last is
                        in the WAL beside it. Purchase limits, among them one that a person has added to; a lane; a
                        delayed and a half message; a group with deliveries that nobody has acknowledged
  served.answers.jsonl  what its clients were told before the kill: request, key, and answer
"""
import http.client, json, os, shutil, signal, socket, subprocess, sys, tempfile, threading, time

binary, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
work = tempfile.mkdtemp()
path = os.path.join(work, "served.waybill")


class Socket(http.client.HTTPConnection):
    """HTTP over the socket beside the file: who opens it is its owner."""

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(path + ".sock")


def serve():
    server = subprocess.Popen([binary, "serve", "--db", path, "--create", "--http", "off"], stdout=subprocess.PIPE)
    server.stdout.readline()
    return server


answers, lock, enough = [], threading.Lock(), threading.Event()


def ask(target, body, key=None, role=None, method="POST"):
    connection = Socket("w")
    headers = {"Content-Type": "application/json"}
    if key: headers["Idempotency-Key"] = key
    if role: headers["Waybill-Role"] = role
    connection.request(method, target, json.dumps(body), headers)
    answer = connection.getresponse()
    read = json.loads(answer.read())
    assert answer.status < 300, (target, answer.status, read)
    with lock:
        answers.append({"target": target, "body": body, "key": key, "role": role, "answer": read})
    return read


def basket(number):
    return {"id": f"o-{number}", "workflow": "standard-order",
            "data": {"shop": "7", "buyer": f"b{number % 5}", "pay_within": "30m", "freight_cents": 0, "discount_cents": 0,
                     "lines": [{"line": "1", "sku": "mug", "at": "", "qty": 2, "price_cents": 900}]}}


def flash(number, buyer, limit):
    return {"id": f"f-{number}", "workflow": "flash-sale",
            "data": {"buyer": buyer, "sku": "phone", "at": "", "price_cents": 900, "limit": limit}}


def shopper(first):
    try:
        for number in range(first, first + 1000):
            ask("/v1/orders", basket(number), f"place-{number}", "buyer")
            pay = {"payment": f"p-{number}", "channel": "card", "amount_cents": 1800}
            ask(f"/v1/orders/o-{number}/commands/pay", pay, f"pay-{number}", "payments")
            if len(answers) >= target: enough.set()
    except (OSError, http.client.HTTPException):
        # The server is gone.
        pass


server = serve()
ask("/v1/stock/mug/receive", {"quantity": 1000, "note": "delivery 1"}, "d-1")
ask("/v1/stock/phone/receive", {"quantity": 10}, "d-2")
for number, (buyer, limit) in enumerate([("ann", 2), ("ann", 2), ("bob", 1)]):
    ask("/v1/orders", flash(number, buyer, limit), f"flash-{number}", "shop")
ask("/v1/stock/limit:phone/adjust?location=bob", {"by": 1, "note": "a good customer"}, "a-1")
ask("/v1/groups/shipping", {"reason": "kept"}, method="PUT")
ask("/v1/topics/ledger", {"type": "mixed", "reason": "kept"}, method="PUT")
ask("/v1/topics/ledger/messages", {"id": "later", "data": 1, "deliver_at": "2100-01-01T00:00:00Z"}, "m-1")
ask("/v1/half-messages", {"topic": "ledger", "producer": "bank", "message": {"id": "half", "data": 2}}, "h-1")
# An orderly end, so that what came until now lies in the file and the WAL stays short.
server.send_signal(signal.SIGTERM)
server.wait()
server = serve()
target = len(answers) + 12
shoppers = [threading.Thread(target=shopper, args=(first,)) for first in (1000, 2000, 3000, 4000)]
ask("/v1/groups/shipping/receive", {"topic": "order", "client": "shipper-1", "wait_ms": 0})
for each in shoppers: each.start()
enough.wait()
os.kill(server.pid, signal.SIGKILL)
server.wait()
for each in shoppers: each.join()
for ending in ["", "-wal"]: shutil.copy(path + ending, os.path.join(folder, "served.waybill" + ending))
with open(os.path.join(folder, "served.answers.jsonl"), "w") as out:
    for line in answers: out.write(json.dumps(line) + "\n")
print(len(answers), [os.path.getsize(path + ending) for ending in ["", "-wal"]])
