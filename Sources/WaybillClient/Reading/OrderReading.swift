package import Waybill
package import WaybillCore

extension Members {
    /// An order of an answer.
    package func order() throws(ClientFailure) -> OrderView {
        var holdings: [OrderView.Held] = []
        for held in try objects("holds") {
            holdings.append(
                OrderView.Held(
                    try held.stock(), reserved: try held.int("reserved"), sold: try held.int("sold"),
                    shipped: try held.int("shipped")))
        }
        var timeouts: [OrderView.Pending] = []
        for timeout in try objects("timeouts") {
            timeouts.append(OrderView.Pending(TimeoutName(try timeout.text("name")), due: try timeout.time("due")))
        }
        var calls: [OrderView.Call] = []
        // Those that have ended are known by key and state only.
        for call in try objects("calls") {
            if let open = try call.openCall() { calls.append(open) }
        }
        var possible: [OrderView.Possible] = []
        for command in try objects("possible") {
            possible.append(
                OrderView.Possible(EventName(try command.text("command")), guards: try command.texts("guards")))
        }
        return OrderView(
            id: OrderID(try text("id")),
            workflow: (
                WorkflowName(try text("workflow")), WorkflowHash(try text("workflow_hash")),
                try int("workflow_version")
            ), version: try int("version"), status: try text("status"), states: try texts("states"),
            context: try needed("context"), holdings: holdings, timeouts: timeouts,
            parent: try textIfAny("parent").map { OrderID($0) }, children: try texts("children").map { OrderID($0) },
            openCalls: calls, placedAt: try time("placed_at"), lane: try text("lane"),
            isFinished: try bool("finished"), possible: possible)
    }

    private func openCall() throws(ClientFailure) -> OrderView.Call? {
        guard let topic = try textIfAny("topic") else { return nil }
        return OrderView.Call(
            try text("key"), to: TopicName(topic), ok: EventName(try text("ok")),
            failed: EventName(try text("failed")), deadline: try time("deadline"),
            isUnanswered: try text("state") == "unanswered", data: try needed("data"))
    }

    /// The calls of an order, open or not.
    package func calls() throws(ClientFailure) -> [CallView] {
        var calls: [CallView] = []
        for call in try objects("calls") {
            calls.append(
                CallView(key: try call.text("key"), state: try call.text("state"), deadline: try call.time("deadline")))
        }
        return calls
    }

    /// An open call in a list of all orders.
    package func openCallOfOrder() throws(ClientFailure) -> OpenCallView {
        OpenCallView(
            order: OrderID(try text("order")), key: try text("key"), deadline: try time("deadline"),
            isUnanswered: try text("state") == "unanswered", number: 0)
    }

    /// The ways that commands may take, of an answer why an order does not move.
    package func ways() throws(ClientFailure) -> [OrderWay] {
        var ways: [OrderWay] = []
        for command in try objects("possible") {
            let (name, roles) = (EventName(try command.text("command")), try command.texts("roles"))
            for way in try command.objects("ways") { ways.append(try way.way(of: name, by: roles)) }
        }
        return ways
    }

    private func way(of command: EventName, by roles: [Text]) throws(ClientFailure) -> OrderWay {
        var way = OrderWay(
            command: command, roles: roles, state: try text("state"), target: try textIfAny("target"),
            guarding: try textIfAny("guard"), because: try textIfAny("because"), outlook: try word("outlook"))
        for reading in try objects("reads") {
            way.reads.append(OrderWay.Reading(name: try reading.text("name"), value: try reading.text("value")))
        }
        for part in try objects("obstacles") {
            way.obstacles.append(
                Refusal.Condition.Part(text: try part.text("text").string, finding: try part.text("finding").string))
        }
        return way
    }

    package func refusal() throws(ClientFailure) -> RefusalView {
        RefusalView(
            at: try time("at"), command: EventName(try text("command")), caller: try text("caller"),
            key: try textIfAny("key"), code: try text("code"), message: try text("message"),
            values: json("values").map { RefusalValues(stored: String(decoding: $0, as: UTF8.self)) }
                ?? RefusalValues())
    }

    package func hold() throws(ClientFailure) -> TimeoutHold {
        TimeoutHold(
            heldBy: try text("held_by"), since: try time("since"), why: try text("why"), until: try timeIfAny("until"))
    }

    /// Proof of an accepted command.
    package func receipt() throws(ClientFailure) -> Receipt {
        Receipt(
            order: OrderID(try text("order")), position: try position("event") ?? Position(0),
            version: try int("version"), status: try text("status"), isRepeat: try bool("repeated"))
    }

    /// The events of one page.
    package func events(of order: OrderID) throws(ClientFailure) -> [EventDetail] {
        var events: [EventDetail] = []
        for json in try elements("items") {
            do throws(JSONProblem) {
                events.append(try EventDetail(reading: json, of: order))
            } catch {
                throw ClientFailure(.unreadable, "the answer's event: byte \(error.offset): \(error.message)")
            }
        }
        return events
    }
}

extension Members {
    package func stock() throws(ClientFailure) -> StockKey {
        StockKey(sku: SKU(try text("sku")), location: Location(try text("location")))
    }

    package func level() throws(ClientFailure) -> StockLevel {
        var level = StockLevel()
        level.received = try int("received")
        level.adjusted = try int("adjusted")
        level.free = try int("free")
        level.reserved = try int("reserved")
        level.sold = try int("sold")
        level.purchaseLimit = try intIfAny("purchase_limit")
        return level
    }

    /// Proof of an accepted change of stock.
    package func stockReceipt() throws(ClientFailure) -> StockReceipt {
        StockReceipt(
            stock: try stock(), position: try position("event"), version: try int("version"), level: try level(),
            isRepeat: try bool("repeated"))
    }
}
