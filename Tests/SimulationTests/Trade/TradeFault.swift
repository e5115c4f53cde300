/// What a family must not come to, by name.
enum TradeFault: String, CaseIterable, Sendable {
    case refundTwice = "a refund goes out twice"
    case moreThanCame = "more money left than came"
    case moneyGone = "money is gone for goods that stay with the buyer"
    case owed = "money is owed at rest"
    case refundOfAnother = "a refund is asked for again by a payment that it does not owe"
    case refundNeverAgain = "a refund that failed is never sent again"
    case couponTwice = "a coupon pays twice"
    case moneyRefused = "money that came is refused"
    case depositLost = "a deposit is lost"
    case noWayBack = "no command gives money back for goods that do not come"
    case goodsForNothing = "goods leave and all money goes back"
    case goodsUnpaid = "goods leave unpaid"
    case completedWithoutGoods = "completed without its goods"
    case returnNeverEnds = "a return never ends"
    case unitsTwice = "units are returned twice"
    case emptyReturn = "a return of nothing is opened"
    case goodsRefused = "goods that came back are refused"
    case caseRefused = "a return is refused because a parcel has its number"
    case neverRests = "an order never comes to rest"
    case heldAtRest = "stock is held at rest"
    case stockWrong = "the stock does not add up"
    case answerRefused = "an answer of the provider is refused"
    case requestChanged = "a request with the same key asks for something else"
    case limitPassed = "a buyer has more than the limit"
    case outOfOrder = "a step is taken out of order"
}

/// A fault of the workflows of an earlier release, and a family that comes to it.
struct TradeFaultBefore: Sendable, CustomStringConvertible {
    let shape: TradeShape
    let fault: TradeFault
    /// The search begins here: after a change of what is drawn the next families come to it.
    let number: UInt64

    init(_ shape: TradeShape, _ fault: TradeFault, _ number: UInt64) {
        self.shape = shape
        self.fault = fault
        self.number = number
    }

    var description: String { "\(shape): \(fault.rawValue)" }

    static let all: [TradeFaultBefore] = [
        TradeFaultBefore(.standard, .refundTwice, 28), TradeFaultBefore(.standard, .refundNeverAgain, 1),
        TradeFaultBefore(.standard, .couponTwice, 45), TradeFaultBefore(.standard, .moneyRefused, 147),
        TradeFaultBefore(.standard, .completedWithoutGoods, 2),
        TradeFaultBefore(.standard, .returnNeverEnds, 64), TradeFaultBefore(.standard, .unitsTwice, 6),
        TradeFaultBefore(.standard, .emptyReturn, 10), TradeFaultBefore(.standard, .goodsRefused, 41),
        TradeFaultBefore(.standard, .caseRefused, 14), TradeFaultBefore(.standard, .neverRests, 62),
        TradeFaultBefore(.preSale, .refundTwice, 138), TradeFaultBefore(.preSale, .refundNeverAgain, 2),
        TradeFaultBefore(.preSale, .moneyRefused, 8), TradeFaultBefore(.preSale, .depositLost, 16),
        TradeFaultBefore(.group, .refundTwice, 164), TradeFaultBefore(.group, .refundNeverAgain, 1),
        TradeFaultBefore(.group, .moneyRefused, 36), TradeFaultBefore(.group, .noWayBack, 25),
    ]
}

/// A fault that was seen.
struct TradeFinding: Equatable, CustomStringConvertible {
    var fault: TradeFault
    var order: String
    var detail: String

    init(_ fault: TradeFault, _ order: String, _ detail: String) {
        self.fault = fault
        self.order = order
        self.detail = detail
    }

    var description: String { "\(fault.rawValue): \(order): \(detail)" }
}
