import Waybill

extension ShippedDecisions {
    /// One unit, so many per buyer, fifteen minutes to pay.
    static let flashSale = ShippedDecisions(workflow: "flash-sale", moves: flashSaleMoves, table: flashSaleTable)
}

private let flashSaleMoves: [String: JSON] = [
    "place": ["buyer": "ann", "sku": "tv", "at": "n", "price_cents": 900, "limit": 2],
    "place without limit": ["buyer": "ann", "sku": "tv", "at": "n", "price_cents": 900, "limit": 0],
    "pay": ["payment": "p1", "amount_cents": 900],
    "pay less": ["payment": "p2", "amount_cents": 899],
    "pay more": ["payment": "p3", "amount_cents": 901],
    "pay again": ["payment": "p4", "amount_cents": 900],
    "cancel": [:], "withdraw": ["reason": "broken"],
    "ship": ["parcel": "x1", "carrier": "c"],
    "pay nothing": ["payment": "p5", "amount_cents": 0],
    "refund": ["amount_cents": 200, "reason": "sorry"],
    "refund too much": ["amount_cents": 901, "reason": "sorry"],
    "refund_again": ["payment": "p4", "amount_cents": 900],
    "refund_again too much": ["payment": "p4", "amount_cents": 901],
    "refund_done": ["refund": "r1"], "refund_failed": ["reason": "card closed"],
    "refund_done too much": ["refund": "r2", "amount_cents": 901],
]

private let flashSaleTable = """
    nothing =
      place               | awaiting payment | unpaid | order:placed \
                          | receive 2 limit:tv@ann reserve 1 tv@n 1 limit:tv@ann | +unpaid.after.15m 15m
      place without limit | awaiting payment | unpaid | order:placed | reserve 1 tv@n 1 limit:tv@ann \
                          | +unpaid.after.15m 15m
      insufficient_stock: place (sold out)
      unknown_order: pay, cancel, withdraw, ship, refund, refund_done, refund_failed, refund_again
      unknown_timeout: unpaid.after.15m
    unpaid = place
      pay              | awaiting shipment | packing | order:paid | confirm 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      cancel           | closed | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      withdraw         | closed | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      unpaid.after.15m | closed | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      pay less         | awaiting payment | unpaid | refunds(p2 899)
      pay more         | awaiting payment | unpaid | refunds(p3 901)
      pay nothing      | awaiting payment | unpaid
      order_exists: place
      not_possible: ship, refund, refund_again
      no_open_call: refund_done, refund_failed
    paid = unpaid, pay
      withdraw  | closed | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      ship      | shipped | shipped | order:shipped | ship 1 tv@n
      refund    | awaiting shipment | packing | refunds(p1 200)
      pay again | awaiting shipment | packing | refunds(p4 900)
      order_exists: place
      repeated: pay
      not_possible: cancel, refund_again, refund too much
      no_open_call: refund_done, refund_failed
      unknown_timeout: unpaid.after.15m
    paid twice = paid, pay again
      withdraw      | closed | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      ship          | shipped | shipped | order:shipped | ship 1 tv@n
      refund        | awaiting shipment | packing | refunds(p1 200)
      refund_done   | awaiting shipment | packing | order:refunded
      refund_failed | awaiting shipment | packing | order:needs-a-person
      order_exists: place
      repeated: pay, pay again
      not_possible: cancel, refund_again
      unknown_timeout: unpaid.after.15m
      bad_data: refund_done too much
    refund failed = paid twice, refund_failed
      withdraw     | closed | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      ship         | shipped | shipped | order:shipped | ship 1 tv@n
      refund       | awaiting shipment | packing | refunds(p1 200)
      refund_done  | awaiting shipment | packing | order:refunded
      refund_again | awaiting shipment | packing | refunds(p4 900)
      order_exists: place
      repeated: pay
      not_possible: cancel, refund_again too much
      no_open_call: refund_failed
      unknown_timeout: unpaid.after.15m
    refund asked for again = refund failed, refund_again
      withdraw      | closed | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      ship          | shipped | shipped | order:shipped | ship 1 tv@n
      refund        | awaiting shipment | packing | refunds(p1 200)
      refund_done   | awaiting shipment | packing | order:refunded
      refund_failed | awaiting shipment | packing | order:needs-a-person
      order_exists: place
      repeated: pay
      not_possible: cancel, refund_again
      unknown_timeout: unpaid.after.15m
    partly given back = paid, refund
      withdraw      | closed | closed | order:closed refunds(p1 700) | give_back 1 tv@n 1 limit:tv@ann
      ship          | shipped | shipped | order:shipped | ship 1 tv@n
      refund        | awaiting shipment | packing | refunds(p1 200)
      refund_done   | awaiting shipment | packing | order:refunded
      refund_failed | awaiting shipment | packing | order:needs-a-person
      order_exists: place
      repeated: pay
      not_possible: cancel, refund_again
      unknown_timeout: unpaid.after.15m
    shipped = paid, ship
      refund    | shipped | shipped | refunds(p1 200)
      pay again | shipped | shipped | refunds(p4 900)
      order_exists: place
      repeated: pay, ship
      not_possible: cancel, withdraw, refund_again, refund too much
      no_open_call: refund_done, refund_failed
      unknown_timeout: unpaid.after.15m
    expired = unpaid, unpaid.after.15m
      pay | closed | closed | refunds(p1 900)
      order_exists: place
      not_possible: cancel, withdraw, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: unpaid.after.15m
    withdrawn = paid, withdraw
      refund_done   | closed | closed | order:refunded
      refund_failed | closed | closed | order:needs-a-person
      pay again     | closed | closed | refunds(p4 900)
      order_exists: place
      repeated: pay
      not_possible: cancel, withdraw, ship, refund, refund_again
      unknown_timeout: unpaid.after.15m
    cancelled = unpaid, cancel
      pay | closed | closed | refunds(p1 900)
      order_exists: place
      not_possible: cancel, withdraw, ship, refund, refund_again
      no_open_call: refund_done, refund_failed
      unknown_timeout: unpaid.after.15m
    """
