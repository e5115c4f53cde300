/// One step of a shop whose orders have children and ask for refunds. Orders are named `o-1`, groups `g-1`; the one
/// parcel of an order is `o-1/parcel-x`, its one return `o-1/case-c`, a share in a group `g-1/m1`.
enum FamilyStep: Equatable {
    case place(order: String, units: Int)
    case pay(order: String, payment: String, cents: Int)
    case cancel(order: String)
    case ship(order: String, units: Int)
    case deliver(order: String)
    case askReturn(order: String)
    case takeBack(order: String, cents: Int)
    case open(group: String, needed: Int)
    case join(group: String, member: String)
    case leave(group: String, member: String)
    /// The worker answers a call that it was asked, by its key.
    case answer(call: String, isDone: Bool)
    case pass(milliseconds: Int64)
    case reopen(milliseconds: Int64)
    /// The process ends without an orderly end.
    case crash(milliseconds: Int64)
}

/// What a step came to.
enum FamilyVerdict: Equatable {
    case accepted
    case repeated
    case refused(String)
}

/// A refund as the worker was asked for it.
struct FamilyCall: Equatable {
    let key: String
    let order: String
    let cents: Int
    let askedAt: Int64

    static let day: Int64 = 86_400_000
}

/// What the file says of an order, as far as money, goods and relatives go.
struct FamilyPicture {
    struct Order: Equatable {
        var status: String
        var captured = 0
        var refunding = 0
        var refunded = 0
        var overpaid = 0
        var signed = 0
        var returned = 0
        var reserved = 0
        var sold = 0
        /// By key: `open`, `unanswered`, `ok`, `failed`.
        var calls: [String: String] = [:]
        /// Of a group: members that count as paid, and that are gone.
        var paid: Set<String> = []
        var gone: Set<String> = []
    }

    var orders: [String: Order] = [:]
    /// Received, free, reserved, sold.
    var stock: [Int] = []
    /// What the worker has been asked since the last look.
    var asked: [FamilyCall] = []
    /// Keys that came in more than one message.
    var askedTwice: [String] = []
}
