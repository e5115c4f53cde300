/// What anybody sees of a family of orders who asks the file.
struct TradePicture {
    /// By id: roots and children.
    var orders: [String: Order] = [:]
    /// Refunds that the provider was asked for since the last look.
    var asked: [Asked] = []
    /// By SKU and location.
    var stock: [String: Level] = [:]

    struct Order: Equatable {
        var workflow: String
        var status: String
        var version: Int64
        /// Commands that it may take now.
        var possible: [String]
        /// Due times of its timeouts.
        var due: [Int64]
        /// Until when its open calls wait for an answer; in the past: they are unanswered.
        var deadlines: [Int64]
        var children: [String]
        /// By SKU and location: for an order that is not paid.
        var reserved: [String: Int] = [:]
        /// Paid for, and still here.
        var sold: [String: Int] = [:]

        /// Nothing pends by itself. Its children are looked at too.
        var isQuiet: Bool { due.isEmpty && deadlines.isEmpty }
    }

    struct Asked: Equatable {
        var key: String
        var order: String
        var payment: String
        var cents: Int
    }

    struct Level: Equatable {
        var free: Int
        var reserved: Int
        var sold: Int
    }

    /// Whether neither this order nor a child of it waits for a time or an answer.
    func isAtRest(_ id: String) -> Bool {
        guard let order = orders[id] else { return false }
        return order.isQuiet && order.children.allSatisfy(isAtRest)
    }

    /// The first time after `now` at which something happens by itself.
    func nextDue(after now: Int64) -> Int64? {
        orders.values.flatMap { $0.due + $0.deadlines }.filter { $0 > now }.min()
    }
}
