import Waybill

extension ShippedDecisions {
    /// A deposit now, the balance in a window that opens at a fixed time.
    static let preSale = ShippedDecisions(workflow: "pre-sale", moves: preSaleMoves, table: preSaleTable)
}

private func day(_ number: Int64) -> JSON { .int(TableRehearsal.start.advanced(by: .days(number)).milliseconds) }

private func place(opens: Int64, closes: Int64, quantity: Int64 = 2, balance: Int64 = 2_700) -> JSON {
    [
        "buyer": "ann", "sku": "book", "at": "n", "qty": .int(quantity), "deposit_cents": 300,
        "balance_cents": .int(balance),
        "opens_at": day(opens), "closes_at": day(closes),
    ]
}

private let preSaleMoves: [String: JSON] = [
    "place": place(opens: 10, closes: 12),
    "place backwards": place(opens: 12, closes: 10),
    "place nothing": place(opens: 10, closes: 12, quantity: 0),
    "place late": place(opens: -2, closes: -1),
    "place for a deposit": place(opens: 10, closes: 12, balance: 0),
    "pay nothing": ["payment": "p4", "amount_cents": 0],
    "pay deposit": ["payment": "p1", "amount_cents": 300],
    "pay balance": ["payment": "p2", "amount_cents": 2_700],
    "pay anything": ["payment": "p3", "amount_cents": 50],
    "postpone": ["opens_at": day(20), "closes_at": day(22)],
    "postpone backwards": ["opens_at": day(22), "closes_at": day(20)],
    "postpone to now": ["opens_at": day(0), "closes_at": day(22)],
    "postpone for a moment": ["opens_at": day(20), "closes_at": day(21)],
    "cancel": [:],
    "withdraw": ["reason": "not printed"],
    "ship": ["parcel": "x1", "carrier": "c"],
    "refund": ["amount_cents": 200, "reason": "sorry"],
    "refund too much": ["amount_cents": 3_001, "reason": "sorry"],
    "refund_again": ["payment": "p1", "amount_cents": 300],
    "refund_again too much": ["payment": "p1", "amount_cents": 301],
    "refund_done": ["refund": "r1"], "refund_failed": ["reason": "card closed"],
    "refund_done too much": ["refund": "r2", "amount_cents": 301],
]

