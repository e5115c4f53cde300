#!/usr/bin/env python3
"""Makes the kept files of this folder with a binary of an earlier release: make.py BINARY FOLDER

They were made once, with the release whose journals have semantics 1 and whose files have version 5, and are never made
again: a new release adds files of its own beside them.

  demo.waybill       two weeks of the demo's shop: modules, parcels, returns, a kill in the middle of a refund
  workflows.waybill  a history of each shipped workflow: calls answered, expired, answered late and open, children,
                     lanes, coupons, moved and cancelled timeouts, refusals, keys of requests
  messages.waybill   topics, lanes, priorities, delayed messages, groups, dead letters, redeliveries, half messages
  rush.waybill       a flash sale on the real clock whose server was killed twice
  stopped.waybill    a shop that stood still while timeouts and calls came due, and was opened again
  killed.waybill     the same, killed after the opening: what fired is in the WAL
"""
import json, os, shutil, signal, sqlite3, subprocess, sys, tempfile, time

binary, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
work = tempfile.mkdtemp()
MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
now = int(time.time() * 1000)


def waybill(*arguments, fails=False):
    done = subprocess.run([binary, *arguments], capture_output=True, text=True, cwd=work)
    if done.returncode not in ((1, 2) if fails else (0,)):
        sys.exit(f"{arguments}: {done.returncode}\n{done.stdout}{done.stderr}")
    return done.stdout


class History:
    """Lines of a history; `at` counts from its beginning."""

    def __init__(self, start):
        self.start, self.lines = start, []

    def at(self, offset, **fields):
        self.lines.append({"at": self.start + offset, **fields})

    def stock(self, offset, sku, quantity, at="north", kind="receive"):
        self.at(offset, stock=kind, sku=sku, location=at, quantity=quantity, key=f"s-{len(self.lines)}")

    def send(self, offset, order, command, data=None, **fields):
        self.at(offset, order=order, command=command, data=data or {}, **fields)

    def bring(self, file):
        path = os.path.join(work, "history.jsonl")
        with open(path, "w") as out:
            for line in sorted(self.lines, key=lambda line: line["at"]):
                out.write(json.dumps(line) + "\n")
        # Steps that the workflows refuse are part of it.
        subprocess.run([binary, "import", "orders", path, "--db", file], cwd=work, check=True, capture_output=True)


def order(lines, coupon=None, discount=0, freight=500, pay_within="30m", buyer="ann"):
    data = {"shop": "s", "buyer": buyer, "pay_within": pay_within, "freight_cents": freight, "discount_cents": discount,
            "lines": [{"line": n, "sku": s, "at": "north", "qty": q, "price_cents": p} for n, s, q, p in lines]}
    return data | ({"coupon": coupon} if coupon else {})


def payment(name, cents):
    return {"payment": name, "channel": "card", "amount_cents": cents}


def units(*pairs):
    return [{"line": line, "qty": qty} for line, qty in pairs]


