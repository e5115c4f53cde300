/// The one question that a decision asks of the world: may these lines be reserved, all or none?
///
/// The engine answers from the rows of the write, a replay from the answers in the event, a dry run always yes.
/// The answer is stored in the event, so deciding again needs nothing else.
package protocol StockFacts: AnyObject {
    /// - Parameter movements: what the same decision has moved so far; nobody else knows of it yet.
    func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer

    /// Everything of which there is too little for these lines, in their order: asked when a command is refused for it,
    /// for the words of its refusal only. Empty: nothing more is known than what ``reserve(_:after:)`` has said.
    func shortages(of lines: [ReserveLine], after movements: [Movement]) -> [Refusal.Shortage.Line]
}

extension StockFacts {
    package func shortages(of lines: [ReserveLine], after movements: [Movement]) -> [Refusal.Shortage.Line] { [] }
}

/// One line of a reservation.
package struct ReserveLine: Hashable, Sendable {
    package var key: StockKey
    package var quantity: Int64
    /// A row that does not exist yet is made with this many free; one that was made so gets this purchase limit.
    package var quota: Int64?

    package init(key: StockKey, quantity: Int64, quota: Int64?) {
        self.key = key
        self.quantity = quantity
        self.quota = quota
    }
}

package enum ReserveAnswer: Hashable, Sendable {
    /// All lines can be reserved. The stock of the lines at these indices did not exist: it is opened with its quota,
    /// by a separate event in the same write, before this one. That another purchase limit is changed is not said:
    /// its own stream tells.
    case done(opened: [Int])
    /// The line at this index asks for more than is free; nothing is reserved.
    case short(line: Int, free: Int64)
}

/// Says yes to everything: for dry runs, which have no stock.
package final class EndlessStock: StockFacts {
    package init() {}
    package func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer { .done(opened: []) }
}

/// Gives the answers that an event recorded, in order: for deciding again.
package final class RecordedFacts: StockFacts {
    private var answers: ArraySlice<ReserveAnswer>
    /// Whether more was asked than was recorded: then the decision is another one.
    package private(set) var isExhausted = false

    package init(_ answers: [ReserveAnswer]) { self.answers = answers[...] }

    package var isUsedUp: Bool { answers.isEmpty && !isExhausted }

    package func reserve(_ lines: [ReserveLine], after movements: [Movement]) -> ReserveAnswer {
        guard let answer = answers.popFirst() else {
            isExhausted = true
            return .short(line: 0, free: 0)
        }
        return answer
    }
}
