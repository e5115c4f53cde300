/// One thing that happens to the shop.
enum ShopStep: Hashable {
    case place(order: String, units: Int64, key: String)
    case pay(order: String, payment: String, cents: Int64)
    case cancel(order: String, key: String)
    case extendTimeout(order: String, minutes: Int64)
    case cancelTimeout(order: String)
    case receive(units: Int64, key: String)
    case adjust(units: Int64)
    case count(units: Int64, expected: Int64?)
    /// The clock goes on while the book is open.
    case pass(milliseconds: Int64)
    /// The file is closed and opened again; the clock goes on in between.
    case reopen(afterMilliseconds: Int64)

    /// The name of the request, where it has one.
    var key: String? {
        switch self {
        case .place(_, _, let key), .cancel(_, let key), .receive(_, let key): key
        case .pay, .extendTimeout, .cancelTimeout, .adjust, .count, .pass, .reopen: nil
        }
    }

    /// The same request under another name.
    func named(_ key: String) -> ShopStep {
        switch self {
        case .place(let order, let units, _): .place(order: order, units: units, key: key)
        case .cancel(let order, _): .cancel(order: order, key: key)
        case .receive(let units, _): .receive(units: units, key: key)
        case .pay, .extendTimeout, .cancelTimeout, .adjust, .count, .pass, .reopen: self
        }
    }
}

/// What became of a step.
enum ShopVerdict: Hashable {
    /// The version of the order or stock to which the request led.
    case accepted(version: Int64, isRepeat: Bool)
    /// The stable word of the refusal.
    case refused(String)
    /// Time passed; nobody was asked.
    case passed

    /// How a run counts it.
    var word: String {
        switch self {
        case .accepted(_, let isRepeat): isRepeat ? "repeat" : "accepted"
        case .refused(let code): code
        case .passed: "passed"
        }
    }
}

/// What can be seen of the shop between two steps.
struct ShopPicture: Equatable {
    var orders: [String: Order] = [:]
    var stock = Stock()

    struct Order: Equatable {
        var status: String
        var version: Int64
        /// When its timeout is due, in milliseconds; nil when none is pending.
        var due: Int64?
        var reserved: Int64
        var sold: Int64
    }

    struct Stock: Equatable {
        var free: Int64 = 0
        var reserved: Int64 = 0
        var sold: Int64 = 0
        var received: Int64 = 0
        var adjusted: Int64 = 0

        var isBalanced: Bool { received + adjusted == free + reserved + sold && min(free, reserved, sold) >= 0 }
    }

    /// The first thing that is not as expected, in words.
    func difference(from expected: ShopPicture) -> String? {
        for id in Set(orders.keys).union(expected.orders.keys).sorted() where orders[id] != expected.orders[id] {
            return "order \(id) is \(Self.words(orders[id])), expected \(Self.words(expected.orders[id]))"
        }
        return stock == expected.stock ? nil : "the stock is \(stock), expected \(expected.stock)"
    }

    private static func words(_ order: Order?) -> String { order.map { "\($0)" } ?? "not there" }

    /// What does not add up, in words: units that the orders hold but the stock does not, or units from nowhere.
    var imbalance: String? {
        let reserved = orders.values.reduce(0) { $0 + $1.reserved }
        let sold = orders.values.reduce(0) { $0 + $1.sold }
        if reserved != stock.reserved || sold != stock.sold {
            return "the orders hold \(reserved) reserved and \(sold) sold, the stock says \(stock)"
        }
        return stock.isBalanced ? nil : "the stock does not add up: \(stock)"
    }
}
