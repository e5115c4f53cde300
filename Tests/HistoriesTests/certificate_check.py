#!/usr/bin/env python3
"""Checks a stock certificate (JSON lines) without Waybill's code: certificate_check.py CERTIFICATE [DATABASE]

Everything is computed again from the movements; what the certificate says of levels, holdings and sums is only
compared. With the database, each movement is also looked up in its event, and none may be missing. The format is
described in Waybill's documentation, page StockCertificate. Exit status 0: sound; 1: not, with the first reason.
"""
import collections
import hashlib
import json
import sqlite3
import sys

# What one unit changes: received, adjusted, free, reserved, sold of the stock; reserved, sold, shipped of its order.
KINDS = {
    "receive": ((1, 0, 1, 0, 0), None),
    "adjust": ((0, 1, 1, 0, 0), None),
    "reserve": ((0, 0, -1, 1, 0), (1, 0, 0)),
    "confirm": ((0, 0, 0, -1, 1), (-1, 1, 0)),
    "release": ((0, 0, 1, -1, 0), (-1, 0, 0)),
    "give_back": ((0, 0, 1, 0, -1), (0, -1, 0)),
    "ship": ((0, 0, 0, 0, 0), (0, 0, 1)),
    "restock": ((0, 0, 1, 0, -1), (0, -1, -1)),
    "scrap": ((0, -1, 0, 0, -1), (0, -1, -1)),
}


class Wrong(Exception):
    pass


def require(condition, reason):
    if not condition:
        raise Wrong(reason)


def link(raw, chain):
    """The object of a line, and the chain up to it: SHA-256 over the chain before and the line without its own."""
    raw = raw.rstrip(b"\n")
    cut = raw.rfind(b',"chain":"')
    require(cut > 0, "a line without a chain")
    chain = hashlib.sha256(chain + raw[:cut]).hexdigest().encode()
    require(raw[cut:] == b',"chain":"' + chain + b'"}', "the chain is broken: a line was changed, added or taken away")
    return json.loads(raw), chain


class Digest:
    """The checksum that chains events: eight bytes at a time, folded in by a multiplication."""

    MASK = (1 << 64) - 1

    def __init__(self, seed=0):
        self.state = seed ^ 0x9E3779B97F4A7C15

    @classmethod
    def fold(cls, left, right):
        product = left * right
        return product >> 64 ^ product & cls.MASK

    def mix(self, word):
        self.state = self.fold(self.state ^ word, 0xA0761D6478BD642F) + 0xE7037ED1A0B428DB & self.MASK

    def add(self, value):
        if value is None:
            self.mix(0x5A5A5A5A5A5A5A5A)
        elif isinstance(value, int):
            self.mix(value & self.MASK)
        else:
            data = value.encode()
            whole = len(data) // 8 * 8
            for place in range(0, whole, 8):
                self.mix(int.from_bytes(data[place:place + 8], "little"))
            self.mix(int.from_bytes(data[whole:], "big"))
            self.mix(len(data))
        return self

    def value(self):
        return self.fold(self.state, 0xD6E8FEB86659FD93)


class Database:
    """The events as they lie in the file."""

    def __init__(self, path):
        self.connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
        self.position, self.rest = 0, []

    def setting(self, name):
        row = self.connection.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return row and row[0]

    def follow(self, header):
        """The chain of digests, from what the file begins with to the event that the certificate ends with."""
        file, seed = self.setting("file id"), (self.setting("chain seed") or 0) & Digest.MASK
        require(header["file"] == file, "the certificate is of another file")
        require(header["seed"] == f"{seed:016x}", "the chain of the certificate begins with another seed")
        require(seed in (0, Digest().add(file or "").value()), "the chain does not begin with the file's id")
        digest = seed
        events = self.connection.execute(
            "SELECT position, stream, version, type, at, caller, key, ifnull(cause, 0), trace, lane, semantics, body, "
            "digest FROM event WHERE position <= ? ORDER BY position", (header["events"],))
        for *fields, stored in events:
            link = Digest(digest)
            for field in fields:
                link.add(field)
            digest = link.value()
            require(digest == stored & Digest.MASK, f"the chain of digests is broken at event {fields[0]}")
        require(header["digest"] == f"{digest if header['events'] else seed:016x}", "the journal ends with another event")

    def take(self, line):
        """Each movement of the certificate is one of its event, and no other's."""
        if self.position != line["event"]:
            row = self.connection.execute(
                "SELECT stream, at, body FROM event WHERE position = ?", (line["event"],)).fetchone()
            require(row, "there is no such event in the database")
            self.position, (self.stream, self.at, body) = line["event"], row
            self.rest = json.loads(body).get("stock", [])
        movement = [line["kind"], line["sku"], line["location"], line["quantity"]]
        require(movement in self.rest, "the event in the database does not move that")
        require((self.stream, self.at) == (line["stream"], line["at"]), "the event in the database is another one")
        self.rest.remove(movement)

    def timeout(self, stream, name, due):
        """None: no row waits for it, or in words why it has not come through."""
        key = (stream, name, due)
        where = "WHERE kind = 1 AND owner = ? AND name = ? AND due = ?"
        if self.connection.execute(f"SELECT 1 FROM timeout {where}", key).fetchone():
            return "it waits"
        row = self.connection.execute(f"SELECT attempt, retry_at FROM timeout_retry {where}", key).fetchone()
        return row and (f"it failed {row[0]} times and " + ("is parked" if row[1] is None else "is tried again"))

    def name(self, stream):
        row = self.connection.execute("SELECT body FROM event WHERE position = ?", (stream,)).fetchone()
        return json.loads(row[0]).get("order") if row else None

    def movements(self, skus):
        count = 0
        for (body,) in self.connection.execute("SELECT body FROM event ORDER BY position"):
            count += sum(skus is None or movement[1] in skus for movement in json.loads(body).get("stock", []))
        return count


