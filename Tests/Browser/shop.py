"""A served file with orders of known numbers, and a browser that looks at it."""
import json
import os
import re
import signal
import subprocess
import tempfile
import threading
import urllib.parse
import urllib.request

WAYBILL = os.environ.get("WAYBILL", ".build/debug/waybill")
LONG = "n" * 240
HOSTILE = '"><script>document.title="taken"</script>\u202e' + "ش"


class Shop:
    def __init__(self):
        self.directory = tempfile.TemporaryDirectory()
        self.db = os.path.join(self.directory.name, "shop.db")
        self.process = subprocess.Popen(
            [WAYBILL, "serve", "--db", self.db, "--create", "--http", "127.0.0.1:0",
             "--modules", "cart,points,coupons,notifications"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)  # fmt: skip
        # A pipe that is full would hold the server up.
        self.errors = []
        threading.Thread(target=lambda: self.errors.extend(self.process.stderr), daemon=True).start()
        line = self.process.stdout.readline()
        found = re.search(r"(http://127\.0\.0\.1:\d+)", line)
        assert found, f"the server did not start: {line} {self.errors}"
        self.url = found.group(1)
        self.admin = self.make_token("boss", "admin", "payload")

    def make_token(self, name, *grants):
        words = [word for grant in grants for word in ("--grant", grant)]
        done = subprocess.run(
            [WAYBILL, "token", "create", "--db", self.db, "--name", name, *words, "--reason", "a story"],
            capture_output=True, text=True, timeout=60)  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return re.search(r"wb-[a-z2-7]{16}-[a-z2-7]{53}", done.stdout).group(0)

    def ask(self, method, path, body=None, token=None, **headers):
        """The answer of the API: what the journal says, whatever a page shows."""
        request = urllib.request.Request(self.url + path, method=method)
        request.add_header("Authorization", "Bearer " + (token or self.admin))
        for name, value in headers.items():
            request.add_header(name.replace("_", "-"), value)
        data = None
        if body is not None:
            request.add_header("Content-Type", "application/json")
            data = json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data, timeout=30) as answer:
                text = answer.read()
        except urllib.error.HTTPError as error:
            text = error.read()
        return json.loads(text) if text else None

    def receive(self, sku, units):
        self.ask("POST", f"/v1/stock/{quote(sku)}/receive", {"quantity": units})

    def place(self, order, buyer="ann", shop="7", sku="mug", units=2, pay_within="30m"):
        answer = self.ask(
            "POST", "/v1/orders",
            {"id": order, "workflow": "standard-order", "data": {
                "shop": shop, "buyer": buyer, "pay_within": pay_within, "freight_cents": 600, "discount_cents": 0,
                "lines": [{"line": "1", "sku": sku, "at": "", "qty": units, "price_cents": 900}]}},
            Idempotency_Key="cart-" + quote(order)[:200], Waybill_Role="buyer")  # fmt: skip
        assert answer.get("order") == order, answer

    def send(self, order, command, data, role):
        return self.ask("POST", f"/v1/orders/{quote(order)}/commands/{command}", data, Waybill_Role=role)

    def order(self, order):
        return self.ask("GET", f"/v1/orders/{quote(order)}")

    def audit(self):
        return self.ask("GET", "/v1/audit?order=newest&limit=100")["items"]

    def close(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()
        self.directory.cleanup()


def quote(text):
    return urllib.parse.quote(text, safe="")
