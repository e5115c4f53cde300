import Waybill

extension ShippedDecisions {
    /// A box with two units of one line.
    static let parcel = ShippedDecisions(
        workflow: "parcel",
        moves: [
            "hand_over": ["parcel": "x1", "carrier": "post", "lines": [["line": "a", "qty": 2]]],
            "scan": ["place": "hub"], "deliver": [:], "lose": ["reason": "fell off"],
            "give_up": [:],
        ],
        table: """
            on the way = hand_over
              scan    | on the way | on_the_way
              deliver | delivered | delivered | parent<-signed | | -overdue
              lose    | missing | missing | parent<-missing | | -overdue
              overdue | missing | missing | parent<-missing | | -overdue
              order_exists: hand_over
              not_possible: give_up
            missing = on the way, lose
              deliver | delivered | delivered | parent<-signed
              give_up | lost | lost
              order_exists: hand_over
              not_possible: scan, lose
              unknown_timeout: overdue
            delivered = on the way, deliver
              order_exists: hand_over
              not_possible: scan, deliver, lose, give_up
              unknown_timeout: overdue
            lost = missing, give_up
              order_exists: hand_over
              not_possible: scan, deliver, lose, give_up
              unknown_timeout: overdue
            """)

    /// One unit of a line is to go back.
    static let afterSale = ShippedDecisions(
        workflow: "after-sale",
        moves: [
            "open": ["number": "c1", "kind": "broken", "lines": [["line": "a", "qty": 1]]],
            "approve": [:], "reject": ["reason": "used"], "withdraw": [:],
            "send_back": ["carrier": "post", "parcel": "b1"],
            "receive": ["refund_cents": 900, "lines": [["line": "a", "qty": 1, "at": "n"]]],
        ],
        table: """
            asked = open
              approve    | awaiting the goods | approved | | | -answer_due +goods_due 10d
              reject     | closed | closed | parent<-returned | | -answer_due
              withdraw   | closed | closed | parent<-returned | | -answer_due
              answer_due | awaiting the goods | approved | | | -answer_due +goods_due 10d
              order_exists: open
              not_possible: send_back, receive
              unknown_timeout: goods_due, given_up
            approved = asked, answer_due
              send_back | on the way back | on_the_way | | | -goods_due +given_up 30d
              receive   | returned | returned | parent<-returned | | -goods_due
              withdraw  | closed | closed | parent<-returned | | -goods_due
              goods_due | closed | closed | parent<-returned | | -goods_due
              order_exists: open
              not_possible: approve, reject
              unknown_timeout: answer_due, given_up
            on the way back = approved, send_back
              reject   | closed | closed | parent<-returned | | -given_up
              receive  | returned | returned | parent<-returned | | -given_up
              given_up | closed | closed | parent<-returned | | -given_up
              order_exists: open
              not_possible: approve, send_back, withdraw
              unknown_timeout: answer_due, goods_due
            returned = on the way back, receive
              order_exists: open
              not_possible: approve, reject, send_back, receive, withdraw
              unknown_timeout: answer_due, goods_due, given_up
            closed = asked, reject
              order_exists: open
              not_possible: approve, reject, send_back, receive, withdraw
              unknown_timeout: answer_due, goods_due, given_up
            """)
}