private let preSaleTable = """
    nothing =
      place      | awaiting deposit | deposit_due | order:placed | reserve 2 book@n | +deposit_due.after.30m 30m
      place late | awaiting deposit | deposit_due | order:placed | reserve 2 book@n | +deposit_due.after.30m 30m
      insufficient_stock: place (sold out)
      invariant_broken: place backwards, place nothing
      unknown_order: pay balance, postpone, cancel, withdraw, ship, refund, refund_done, refund_failed, refund_again
      unknown_timeout: deposit_due.after.30m, opens, closes
    deposit due = place
      pay balance           | awaiting deposit | deposit_due | refunds(p2 2700)
      cancel                | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      withdraw              | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      deposit_due.after.30m | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      pay deposit           | deposit paid | waiting | order:deposit-paid | | -deposit_due.after.30m +opens 10d
      pay anything          | awaiting deposit | deposit_due | refunds(p3 50)
      pay nothing           | awaiting deposit | deposit_due
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: opens, closes
    waiting = deposit due, pay deposit
      pay balance  | deposit paid | waiting | refunds(p2 2700)
      postpone     | deposit paid | waiting | | | +opens 20d
      cancel       | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      withdraw     | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      opens        | awaiting balance | window | order:balance-due | | -opens +closes 12d
      pay anything | deposit paid | waiting | refunds(p3 50)
      order_exists: place
      not_possible: ship, refund, refund_again, postpone backwards, postpone to now, postpone for a moment
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, closes
      repeated: pay deposit
    window = waiting, opens
      pay balance  | awaiting shipment | packing | order:paid | confirm 2 book@n | -closes
      cancel       | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw     | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes       | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      pay anything | awaiting balance | window | refunds(p3 50)
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens
      repeated: pay deposit
    window late = waiting, wait 13d, opens
      pay balance | awaiting shipment | packing | order:paid | confirm 2 book@n | -closes
      cancel      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens
    window missed = window, wait 2d, wait 11m
      pay balance | awaiting shipment | packing | order:paid | confirm 2 book@n | -closes
      cancel      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes      | awaiting balance | window | order:balance-due | | -closes +closes 1d
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens
    window again = window missed, closes
      pay balance | awaiting shipment | packing | order:paid | confirm 2 book@n | -closes
      cancel      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens
    paid = window, pay balance
      withdraw     | closed | nothing_kept | order:closed refunds(p1 300) refunds(p2 2700) | give_back 2 book@n
      ship         | shipped | shipped | order:shipped | ship 2 book@n
      refund       | awaiting shipment | packing | refunds(p1 20) refunds(p2 180)
      pay anything | awaiting shipment | packing | refunds(p3 50)
      order_exists: place
      repeated: pay balance, pay deposit
      not_possible: postpone, cancel, refund_again, refund too much
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    shipped = paid, ship
      refund       | shipped | shipped | refunds(p1 20) refunds(p2 180)
      pay anything | shipped | shipped | refunds(p3 50)
      order_exists: place
      repeated: pay balance, ship, pay deposit
      not_possible: postpone, cancel, withdraw, refund_again, refund too much
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    cancelled = deposit due, cancel
      pay balance | closed | nothing_kept | refunds(p2 2700)
      pay deposit | closed | nothing_kept | refunds(p1 300)
      order_exists: place
      not_possible: postpone, cancel, withdraw, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    deposit given back = waiting, cancel
      pay balance   | closed | nothing_kept | refunds(p2 2700)
      refund_done   | closed | nothing_kept | order:refunded
      refund_failed | closed | nothing_kept | order:needs-a-person
      order_exists: place
      not_possible: postpone, cancel, withdraw, ship, refund, refund_again
      unknown_timeout: deposit_due.after.30m, opens, closes
      repeated: pay deposit
      bad_data: refund_done too much
    refund failed = deposit given back, refund_failed
      pay balance  | closed | nothing_kept | refunds(p2 2700)
      refund_done  | closed | nothing_kept | order:refunded
      refund_again | closed | nothing_kept | refunds(p1 300)
      order_exists: place
      not_possible: postpone, cancel, withdraw, ship, refund, refund_again too much
      no_open_call: refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    refund asked for again = refund failed, refund_again
      pay balance   | closed | nothing_kept | refunds(p2 2700)
      refund_done   | closed | nothing_kept | order:refunded
      refund_failed | closed | nothing_kept | order:needs-a-person
      order_exists: place
      not_possible: postpone, cancel, withdraw, ship, refund, refund_again
      unknown_timeout: deposit_due.after.30m, opens, closes
    deposit kept = window, closes
      pay balance | closed, deposit kept | deposit_kept | refunds(p2 2700)
      withdraw    | closed | nothing_kept | refunds(p1 300)
      refund      | closed, deposit kept | deposit_kept | refunds(p1 200)
      order_exists: place
      not_possible: postpone, cancel, ship, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    deposit given back after all = deposit kept, withdraw
      pay balance   | closed | nothing_kept | refunds(p2 2700)
      refund_done   | closed | nothing_kept | order:refunded
      refund_failed | closed | nothing_kept | order:needs-a-person
      order_exists: place
      not_possible: postpone, cancel, withdraw, ship, refund, refund_again
      unknown_timeout: deposit_due.after.30m, opens, closes
    deposit after the window = deposit due, wait 13d
      pay balance           | awaiting deposit | deposit_due | refunds(p2 2700)
      cancel                | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      withdraw              | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      deposit_due.after.30m | closed | nothing_kept | order:closed | release 2 book@n | -deposit_due.after.30m
      pay deposit           | awaiting deposit | deposit_due | refunds(p1 300)
      pay anything          | awaiting deposit | deposit_due | refunds(p3 50)
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: opens, closes
    deposit in the window = deposit due, wait 11d, pay deposit
      pay balance | awaiting shipment | packing | order:paid | confirm 2 book@n | -closes
      cancel      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -closes
      closes      | closed, deposit kept | deposit_kept | order:closed order:deposit-kept | release 2 book@n | -closes
      order_exists: place
      not_possible: postpone, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens
    nothing more to pay = place for a deposit, pay deposit
      pay balance | deposit paid | waiting | refunds(p2 2700)
      postpone    | deposit paid | waiting | | | +opens 20d
      cancel      | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | release 2 book@n | -opens
      opens       | awaiting shipment | packing | order:paid | confirm 2 book@n | -opens -closes
      order_exists: place
      not_possible: ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, closes
    nothing more was to pay = nothing more to pay, opens
      pay balance | awaiting shipment | packing | refunds(p2 2700)
      withdraw    | closed | nothing_kept | order:closed refunds(p1 300) | give_back 2 book@n
      ship        | shipped | shipped | order:shipped | ship 2 book@n
      refund      | awaiting shipment | packing | refunds(p1 200)
      order_exists: place
      not_possible: postpone, cancel, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: deposit_due.after.30m, opens, closes
    """
