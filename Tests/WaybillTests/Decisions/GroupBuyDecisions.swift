import Waybill

private func join(_ member: String, _ buyer: String) -> JSON { ["member": .text(member), "buyer": .text(buyer)] }

extension ShippedDecisions {
    /// Two of three buyers must pay 900 within a day.
    static let groupBuy = ShippedDecisions(
        workflow: "group-buy", passing: ["ended"],
        moves: [
            "open": [
                "shop": "s", "sku": "mug", "at": "n", "price_cents": 900, "needed": 2, "places": 3, "within": "24h",
            ],
            "join ann": join("m1", "ann"), "join bob": join("m2", "bob"), "join cleo": join("m3", "cleo"),
            "join dora": join("m4", "dora"), "join ann again": join("m5", "ann"),
            "paid ann": ["member": "m1"], "paid bob": ["member": "m2"], "paid cleo": ["member": "m3"],
            "left ann": ["member": "m1"], "left nobody": ["member": "m9"],
            "call_off": ["reason": "no mugs"],
        ],
        table: """
            empty = open
              join ann | gathering | gathering | group-member+m1
              call_off | failed    | failed | group:failed | | -ends
              ends     | failed    | failed | group:failed | | -ends
              order_exists: open
              bad_data: paid ann, left nobody
            one has joined = empty, join ann
              join bob | gathering | gathering | group-member+m2
              paid ann | gathering | gathering
              left ann | gathering | gathering
              call_off | failed    | failed | group:failed m1<-fail | | -ends
              ends     | failed    | failed | group:failed m1<-fail | | -ends
              repeated: join ann
              order_exists: open
              not_possible: join ann again
            one has left = one has joined, left ann
              join ann again | gathering | gathering | group-member+m5
              ends           | failed | failed | group:failed | | -ends
              call_off       | failed | failed | group:failed | | -ends
              repeated: left ann
              order_exists: open
              bad_data: paid bob
            one has paid = one has joined, paid ann, join bob
              join cleo | gathering | gathering | group-member+m3
              paid bob  | formed    | formed | group:formed m1<-form m2<-form
              left ann  | gathering | gathering
              call_off  | failed    | failed | group:failed m1<-fail m2<-fail | | -ends
              ends      | failed    | failed | group:failed m1<-fail m2<-fail | | -ends
              repeated: paid ann
              order_exists: open
            formed = one has paid, paid bob, join cleo
              paid cleo | formed   | formed | m3<-form
              left ann  | formed   | formed
              ends      | complete | complete | group:complete m3<-fail | | -ends
              order_exists: open
              not_possible: join dora, call_off
            complete = formed, ends
              order_exists: open
              not_possible: join dora, left ann, call_off
              not_possible: paid cleo
              unknown_timeout: ends
            failed = one has joined, ends
              order_exists: open
              not_possible: join dora, paid ann, left ann, call_off
              unknown_timeout: ends
            """)

