import Waybill

extension ShippedDecisions {
    /// Two lines, 2 mugs and 1 cup, for 5,000 together, a coupon, half an hour to pay.
    static let standardOrder = ShippedDecisions(
        workflow: "standard-order", passing: ["money.trying"], moves: standardMoves, table: standardTable)
}

private func lines(_ quantities: [(line: String, quantity: Int64)], at place: String? = nil) -> JSON {
    .array(
        quantities.map { line, quantity in
            var members: [JSON.Member] = [.init("line", .text(line)), .init("qty", .int(quantity))]
            if let place { members.append(.init("at", .text(place))) }
            return .object(members)
        })
}

private func place(mugs: Int64 = 2, discount: Int64 = 500, cupLine: String = "b") -> JSON {
    [
        "shop": "s", "buyer": "ann", "coupon": "ten", "pay_within": "30m", "freight_cents": 500,
        "discount_cents": .int(discount),
        "lines": [
            ["line": "a", "sku": "mug", "at": "n", "qty": .int(mugs), "price_cents": 1_000],
            ["line": .text(cupLine), "sku": "cup", "at": "s", "qty": 1, "price_cents": 3_000],
        ],
    ]
}

private func pay(_ payment: String, _ cents: Int64) -> JSON {
    ["payment": .text(payment), "channel": "card", "amount_cents": .int(cents)]
}

private func ship(_ parcel: String, _ quantities: (line: String, quantity: Int64)...) -> JSON {
    ["parcel": .text(parcel), "carrier": "c", "lines": lines(quantities)]
}

private let standardMoves: [String: JSON] = [
    "place": place(),
    "place no mugs": place(mugs: 0),
    "place a line twice": place(cupLine: "a"),
    "place below zero": place(discount: 5_501),
    "place nothing": [
        "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 500, "discount_cents": 0, "lines": [],
    ],
    "pay part": pay("p1", 2_000), "pay rest": pay("p2", 3_000), "pay all": pay("p3", 5_000),
    "pay more": pay("p4", 5_100), "pay late": pay("p5", 5_000), "pay nothing": pay("p6", 0),
    "change_price up": ["line": "b", "price_cents": 3_100],
    "change_price down": ["line": "b", "price_cents": 0],
    "change_price nowhere": ["line": "z", "price_cents": 0],
    "cancel": ["reason": "changed my mind"],
    "ship some": ship("x1", ("a", 1)), "ship rest": ship("x2", ("a", 1), ("b", 1)),
    "ship all": ship("x3", ("a", 2), ("b", 1)), "ship too many": ship("x4", ("a", 3)),
    "ship nothing": ship("x5"), "ship none of a": ship("x6", ("a", 0)), "ship unknown": ship("x7", ("z", 1)),
    "signed some": ["parcel": "x1", "lines": lines([("a", 1)])],
    "signed all": ["parcel": "x3", "lines": lines([("a", 2), ("b", 1)])],
    "extend_receipt": ["by": "5d"], "extend_receipt back": ["by": -864_000_000],
    "confirm_receipt": [:],
    "ask_return": ["case": "c1", "kind": "broken", "lines": lines([("a", 1)])],
    "ask_return too many": ["case": "c2", "kind": "broken", "lines": lines([("a", 3)])],
    "returned": ["case": "c1", "refund_cents": 1_000, "lines": lines([("a", 1)], at: "n")],
    "returned too many": ["case": "c2", "refund_cents": 1_000, "lines": lines([("a", 3)], at: "n")],
    "returned too dear": ["case": "c3", "refund_cents": 5_001, "lines": lines([("a", 1)], at: "n")],
    "returned elsewhere": ["case": "c4", "refund_cents": 0, "lines": lines([("a", 1)], at: "s")],
    "returned money": ["case": "c5", "refund_cents": 700, "lines": []],
    "missing": ["parcel": "x1"],
    "refund_done": ["refund": "r1"],
    "refund_done too much": ["refund": "r2", "payment": "p3", "amount_cents": 1_001],
    "refund_failed": ["reason": "card closed"],
    "refund_failed too much": ["payment": "p3", "amount_cents": 1_001, "reason": "card closed"],
]

