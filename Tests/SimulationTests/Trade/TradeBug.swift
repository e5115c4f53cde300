import Waybill

/// A fault that is planted in a text, and the name under which the judge must find it.
///
/// The text is that of an earlier release, or today's where `isInTodaysText`.
struct TradeBug: Sendable, CustomStringConvertible {
    let fault: TradeFault
    let shape: TradeShape
    let source: String
    /// What stands in the text, and what stands there instead.
    let lines: (String, String)
    var isInTodaysText = false

    init(
        _ fault: TradeFault, _ shape: TradeShape, _ source: String, _ lines: (String, String),
        isInTodaysText: Bool = false
    ) {
        self.fault = fault
        self.shape = shape
        self.source = source
        self.lines = lines
        self.isInTodaysText = isInTodaysText
    }

    var description: String { "\(source): \(fault.rawValue)" }

    func texts() throws -> [WorkflowText] {
        var texts = isInTodaysText ? WorkflowText.shipped : try TradeTexts.before()
        guard let index = texts.firstIndex(where: { $0.source == source }), texts[index].text.contains(lines.0) else {
            throw TradeBugMisplaced(bug: description)
        }
        texts[index].text = texts[index].text.replacing(lines.0, with: lines.1)
        return texts
    }

    static let all: [TradeBug] = [
        TradeBug(
            .heldAtRest, .flash, "flash-sale.yaml",
            (
                "      - release: held\n      - send: {topic: order, tag: closed}",
                "      - send: {topic: order, tag: closed}"
            )),
        TradeBug(
            .owed, .flash, "flash-sale.yaml",
            (
                """
                      pay:                              # too late: in a flash sale the unit is gone
                        actions: [{raise: refund, data: {payment: event.payment, amount_cents: event.amount_cents}}]
                """,
                """
                      pay:
                        actions: [{send: {topic: order, tag: too-late}}]
                """
            )),
        TradeBug(
            .moreThanCame, .flash, "flash-sale.yaml",
            (
                "data: {payment: event.payment, amount_cents: event.amount_cents}\n          ok:",
                "data: {payment: event.payment, amount_cents: event.amount_cents * 2}\n          ok:"
            )),
        TradeBug(
            .refundOfAnother, .flash, "flash-sale.yaml",
            (
                """
                    guard: event.amount_cents > 0 AND event.amount_cents <= owed[event.payment].cents
                    actions:
                      - assign: {'owed[event.payment].cents': '- event.amount_cents'}

                """,
                """
                    guard: 'event.amount_cents > 0 AND event.amount_cents <= SUM(o IN owed: o.cents)'
                    actions:

                """
            ), isInTodaysText: true),
        TradeBug(
            .moneyGone, .flash, "flash-sale.yaml",
            (
                "      - confirm: {sku: sku, at: at, qty: 1}\n",
                """
                      - confirm: {sku: sku, at: at, qty: 1}
                      - {raise: refund, data: {payment: payment, amount_cents: price_cents}}

                """
            )),
        TradeBug(
            .limitPassed, .flash, "flash-sale.yaml",
            ("qty: 1, of: limit}", "qty: 1, of: limit + 1}")),
        TradeBug(
            .answerRefused, .preSale, "pre-sale.yaml",
            ("  refund_done:\n    actions:", "  refund_done:\n    guard: event.amount_cents < 100\n    actions:")),
        TradeBug(
            .goodsUnpaid, .standard, "standard-order.yaml",
            (
                "guard: captured_cents >= total_cents, target: paid",
                "guard: captured_cents * 2 >= total_cents, target: paid"
            )),
        TradeBug(
            .stockWrong, .standard, "standard-order.yaml",
            ("              - ship: {sku: 'lines[l.line].sku', at: 'lines[l.line].at', qty: l.qty}\n", "")),
        TradeBug(
            .completedWithoutGoods, .marketplace, "olist-order.yaml",
            ("      hand_over: SHIPPED\n", "      hand_over: SHIPPED\n      deliver: DELIVERED\n")),
        TradeBug(
            .outOfOrder, .member, "member-registration.yaml",
            ("guard: event.email = email", "guard: event.email <> 'nobody'")),
    ]
}

/// The text does not have the lines that a bug replaces.
struct TradeBugMisplaced: Error { let bug: String }
