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
    var crossedBound: Refusal? { boundCrossed(isOwnEvent: false) }

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
            (key, "bytes of a key", EngineLimits.keyBytesMax),
            (caller, "bytes of a caller", EngineLimits.callerBytesMax),
            (note, "bytes of a note", EngineLimits.traceBytesMax),
        ]
        for bound in bounds where (bound.text?.byteCount ?? 0) > bound.max { return .limit(bound.what, max: bound.max) }
        return nil
    }
}
