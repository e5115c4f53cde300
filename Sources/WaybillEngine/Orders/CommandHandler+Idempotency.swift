import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The same key, the same answer: also concurrently, and after a restart.
extension CommandHandler {
    /// The answer that this key was given before, or nil.
    func keptAnswer(to command: Command, in write: borrowing Write) throws -> Answer? {
        guard let key = command.key else { return nil }
        guard let row = try write.transaction.command(caller: command.caller, key: key, at: write.keyTime) else {
            return nil
        }
        if let refusal = row.refusal, Refusal.isFence(refusal) {
            hasKeptAnswer = true
            return .refused(.remembered(refusal))
        }
        guard try isSame(command, as: row, in: write) else { return .refused(.keyReused(key: key.string)) }
        hasKeptAnswer = true
        if let refusal = row.refusal { return .refused(.remembered(refusal)) }
        guard let order = try load(command.order, in: write)?.order, let version = row.version else {
            throw EngineFailure.damaged("the key \(key) of \(command.caller) names no event of order \(command.order)")
        }
        return .accepted(try repeated(version, of: order, in: write))
    }

    /// Whether a request is the one that its key was used for. Its data is compared as what it means: the order of
    /// fields, blanks and escapes are the sender's.
    private func isSame(_ command: Command, as row: CommandRow, in write: borrowing Write) throws -> Bool {
        // Releases before file version 6 stored a digest over the bytes.
        if row.fingerprint == command.fingerprintOfBytes { return true }
        let workflow = try load(command.order, in: write)?.workflow.workflow
        return workflow.map { row.fingerprint == command.fingerprint(nil, under: $0) } ?? false
    }

    /// Stores the answer under the command's key: what was decided about an order. A refusal of the request itself
    /// (malformed, no such order, sold out for certain) is not stored, because the same request may be right a moment
    /// later.
    func keepAnswer(
        _ answer: Answer, of command: Command, fingerprint: @autoclosure () -> UInt64, number: StreamNumber?,
        in write: borrowing Write
    ) throws {
        guard let key = command.key else { return }
        if case .refused(let refusal) = answer, number == nil || !refusal.isDecision { return }
        var row = CommandRow(
            caller: command.caller, key: key, fingerprint: fingerprint(), stream: number, version: nil, refusal: nil)
        switch answer {
        case .accepted(let receipt): row.version = receipt.version
        case .refused(let refusal): row.refusal = refusal.stored
        }
        try write.transaction.insert(row, at: write.keyTime)
        hasKeptAnswer = true
    }

    /// Notes why an order did not move. Never an event.
    func note(_ refusal: Refusal, of command: Command, number: StreamNumber?, in write: borrowing Write) throws {
        try write.transaction.append(
            RefusalRow(
                stream: number, at: write.now, order: command.order, command: command.name, caller: command.caller,
                key: command.key, code: Text(refusal.code),
                detail: RefusalRow.detail(refusal.message, refusal.values)))
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
            .limit, .badCursor, .overloaded, .crowded, .soldOut, .diskNearlyFull, .outcomeUnknown, .failStopped,
            .undone,
            .shuttingDown, .rejectedByCaller, .remembered, .noOpenCall, .callEnded, .callNotAnswered:
            false
        }
    }

    /// The form in which an answer is stored: a line each for the code, the message, and the values as JSON.
    var stored: Text {
        var writer = JSONWriter(capacity: 128)
        values.write(to: &writer)
        return Text("\(code)\n\(message)\n\(String(decoding: writer.bytes, as: UTF8.self))")
    }

    static func remembered(_ stored: Text) -> Refusal {
        let parts = stored.string.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        return .remembered(
            code: String(parts.first ?? ""), message: parts.count > 1 ? String(parts[1]) : "",
            values: parts.count > 2 ? RefusalValues(stored: String(parts[2])) : RefusalValues())
    }
}

extension Command {
    /// A digest over what is asked: the same key with another request is refused.
    ///
    /// - Parameter decoded: the command's data; nil: it is decoded by the workflow. What does not fit it counts by its
    ///   bytes.
    func fingerprint(_ decoded: [Value]?, under workflow: Workflow) -> UInt64 {
        guard let data = decoded ?? decodedData(under: workflow) else { return fingerprintOfBytes }
        var digest = Digest()
        digest.add("values")
        digest.add(order.text)
        digest.add(name.text)
        digest.add(self.workflow?.text)
        digest.add(expectedVersion ?? -1)
        for value in data { digest.add(value) }
        return UInt64(bitPattern: digest.value)
    }

    private func decodedData(under workflow: Workflow) -> [Value]? {
        guard let definition = workflow.command(name) else { return nil }
        do throws(JSONProblem) { return try definition.data.decode(data) } catch { return nil }
    }

    /// The same over the bytes of the data.
    var fingerprintOfBytes: UInt64 {
        var digest = Digest()
        digest.add(order.text)
        digest.add(name.text)
        digest.add(workflow?.text)
        digest.add(data)
        digest.add(expectedVersion ?? -1)
        return UInt64(bitPattern: digest.value)
    }
}

extension Digest {
    /// A value with its kind, so that no two values look alike.
    fileprivate mutating func add(_ value: Value) {
        switch value {
        case .null: add(0)
        case .bool(let flag):
            add(1)
            add(flag ? 1 : 0)
        case .int(let number):
            add(2)
            add(number)
        case .text(let text):
            add(3)
            add(text)
        case .record(let fields):
            add(4)
            add(Int64(fields.count))
            for field in fields { add(field) }
        case .list(let elements):
            add(5)
            add(Int64(elements.count))
            for element in elements { add(element) }
        }
    }
}