class Certificate:
    def __init__(self, database):
        self.database, self.counts, self.closed = database, collections.Counter(), set()
        self.header, self.part, self.ended = None, 0, False

    def read(self, line):
        kind = line["is"]
        require(not self.ended, "something follows the end")
        require((kind == "certificate") == (self.header is None), "it does not begin with its header")
        self.counts["lines"] += 1
        self.counts[kind] += 1
        getattr(self, "read_" + kind)(line)

    def read_certificate(self, line):
        require(line["version"] == 1, "a version that this checker does not know")
        self.header = line
        if self.database:
            self.database.follow(line)

    def read_part(self, line):
        self.part += 1
        require(line["part"] == self.part, "parts are out of order")
        require(not getattr(self, "levels", None), "the part before was not closed")
        self.position, self.stream = 0, 0
        self.levels, self.holds = {}, {}
        self.sums, self.stated = collections.defaultdict(lambda: [0, 0]), collections.defaultdict(lambda: [0, 0])

    def read_movement(self, line):
        stock, quantity = (line["sku"], line["location"]), line["quantity"]
        require(stock not in self.closed, "a stock of an earlier part moves again")
        require(self.header["skus"] is None or stock[0] in self.header["skus"], "a stock that was not asked for")
        require(self.position <= line["event"] <= self.header["events"], "events are out of order")
        require(quantity > 0 or line["kind"] == "adjust", "no amount")
        self.position = line["event"]
        of_stock, of_order = KINDS[line["kind"]]
        level = [a + quantity * b for a, b in zip(self.levels.get(stock, [0] * 5), of_stock)]
        require(level == line["level"], f"the level is {level}, not what the line says")
        received, adjusted, free, reserved, sold = self.levels[stock] = level
        require(min(free, reserved, sold) >= 0, f"OVERSOLD: {stock} has {free} free, {reserved} reserved, {sold} sold")
        require(received + adjusted == free + reserved + sold, "the stock does not add up")
        if of_order:
            key = (line["stream"], stock)
            held = [a + quantity * b for a, b in zip(self.holds.get(key, [0] * 3), of_order)]
            require(min(held) >= 0 and held[2] <= held[1], f"order {key[0]} gives or ships what it does not hold")
            self.holds[key] = held
            if held == [0] * 3:
                del self.holds[key]
            for place in (0, 1):
                self.sums[stock][place] += quantity * of_order[place]
        require(self.sums[stock] == [reserved, sold], "what orders hold does not sum to the stock")
        if self.database:
            self.database.take(line)

    def read_order(self, line):
        require(line["stream"] > self.stream, "orders are out of order")
        self.stream = line["stream"]
        require(line["holds"], "an order that holds nothing")
        for sku, location, *held in line["holds"]:
            require(self.holds.pop((self.stream, (sku, location)), None) == held, "it holds something else")
            if held[1] > 0:
                self.stated[sku, location][0] += 1
                self.stated[sku, location][1] += line["payments"]
        if any(held[2] > 0 for held in line["holds"]):
            for name, due in line["pending"]:
                late = self.header["until"] - due
                state = self.database.timeout(self.stream, name, due) if self.database else "it has not fired"
                require(state, f"LOST TIMEOUT: no row will wake {name}, units stay reserved")
                require(late <= self.header["overdue_after"] and "parked" not in state,
                        f"OVERDUE TIMEOUT: {name} was due {late} ms before the last event, {state}, units stay reserved")
        if self.database:
            require(self.database.name(self.stream) == line["id"], "the order has another name in the database")

    def read_stock(self, line):
        stock = (line["sku"], line["location"])
        require(not self.holds, "an order is missing")
        require(self.levels.pop(stock, None) == line["level"], "the stock ends at another level")
        require(self.stated[stock] == [line["orders"], line["payments"]], "orders and payments do not add up")
        self.closed.add(stock)

    def read_finding(self, line):
        raise Wrong(f"the certificate itself says: {line['what']}")

    def read_end(self, line):
        require(self.part == self.header["parts"] and not self.levels and not self.holds, "it is cut short")
        expected = [self.counts[name] for name in ("movement", "stock", "order", "lines")]
        require(expected == [line[name] for name in ("movements", "stocks", "orders", "lines")], "counts differ")
        if self.database:
            movements = self.database.movements(self.header["skus"])
            require(movements == line["movements"], f"the database has {movements} movements")
        self.ended = True


def main(path, database=None):
    number, chain = 0, b""
    try:
        certificate = Certificate(Database(database) if database else None)
        with open(path, "rb") as file:
            for number, raw in enumerate(file, 1):
                line, chain = link(raw, chain)
                certificate.read(line)
        require(certificate.ended, "it is cut short")
    except (Wrong, LookupError, ValueError, TypeError, AttributeError, OSError, sqlite3.Error) as problem:
        print(f"{path}, line {number}: {problem}")
        return 1
    counts = certificate.counts
    print(f"sound: {counts['movement']} movements of {counts['stock']} stocks, {counts['order']} orders hold something")
    print(f"chain: {chain.decode()}")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
