import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A bug that the simulation must catch: done behind the model's back.
enum FamilyBug: CaseIterable {
    /// Nobody wakes an order whose call is not answered.
    case deadlineLost
    /// The request for a refund is there twice, as two messages.
    case requestDoubled
    /// A request never reaches the worker.
    case requestLost
    /// An answer is acknowledged, and the order never hears of it.
    case answerLost
    /// The order takes what was done for what has failed.
    case answerTurned
    /// A parcel arrives, and the order is not told.
    case arrivalUntold
    /// A share in a group is given up, and the group is not told.
    case leavingUntold
    /// Money comes in, and is not written down.
    case paymentLost
    /// An order holds what the stock says is free.
    case reservationNotWritten

    /// What is said to have come of a step that is not done; nil: it is done.
    func pretend(_ step: FamilyStep, _ subject: FamilySubject) -> FamilyVerdict? {
        guard !subject.isPlanted else { return nil }
        switch (self, step) {
        case (.answerLost, .answer(let key, _)) where isOpen(key, subject): break
        case (.arrivalUntold, .deliver(let id)) where status("\(id)/parcel-x", subject) == "on the way": break
        case (.paymentLost, .pay(let id, _, _)) where status(id, subject) == "awaiting payment": break
        default: return nil
        }
        subject.isPlanted = true
        return .accepted
    }

    /// The step that is done instead of this one; nil: itself.
    func changed(_ step: FamilyStep, _ subject: FamilySubject) -> FamilyStep? {
        guard self == .answerTurned, !subject.isPlanted, case .answer(let key, true) = step, isOpen(key, subject) else {
            return nil
        }
        subject.isPlanted = true
        return .answer(call: key, isDone: false)
    }

    /// Whether the worker does not see a request that came.
    func drops(_ subject: FamilySubject) -> Bool {
        guard self == .requestLost, !subject.isPlanted else { return false }
        subject.isPlanted = true
        return true
    }

    /// Changes the open file, once, as soon as there is something to change.
    func plant(in subject: FamilySubject) throws {
        guard !subject.isPlanted else { return }
        let mug = StockKey(sku: "mug", location: "n")
        subject.isPlanted = try subject.book.engine.store.write { transaction in
            switch self {
            case .deadlineLost:
                for timeout in try transaction.timeouts(.call, after: nil, limit: 100) {
                    try transaction.delete(timeout)
                }
                // Again and again: most calls are answered before anybody misses their deadline.
                return false
            case .requestDoubled:
                guard let topic = try transaction.topic("refunds"),
                    let queue = try transaction.storedQueues(of: topic).first?.number,
                    var request = try transaction.messages(in: queue, fromOffset: 0, limit: 1).first?.message
                else { return false }
                request.ordinal += 1_000
                try transaction.append(request, to: queue)
                return true
            case .leavingUntold:
                // As if the share were closed in its own file only.
                for row in try transaction.orders(after: StreamNumber(0), limit: 1_000).orders {
                    guard row.status == "awaiting the group" else { continue }
                    var closed = row
                    closed.status = "closed"
                    try transaction.update(closed)
                    return true
                }
                return false
            case .reservationNotWritten:
                guard var row = try transaction.stock(mug), row.level.reserved > 0 else { return false }
                row.level.reserved -= 1
                row.level.free += 1
                try transaction.update(row)
                return true
            case .requestLost, .answerLost, .answerTurned, .arrivalUntold, .paymentLost: return false
            }
        }
    }

    private func isOpen(_ key: String, _ subject: FamilySubject) -> Bool {
        let id = OrderID(String(key.prefix { $0 != "#" }))
        return (try? subject.book.calls(of: id))??.contains { $0.key.string == key && $0.state == "open" } ?? false
    }

    private func status(_ id: String, _ subject: FamilySubject) -> String? {
        (try? subject.book.order(OrderID(id)))??.status.string
    }
}
