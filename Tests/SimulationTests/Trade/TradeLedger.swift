/// A model of money and goods that shares no code with the product. It watches what comes from outside and what leaves:
/// payments that were accepted, refunds that the provider paid, parcels and returns; and it compares that with what the
/// file says of orders and stock.
struct TradeLedger {
    var now: Int64
    var accounts: [String: TradeAccount] = [:]
    /// By key.
    var refunds: [String: TradeRefund] = [:]
    /// Units that were received, by SKU and location.
    let received: [String: Int]
    var shippedOut: [String: Int] = [:]
    var cameBack: [String: Int] = [:]
    /// Orders whose goods cannot be shipped any more.
    var unshippable: Set<String> = []
    /// By order and payment: what people asked for once more.
    var askedAgain: [String: [String: Int]] = [:]
    var findings: [TradeFinding] = []
    /// Parents by child.
    var parents: [String: String] = [:]
    /// Placements of groups, for the price of their members.
    var groups: [String: TradeCommand] = [:]
    /// What has to be looked at once the picture is there.
    var shippedNow: Set<String> = []
    var cancelledNow: Set<String> = []

    init(at now: Int64, received: [String: Int]) {
        self.now = now
        self.received = received
    }

    mutating func find(_ fault: TradeFault, _ order: String, _ detail: String) {
        findings.append(TradeFinding(fault, order, detail))
    }

    /// Takes up what a step came to.
    mutating func take(_ step: TradeStep, _ verdict: TradeVerdict) {
        switch step {
        case .send(let command): take(command, verdict)
        case .burst: break
        case .bank(let call, let answer): takeBank(call, answer, verdict)
        case .person(let call, let answer): takePerson(call, answer, verdict)
        case .pass(let time): pass(to: now + time, isOpen: true)
        case .stop(let time), .crash(let time): pass(to: now + time, isOpen: false)
        case .border: break
        }
    }

    /// Time goes on; whether the shop is open matters to a buyer who has a window to pay in.
    mutating func pass(to moment: Int64, isOpen: Bool) {
        for (id, account) in accounts where account.status == "deposit paid" || account.status == "awaiting balance" {
            let meets = isOpen ? now < account.closesAt && moment >= account.opensAt : false
            if meets || (moment >= account.opensAt && moment < account.closesAt) { accounts[id]?.hadWindow = true }
        }
        now = moment
    }

    // MARK: The provider

    private mutating func takeBank(_ call: String, _ answer: TradeAnswer, _ verdict: TradeVerdict) {
        guard let refund = refunds[call] else { return }
        switch answer {
        case .pays: refunds[call]?.isPaid = true
        case .ok:
            refunds[call]?.isPaid = true
            if case .refused(let code) = verdict, !refund.isAnswered {
                find(.answerRefused, refund.order, "ok for \(call): \(code)")
            }
        case .failed: refunds[call]?.isVoid = true
        }
        if case .refused = verdict {} else if answer != .pays { refunds[call]?.isAnswered = true }
        judgeRefunds(of: refund.order)
    }

    private mutating func takePerson(_ call: String, _ answer: TradeAnswer, _ verdict: TradeVerdict) {
        guard let refund = refunds[call] else { return }
        let isTaken = verdict == .accepted
        switch answer {
        case .pays, .ok: refunds[call]?.isPaid = true
        case .failed where refund.isPaid: if isTaken { refunds[call]?.isMistaken = true }
        case .failed: refunds[call]?.isVoid = true
        }
        if isTaken { refunds[call]?.isAnswered = true }
        judgeRefunds(of: refund.order)
    }

    /// What left for a payment is at most what came by it.
    private mutating func judgeRefunds(of id: String) {
        guard let account = accounts[id] else { return }
        let paid = refunds(of: id).filter { $0.isPaid && !$0.isMistaken }
        for (payment, sum) in Dictionary(grouping: paid, by: \.payment).mapValues({ $0.map(\.cents).reduce(0, +) })
        where sum > account.came[payment] ?? 0 {
            find(.refundTwice, id, "\(sum) left for \(payment), by which \(account.came[payment] ?? 0) came")
        }
        let left = paid.map(\.cents).reduce(0, +)
        if left > account.cameInAll { find(.moreThanCame, id, "\(left) left of \(account.cameInAll)") }
    }

    func refunds(of id: String) -> [TradeRefund] { refunds.values.filter { $0.order == id } }

    /// What is here for good if everything that was asked for leaves.
    func kept(_ id: String) -> Int {
        (accounts[id]?.cameInAll ?? 0) - refunds(of: id).filter { !$0.isVoid }.map(\.cents).reduce(0, +)
    }

    /// By payment: what came by it, was to go back, and is here because that failed.
    func owed(_ id: String) -> [String: Int] {
        var owed: [String: Int] = [:]
        for refund in refunds(of: id) where refund.isVoid { owed[refund.payment, default: 0] += refund.cents }
        for payment in owed.keys { owed[payment]? -= askedAgain[id]?[payment] ?? 0 }
        return owed.filter { $0.value > 0 }
    }

    func hasMistake(_ id: String) -> Bool { refunds(of: id).contains(where: \.isMistaken) }
}
