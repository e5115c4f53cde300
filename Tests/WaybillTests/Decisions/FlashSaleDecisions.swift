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
    "refund_done": ["refund": "r1"], "refund_failed": ["reason": "card closed"],
    "refund_done too much": ["refund": "r2", "amount_cents": 901],
]

private let flashSaleTable = """
    nothing =
      place               | awaiting payment | unpaid | order:placed \
                          | receive 2 limit:tv@ann reserve 1 tv@n 1 limit:tv@ann | +unpaid.after.15m 15m
      place without limit | awaiting payment | unpaid | order:placed \
                          | reserve 1 tv@n 1 limit:tv@ann | +unpaid.after.15m 15m
      unknown_order: pay, cancel, withdraw, ship, refund_done, refund_failed
      unknown_timeout: unpaid.after.15m
      insufficient_stock: place (sold out)
    unpaid = place
      withdraw         | closed            | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      pay              | awaiting shipment | packing | order:paid | confirm 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      pay less         | awaiting payment  | unpaid | refunds(p2 899)
      pay more         | awaiting payment  | unpaid | refunds(p3 901)
      pay nothing      | awaiting payment  | unpaid
      cancel           | closed            | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      unpaid.after.15m | closed            | closed | order:closed | release 1 tv@n 1 limit:tv@ann | -unpaid.after.15m
      order_exists: place
      not_possible: ship
      no_open_call: refund_done, refund_failed
    paid = unpaid, pay
      withdraw  | closed            | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      pay again | awaiting shipment | packing | refunds(p4 900)
      ship      | shipped           | shipped | order:shipped | ship 1 tv@n
      repeated: pay
      order_exists: place
      not_possible: cancel
      unknown_timeout: unpaid.after.15m
      no_open_call: refund_done, refund_failed
    paid twice = paid, pay again
      withdraw      | closed            | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      refund_done   | awaiting shipment | packing | order:refunded
      refund_failed | awaiting shipment | packing | order:needs-a-person
      ship          | shipped           | shipped | order:shipped | ship 1 tv@n
      repeated: pay, pay again
      order_exists: place
      not_possible: cancel
      unknown_timeout: unpaid.after.15m
      bad_data: refund_done too much
    refund failed = paid twice, refund_failed
      withdraw    | closed            | closed | order:closed refunds(p1 900) | give_back 1 tv@n 1 limit:tv@ann
      refund_done | awaiting shipment | packing | order:refunded
      ship        | shipped           | shipped | order:shipped | ship 1 tv@n
      repeated: pay, pay again
      order_exists: place
      not_possible: cancel
      unknown_timeout: unpaid.after.15m
      no_open_call: refund_failed
    shipped = paid, ship
      pay again | shipped | shipped | refunds(p4 900)
      repeated: pay, ship
      order_exists: place
      not_possible: withdraw, cancel
      unknown_timeout: unpaid.after.15m
      no_open_call: refund_done, refund_failed
    expired = unpaid, unpaid.after.15m
      pay | closed | closed | refunds(p1 900)
      order_exists: place
      not_possible: withdraw, cancel, ship
      unknown_timeout: unpaid.after.15m
      no_open_call: refund_done, refund_failed
    withdrawn = paid, withdraw
      pay again     | closed | closed | refunds(p4 900)
      refund_done   | closed | closed | order:refunded
      refund_failed | closed | closed | order:needs-a-person
      repeated: pay
      order_exists: place
      not_possible: cancel, withdraw, ship
      unknown_timeout: unpaid.after.15m
    cancelled = unpaid, cancel
      pay | closed | closed | refunds(p1 900)
      order_exists: place
      not_possible: withdraw, cancel, ship
      unknown_timeout: unpaid.after.15m
      no_open_call: refund_done, refund_failed
    """