private let standardTable = """
    nothing =
      place         | awaiting payment | unpaid waiting watching | order:placed \
                    | reserve 2 mug@n 1 cup@s 1 coupon:ten | +pay_due 30m
      place no mugs | awaiting payment | unpaid waiting watching | order:placed \
                    | reserve 1 cup@s 1 coupon:ten | +pay_due 30m
      unknown_order: pay all, change_price up, cancel, ship all, signed all, extend_receipt, confirm_receipt
      unknown_order: ask_return, returned, refund_done, refund_failed, missing
      unknown_timeout: pay_due, auto_receipt
      arithmetic: place below zero
      bad_data: place a line twice
      insufficient_stock: place (sold out)
      invariant_broken: place nothing
    unpaid = place
      pay part        | awaiting payment | unpaid waiting watching
      pay all         | awaiting shipment | paid waiting watching | order:paid \
                      | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay more        | awaiting shipment | paid waiting watching | order:paid refunds(p4 100) \
                      | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay nothing     | awaiting payment | unpaid waiting watching
      change_price up | awaiting payment | unpaid waiting watching
      cancel          | closed | cancelled given_back watching | order:closed \
                      | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay_due         | closed | expired given_back watching | order:closed \
                      | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      missing         | awaiting payment | unpaid waiting watching | order:needs-a-person
      order_exists: place
      not_possible: ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: auto_receipt
      arithmetic: returned money
      bad_data: change_price nowhere
      beyond_holding: returned
      invariant_broken: signed some
      no_open_call: refund_done, refund_failed
    partly paid = unpaid, pay part
      pay rest          | awaiting shipment | paid waiting watching | order:paid \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay all           | awaiting shipment | paid waiting watching \
                        | order:paid refunds(p1 571) refunds(p3 1429) | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      change_price down | awaiting shipment | paid waiting watching | order:paid \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      cancel            | closed | cancelled given_back watching | order:closed refunds(p1 2000) \
                        | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay_due           | closed | expired given_back watching | order:closed refunds(p1 2000) \
                        | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      returned money    | awaiting payment | unpaid waiting watching | refunds(p1 700)
      missing           | awaiting payment | unpaid waiting watching | order:needs-a-person
      repeated: pay part
      order_exists: place
      not_possible: ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: auto_receipt
      beyond_holding: returned
      invariant_broken: signed some
      no_open_call: refund_done, refund_failed
    expired = unpaid, pay_due
      pay part            | closed | expired given_back watching | refunds(p1 2000)
      pay late            | awaiting shipment | paid waiting watching | order:paid \
                          | reserve 2 mug@n 1 cup@s confirm 2 mug@n 1 cup@s
      pay late (sold out) | closed | expired given_back watching | refunds(p5 5000)
      pay more            | awaiting shipment | paid waiting watching | order:paid refunds(p4 100) \
                          | reserve 2 mug@n 1 cup@s confirm 2 mug@n 1 cup@s
      missing             | closed | expired given_back watching | order:needs-a-person
      order_exists: place
      not_possible: change_price up, cancel, ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      arithmetic: returned money
      beyond_holding: returned
      invariant_broken: signed some
      no_open_call: refund_done, refund_failed
    expired in part = partly paid, pay_due
      pay rest            | closed | expired given_back watching | refunds(p2 3000)
      pay late            | awaiting shipment | paid waiting watching | order:paid \
                          | reserve 2 mug@n 1 cup@s confirm 2 mug@n 1 cup@s
      pay late (sold out) | closed | expired given_back watching | refunds(p5 5000)
      refund_done         | closed | expired given_back watching | order:refunded
      refund_failed       | closed | expired given_back watching | order:needs-a-person
      missing             | closed | expired given_back watching | order:needs-a-person
      repeated: pay part
      order_exists: place
      not_possible: change_price up, cancel, ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: returned
      invariant_broken: signed some
    cancelled = partly paid, cancel
      pay late      | closed | cancelled given_back watching | refunds(p5 5000)
      refund_done   | closed | cancelled given_back watching | order:refunded
      refund_failed | closed | cancelled given_back watching | order:needs-a-person
      missing       | closed | cancelled given_back watching | order:needs-a-person
      repeated: pay part
      order_exists: place
      not_possible: change_price up, cancel, ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: returned
      invariant_broken: signed some
    paid = unpaid, pay all
      pay late       | awaiting shipment | paid waiting watching | refunds(p5 5000)
      cancel         | closed | cancelled given_back watching | order:closed refunds(p3 5000) \
                     | give_back 2 mug@n 1 cup@s 1 coupon:ten
      ship some      | partly shipped | paid partly watching | order:shipped parcel+x1 | ship 1 mug@n
      ship all       | awaiting receipt | paid on_the_way watching | order:shipped parcel+x3 \
                     | ship 2 mug@n 1 cup@s | +auto_receipt 10d
      returned money | awaiting shipment | paid waiting watching | refunds(p3 700)
      missing        | awaiting shipment | paid waiting watching | order:needs-a-person
      repeated: pay all
      order_exists: place
      not_possible: ship nothing, ship none of a, change_price up, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      bad_data: ship unknown
      beyond_holding: ship too many, returned, returned too dear
      invariant_broken: signed some
      no_open_call: refund_done, refund_failed
    cancelled after payment = paid, cancel
      pay late      | closed | cancelled given_back watching | refunds(p5 5000)
      refund_done   | closed | cancelled given_back watching | order:refunded
      refund_failed | closed | cancelled given_back watching | order:needs-a-person
      missing       | closed | cancelled given_back watching | order:needs-a-person
      repeated: pay all
      order_exists: place
      not_possible: change_price up, cancel, ship some, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      arithmetic: returned money
      beyond_holding: returned
      invariant_broken: signed some
    revived = expired, pay late
      pay part  | awaiting shipment | paid waiting watching | refunds(p1 2000)
      cancel    | closed | cancelled given_back watching | order:closed refunds(p5 5000) \
                | give_back 2 mug@n 1 cup@s
      ship some | partly shipped | paid partly watching | order:shipped parcel+x1 | ship 1 mug@n
      ship all  | awaiting receipt | paid on_the_way watching | order:shipped parcel+x3 \
                | ship 2 mug@n 1 cup@s | +auto_receipt 10d
      missing   | awaiting shipment | paid waiting watching | order:needs-a-person
      repeated: pay late
      order_exists: place
      not_possible: change_price up, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: returned
      invariant_broken: signed some
      no_open_call: refund_done, refund_failed
    partly shipped = paid, ship some
      pay late    | partly shipped | paid partly watching | refunds(p5 5000)
      cancel      | awaiting receipt | paid on_the_way watching | refunds(p3 4000) \
                  | give_back 1 mug@n 1 cup@s | +auto_receipt 10d
      ship rest   | awaiting receipt | paid on_the_way watching | order:shipped parcel+x2 \
                  | ship 1 mug@n 1 cup@s | +auto_receipt 10d
      signed some | partly shipped | paid partly watching
      missing     | partly shipped | paid partly watching | order:needs-a-person
      repeated: pay all, ship some
      order_exists: place
      not_possible: ship nothing, ask_return, change_price up, extend_receipt, confirm_receipt
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: ship all
      invariant_broken: signed all, returned
      no_open_call: refund_done, refund_failed
    rest cancelled = partly shipped, cancel
      pay late        | awaiting receipt | paid on_the_way watching | refunds(p5 5000)
      signed some     | awaiting receipt | paid on_the_way watching
      extend_receipt  | awaiting receipt | paid on_the_way watching | | | +auto_receipt 15d
      confirm_receipt | completed | paid received watching | | | -auto_receipt
      auto_receipt    | completed | paid received watching | | | -auto_receipt
      refund_done     | awaiting receipt | paid on_the_way watching | order:refunded
      refund_failed   | awaiting receipt | paid on_the_way watching | order:needs-a-person
      missing         | awaiting receipt | paid on_the_way watching | order:needs-a-person
      order_exists: place
      not_possible: cancel, change_price up, ask_return
      unknown_timeout: pay_due
      beyond_holding: ship rest
      invariant_broken: returned
    on the way = paid, ship all
      pay late        | awaiting receipt | paid on_the_way watching | refunds(p5 5000)
      signed all      | awaiting receipt | paid on_the_way watching
      extend_receipt  | awaiting receipt | paid on_the_way watching | | | +auto_receipt 15d
      confirm_receipt | completed | paid received watching | | | -auto_receipt
      auto_receipt    | completed | paid received watching | | | -auto_receipt
      missing         | awaiting receipt | paid on_the_way watching | order:needs-a-person
      repeated: pay all, ship all
      order_exists: place
      not_possible: ship nothing, extend_receipt back, change_price up, cancel, ask_return
      unknown_timeout: pay_due
      beyond_holding: ship some
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
    received = on the way, confirm_receipt
      pay late   | completed | paid received watching | refunds(p5 5000)
      signed all | completed | paid received watching
      missing    | completed | paid received watching | order:needs-a-person
      repeated: pay all, ship all
      order_exists: place
      not_possible: ship nothing, change_price up, cancel, extend_receipt, confirm_receipt, ask_return
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: ship some
      invariant_broken: returned
      no_open_call: refund_done, refund_failed
    signed for = received, signed all
      ask_return | completed | paid received watching | returns:asked(c1) after-sale+c1
      returned   | completed | paid received watching | refunds(p3 1000) | restock 1 mug@n
      pay late   | completed | paid received watching | refunds(p5 5000)
      missing    | completed | paid received watching | order:needs-a-person
      repeated: pay all, ship all, signed all
      order_exists: place
      not_possible: ask_return too many, change_price up, cancel, extend_receipt, confirm_receipt
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: returned too many, returned elsewhere, ship some
      invariant_broken: returned too dear, signed some
      no_open_call: refund_done, refund_failed
    money on its way back = signed for, returned
      returned money | completed | paid received watching | refunds(p3 700)
      ask_return     | completed | paid received watching | returns:asked(c1) after-sale+c1
      pay late       | completed | paid received watching | refunds(p5 5000)
      refund_done    | completed | paid received watching | order:refunded
      refund_failed  | completed | paid received watching | order:needs-a-person
      missing        | completed | paid received watching | order:needs-a-person
      repeated: pay all, ship all, signed all, returned
      order_exists: place
      not_possible: change_price up, cancel, extend_receipt, confirm_receipt
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: ship some
      invariant_broken: returned too dear, signed some
      bad_data: refund_done too much, refund_failed too much
    refund failed = money on its way back, refund_failed
      returned money | completed | paid received watching | refunds(p3 700)
      ask_return     | completed | paid received watching | returns:asked(c1) after-sale+c1
      pay late       | completed | paid received watching | refunds(p5 5000)
      refund_done    | completed | paid received watching | order:refunded
      missing        | completed | paid received watching | order:needs-a-person
      repeated: pay all, ship all, signed all, returned
      order_exists: place
      not_possible: change_price up, cancel, extend_receipt, confirm_receipt
      unknown_timeout: pay_due, auto_receipt
      beyond_holding: ship some
      invariant_broken: signed some
      bad_data: refund_done too much
      no_open_call: refund_failed
    """
