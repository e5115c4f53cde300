import ArgumentParser
import WaybillAPI
import WaybillClient
import WaybillCore

/// The receipt of a delivery with the group that it was made to, as one word: `service:0101...`.
struct ReceiptChoice: Hashable, ExpressibleByArgument {
    /// Nil: the word named none.
    var group: GroupName?
    let receipt: Text

    init(group: GroupName?, receipt: Text) {
        self.group = group
        self.receipt = receipt
    }

    init(argument: String) {
        // The name of a group has no colon, and neither has a receipt.
        let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        self.init(group: parts.count == 2 ? GroupName(String(parts[0])) : nil, receipt: Text(String(parts.last ?? "")))
    }

    var text: String { (group.map { "\($0):" } ?? "") + receipt.string }
}

/// What a consumer says of a delivery.
enum DeliveryAnswer {
    case acknowledge
    /// It comes again; nil: when the group's ladder says.
    case fail(after: Interval?, why: String)
    case extend(to: Interval)
    case giveUp(why: String)

    /// The question about receipts of one group.
    func question(_ receipts: [ReceiptChoice], of group: GroupName) throws -> Question {
        try Question(operation, group.text).with { writer in
            writer.members("receipts", receipts) { $0.text($1.receipt) }
            switch self {
            case .acknowledge: break
            case .fail(let after, let why):
                if let after { writer.member("retry_after_ms", after.milliseconds) }
                writer.member("why", Text(why))
            case .extend(let interval): writer.member("invisible_ms", interval.milliseconds)
            case .giveUp(let why): writer.member("why", Text(why))
            }
        }
    }

    private var operation: String {
        switch self {
        case .acknowledge: "acknowledge"
        case .fail: "fail"
        case .extend: "extend"
        case .giveUp: "deadLetter"
        }
    }
}

extension Client {
    /// As many as one request takes.
    private static let receiptsMax = 100

    /// Answers for deliveries of one group; nil: it is done.
    func refusals(
        of receipts: [ReceiptChoice], in group: GroupName, _ answer: DeliveryAnswer
    ) async throws -> [Refused?] {
        var refusals: [Refused?] = []
        var rest = receipts[...]
        while !rest.isEmpty {
            let some = Array(rest.prefix(Self.receiptsMax))
            rest = rest.dropFirst(some.count)
            for item in try await ask(answer.question(some, of: group)).objects("items") {
                refusals.append(
                    try item.object("problem").map { problem in
                        var refused = Refused(
                            status: 409, code: try problem.text("code").string,
                            message: try problem.text("detail").string)
                        refused.values = problem.json("values")
                        return refused
                    })
            }
        }
        return refusals
    }

    /// Answers for deliveries of one group.
    ///
    /// - Throws: the first refusal.
    func answer(_ receipts: [ReceiptChoice], in group: GroupName, _ answer: DeliveryAnswer) async throws {
        for case let refusal? in try await refusals(of: receipts, in: group, answer) { throw refusal }
    }
}
