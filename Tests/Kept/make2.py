#!/usr/bin/env python3
"""Makes the kept file of semantics 2 with a binary of that release: make2.py BINARY FOLDER

Made once, with the release whose journals have semantics 2 and whose files have version 7, and never made again.

  late.waybill       timeouts whose time had passed when they were armed: by a command, by a timeout, by `reschedule`.
                     They were due at once; from semantics 3 on they are due at the time that was written. One is pending.
"""
import json, os, subprocess, sys, tempfile, time

binary, folder = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
work = tempfile.mkdtemp()
MINUTE, HOUR = 60_000, 3_600_000
start = int(time.time() * 1000) - 6 * HOUR

SEAT = """
id: seat
version: 1
commands:
  hold: {data: {opens_at: time, ends_at: time}}
  move: {data: {to: time}}
  pay: {}
context: {opens_at: time, ends_at: time}
status: CASE WHEN IN_STATE('paid') THEN 'paid' WHEN IN_STATE('over') THEN 'over' ELSE 'held' END
initial: waiting
states:
  waiting:
    after:
      opens: {at: opens_at, target: open}
    on:
      move: {actions: [{reschedule: {timeout: opens, at: event.to}}]}
  open:
    after:
      ends: {at: ends_at, target: over}
    on:
      pay: paid
  paid: {type: final}
  over: {type: final}
"""

with open(os.path.join(work, "seat.yaml"), "w") as out:
    out.write(SEAT)
lines = []


def send(offset, order, command, data=None):
    lines.append({"at": start + offset, "order": order, "command": command, "data": data or {}, "workflow": "seat"})


def hold(offset, order, opens, ends):
    send(offset, order, "hold", {"opens_at": start + opens, "ends_at": start + ends})


# Its end comes before its beginning: armed by a timeout, due a millisecond later.
hold(0, "s-1", HOUR, HOUR // 2)
# Paid at that very moment, which was in time.
hold(1, "s-2", HOUR, HOUR // 2)
send(HOUR, "s-2", "pay")
# Opened before it was placed: armed by a command, due at once.
hold(MINUTE, "s-3", -HOUR, 2 * HOUR)
# Moved to a time that had passed.
hold(2 * MINUTE, "s-4", 3 * HOUR, 4 * HOUR)
send(90 * MINUTE, "s-4", "move", {"to": start + MINUTE})
# As it should be.
hold(3 * MINUTE, "s-5", HOUR, 5 * HOUR)
send(2 * HOUR, "s-5", "pay")
# Nothing comes after: what is due is pending.
hold(5 * HOUR, "s-6", HOUR, 2 * HOUR)

with open(os.path.join(work, "history.jsonl"), "w") as out:
    for line in sorted(lines, key=lambda line: line["at"]):
        out.write(json.dumps(line) + "\n")
# A step that comes too late is part of it.
done = subprocess.run(
    [binary, "import", "orders", "history.jsonl", "--workflow", "seat.yaml", "--db", os.path.join(folder, "late.waybill")],
    cwd=work, capture_output=True, text=True)
print(done.stdout, done.stderr)
assert done.returncode in (0, 1)
