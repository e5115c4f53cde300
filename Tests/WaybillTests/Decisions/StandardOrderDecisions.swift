import Waybill

extension ShippedDecisions {
    /// Two lines, 2 mugs and 1 cup, for 5,000 together, a coupon, half an hour to pay.
    static let standardOrder = ShippedDecisions(
        workflow: "standard-order", passing: ["money.trying.goods", "money.trying.coupon"], moves: standardMoves,
        table: standardMoneyTable + "\n" + standardGoodsTable)
}

private func lines(_ quantities: [(line: String, quantity: Int64)], at place: String? = nil) -> JSON {
    .array(
        quantities.map { line, quantity in
            var members: [JSON.Member] = [.init("line", .text(line)), .init("qty", .int(quantity))]
            if let place { members.append(.init("at", .text(place))) }
            return .object(members)
        })
}

private func place(
    mugs: Int64 = 2, discount: Int64 = 500, cupLine: String = "b", payWithin: JSON = "30m", grace: JSON = .null
) -> JSON {
    [
        "shop": "s", "buyer": "ann", "coupon": "ten", "pay_within": payWithin, "grace": grace, "freight_cents": 500,
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

private func ask(_ name: String, _ quantities: (line: String, quantity: Int64)...) -> JSON {
    ["case": .text(name), "kind": "broken", "lines": lines(quantities)]
}

private let standardMoves: [String: JSON] = [
    "place": place(),
    "place no mugs": place(mugs: 0),
    "place a line twice": place(cupLine: "a"),
    "place below zero": place(discount: 5_501),
    "place in no time": place(payWithin: "0s"), "place for a year": place(payWithin: "365d"),
    "place with endless grace": place(grace: "365d"),
    "place nothing": [
        "shop": "s", "buyer": "ann", "pay_within": "30m", "freight_cents": 500, "discount_cents": 0, "lines": [],
    ],
    "pay part": pay("p1", 2_000), "pay rest": pay("p2", 3_000), "pay all": pay("p3", 5_000),
    "pay more": pay("p4", 5_100), "pay late": pay("p5", 5_000), "pay dear": pay("p7", 5_500),
    "pay nothing": pay("p6", 0),
    "change_price up": ["line": "b", "price_cents": 3_100],
    "change_price down": ["line": "b", "price_cents": 0],
    "change_price nowhere": ["line": "z", "price_cents": 0],
    "cancel": ["reason": "changed my mind"],
    "ship some": ship("x1", ("a", 1)), "ship rest": ship("x2", ("a", 1), ("b", 1)),
    "ship all": ship("x3", ("a", 2), ("b", 1)), "ship too many": ship("x4", ("a", 3)),
    "ship nothing": ship("x5"), "ship none of a": ship("x6", ("a", 0)), "ship unknown": ship("x7", ("z", 1)),
    "ship a twice": ship("x8", ("a", 1), ("a", 1)), "ship again": ship("x9", ("a", 2), ("b", 1)),
    "signed some": ["parcel": "x1", "lines": lines([("a", 1)])],
    "signed all": ["parcel": "x3", "lines": lines([("a", 2), ("b", 1)])],
    "extend_receipt": ["by": "5d"], "extend_receipt back": ["by": -864_000_000],
    "extend_receipt for ever": ["by": "31d"],
    "confirm_receipt": [:],
    "ask_return": ask("c1", ("a", 1)), "ask_return again": ask("c6", ("a", 2)),
    "ask_return too many": ask("c2", ("a", 3)), "ask_return nothing": ask("c7"),
    "ask_return a twice": ask("c8", ("a", 1), ("a", 1)),
    "returned": ["case": "c1", "refund_cents": 1_000, "lines": lines([("a", 1)], at: "n")],
    "returned too many": ["case": "c1", "refund_cents": 1_000, "lines": lines([("a", 3)], at: "n")],
    "returned too dear": ["case": "c1", "refund_cents": 5_001, "lines": lines([("a", 1)], at: "n")],
    "returned elsewhere": ["case": "c1", "refund_cents": 0, "lines": lines([("a", 1)], at: "s")],
    "returned nothing": ["case": "c1", "refund_cents": 0, "lines": []],
    "returned money": ["case": "c5", "refund_cents": 700, "lines": []],
    "missing": ["parcel": "x3"], "missing some": ["parcel": "x1"],
    "write_off": ["parcel": "x3", "reason": "gone"], "write_off some": ["parcel": "x1", "reason": "gone"],
    "send_again": ["parcel": "x3"], "send_again some": ["parcel": "x1"],
    "refund": ["amount_cents": 400, "reason": "scratched"],
    "refund too much": ["amount_cents": 5_001, "reason": "scratched"],
    "refund_again": ["payment": "p3", "amount_cents": 1_000],
    "refund_again part": ["payment": "p1", "amount_cents": 2_000],
    "refund_again too much": ["payment": "p3", "amount_cents": 1_001],
    "refund_done": ["refund": "r1"],
    "refund_done too much": ["refund": "r2", "payment": "p3", "amount_cents": 1_001],
    "refund_failed": ["reason": "card closed"],
    "refund_failed too much": ["payment": "p3", "amount_cents": 1_001, "reason": "card closed"],
]

/// Until something is shipped: what `StandardOrderGoods.swift` goes on from.
private let standardMoneyTable = """
    nothing =
      place         | awaiting payment | unpaid waiting watching | order:placed \
                    | reserve 2 mug@n 1 cup@s 1 coupon:ten | +pay_due 30m
      place no mugs | awaiting payment | unpaid waiting watching | order:placed | reserve 1 cup@s 1 coupon:ten \
                    | +pay_due 30m
      insufficient_stock: place (sold out)
      bad_data: place a line twice
      invariant_broken: place below zero, place nothing, place in no time, place for a year, place with endless grace
      unknown_order: pay late, change_price up, cancel, ship some, signed some, missing, write_off, send_again
      unknown_order: extend_receipt, confirm_receipt, ask_return, returned, refund, refund_done, refund_failed
      unknown_order: refund_again
      unknown_timeout: pay_due, auto_receipt, given_up
    unpaid = place
      pay late        | awaiting shipment | paid waiting watching | order:paid \
                      | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      change_price up | awaiting payment | unpaid waiting watching
      cancel          | closed | cancelled given_back watching | order:closed | release 2 mug@n 1 cup@s 1 coupon:ten \
                      | -pay_due
      pay_due         | closed | expired given_back watching | order:closed | release 2 mug@n 1 cup@s 1 coupon:ten \
                      | -pay_due
      pay part        | awaiting payment | unpaid waiting watching
      pay all         | awaiting shipment | paid waiting watching | order:paid \
                      | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay more        | awaiting shipment | paid waiting watching | order:paid refunds(p4 100) \
                      | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay nothing     | awaiting payment | unpaid waiting watching
      order_exists: place
      not_possible: ship some, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return, returned
      not_possible: refund, refund_again, returned money
      bad_data: signed some, change_price nowhere
      no_open_call: refund_done, refund_failed
      unknown_timeout: auto_receipt, given_up
    partly paid = unpaid, pay part
      pay late          | awaiting shipment | paid waiting watching | order:paid refunds(p1 571) refunds(p5 1429) \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      change_price up   | awaiting payment | unpaid waiting watching
      cancel            | closed | cancelled given_back watching | order:closed refunds(p1 2000) \
                        | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay_due           | closed | expired given_back watching | order:closed refunds(p1 2000) \
                        | release 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay rest          | awaiting shipment | paid waiting watching | order:paid \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      pay all           | awaiting shipment | paid waiting watching | order:paid refunds(p1 571) refunds(p3 1429) \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      change_price down | awaiting shipment | paid waiting watching | order:paid \
                        | confirm 2 mug@n 1 cup@s 1 coupon:ten | -pay_due
      returned money    | awaiting payment | unpaid waiting watching | refunds(p1 700)
      order_exists: place
      not_possible: ship some, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return, refund
      not_possible: refund_again
      bad_data: signed some
      beyond_holding: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: auto_receipt, given_up
      repeated: pay part
    expired = unpaid, pay_due
      pay late             | awaiting shipment | paid waiting watching | order:revived order:paid \
                           | reserve 2 mug@n 1 cup@s 1 coupon:ten confirm 2 mug@n 1 cup@s 1 coupon:ten
      cancel               | closed | cancelled given_back watching
      pay part             | closed | expired given_back watching | refunds(p1 2000)
      pay late (sold out)  | closed | expired given_back watching | refunds(p5 5000)
      pay late (no coupon) | closed | expired given_back watching | refunds(p5 5000) \
                           | reserve 2 mug@n 1 cup@s release 2 mug@n 1 cup@s
      pay dear (no coupon) | awaiting shipment | paid waiting watching | order:revived order:paid \
                           | reserve 2 mug@n 1 cup@s confirm 2 mug@n 1 cup@s
      pay more             | awaiting shipment | paid waiting watching | order:revived order:paid refunds(p4 100) \
                           | reserve 2 mug@n 1 cup@s 1 coupon:ten confirm 2 mug@n 1 cup@s 1 coupon:ten
      order_exists: place
      not_possible: change_price up, ship some, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: ask_return, returned, refund, refund_again, returned money
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    expired in part = partly paid, pay_due
      pay late            | awaiting shipment | paid waiting watching | order:revived order:paid \
                          | reserve 2 mug@n 1 cup@s 1 coupon:ten confirm 2 mug@n 1 cup@s 1 coupon:ten
      cancel              | closed | cancelled given_back watching
      refund_done         | closed | expired given_back watching | order:refunded
      refund_failed       | closed | expired given_back watching | order:needs-a-person
      pay rest            | closed | expired given_back watching | refunds(p2 3000)
      pay late (sold out) | closed | expired given_back watching | refunds(p5 5000)
      order_exists: place
      not_possible: change_price up, ship some, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: ask_return, returned, refund, refund_again
      bad_data: signed some
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: pay part
    refund of a part failed = expired in part, refund_failed
      pay late          | awaiting shipment | paid waiting watching | order:revived order:paid \
                        | reserve 2 mug@n 1 cup@s 1 coupon:ten confirm 2 mug@n 1 cup@s 1 coupon:ten
      cancel            | closed | cancelled given_back watching
      refund_done       | closed | expired given_back watching | order:refunded
      refund_again part | closed | expired given_back watching | refunds(p1 2000)
      order_exists: place
      not_possible: change_price up, ship some, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: ask_return, returned, refund, refund_again, refund_again too much
      bad_data: signed some
      no_open_call: refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    long expired = expired, wait 3d
      pay late | closed | expired given_back watching | refunds(p5 5000)
      cancel   | closed | cancelled given_back watching
      pay dear | closed | expired given_back watching | refunds(p7 5500)
      order_exists: place
      not_possible: change_price up, ship some, missing, write_off, send_again, extend_receipt, confirm_receipt
      not_possible: ask_return, returned, refund, refund_again
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    called off when it had expired = expired, cancel
      pay late | closed | cancelled given_back watching | refunds(p5 5000)
      order_exists: place
      not_possible: change_price up, cancel, ship some, missing, write_off, send_again, extend_receipt
      not_possible: confirm_receipt, ask_return, returned, refund, refund_again
      bad_data: signed some
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    cancelled = partly paid, cancel
      pay late      | closed | cancelled given_back watching | refunds(p5 5000)
      refund_done   | closed | cancelled given_back watching | order:refunded
      refund_failed | closed | cancelled given_back watching | order:needs-a-person
      order_exists: place
      not_possible: change_price up, cancel, ship some, missing, write_off, send_again, extend_receipt
      not_possible: confirm_receipt, ask_return, returned, refund, refund_again
      bad_data: signed some
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: pay part
    paid = unpaid, pay all
      pay late       | awaiting shipment | paid waiting watching | refunds(p5 5000)
      cancel         | closed | cancelled given_back watching | order:closed refunds(p3 5000) \
                     | give_back 2 mug@n 1 cup@s 1 coupon:ten
      ship some      | partly shipped | paid partly watching | order:shipped parcel+parcel-x1 | ship 1 mug@n
      refund         | awaiting shipment | paid waiting watching | refunds(p3 400)
      ship all       | awaiting receipt | paid on_the_way watching | order:shipped parcel+parcel-x3 \
                     | ship 2 mug@n 1 cup@s
      returned money | awaiting shipment | paid waiting watching | refunds(p3 700)
      order_exists: place
      not_possible: change_price up, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: refund_again, ship nothing, ship none of a, ship a twice, refund too much, returned too dear
      bad_data: signed some, ship unknown
      beyond_holding: returned, ship too many
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: pay all
    cancelled after payment = paid, cancel
      pay late      | closed | cancelled given_back watching | refunds(p5 5000)
      refund_done   | closed | cancelled given_back watching | order:refunded
      refund_failed | closed | cancelled given_back watching | order:needs-a-person
      order_exists: place
      not_possible: change_price up, cancel, ship some, missing, write_off, send_again, extend_receipt
      not_possible: confirm_receipt, ask_return, returned, refund, refund_again, returned money
      bad_data: signed some
      unknown_timeout: pay_due, auto_receipt, given_up
      repeated: pay all
    revived = expired, pay late
      cancel    | closed | cancelled given_back watching | order:closed refunds(p5 5000) \
                | give_back 2 mug@n 1 cup@s 1 coupon:ten
      ship some | partly shipped | paid partly watching | order:shipped parcel+parcel-x1 | ship 1 mug@n
      refund    | awaiting shipment | paid waiting watching | refunds(p5 400)
      pay part  | awaiting shipment | paid waiting watching | refunds(p1 2000)
      ship all  | awaiting receipt | paid on_the_way watching | order:shipped parcel+parcel-x3 | ship 2 mug@n 1 cup@s
      order_exists: place
      repeated: pay late
      not_possible: change_price up, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: refund_again
      bad_data: signed some
      beyond_holding: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    revived without the coupon = expired, pay dear (no coupon)
      pay late  | awaiting shipment | paid waiting watching | refunds(p5 5000)
      cancel    | closed | cancelled given_back watching | order:closed refunds(p7 5500) | give_back 2 mug@n 1 cup@s
      ship some | partly shipped | paid partly watching | order:shipped parcel+parcel-x1 | ship 1 mug@n
      refund    | awaiting shipment | paid waiting watching | refunds(p7 400)
      order_exists: place
      not_possible: change_price up, missing, write_off, send_again, extend_receipt, confirm_receipt, ask_return
      not_possible: refund_again
      bad_data: signed some
      beyond_holding: returned
      no_open_call: refund_done, refund_failed
      unknown_timeout: pay_due, auto_receipt, given_up
    """