def standard(h):
    """standard-order, parcel, after-sale."""
    place = dict(workflow="standard-order", role="buyer")
    h.stock(0, "mug", 40)
    h.stock(0, "tea", 40)
    h.stock(0, "coupon:ten", 1, at="")
    h.stock(1, "tea", -2, kind="adjust")
    h.stock(2, "mug", 40, kind="count")
    # Two lines with a coupon, paid in two parts and too much, shipped in two parcels, one unit returned.
    h.send(MINUTE, "o-1", "place", order([("a", "mug", 3, 1000), ("b", "tea", 2, 450)], "ten", 400),
           key="k-1", caller="web", trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", **place)
    h.send(2 * MINUTE, "o-1", "pay", payment("p-1", 1500), key="k-2", caller="web")
    h.send(3 * MINUTE, "o-1", "pay", payment("p-1", 1500), key="k-3", caller="web")
    h.send(4 * MINUTE, "o-1", "pay", payment("p-2", 3000))
    h.send(5 * MINUTE, "o-1", "refund_done", key="o-1#1")
    h.send(HOUR, "o-1", "ship", {"parcel": "b-1", "carrier": "post", "lines": units(("a", 2))}, role="warehouse")
    h.send(2 * HOUR, "o-1", "ship", {"parcel": "b-2", "carrier": "post", "lines": units(("a", 1), ("b", 2))})
    h.send(DAY, "o-1/b-1", "scan", {"place": "hub"}, role="carrier")
    h.send(2 * DAY, "o-1/b-1", "deliver", role="carrier")
    h.send(2 * DAY + 1, "o-1/b-2", "deliver")
    h.send(2 * DAY + 2, "o-1", "extend_receipt", {"by": "3d"}, role="buyer")
    h.send(3 * DAY, "o-1", "ask_return", {"case": "c-1", "kind": "refund", "lines": units(("a", 1))}, role="buyer")
    h.send(6 * DAY, "o-1/c-1", "send_back", {"carrier": "post", "parcel": "r-1"}, role="buyer")
    h.send(7 * DAY, "o-1/c-1", "receive",
           {"refund_cents": 900, "lines": [{"line": "a", "qty": 1, "at": "north"}]}, role="warehouse")
    h.send(7 * DAY + HOUR, "o-1", "refund_done", key="o-1#2")
    h.send(7 * DAY + 2 * HOUR, "o-1", "refund_failed", {"reason": "closed account"}, key="o-1#3")
    h.send(8 * DAY, "o-1", "ask_return", {"case": "c-2", "kind": "refund", "lines": units(("b", 1))})
    h.send(8 * DAY + 1, "o-1/c-2", "reject", {"reason": "worn"}, role="seller")
    h.send(8 * DAY + 2, "o-1", "ask_return", {"case": "c-3", "kind": "refund", "lines": units(("a", 9))})
    # Cancelled after the payment: the refund expires, is answered late, and once more.
    h.send(MINUTE, "o-2", "place", order([("a", "mug", 2, 1000)]), lane="grey", **place)
    h.send(2 * MINUTE, "o-2", "pay", payment("p-3", 2500), lane="grey")
    h.send(3 * MINUTE, "o-2", "cancel", {"reason": "no"}, role="buyer")
    h.send(2 * DAY, "o-2", "refund_done", key="o-2#1")
    h.send(2 * DAY + 1, "o-2", "refund_done", key="o-2#1")
    # Not paid in time; paid late, it takes its stock again. Then a part is cancelled after a part was shipped.
    h.send(MINUTE, "o-3", "place", order([("a", "mug", 1, 1000), ("b", "tea", 1, 500)]), **place)
    h.send(2 * MINUTE, "o-3", "change_price", {"line": "b", "price_cents": 300}, role="seller")
    h.send(3 * MINUTE, "o-3", "pay", payment("p-4", 300))
    h.send(HOUR, "o-3", "pay", payment("p-5", 1800))
    h.send(2 * HOUR, "o-3", "refund_done", key="o-3#1")
    h.send(3 * HOUR, "o-3", "ship", {"parcel": "b-3", "carrier": "rider", "lines": units(("a", 1))})
    h.send(4 * HOUR, "o-3", "cancel", {"reason": "late"}, role="seller")
    h.send(5 * HOUR, "o-3/b-3", "lose", {"reason": "river"}, role="carrier")
    h.send(6 * HOUR, "o-3/b-3", "deliver")
    # Late payment, and the goods are gone.
    h.send(MINUTE, "o-4", "place", order([("a", "tea", 34, 100)], freight=0), **place)
    h.send(HOUR, "o-5", "place", order([("a", "tea", 35, 100)], freight=0, pay_within="20d"), **place)
    h.send(2 * HOUR, "o-4", "pay", payment("p-6", 3400))
    h.at(3 * HOUR, order="o-5", timeout="pay_due", due=h.start + 12 * DAY)
    h.at(4 * HOUR, order="o-5", timeout="pay_due", due=None)
    # A parcel that is overdue, and a payment of which more comes than is owed, answered by nobody.
    h.send(DAY, "o-6", "place", order([("a", "mug", 1, 1000)]), **place)
    h.send(DAY + 1, "o-6", "pay", payment("p-7", 1500))
    h.send(DAY + 2, "o-6", "ship", {"parcel": "b-4", "carrier": "post", "lines": units(("a", 1))})
    # Refused: the role, no stock, an unknown order, data.
    h.send(DAY, "o-7", "place", order([("a", "mug", 900, 1000)]), key="k-7", caller="web", **place)
    h.send(DAY + 5, "o-6", "cancel", {"reason": "x"}, role="warehouse")
    h.send(DAY + 6, "o-6", "cancel", {"reason": "x"}, key="k-8", caller="web")
    h.send(DAY + 7, "o-0", "pay", payment("p-8", 1))
    # Open calls, a pending payment and a key of the last hours: nothing comes after.
    h.send(30 * DAY, "o-8", "place", order([("a", "mug", 2, 1000)], buyer="bob"), **place)
    h.send(30 * DAY + 1, "o-8", "pay", payment("p-9", 2500))
    h.send(30 * DAY + 2, "o-8", "cancel", {"reason": "again"})
    h.send(30 * DAY + 3, "o-9", "place", order([("a", "mug", 1, 1000)], buyer="bob"), key="k-9", caller="web", **place)
    h.send(30 * DAY + 4, "o-9", "pay", payment("p-10", 900), key="k-10", caller="web", lane="grey")


def sales(h):
    """flash-sale, pre-sale, group-buy, group-member, member-registration, olist-order."""
    h.stock(0, "phone", 5)
    h.stock(0, "watch", 20)
    for n in range(1, 8):
        sale = {"buyer": f"u-{n % 4}", "sku": "phone", "at": "north", "price_cents": 900, "limit": 1}
        h.send(n * MINUTE, f"f-{n}", "place", sale, workflow="flash-sale", role="shop")
    h.send(8 * MINUTE, "f-1", "pay", {"payment": "f1", "amount_cents": 900})
    h.send(9 * MINUTE, "f-1", "pay", {"payment": "f2", "amount_cents": 900})
    h.send(10 * MINUTE, "f-1", "refund_done", key="f-1#1")
    h.send(10 * MINUTE, "f-2", "pay", {"payment": "f3", "amount_cents": 800})
    h.send(11 * MINUTE, "f-2", "pay", {"payment": "f4", "amount_cents": 900})
    h.send(11 * MINUTE, "f-3", "cancel", role="buyer")
    h.send(HOUR, "f-1", "ship", {"parcel": "x-1", "carrier": "post"}, role="warehouse")
    h.send(HOUR, "f-2", "withdraw", {"reason": "broken"}, role="shop")
    h.send(HOUR, "f-4", "pay", {"payment": "f5", "amount_cents": 900})
    h.send(3 * DAY, "f-4", "refund_done", key="f-4#1")
    for n in range(1, 9):
        sale = {"buyer": f"u-{n}", "sku": "watch", "at": "north", "qty": 1, "deposit_cents": 1000,
                "balance_cents": 4000, "opens_at": h.start + 2 * DAY, "closes_at": h.start + 4 * DAY}
        h.send(n, f"p-{n}", "place", sale, workflow="pre-sale", role="buyer")
        if n > 1:
            h.send(HOUR // 4 + n, f"p-{n}", "pay", {"payment": f"d-{n}", "amount_cents": 1000}, role="payments")
    h.send(DAY, "p-3", "cancel", role="buyer")
    h.send(DAY, "p-4", "withdraw", {"reason": "factory"}, role="seller")
    h.send(DAY, "p-5", "postpone", {"opens_at": h.start + 3 * DAY, "closes_at": h.start + 5 * DAY}, role="seller")
    h.send(3 * DAY, "p-6", "pay", {"payment": "d-60", "amount_cents": 3999})
    h.send(3 * DAY, "p-6", "pay", {"payment": "d-61", "amount_cents": 4000})
    h.send(3 * DAY + HOUR, "p-6", "ship", {"parcel": "w-6", "carrier": "post"})
    h.send(3 * DAY, "p-7", "pay", {"payment": "d-70", "amount_cents": 4000})
    h.send(4 * DAY - 1, "p-7", "withdraw", {"reason": "scratched"}, role="seller")
    h.send(3 * DAY, "p-8", "cancel", role="buyer")
    h.send(5 * DAY, "p-8", "pay", {"payment": "d-80", "amount_cents": 4000})
    h.send(3 * DAY + 1, "p-4", "refund_done", key="p-4#1")
    for group, needed in (("g-1", 2), ("g-2", 5)):
        opened = {"shop": "s", "sku": "watch", "at": "north", "price_cents": 700, "needed": needed, "places": 6,
                  "within": "1d"}
        h.send(MINUTE, group, "open", opened, workflow="group-buy", role="seller")
        for n in range(1, 5):
            h.send(2 * MINUTE + n, group, "join", {"member": f"m{n}", "buyer": f"u-{n}"}, role="buyer")
        for n in range(1, 3):
            h.send(3 * MINUTE + n, f"{group}/m{n}", "pay", payment(f"{group}-{n}", 700), role="payments")
        h.send(4 * MINUTE, f"{group}/m1", "pay", payment(f"{group}-9", 700))
        h.send(5 * MINUTE, f"{group}/m4", "leave", role="buyer")
        h.send(HOUR, f"{group}/m1", "ship", {"parcel": f"{group}-p", "carrier": "post"}, role="warehouse")
        h.send(DAY + HOUR, f"{group}/m2", "refund_done", key=f"{group}/m2#1")
    for n in range(1, 5):
        member = {"member": f"v-{n}", "email": f"v{n}@example.org"}
        h.send(n, f"v-{n}", "register", member, workflow="member-registration", role="visitor")
    h.send(HOUR, "v-1", "send_again")
    h.send(2 * HOUR, "v-1", "confirm_email", {"email": "v1@example.org"})
    h.send(2 * HOUR, "v-2", "change_email", {"email": "w@example.org"})
    h.send(3 * HOUR, "v-2", "confirm_email", {"email": "w@example.org"})
    h.send(DAY, "v-2", "leave", {"reason": "moved"})
    items = [{"product": "a", "seller": "s", "price_cents": 100, "freight_cents": 10,
              "shipping_limit": h.start + DAY}] * 2
    for n, steps in enumerate((["approve", "hand_over", "deliver"], ["approve", "process"], ["cancel", "approve"])):
        placed = {"customer": f"c-{n}", "estimated_delivery": h.start + 9 * DAY, "items": items}
        h.send(n, f"q-{n}", "place", placed, workflow="olist-order")
        for i, step in enumerate(steps):
            data = {"payments": [{"type": "card", "installments": 1, "value_cents": 220}]} if step == "approve" else {}
            h.send(HOUR + i, f"q-{n}", step, data)


def make_workflows():
    h = History(now - 31 * DAY)
    standard(h)
    sales(h)
    h.bring("workflows.waybill")


def make_messages():
    h = History(now - HOUR)
    h.stock(0, "mug", 9)
    for n in range(1, 4):
        h.send(n, f"o-{n}", "place", order([("a", "mug", 1, 1000)]), workflow="standard-order", lane="grey" * (n % 2))
        h.send(10 + n, f"o-{n}", "pay", payment(f"p-{n}", 1500 + 100 * n))
    h.bring("messages.waybill")
    db = ["--db", "messages.waybill"]
    waybill("topic", "create", "trade", "--type", "fifo", *db)
    waybill("topic", "create", "news", "--type", "mixed", *db)
    waybill("group", "create", "service", "--ladder", "1s,1h", "--max-attempts", "2", *db)
    waybill("group", "create", "ledger", "--fifo", "true", *db)
    waybill("group", "create", "rates", "--broadcast", *db)
    waybill("message", "receive", "ledger", "trade", *db)
    for n in range(6):
        waybill("message", "send", "trade", "--body", f"deal {n}", "--message-group", f"m{n % 2}", *db)
        waybill("message", "send", "news", "--body", f"news {n}", "--tag", "ab"[n % 2], "--key", f"n-{n}",
                "--priority", str(n), "--property", f"cents={n}", "--lane", "grey" * (n % 2), *db)
    waybill("message", "send", "news", "--body", "later", "--delay", "30d", *db)
    waybill("message", "send", "news", "--body", "soon", "--delay", "1s", *db)
    waybill("message", "receive", "ledger", "trade", "--acknowledge", "--max", "2", *db)
    waybill("message", "receive", "ledger", "trade", "--max", "2", "--invisible", "1h", *db)
    waybill("message", "receive", "service", "news", "--give-up", "no such customer", "--max", "2", *db)
    waybill("message", "receive", "service", "news", "--sql", "cents > 1", "--acknowledge", "--max", "1", *db)
    waybill("message", "receive", "service", "news", "--max", "1", "--invisible", "1h", *db)
    waybill("message", "receive", "service", "order", "--tags", "paid || placed", "--acknowledge", *db)
    waybill("message", "receive", "service", "order", "--lane", "grey", "--max", "1", *db)
    waybill("dead-letter", "redrive", "service", *db)
    waybill("message", "receive", "service", "news", "--give-up", "again", "--max", "1", *db)
    waybill("group", "look-back", "service", "order", "--to-oldest", *db)
    waybill("topic", "create", "gone", "--type", "mixed", *db)
    waybill("message", "send", "gone", "--body", "x", *db)
    waybill("topic", "delete", "gone", *db)
    waybill("order", "send", "o-1", "refund_done", "--unchecked", "--key", "o-1#1", *db)


SCENARIO = """
id: small
title: 20 phones
about: A small rush, killed twice.
seed: 5
opens: 2026-11-11T00:00:00Z
items: {name: phone, count: 1, units: 20, price_cents: 49900, limit: 1}
shoppers: 120
arrivals: {step: {half_life: 2s, length: 6s}}
looks: 1
leaves_when_sold_out: 35%
payments:
  abandoned: 9%
  late: 2%
  methods:
    - {name: wallet, share: 100%, p50: 1s, p90: 2s, p99: 3s}
cancels: 10%
duplicates: {same_key: 10%, other_key: 5%, notices: 20%}
retries: {of: 60%, times: 4, after: 1s}
modules:
  - {name: points, per_second: 400}
server: {commit: 4ms, per_command: 40us, intake: 65536, write: 1024, patience: 2s}
crashes: {at: [1s, 4s], outage: 500ms}
"""


def make_rush():
    with open(os.path.join(work, "small.yaml"), "w") as out:
        out.write(SCENARIO)
    waybill("rush", "run", "small.yaml", "--real", "--db", "rush.waybill")


def stand_still(file):
    """What comes due while the shop stands still: a payment, a call, a parcel, a sale's end."""
    h = History(now - 26 * HOUR)
    h.stock(0, "mug", 9)
    h.stock(0, "phone", 3)
    for n in range(1, 5):
        h.send(n, f"o-{n}", "place", order([("a", "mug", 1, 1000)], pay_within=f"{25 + n}h"), workflow="standard-order")
    h.send(10, "o-1", "pay", payment("p-1", 2500))
    h.send(11, "o-2", "pay", payment("p-2", 1500))
    h.send(12, "o-2", "cancel", {"reason": "no"})
    for n in range(1, 4):
        sale = {"buyer": f"u-{n}", "sku": "phone", "at": "north", "price_cents": 900, "limit": 1}
        h.send(20 + n, f"f-{n}", "place", sale, workflow="flash-sale")
    h.send(30, "g-1", "open", {"shop": "s", "sku": "mug", "at": "north", "price_cents": 700, "needed": 2, "places": 3,
                               "within": "1h"}, workflow="group-buy")
    h.send(31, "g-1", "join", {"member": "m1", "buyer": "u-1"})
    h.bring(file)


def make_stopped():
    stand_still("stopped.waybill")
    db = ["--db", "stopped.waybill"]
    # Each opening fires what was due before the command.
    waybill("order", "send", "f-1", "pay", "--unchecked", "--data", '{"payment":"f1","amount_cents":900}', *db)
    waybill("order", "send", "o-3", "pay", "--unchecked", "--data", json.dumps(payment("p-3", 1500)), "--key", "k-3", *db)
    waybill("order", "send", "o-2", "refund_done", "--unchecked", "--key", "o-2#1", *db)


def make_killed():
    db = ["--db", "killed.waybill"]
    waybill("topic", "create", "nothing", *db)
    waybill("group", "create", "service", *db)
    waybill("stock", "receive", "mug", "9", "--location", "north", *db)
    for n in range(1, 5):
        waybill("order", "send", f"o-{n}", "place", "--unchecked", "--workflow", "standard-order", "--data",
                json.dumps(order([("a", "mug", 1, 1000)], pay_within=f"{n * 2}s")), *db)
    waybill("order", "send", "o-1", "pay", "--unchecked", "--data", json.dumps(payment("p-1", 400)), *db)
    opened = {"shop": "s", "sku": "mug", "at": "north", "price_cents": 700, "needed": 2, "places": 3, "within": "1s"}
    waybill("order", "send", "g-1", "open", "--unchecked", "--workflow", "group-buy", "--data", json.dumps(opened), *db)
    time.sleep(9)
    waiting = subprocess.Popen([binary, "message", "receive", "service", "nothing", "--wait", "20s", *db],
                               cwd=work, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # The engine moves the WAL into the file when it is idle, so it is killed at once.
    while size("killed.waybill-wal") < 60_000:
        time.sleep(0.001)
    os.kill(waiting.pid, signal.SIGKILL)
    waiting.wait()


def size(name):
    path = os.path.join(work, name)
    return os.path.getsize(path) if os.path.exists(path) else 0


def put(name):
    shutil.copy(os.path.join(work, name), os.path.join(folder, name))


make_workflows()
make_messages()
make_rush()
make_stopped()
make_killed()
waybill("demo", "--orders", "12", "--seed", "3", "--db", "demo.waybill")
for name in ("demo", "workflows", "messages", "rush", "stopped"):
    assert size(name + ".waybill-wal") == 0
    put(name + ".waybill")
put("killed.waybill")
put("killed.waybill-wal")
print(work)
