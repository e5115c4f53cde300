import WaybillCore

/// Bounds of what callers name; each is refused by name when it is crossed.
package enum EngineLimits {
    package static let orderIDBytesMax = 256
    package static let commandNameBytesMax = 128
    package static let keyBytesMax = 256
    package static let callerBytesMax = 256
    package static let traceBytesMax = 512
    package static let laneBytesMax = 128
}

extension Command {
    /// The bound that the command crosses, or nil. Asked before anything is read or remembered.
    var crossedBound: Refusal? { boundCrossed(isOwnEvent: false) ?? zeroRefusal }

    /// - Parameter isOwnEvent: the command is the engine's own (`$cancel`).
    func boundCrossed(isOwnEvent: Bool) -> Refusal? {
        if order.text.isEmpty { return .badData(name, path: "order", problem: "an order's id must not be empty") }
        // Names with a dollar sign are the engine's own events.
        if !isOwnEvent, name.text.isEmpty || name.text.string.utf8.first == UInt8(ascii: "$") {
            return .badData(name, path: "command", problem: "a command's name must not be empty or begin with $")
        }
        if let key, key.isEmpty { return .badData(name, path: "key", problem: "a key must not be empty; leave it out") }
        let bounds: [(text: Text?, what: String, max: Int)] = [
            (order.text, "bytes of an order's id", EngineLimits.orderIDBytesMax),
            (name.text, "bytes of a command's name", EngineLimits.commandNameBytesMax),
            (key, "bytes of a key", EngineLimits.keyBytesMax),
            (caller, "bytes of a caller", EngineLimits.callerBytesMax),
            (trace, "bytes of a trace context", EngineLimits.traceBytesMax),
            (lane, "bytes of a lane", EngineLimits.laneBytesMax),
            (role, "bytes of a role", EngineLimits.commandNameBytesMax),
            (workflow?.text, "bytes of a workflow's name", EngineLimits.commandNameBytesMax),
        ]
        for bound in bounds where (bound.text?.byteCount ?? 0) > bound.max { return .limit(bound.what, max: bound.max) }
        return nil
    }

    /// The refusal of U+0000 in whatever text comes in; nil: there is none. What orders tell their relatives has come
    /// in before.
    var zeroRefusal: Refusal? {
        let texts: [(text: Text?, part: String)] = [
            (order.text, "order"), (name.text, "command"), (key, "key"), (caller, "caller"), (trace, "trace"),
            (lane, "lane"), (role, "role"), (workflow?.text, "workflow"),
        ]
        for text in texts where text.text?.hasZero == true {
            return .badData(name.withoutZeros, path: text.part, problem: zeroProblem)
        }
        if let byte = ZeroEscape.first(in: data) {
            return .badData(name, path: "data", problem: "\(zeroProblem) (byte \(byte))")
        }
        return nil
    }
}

/// What is wrong with a text that has U+0000 in it.
private let zeroProblem = "a text with U+0000 in it; leave the character out"

extension EventName {
    /// The name as a refusal can show it.
    fileprivate var withoutZeros: EventName { EventName(text.string.filter { $0 != "\0" }) }
}

extension StockCommand {
    /// The bound that the command crosses, or nil.
    var crossedBound: Refusal? {
        if stock.sku.text.isEmpty {
            return .stockConflict(stock.sku, stock.location, problem: "a SKU must not be empty")
        }
        if let key, key.isEmpty {
            return .stockConflict(stock.sku, stock.location, problem: "a key must not be empty; leave it out")
        }
        let bounds: [(text: Text?, what: String, max: Int)] = [
            (stock.sku.text, "bytes of a SKU", InterpreterLimits.stockNameBytesMax),
            (stock.location.text, "bytes of a location", InterpreterLimits.stockNameBytesMax),
            (destination?.text, "bytes of a location", InterpreterLimits.stockNameBytesMax),
            (key, "bytes of a key", EngineLimits.keyBytesMax),
            (caller, "bytes of a caller", EngineLimits.callerBytesMax),
            (note, "bytes of a note", EngineLimits.traceBytesMax),
            (trace, "bytes of a trace context", EngineLimits.traceBytesMax),
        ]
        for bound in bounds {
            guard let text = bound.text else { continue }
            if text.byteCount > bound.max { return .limit(bound.what, max: bound.max) }
            if text.hasZero {
                return .stockConflict(
                    stock.sku, stock.location, problem: "\(bound.what.dropFirst(9)) is \(zeroProblem)")
            }
        }
        return nil
    }
}

extension StockCommand {
    /// Where units go to.
    private var destination: Location? {
        if case .move(_, let to) = action { to } else { nil }
    }
}
