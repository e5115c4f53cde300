import Foundation
import ShopModules
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts

/// A small file with rows of every kind: orders with calls that ended each in its way, modules, messages sent directly,
/// lanes, groups, dead letters, what is delayed, half, held, ready, due and waiting, refusals, keys, a job.
enum FileOfEverything {
    static let start = Moment(milliseconds: 1_760_000_000_000)
    static let workflows =
        [Shop.reminder, Baking.cake, Baking.pie]
        + ["flash-sale", "member-registration"].compactMap { WorkflowText.shipped($0) }

    static func modules(_ world: World) -> [any ShopModule] {
        [
            Cart(), Points(), Coupons(world: world), GiftPack(),
            Notifications { notice in if notice.kind == "paid" { throw NoticeNotSent("no line") } },
        ]
    }

    static func fill(_ path: String) async throws {
        let world = World.virtual(VirtualClock(start: start), seed: 5)
        let book = try OrderBook.open(path, workflows: workflows, world: world)
        for module in modules(world) { try await book.install(module) }
        book.advance(by: .seconds(1))
        try await book.messages.send(Cart.fill(Goods(sku: "mug", location: "north", quantity: 3), of: "ann-1"))
        try await book.runModules()
        try await Shop.live(in: book)
        try await bake(in: book)
        try await register(in: book)
        try await talk(in: book)
        try await consume(in: book)
        try book.engine.store.write { transaction in
            guard let key = try transaction.timeouts(.call, after: nil, limit: 1).first else { return }
            try transaction.postpone(DueTimeout(key: key), until: book.now, error: "the disk was full")
        }
        while try book.engine.maintain() {}
        try await book.holdTimeouts(because: "the bank is away", by: "ops")
        try await keepTokens(in: book)
        await book.close()
    }

    private static func keepTokens(in book: OrderBook) async throws {
        for id: Text in ["abcdefghijklmnop", "ponmlkjihgfedcba"] {
            try await book.engine.keep(
                KeptToken(
                    id: id, secretHash: Text(String(repeating: "5e", count: 32)), name: "shop", grants: #"["viewer"]"#,
                    createdAt: book.now, createdBy: "ops", reason: "first shop",
                    expiresAt: book.now.advanced(by: .days(90))))
        }
        try await book.engine.noteUse(ofAccessToken: "ponmlkjihgfedcba", on: 20_000)
        _ = try await book.engine.revokeAccessToken("ponmlkjihgfedcba", by: "ops", because: "it was lost")
    }

    private static func bake(in book: OrderBook) async throws {
        for id: OrderID in ["done", "failed", "silent", "taken", "old", "open"] {
            if id == "open" { book.advance(by: .hours(1)) }
            let workflow: WorkflowName = id == "old" ? "pie" : "cake"
            try await book.submit(
                OrderCommand("place", of: id, data: ["cakes": 2], workflow: workflow, lane: id == "open" ? "grey" : "")
            )
        }
        for id: OrderID in ["done", "failed"] {
            let name: EventName = id == "done" ? "baked" : "burnt"
            _ = await book.answer(to: OrderCommand(name, of: id, role: "oven", key: "\(id)#1"))
        }
        // Refused, and noted: with a key, without, for no order.
        _ = await book.answer(to: OrderCommand("place", of: "sale-1", workflow: "flash-sale", key: "r1", caller: "web"))
        _ = await book.answer(
            to: OrderCommand("ship", of: "sale-2", data: ["parcel": "b9", "carrier": "post"], key: "r2"))
        _ = await book.answer(to: OrderCommand("ship", of: "nothing"))
    }

    private static func register(in book: OrderBook) async throws {
        for member in ["ann-1", "bob"] {
            let email: JSON = .text("\(member)@example.org")
            try await book.submit(
                OrderCommand(
                    "register", of: OrderID("m-\(member)"), data: ["member": .text(member), "email": email],
                    workflow: "member-registration")
            )
            try await book.submit(
                OrderCommand("confirm_email", of: OrderID("m-\(member)"), data: ["email": email])
            )
        }
        try await book.runModules()
        let change = TimeoutChange(.extend(by: .minutes(1)), "pay_due", where: OrderFilter(workflow: "flash-sale"))
        _ = try await book.startTimeoutJob(change)
    }

    /// Messages from outside.
    private static func talk(in book: OrderBook) async throws {
        try await book.messages.createTopic("trade", TopicSettings(type: .fifo))
        try await book.messages.createTopic("news", TopicSettings(type: .mixed))
        try await book.messages.createTopic("gone", TopicSettings(type: .mixed))
        for number in 0..<6 {
            try await book.messages.send(
                NewMessage(to: "trade", body: Array("deal \(number)".utf8), messageGroup: "m\(number % 2)"))
            try await book.messages.send(
                NewMessage(
                    to: "news", body: Array("news \(number), and what else there was to say".utf8),
                    tag: number % 2 == 0 ? "a" : "b", keys: ["n-\(number)"], priority: number % 3,
                    properties: ["cents": "\(number)"], lane: number == 5 ? "grey" : ""))
        }
        for minutes: Int64 in [1, 60] {
            try await book.messages.send(
                NewMessage(to: "news", body: Array("later".utf8), deliverAt: book.now.advanced(by: .minutes(minutes))))
        }
        for resolution: Resolution? in [nil, .commit, .rollback] {
            let half = try await book.messages.prepare(
                NewMessage(to: "news", body: Array("half".utf8)), producer: "bank", firstCheck: .minutes(50))
            if let resolution { try await book.messages.resolve(half.transaction, of: "news", resolution) }
        }
        book.advance(by: .minutes(2))
        try await book.messages.deleteTopic("gone")
    }

    private static func consume(in book: OrderBook) async throws {
        let messages = book.messages
        try await messages.createGroup("ledger", GroupSettings(isFIFO: true))
        try await messages.createGroup("service", GroupSettings(attemptsMax: 2, ladder: [.seconds(1), .hours(1)]))
        try await messages.createGroup("rates", GroupSettings(isBroadcast: true))
        let three = Messages.ReceiveOptions(max: 3, invisible: .hours(1))
        for delivery in try await messages.receive("ledger", Subscription("trade"), three).prefix(1) {
            try await messages.acknowledge(delivery)
        }
        let news = try await messages.receive("service", Subscription("news"), Messages.ReceiveOptions(max: 5))
        for (index, delivery) in news.enumerated() {
            switch index {
            case 0: try await messages.acknowledge(delivery)
            case 1: try await messages.deadLetter(delivery, because: "no such customer")
            case 2: try await messages.fail(delivery, retryAfter: .minutes(30))
            case 3: try await messages.fail(delivery, retryAfter: .seconds(1))
            default: break
            }
        }
        book.advance(by: .seconds(2))
        _ = try await messages.receive("service", Subscription("news", sql: "cents > 0"), three)
        _ = try await messages.receive("service", Subscription("order", tags: "placed || paid"), three)
        try await messages.lookBack("service", "order", to: .oldest, effects: .open)
        let again = Messages.ReceiveOptions(max: 1, invisible: .hours(1))
        _ = try await messages.receive("service", Subscription("order", tags: "placed || paid"), again)
        try await messages.closeLane("grey", .promoted)
    }
}
