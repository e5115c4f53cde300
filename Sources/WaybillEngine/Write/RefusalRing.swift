package import WaybillCore

/// A command to an order that was refused since the file was opened.
package struct SeenRefusal: Sendable {
    package var at: Moment
    package var order: OrderID
    package var caller: Text
    package var place: EngineCounts.Place
    /// Why; its sentence is made when someone asks for it.
    package var reply: RefusedReply
}

/// A refusal as a caller is told it.
package enum RefusedReply: Sendable {
    case refusal(Refusal)
    case message(MessageRefusal)

    package var code: String {
        switch self {
        case .refusal(let refusal): refusal.code
        case .message(let refusal): refusal.code
        }
    }

    package var sentence: String {
        switch self {
        case .refusal(let refusal): refusal.message
        case .message(let refusal): refusal.message
        }
    }
}

/// The last refusals, in memory: the oldest goes when there is no room.
struct RefusalRing {
    private static let capacity = 1_000

    private var entries: [SeenRefusal] = []
    /// Where the next one goes once the ring is full.
    private var next = 0

    mutating func add(_ refusal: SeenRefusal) {
        if entries.count < Self.capacity {
            entries.append(refusal)
        } else {
            entries[next] = refusal
            next = (next + 1) % Self.capacity
        }
    }

    /// All of them, the newest first.
    var newest: [SeenRefusal] { (entries[next...] + entries[..<next]).reversed() }
}
