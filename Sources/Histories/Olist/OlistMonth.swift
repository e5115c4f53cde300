import WaybillCore

/// One line of the monthly report.
package struct OlistMonth: Hashable, Sendable {
    /// `2018-03`: the month in which the orders were placed.
    package var month: String
    /// Orders by final status, in the order of ``statuses``.
    private var states: [Int]
    private var orders = 0
    private var steps = 0
    private var items = 0
    private var paidCents: Int64 = 0
    private var goodsCents: Int64 = 0
    private var freightCents: Int64 = 0
    private var lateHandovers = 0
    private var lateDeliveries = 0
    private var violations = 0
    /// Orders that were not paid after each of ``patiences``.
    private var unpaid: [Int]

    static let statuses: [Text] = [
        "CREATED", "PAID", "PROCESSING", "INVOICED", "SHIPPED", "DELIVERED", "CANCELED", "UNAVAILABLE",
    ]

    /// How long a shop might have waited for a payment.
    static let patiences: [(name: String, interval: Interval)] = [
        ("15m", .minutes(15)), ("30m", .minutes(30)), ("1h", .hours(1)), ("24h", .hours(24)), ("72h", .hours(72)),
        ("7d", .days(7)),
    ]

    package static let columns =
        ["month"] + statuses.map(\.string) + [
            "orders", "events", "items", "paid_cents", "goods_cents", "freight_cents", "late_handover", "late_delivery",
            "with_violation",
        ] + patiences.map { "unpaid_after_\($0.name)" }

    init(month: String) {
        self.month = month
        states = Self.statuses.map { _ in 0 }
        unpaid = Self.patiences.map { _ in 0 }
    }

    package var cells: [String] {
        let amounts = [paidCents, goodsCents, freightCents].map { String($0) }
        return [month] + states.map { String($0) } + [orders, steps, items].map { String($0) } + amounts
            + [lateHandovers, lateDeliveries, violations].map { String($0) } + unpaid.map { String($0) }
    }

    mutating func add(_ order: OlistRecord) {
        if let index = Self.statuses.firstIndex(of: order.status) { states[index] += 1 }
        orders += 1
        steps += order.stepCount
        items += order.itemCount
        paidCents &+= order.paidCents
        goodsCents &+= order.goodsCents
        freightCents &+= order.freightCents
        if order.isHandedOverLate { lateHandovers += 1 }
        if order.isDeliveredLate { lateDeliveries += 1 }
        if order.hasViolation { violations += 1 }
        for (index, patience) in Self.patiences.enumerated() where order.isUnpaid(after: patience.interval) {
            unpaid[index] += 1
        }
    }
}
