/// Something of an order that happens by itself when its time comes: a timeout, or the deadline of a call.
package enum Scheduled: Hashable, Sendable {
    case timeout(Order.PendingTimeout)
    case call(OpenCall)

    package var due: Moment {
        switch self {
        case .timeout(let timeout): timeout.due
        case .call(let call): call.deadline
        }
    }

    /// The order in which things fire that are due: by due time; at the same moment by the order's number, then by the
    /// place of the declaration in the workflow's text. Names do not count, so renaming changes nothing.
    package struct Rank: Hashable, Comparable, Sendable {
        package let due: Moment
        package let order: StreamNumber
        let place: SourcePlace
        /// Tells calls of one declaration apart: the older one first.
        let call: Int64

        package static func < (left: Rank, right: Rank) -> Bool {
            if left.due != right.due { return left.due < right.due }
            if left.order != right.order { return left.order.number < right.order.number }
            if left.place != right.place { return left.place < right.place }
            return left.call < right.call
        }
    }
}

extension Order {
    /// All that is due at a moment, the first to fire first.
    package func scheduled(upTo moment: Moment, under workflow: Workflow) -> [(matter: Scheduled, rank: Scheduled.Rank)]
    {
        var due: [(matter: Scheduled, rank: Scheduled.Rank)] = []
        for timeout in timeouts where timeout.due <= moment {
            due.append((.timeout(timeout), rank(of: .timeout(timeout), under: workflow)))
        }
        for call in calls where call.deadline <= moment && !call.isUnanswered {
            due.append((.call(call), rank(of: .call(call), under: workflow)))
        }
        return due.sorted { $0.rank < $1.rank }
    }

    /// Where one of the order's own matters stands among all that are due.
    package func rank(of matter: Scheduled, under workflow: Workflow) -> Scheduled.Rank {
        switch matter {
        case .timeout(let timeout):
            // A name that the text does not know is damage; it comes first, and is found out.
            let place = workflow.timeout(timeout.name).map { workflow.timeouts[$0].place }
            return Scheduled.Rank(due: timeout.due, order: number, place: place ?? .nowhere, call: 0)
        case .call(let call):
            let place = workflow.calls.indices.contains(call.definition) ? workflow.calls[call.definition].place : nil
            return Scheduled.Rank(due: call.deadline, order: number, place: place ?? .nowhere, call: call.number)
        }
    }
}

extension SourcePlace {
    fileprivate static let nowhere = SourcePlace(line: 0, column: 0)
}
