import Waybill

extension ShippedDecisions {
    /// A deposit now, the balance in a window that opens at a fixed time.
    static let preSale = ShippedDecisions(workflow: "pre-sale", moves: preSaleMoves, table: preSaleTable)
}

private func day(_ number: Int64) -> JSON { .int(TableRehearsal.start.advanced(by: .days(number)).milliseconds) }

private func place(opens: Int64, closes: Int64, quantity: Int64 = 2) -> JSON {
    [
        "buyer": "ann", "sku": "book", "at": "n", "qty": .int(quantity), "deposit_cents": 300, "balance_cents": 2_700,
        "opens_at": day(opens), "closes_at": day(closes),
    ]
}

private let preSaleMoves: [String: JSON] = [
    "place": place(opens: 10, closes: 12),
    "place backwards": place(opens: 12, closes: 10),
    "place nothing": place(opens: 10, closes: 12, quantity: 0),
    "place late": place(opens: -2, closes: -1),
    "pay deposit": ["payment": "p1", "amount_cents": 300],
    "pay balance": ["payment": "p2", "amount_cents": 2_700],
    "pay anything": ["payment": "p3", "amount_cents": 50],
    "postpone": ["opens_at": day(20), "closes_at": day(22)],
    "postpone backwards": ["opens_at": day(22), "closes_at": day(20)],
    "cancel": [:],
    "withdraw": ["reason": "not printed"],
    "ship": ["parcel": "x1", "carrier": "c"],
    "refund_done": ["refund": "r1"], "refund_failed": ["reason": "card closed"],
    "refund_done too much": ["refund": "r2", "amount_cents": 301],
]

private let preSaleTable = """
    nothing =
      place      | awaiting deposit | deposit_due | order:placed | reserve 2 book@n | +deposit_due.after.30m 30m
      place late | awaiting deposit | deposit_due | order:placed | reserve 2 book@n | +deposit_due.after.30m 30m
      unknown_order: pay deposit, postpone, cancel, withdraw, ship, refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
      insufficient_stock: place (sold out)
      invariant_broken: place backwards, place nothing
    deposit due = place
      pay deposit           | deposit paid     | waiting | order:deposit-paid | | -deposit_due.after.30m +opens 10d
      pay balance           | awaiting deposit | deposit_due | refunds(p2 2700)
      pay anything          | awaiting deposit | deposit_due | refunds(p3 50)
      cancel                | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      withdraw              | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      deposit_due.after.30m | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      order_exists: place
      not_possible: postpone, ship
      unknown_timeout: opens, closes
      no_open_call: refund_done, refund_failed
    waiting = deposit due, pay deposit
      pay balance  | deposit paid     | waiting | refunds(p2 2700)
      pay anything | deposit paid     | waiting | refunds(p3 50)
      postpone     | deposit paid     | waiting | | | +opens 20d
      cancel       | closed           | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      withdraw     | closed           | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      opens        | awaiting balance | window | order:balance-due | | -opens +closes 12d
      repeated: pay deposit
      order_exists: place
      not_possible: ship
      unknown_timeout: deposit_due.after.30m, closes
      no_open_call: refund_done, refund_failed
      invariant_broken: postpone backwards
    window = waiting, opens
      pay balance  | awaiting shipment    | packing | order:paid | confirm 2 book@n | -closes
      pay anything | awaiting balance     | window | refunds(p3 50)
      cancel       | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw     | closed               | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes       | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      repeated: pay deposit
      order_exists: place
      not_possible: ship, postpone
      unknown_timeout: deposit_due.after.30m, opens
      no_open_call: refund_done, refund_failed
    paid = window, pay balance
      pay anything | awaiting shipment | packing | refunds(p3 50)
      withdraw     | closed | nothing_kept | order:closed refunds(p1 300) refunds(p2 2700) | give_back 2 book@n
      ship         | shipped           | shipped | order:shipped | ship 2 book@n
      repeated: pay deposit, pay balance
      order_exists: place
      not_possible: cancel, postpone
      unknown_timeout: deposit_due.after.30m, opens, closes
      no_open_call: refund_done, refund_failed
    shipped = paid, ship
      pay anything | shipped | shipped | refunds(p3 50)
      repeated: pay deposit, pay balance, ship
      order_exists: place
      not_possible: cancel, postpone, withdraw
      unknown_timeout: deposit_due.after.30m, opens, closes
      no_open_call: refund_done, refund_failed
    cancelled = deposit due, cancel
      pay deposit | closed | nothing_kept | refunds(p1 300)
      order_exists: place
      not_possible: cancel, postpone, withdraw, ship
      unknown_timeout: deposit_due.after.30m, opens, closes
      no_open_call: refund_done, refund_failed
    deposit given back = waiting, cancel
      pay balance   | closed | nothing_kept | refunds(p2 2700)
      refund_done   | closed | nothing_kept | order:refunded
      refund_failed | closed | nothing_kept | order:needs-a-person
      repeated: pay deposit
      order_exists: place
      not_possible: cancel, postpone, withdraw, ship
      unknown_timeout: deposit_due.after.30m, opens, closes
      bad_data: refund_done too much
    refund failed = deposit given back, refund_failed
      pay balance | closed | nothing_kept | refunds(p2 2700)
      refund_done | closed | nothing_kept | order:refunded
      repeated: pay deposit
      order_exists: place
      not_possible: cancel, postpone, withdraw, ship
      unknown_timeout: deposit_due.after.30m, opens, closes
      no_open_call: refund_failed
    deposit kept = window, closes
      pay balance | closed, deposit kept | deposit_kept | refunds(p2 2700)
      repeated: pay deposit
      order_exists: place
      not_possible: cancel, postpone, withdraw, ship
      unknown_timeout: deposit_due.after.30m, opens, closes
      no_open_call: refund_done, refund_failed
    deposit after the window = deposit due, wait 13d
      pay deposit           | awaiting deposit | deposit_due | refunds(p1 300)
      pay anything          | awaiting deposit | deposit_due | refunds(p3 50)
      cancel                | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      withdraw              | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      deposit_due.after.30m | closed           | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      order_exists: place
      not_possible: postpone, ship
      unknown_timeout: opens, closes
      no_open_call: refund_done, refund_failed
    """