    /// A share of 900 in a group.
    static let groupMember = ShippedDecisions(
        workflow: "group-member",
        moves: [
            "take_place": ["member": "m1", "buyer": "ann", "sku": "mug", "at": "n", "price_cents": 900],
            "pay": ["payment": "p1", "channel": "card", "amount_cents": 900],
            "pay again": ["payment": "p2", "channel": "card", "amount_cents": 900],
            "pay less": ["payment": "p3", "channel": "card", "amount_cents": 899],
            "pay nothing": ["payment": "p4", "channel": "card", "amount_cents": 0],
            "leave": [:], "form": [:], "fail": [:], "ship": ["parcel": "x1", "carrier": "post"],
            "withdraw": ["reason": "broken"],
            "refund": ["amount_cents": 200, "reason": "sorry"],
            "refund too much": ["amount_cents": 901, "reason": "sorry"],
            "refund_again": ["payment": "p1", "amount_cents": 900],
            "refund_again too much": ["payment": "p1", "amount_cents": 901],
            "refund_done": [:], "refund_failed": ["reason": "card closed"],
        ],
        table: """
            nothing =
              take_place | awaiting payment | unpaid open | | reserve 1 mug@n | +pay_due 15m
              insufficient_stock: take_place (sold out)
              unknown_order: pay, leave, form, fail, withdraw, ship, refund, refund_done, refund_failed, refund_again
              unknown_timeout: pay_due
            unpaid = take_place
              pay         | awaiting the group | waiting open | parent<-paid | | -pay_due
              leave       | closed | gone open | parent<-left | release 1 mug@n | -pay_due
              fail        | closed | closed open | | release 1 mug@n | -pay_due
              pay_due     | closed | gone open | parent<-left | release 1 mug@n | -pay_due
              pay less    | awaiting payment | unpaid open | refunds(p3 899)
              pay nothing | awaiting payment | unpaid open
              order_exists: take_place
              not_possible: form, withdraw, ship, refund, refund_again
              no_open_call: refund_done, refund_failed
            waiting = unpaid, pay
              leave     | closed | gone open | refunds(p1 900) parent<-left | release 1 mug@n
              form      | awaiting shipment | formed open | group:member-formed | confirm 1 mug@n
              fail      | closed | closed open | refunds(p1 900) | release 1 mug@n
              pay again | awaiting the group | waiting open | refunds(p2 900)
              order_exists: take_place
              repeated: pay
              not_possible: withdraw, ship, refund, refund_again
              no_open_call: refund_done, refund_failed
              unknown_timeout: pay_due
            formed = waiting, form
              withdraw  | closed | closed open | refunds(p1 900) | give_back 1 mug@n
              ship      | shipped | shipped open | group:shipped | ship 1 mug@n
              refund    | awaiting shipment | formed open | refunds(p1 200)
              pay again | awaiting shipment | formed open | refunds(p2 900)
              order_exists: take_place
              repeated: pay
              not_possible: leave, form, fail, refund_again, refund too much
              no_open_call: refund_done, refund_failed
              unknown_timeout: pay_due
            withdrawn = formed, withdraw
              refund_done   | closed | closed open | group:refunded
              refund_failed | closed | closed open | group:needs-a-person
              order_exists: take_place
              repeated: pay
              not_possible: leave, form, fail, withdraw, ship, refund, refund_again
              unknown_timeout: pay_due
            shipped = formed, ship
              refund    | shipped | shipped open | refunds(p1 200)
              pay again | shipped | shipped open | refunds(p2 900)
              order_exists: take_place
              repeated: pay, ship
              not_possible: leave, form, fail, withdraw, refund_again, refund too much
              no_open_call: refund_done, refund_failed
              unknown_timeout: pay_due
            gone = unpaid, pay_due
              pay | closed | gone open | refunds(p1 900)
              order_exists: take_place
              not_possible: leave, form, fail, withdraw, ship, refund, refund_again
              no_open_call: refund_done, refund_failed
              unknown_timeout: pay_due
            failed = waiting, fail
              refund_done   | closed | closed open | group:refunded
              refund_failed | closed | closed open | group:needs-a-person
              pay again     | closed | closed open | refunds(p2 900)
              order_exists: take_place
              repeated: pay
              not_possible: leave, form, fail, withdraw, ship, refund, refund_again
              unknown_timeout: pay_due
            refund failed = failed, refund_failed
              refund_done  | closed | closed open | group:refunded
              refund_again | closed | closed open | refunds(p1 900)
              pay again    | closed | closed open | refunds(p2 900)
              order_exists: take_place
              repeated: pay
              not_possible: leave, form, fail, withdraw, ship, refund, refund_again too much
              no_open_call: refund_failed
              unknown_timeout: pay_due
            refund asked for again = refund failed, refund_again
              refund_done   | closed | closed open | group:refunded
              refund_failed | closed | closed open | group:needs-a-person
              order_exists: take_place
              repeated: pay
              not_possible: leave, form, fail, withdraw, ship, refund, refund_again
              unknown_timeout: pay_due
            """)
}
