import Waybill
import WaybillCore

/// An order as a paragraph for people.
struct OrderText {
    private let order: OrderView
    private let ways: [OrderWay]
    /// The child orders with their status.
    private let children: [String]
    private let calls: [CallView]
    private let context: RecordType?
    private let now: Moment

    /// - Parameters:
    ///   - context: the types of the order's data, for times that people can read.
    ///   - now: what the times of timeouts are compared with.
    init(
        _ order: OrderView, ways: [OrderWay], children: [String] = [], calls: [CallView] = [], context: RecordType?,
        now: Moment
    ) {
        self.context = context
        self.order = order
        self.ways = ways
        self.children = children
        self.calls = calls
        self.now = now
    }

    func write(to output: Output = .standard) {
        let details = Details(output)
        output.line(
            Style.bold(order.id.description.printable, on: output) + "  "
                + Style.green(order.status.string.printable, on: output)
                + (order.isFinished ? Style.dim("  (nothing can happen any more)", on: output) : ""))
        details.line("states", Style.cyan(order.states.map(\.string.printable).joined(separator: " + "), on: output))
        details.line(
            "workflow", "\(order.workflow) version \(order.workflowVersion) (\(order.workflowHash.short))".printable)
        details.line("placed", "\(order.placedAt.iso8601), \(counted(order.version, "event")) so far")
        if !order.lane.isEmpty { details.line("lane", order.lane.string.printable) }
        details.lines(
            "timeouts",
            order.timeouts.sorted { ($0.due, $0.name) < ($1.due, $1.name) }.map { timeout in
                "\(timeout.name) at \(timeout.due.iso8601), \(distance(to: timeout.due))".printable
            })
        if let parent = order.parent { details.line("parent", parent.description.printable) }
        details.lines("children", children)
        details.lines("calls", calls.map { readable($0).printable })
        details.lines("holds", order.holdings.map { "\($0.stock.readable): \($0.readable)" })
        for (index, way) in ways.enumerated() {
            details.wrapped(index == 0 ? "can take" : "", way.readable.printable)
        }
        details.json("context", context?.readable(order.context) ?? order.context)
    }

    /// `order-7#1 to refunds: open, refund_done or refund_failed by 2026-11-21T10:00:00Z, in 3h {"payment":"p1"}`, or
    /// that it is unanswered and since when.
    private func readable(_ call: CallView) -> String {
        guard let open = order.openCalls.first(where: { $0.key == call.key }) else {
            return "\(call.key): \(call.state)"
        }
        let data = String(decoding: open.data, as: UTF8.self)
        guard !open.isUnanswered else {
            return "\(call.key) to \(open.topic): unanswered, \(distance(to: open.deadline)) "
                + "(\(open.deadline.iso8601)); \(open.ok) or \(open.failed) with its key ends it \(data)"
        }
        return "\(call.key) to \(open.topic): open, \(open.ok) or \(open.failed) by \(open.deadline.iso8601), "
            + "\(distance(to: open.deadline)) \(data)"
    }

    private func distance(to due: Moment) -> String {
        due < now ? "due since \(now.since(due).rounded.text)" : "in \(due.since(now).rounded.text)"
    }
}

extension Interval {
    /// Without the milliseconds, which are not worth reading beside days.
    var rounded: Interval {
        milliseconds.magnitude < 10_000 ? self : Interval(milliseconds: milliseconds / 1_000 * 1_000)
    }
}

extension OrderView.Held {
    /// `1 reserved, 2 sold, 3 shipped`, without what is zero.
    fileprivate var readable: String {
        let parts = [(reserved, "reserved"), (sold &- shipped, "sold"), (shipped, "shipped")]
        return parts.filter { $0.0 != 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    }
}

extension StockKey {
    /// `mug`, or `mug at berlin`; harmless for a terminal.
    var readable: String {
        location.text.isEmpty ? sku.description.printable : "\(sku) at \(location)".printable
    }
}
