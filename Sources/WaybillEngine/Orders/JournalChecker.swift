package import WaybillBroker
package import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Half messages whose local transaction is a command to an order of this file: the journal knows what became of it.
///
/// The command is sent with the producer as its caller and the message's id as its key; the message's keys name the
/// order. So a check-back finds it, whoever crashed in between:
///
///     the command became an event ──► commit
///     it was refused for good ──────► rollback
///     neither, and not the last ────► unknown: it may still come
///     neither, at the last ─────────► rollback, and a fence in the same write refuses the command if it comes later
extension HalfMessageChecker {
    /// The journal's answer for a producer.
    package static func journal(of producer: Text) -> HalfMessageChecker {
        HalfMessageChecker { message, isLast, write in
            let id = try write.transaction.messageID(of: message.message).text
            let known = try write.transaction.command(caller: producer, key: id, at: write.now)
            // A request that is not about an order may have the key too; it says nothing about the command.
            if let known, known.answer == nil { return known.refusal == nil ? .commit : .rollback }
            // Answers are remembered for a day; the journal for ever.
            let content = try MessageContent(message.message, event: nil)
            for order in content.keys
            where try write.transaction.holdsEvent(of: OrderID(order), caller: producer, key: id) {
                return .commit
            }
            guard isLast else { return .unknown }
            // A command under a key that another request has is refused without a fence.
            guard known == nil else { return .rollback }
            let fence = CommandRow(
                caller: producer, key: id, fingerprint: 0, stream: nil, version: nil,
                refusal: Refusal.fence(rolledBackAt: write.now).stored)
            try write.transaction.insert(fence, at: write.now)
            return .rollback
        }
    }
}

extension TableReader where Self: ~Copyable {
    /// Whether an order has an event that came of this caller's command with this key.
    fileprivate func holdsEvent(of id: OrderID, caller: Text, key: Text) throws -> Bool {
        guard let row = try order(id: id) else { return false }
        var version: Int64 = 1
        while true {
            let events = try events(of: row.number, fromVersion: version, limit: Engine.pageMax)
            if events.contains(where: { $0.caller == caller && $0.key == key }) { return true }
            guard events.count == Engine.pageMax, let last = events.last, last.version < .max else { return false }
            version = last.version &+ 1
        }
    }
}

extension Refusal {
    private static let fenceCode = "fenced"

    /// Why a command is refused whose half message was rolled back for want of it.
    static func fence(rolledBackAt moment: Moment) -> Refusal {
        .remembered(
            code: fenceCode,
            message: "its half message was rolled back at \(moment.iso8601), because this command had not come; "
                + "prepare a new message and send the command with its id",
            values: ["rolled_back_at": .text(moment.iso8601)])
    }

    /// Whether a stored refusal is a fence: it holds whatever the command says.
    static func isFence(_ stored: Text) -> Bool { stored.string.hasPrefix("\(fenceCode)\n") }
}
