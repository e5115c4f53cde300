import Testing
import WaybillCore
import WorkflowFile

/// The table of the recorded orders: every state with every command.
@Suite struct `A recorded marketplace order` {
    private static let commands = [
        "approve", "process", "invoice", "hand_over", "deliver", "cancel", "mark_unavailable",
    ]
    /// State, how to get there, and where each command leads; nil: it is refused.
    private static let table: [(state: String, way: [String], next: [String?])] = [
        ("CREATED", [], ["PAID", nil, nil, nil, nil, "CANCELED", nil]),
        ("PAID", ["approve"], [nil, "PROCESSING", "INVOICED", "SHIPPED", nil, "CANCELED", "UNAVAILABLE"]),
        ("PROCESSING", ["approve", "process"], [nil, nil, nil, nil, nil, nil, nil]),
        ("INVOICED", ["approve", "invoice"], [nil, nil, nil, nil, nil, nil, nil]),
        ("SHIPPED", ["approve", "hand_over"], [nil, nil, nil, nil, "DELIVERED", "CANCELED", nil]),
        ("DELIVERED", ["approve", "hand_over", "deliver"], [nil, nil, nil, nil, nil, nil, nil]),
        ("CANCELED", ["cancel"], [nil, nil, nil, nil, nil, nil, nil]),
        ("UNAVAILABLE", ["approve", "mark_unavailable"], [nil, nil, nil, nil, nil, nil, nil]),
    ]

    private func placed() throws -> Rehearsal {
        let order = try Rehearsal(shippedText("olist-order"))
        let item = """
            {"product": "p", "seller": "s", "price_cents": 5890, "freight_cents": 1329, "shipping_limit": 1505123100000}
            """
        let data = #"{"customer": "c", "estimated_delivery": 1506643200000, "items": [\#(item)]}"#
        #expect(order.send("place", data) == "CREATED")
        return order
    }

    private func send(_ command: String, to order: Rehearsal) -> String {
        let payments = #"{"payments": [{"type": "credit_card", "installments": 2, "value_cents": 7219}]}"#
        return order.send(EventName(command), command == "approve" ? payments : "")
    }

    @Test func `moves by the table and no other way`() throws {
        for row in Self.table {
            for (command, next) in zip(Self.commands, row.next) {
                let order = try placed()
                for step in row.way { _ = send(step, to: order) }
                #expect(order.leaves == row.state)
                #expect(order.order.status.string == row.state)
                let answer = send(command, to: order)
                if let next {
                    #expect(answer == next, "\(row.state) \(command)")
                } else {
                    #expect(answer.hasPrefix("refused: "), "\(row.state) \(command)")
                    #expect(order.leaves == row.state)
                }
            }
        }
    }

    @Test func `keeps the payments that it was approved with, and waits for nothing`() throws {
        let order = try placed()
        _ = send("approve", to: order)
        let payment: Value = .record([.text("credit_card"), .int(2), .int(7219)])
        #expect(order.context("payments") == .list([payment]))
        #expect(order.workflow.timeouts.isEmpty)
    }

    @Test func `may have no items`() throws {
        let order = try Rehearsal(shippedText("olist-order"))
        #expect(order.send("place", #"{"customer": "c", "estimated_delivery": 1, "items": []}"#) == "CREATED")
    }
}
