import WaybillCore
import WaybillStore

/// The same key, the same answer: also concurrently, and after a restart.
extension CommandHandler {
    /// The answer that this key was given before, or nil.
    func remembered(
        _ command: Command, fingerprint: UInt64, at now: Moment, in transaction: borrowing Transaction
    ) throws -> Answer? {
        guard let key = command.key else { return nil }
        guard let row = try transaction.command(caller: command.caller, key: key, at: now) else { return nil }
        if let refusal = row.refusal, Refusal.isFence(refusal) { return .refused(.remembered(refusal)) }
        guard row.fingerprint == fingerprint else { return .refused(.keyReused(key: key.string)) }
        if let refusal = row.refusal { return .refused(.remembered(refusal)) }
        let status = try load(command.order, in: transaction)?.order.status ?? ""
        return .accepted(
            Receipt(order: command.order, version: row.version ?? 0, status: status, isRepeat: true))
    }

    /// Stores the answer under the command's key: what was decided about an order. A refusal at the door (malformed,
    /// sold out, no such order) is not stored, because the same request may be right a moment later.
    func remember(
        _ answer: Answer, of command: Command, fingerprint: UInt64, number: StreamNumber?, at now: Moment,
        in transaction: borrowing Transaction
    ) throws {
        guard let key = command.key else { return }
        if case .refused(let refusal) = answer, number == nil || !refusal.isDecision { return }
        var row = CommandRow(
            caller: command.caller, key: key, fingerprint: fingerprint, stream: number, version: nil, refusal: nil)
        switch answer {
        case .accepted(let receipt): row.version = receipt.version
        case .refused(let refusal): row.refusal = refusal.stored
        }
        try transaction.insert(row, at: now)
    }

    /// Notes why an order did not move. Never an event.
    func note(
        _ refusal: Refusal, of command: Command, number: StreamNumber?, at now: Moment,
        in transaction: borrowing Transaction
    ) throws {
        try transaction.append(
            RefusalRow(
                stream: number, at: now, order: command.order, command: command.name, caller: command.caller,
                key: command.key, code: Text(refusal.code), detail: Text(refusal.message)))
    }
}

extension Refusal {
    /// Whether it says something about an order's state, rather than about the request.
    fileprivate var isDecision: Bool {
        switch self {
        case .notPossible, .insufficientStock, .beyondHolding, .stockConflict, .invariantBroken, .arithmetic,
            .unknownTimeout, .timeoutFired, .orderExists, .relativeRefused:
            true
        case .unknownOrder, .unknownWorkflow, .unknownCommand, .wrongRole, .badData, .versionConflict, .keyReused,
            .limit, .overloaded, .crowded, .soldOut, .diskNearlyFull, .outcomeUnknown, .failStopped, .undone,
            .rejectedByCaller, .remembered, .noOpenCall, .callEnded, .callNotAnswered:
            false
        }
    }

    /// The form in which an answer is stored: the code, a line feed, the message.
    var stored: Text { Text("\(code)\n\(message)") }

    static func remembered(_ stored: Text) -> Refusal {
        let parts = stored.string.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        return .remembered(code: String(parts.first ?? ""), message: parts.count > 1 ? String(parts[1]) : "")
    }
}

extension Command {
    /// A digest over what is asked: the same key with another request is refused.
    var fingerprint: UInt64 {
        guard key != nil else { return 0 }
        var digest = Digest()
        digest.add(order.text)
        digest.add(name.text)
        digest.add(workflow?.text)
        digest.add(data)
        digest.add(expectedVersion ?? -1)
        return UInt64(bitPattern: digest.value)
    }
}
