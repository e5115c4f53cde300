"""The programs of the README and of the page about RocketMQ clients, run as they stand there.

Run by `test_clients.py`.
"""
import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

from served import Served

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
README = os.path.join(ROOT, "README.md")
PAGE = os.path.join(ROOT, "Sources", "Waybill", "Waybill.docc", "RocketMQClients.md")
ADDRESS = "127.0.0.1:8081"


def blocks(page, language):
    """The blocks of a language; every second part between fences is one."""
    with open(page) as text:
        parts = f"\n{text.read()}".split("\n```")
    found = [part.split("\n", 1)[1] + "\n" for part in parts[1::2] if part.split("\n", 1)[0] == language]
    assert found, f"{page} has no {language}"
    return found


def commands(page, verb):
    """The words of each command of a page that begins so, without the file."""
    lines = [line for block in blocks(page, "sh") for line in block.splitlines() if line.startswith(f"waybill {verb}")]
    assert lines, f"{page} has no waybill {verb}"
    found = [shlex.split(line, comments=True)[1:] for line in lines]
    for words in found:
        place = words.index("--db")
        del words[place:place + 2]
    return found


class Program:
    """A program of a page in a directory of its own, told where the server is."""

    def __init__(self, code, server, **environment):
        assert code.count(ADDRESS) == 1, f"{ADDRESS} is not there once"
        self.directory = tempfile.TemporaryDirectory()
        with open(os.path.join(self.directory.name, "program.py"), "w") as program:
            program.write(code.replace(ADDRESS, f"127.0.0.1:{server.port}"))
        self.environment = {**os.environ, **environment}
        self.process = None

    def start(self):
        self.process = subprocess.Popen(
            [sys.executable, "program.py"], cwd=self.directory.name, env=self.environment, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def end(self, text=""):
        """Gives it its last input; answers what it has printed meanwhile, once it has ended well."""
        printed, _ = self.process.communicate(text, timeout=30)
        assert self.process.returncode == 0, f"it ended with {self.process.returncode}"
        return printed

    def kill(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.communicate()


class Pages(unittest.TestCase):
    def served(self, *options):
        server = Served(*options)
        self.addCleanup(server.close)
        return server

    def program(self, code, server, **environment):
        program = Program(code, server, **environment)
        self.addCleanup(program.directory.cleanup)
        self.addCleanup(program.kill)
        program.start()
        return program

    def order(self, server, name, cents=None):
        """Places an order of two mugs, and pays it when told how much."""
        server.run(
            "order", "send", name, "place", "--workflow", "standard-order", "--role", "buyer", "--data", json.dumps(
                {"shop": "7", "buyer": "ann", "pay_within": "20m", "freight_cents": 0, "discount_cents": 0, "lines": [
                    {"line": "1", "sku": "mug", "at": "", "qty": 2, "price_cents": 900}]}))
        if cents is not None:
            server.run("order", "send", name, "pay", "--role", "payments", "--data", json.dumps(
                {"payment": name, "channel": "card", "amount_cents": cents}))

    def wait_until_done(self, server, group, count):
        """Waits until a group has finished this many messages, and is owed none."""
        end = time.monotonic() + 30
        while True:
            lag = json.loads(server.run("group", "lag", group, "--json"))
            if [(one["finished"], one["waiting"], one["in_flight"]) for one in lag] == [(count, 0, 0)]:
                return
            self.assertLess(time.monotonic(), end, f"not done: {lag}")

    def points(self, program):
        with sqlite3.connect(os.path.join(program.directory.name, "points.db")) as points:
            return points.execute("SELECT buyer, points FROM points ORDER BY points").fetchall()

    def test_the_consumer_of_the_readme_adds_points_once_for_each_paid_order(self):
        server = self.served()
        server.run("stock", "receive", "mug", "100")
        (words,) = [words for words in commands(README, "token create") if "--rocketmq" in words]
        lines = server.run(*words).splitlines()
        keys = {"ACCESS_KEY": lines[1].removeprefix("access key: "), "SECRET_KEY": lines[2].removeprefix("secret key: ")}
        self.order(server, "order-1", 1_800)
        self.order(server, "order-2", 2_100)
        self.order(server, "order-3")
        (code,) = blocks(README, "python")
        program = self.program(code, server, **keys)
        self.assertEqual(program.process.stdout.readline(), "Points are added until you press Enter.\n")
        # Of the paid orders two messages, of all three the placements, which it does not want.
        self.wait_until_done(server, "points", 5)
        self.assertEqual(self.points(program), [("ann", 18), ("ann", 21)])
        # Killed, and given everything once more.
        program.kill()
        server.run("group", "look-back", "points", "order", "--to-oldest", "--reason", "a test")
        self.order(server, "order-4", 1_900)
        program.start()
        program.process.stdout.readline()
        self.wait_until_done(server, "points", 7)
        self.assertEqual(self.points(program), [("ann", 18), ("ann", 19), ("ann", 21)])
        program.end("\n")

    def test_the_program_of_the_page_gets_what_it_has_sent(self):
        server = self.served("--open")
        for words in commands(PAGE, "topic create"):
            server.run(*words)
        (code,) = blocks(PAGE, "python")
        self.assertEqual(self.program(code, server).end(), "b'9.00'\n")


class OtherLanguages(unittest.TestCase):
    """What can be said here of programs whose clients neither Debian nor PyPI has."""

    def leave_out(self, why):
        print(f"\n➜ skipped: {why}", flush=True)
        self.skipTest(why)

    def test_the_java_of_the_page_compiles(self):
        if not shutil.which("javac"):
            self.leave_out("the Java of the page is not compiled: there is no javac")
        path = os.environ.get("ROCKETMQ_JAVA")
        if not path:
            self.leave_out("the Java of the page is not compiled: ROCKETMQ_JAVA is no class path with its client")
        (code,) = blocks(PAGE, "java")
        with tempfile.TemporaryDirectory() as directory:
            with open(os.path.join(directory, "Prices.java"), "w") as program:
                program.write(code)
            done = subprocess.run(
                ["javac", "-cp", os.path.abspath(path), "Prices.java"], cwd=directory, capture_output=True, text=True,
                timeout=60)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_go_of_the_page_is_go(self):
        if not shutil.which("gofmt"):
            self.leave_out("the Go of the page is not read: there is no gofmt")
        (code,) = blocks(PAGE, "go")
        done = subprocess.run(["gofmt"], input=code, capture_output=True, text=True, timeout=60)
        # It reads the program, and would write it differently if it were not written as Go is.
        self.assertEqual((done.stderr, done.stdout), ("", code))
