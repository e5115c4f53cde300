"""Shoppers of a served shop, with the standard library only: each places, pays and ships order after order.

Arguments: PORT CLIENTS SEED [--fresh-keys]. Each request has a key, and is sent again under the same key until it is
answered: also when its answer is lost on the way, as one in thirty is. What is answered is told on standard output, one
JSON object a line. When standard input ends, each shopper finishes its order and goes.

With --fresh-keys a repeat gets a new key: what no client should do, so that a test sees what comes of it.
"""
import http.client
import json
import random
import sys
import threading
import time

PORT, CLIENTS, SEED = (int(argument) for argument in sys.argv[1:4])
FRESH = "--fresh-keys" in sys.argv
LOST = 0.03

out = threading.Lock()
ending = threading.Event()


def tell(**fact):
    with out:
        sys.stdout.write(json.dumps(fact) + "\n")
        sys.stdout.flush()


class Shopper(threading.Thread):
    """One client with its own connection."""

    def __init__(self, number):
        super().__init__()
        self.name = f"c{number}"
        self.dice = random.Random(SEED * 1000 + number)
        self.connection = None

    def run(self):
        count = 0
        while not ending.is_set():
            count += 1
            order = f"{self.name}-{count}"
            self.ask(order, "receive", "/v1/stock/pen/receive", "staff", {"quantity": 1})
            self.ask(order, "place", "/v1/orders", "buyer", {
                "id": order, "workflow": "standard-order",
                "data": {"shop": "7", "buyer": self.name, "pay_within": "30m", "freight_cents": 0, "discount_cents": 0,
                         "lines": [{"line": "1", "sku": "mug", "at": "", "qty": 2, "price_cents": 900}]}})
            self.ask(order, "pay", f"/v1/orders/{order}/commands/pay", "payments",
                     {"payment": f"p-{order}", "channel": "card", "amount_cents": 1800})
            self.ask(order, "ship", f"/v1/orders/{order}/commands/ship", "warehouse",
                     {"parcel": f"z-{order}", "carrier": "post", "lines": [{"line": "1", "qty": 2}]})
        tell(gone=self.name)

    def ask(self, order, step, path, role, body):
        """Sends a request until it is answered."""
        body = json.dumps(body)
        tries = 0
        while True:
            tries += 1
            key = f"{order}-{step}" + (f"-{tries}" if FRESH else "")
            headers = {"Content-Type": "application/json", "Idempotency-Key": key, "Waybill-Role": role}
            sent = False
            try:
                if self.connection is None:
                    self.connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=60)
                self.connection.request("POST", path, body, headers)
                sent = True
                if self.dice.random() < LOST:
                    tell(lost=order, step=step)
                    self.hang_up()
                    continue
                response = self.connection.getresponse()
                answer = response.read()
            except (OSError, http.client.HTTPException):
                if sent:
                    tell(unanswered=order, step=step)
                self.hang_up()
                time.sleep(0.02)
                continue
            if response.status == 503:
                tell(told_to_wait=order, step=step)
                if response.headers.get("Connection") == "close":
                    self.hang_up()
                time.sleep(float(response.headers.get("Retry-After", "0.02")))
                continue
            answer = json.loads(answer)
            if response.status not in (200, 201):
                tell(refused=order, step=step, status=response.status, detail=answer.get("detail"))
                return
            tell(done=order, step=step, version=answer["version"], repeated=answer["repeated"], tries=tries)
            return

    def hang_up(self):
        if self.connection is not None:
            self.connection.close()
        self.connection = None


shoppers = [Shopper(number) for number in range(CLIENTS)]
for shopper in shoppers:
    shopper.start()
sys.stdin.read()
ending.set()
for shopper in shoppers:
    shopper.join()
