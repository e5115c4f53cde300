import Foundation
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A real order book on a file of its own, in virtual time, with a worker that is asked for refunds.
final class FamilySubject {
    static let start: Int64 = 1_764_000_000_000
    private static let mug = StockKey(sku: "mug", location: "n")
    private static let group: GroupName = "bank"

    let lives: Lives<OrderBook>
    let bug: FamilyBug?
    var isPlanted = false
    /// Message ids by the key of the call that they ask for.
    private var requests: [String: Set<String>] = [:]

    var book: OrderBook { lives.opened }

    init(seed: UInt64, bug: FamilyBug?) async throws {
        self.bug = bug
        lives = try Lives(from: Self.start, seed: seed) { path, world in
            try OrderBook.open(path, world: world)
        }
        try await book.submit(StockCommand(.receive(Int64(FamilyModel.received)), of: Self.mug))
        try await book.messages.createGroup(Self.group)
    }

    // MARK: Steps

    func perform(_ step: FamilyStep) async throws -> FamilyVerdict {
        if let bug, let verdict = bug.pretend(step, self) { return verdict }
        switch step {
        case .pass(let time): book.advance(by: Interval(milliseconds: time))
        case .reopen(let time):
            try lives.reopen(after: time)
            fireOverdue()
        case .crash(let time):
            try lives.crash(after: time)
            fireOverdue()
        case .place, .pay, .cancel, .ship, .deliver, .askReturn, .takeBack, .open, .join, .leave, .answer:
            return await send(bug?.changed(step, self) ?? step)
        }
        return .accepted
    }

    /// What came due in between fires now, not before somebody lets time pass.
    private func fireOverdue() { book.advance(by: Interval(milliseconds: 0)) }

    private func send(_ step: FamilyStep) async -> FamilyVerdict {
        switch await book.answer(to: command(step)) {
        case .accepted(let receipt): receipt.isRepeat ? .repeated : .accepted
        case .refused(let refusal): .refused(refusal.code)
        }
    }

    private func command(_ step: FamilyStep) -> OrderCommand {
        func to(_ id: String, _ name: EventName, _ data: JSON = [:], _ workflow: WorkflowName? = nil) -> OrderCommand {
            OrderCommand(name, of: OrderID(id), data: data, workflow: workflow)
        }
        let price = Int64(FamilyModel.priceCents)
        switch step {
        case .place(let id, let units):
            let line: JSON = [
                "line": "a", "sku": "mug", "at": "n", "qty": .int(Int64(units)), "price_cents": .int(price),
            ]
            let data: JSON = [
                "shop": "s", "buyer": "b", "pay_within": "2h", "freight_cents": 0, "discount_cents": 0, "lines": [line],
            ]
            return to(id, "place", data, "standard-order")
        case .pay(let id, let payment, let cents):
            return to(id, "pay", ["payment": .text(payment), "channel": "card", "amount_cents": .int(Int64(cents))])
        case .cancel(let id): return to(id, "cancel", ["reason": "by lot"])
        case .ship(let id, let units):
            let lines: JSON = [["line": "a", "qty": .int(Int64(units))]]
            return to(id, "ship", ["parcel": "x", "carrier": "c", "lines": lines])
        case .deliver(let id): return to("\(id)/parcel-x", "deliver")
        case .askReturn(let id):
            return to(id, "ask_return", ["case": "c", "kind": "broken", "lines": [["line": "a", "qty": 1]]])
        case .takeBack(let id, let cents):
            let lines: JSON = [["line": "a", "qty": 1, "at": "n"]]
            return to("\(id)/case-c", "receive", ["refund_cents": .int(Int64(cents)), "lines": lines])
        case .open(let id, let needed):
            let data: JSON = [
                "shop": "s", "sku": "mug", "at": "n", "price_cents": .int(price), "needed": .int(Int64(needed)),
                "places": 6, "within": "24h",
            ]
            return to(id, "open", data, "group-buy")
        case .join(let group, let member):
            return to(group, "join", ["member": .text(member), "buyer": .text("buyer of \(member)")])
        case .leave(let group, let member): return to("\(group)/\(member)", "leave")
        case .answer(let key, let isDone):
            let id = String(key.prefix { $0 != "#" })
            return OrderCommand(
                isDone ? "refund_done" : "refund_failed", of: OrderID(id), data: isDone ? [:] : ["reason": "by lot"],
                key: Text(key), caller: "bank")
        case .pass, .reopen, .crash: return to("", "nothing")
        }
    }

    // MARK: What can be seen

    func picture() async throws -> FamilyPicture {
        var picture = FamilyPicture()
        try await look(&picture)
        var page = try await book.orders(limit: 1_000)
        while true {
            for order in page.elements { picture.orders[order.id.text.string] = try seen(order) }
            guard let next = page.next else { break }
            page = try await book.orders(after: next, limit: 1_000)
        }
        if let level = try await book.stock(Self.mug) {
            picture.stock = [level.received, level.free, level.reserved, level.sold].map { Int($0) }
        }
        return picture
    }

    private func seen(_ order: OrderView) throws -> FamilyPicture.Order {
        let contents = try JSONDecoder().decode(FamilyContents.self, from: Data(order.context))
        var seen = FamilyPicture.Order(status: order.status.string)
        for payment in contents.payments ?? [] {
            seen.captured += payment.captured
            seen.refunding += payment.refunding
            seen.refunded += payment.refunded
        }
        seen.overpaid = contents.overpaid_cents ?? 0
        for line in contents.lines ?? [] {
            seen.signed += line.signed ?? 0
            seen.returned += line.returned ?? 0
        }
        for held in order.holdings {
            seen.reserved += Int(held.reserved)
            seen.sold += Int(held.sold)
        }
        for call in try book.calls(of: order.id) ?? [] { seen.calls[call.key.string] = call.state.string }
        for member in contents.members ?? [] {
            if member.gone { seen.gone.insert(member.member) } else if member.paid { seen.paid.insert(member.member) }
        }
        return seen
    }

    /// The worker takes what it is asked; what comes again is known to it.
    private func look(_ picture: inout FamilyPicture) async throws {
        let receiving = Messages.ReceiveOptions(max: 100)
        while true {
            let batch = try await book.messages.receive(Self.group, Subscription("refunds", tags: "call"), receiving)
            if batch.isEmpty { return }
            for delivery in batch {
                let request = try JSONDecoder().decode(FamilyRequest.self, from: Data(delivery.body))
                try await book.messages.acknowledge(delivery)
                if bug?.drops(self) == true { continue }
                let isNew = requests[request.call, default: []].isEmpty
                requests[request.call, default: []].insert(delivery.id.text.string)
                if requests[request.call]?.count ?? 0 > 1 { picture.askedTwice.append(request.call) }
                guard isNew else { continue }
                picture.asked.append(
                    FamilyCall(
                        key: request.call, order: request.order, cents: request.data.amount_cents,
                        askedAt: delivery.bornAt.milliseconds))
            }
        }
    }
}

/// What a worker reads in a request.
private struct FamilyRequest: Decodable {
    struct Asked: Decodable { let amount_cents: Int }
    let call: String
    let order: String
    let data: Asked
}

/// The context of any order of the family, as far as it is looked at.
private struct FamilyContents: Decodable {
    struct Payment: Decodable { let captured, refunding, refunded: Int }
    /// Of orders; the lines of parcels and returns have no such numbers.
    struct Line: Decodable { let signed, returned: Int? }
    struct Member: Decodable {
        let member: String
        let paid, gone: Bool
    }
    let payments: [Payment]?
    let overpaid_cents: Int?
    let lines: [Line]?
    let members: [Member]?
}
