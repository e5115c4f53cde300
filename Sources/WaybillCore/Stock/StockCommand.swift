/// A request to change a stock from outside an order: through the same door, as an event of the SKU's own stream.
public struct StockCommand: Hashable, Sendable {
    public var stock: StockKey
    /// Whether no place was named: then it is about the only place of the SKU, whatever `stock` says.
    package var isAboutOnlyPlace = false
    public var action: Action
    /// Names the request for idempotency, within `caller`.
    @_disfavoredOverload package var key: Text?
    @_disfavoredOverload package var caller: Text
    /// Kept with the event: a delivery note, a person, a reason.
    @_disfavoredOverload package var note: Text?
    /// Kept with the event: a W3C traceparent, or whatever the caller wants to find again.
    @_disfavoredOverload package var trace: Text?
    /// It is refused when more would have come in, been found or be there after it than this: what its sender can read.
    /// Nil: 64 bits.
    package var levelMax: Int64?

    public enum Action: Hashable, Sendable {
        /// Units came in; >= 1.
        case receive(Int64)
        /// Found (above 0) or lost (below 0).
        case adjust(Int64)
        /// A count of the free units; refused when `expected` is given and is not what the book says.
        case count(Int64, expected: Int64?)
        /// Free units went to another place; >= 1.
        case move(Int64, to: Location)
    }

    public init(
        _ action: Action, of stock: StockKey, key: String? = nil, caller: String = "", note: String? = nil,
        trace: String? = nil
    ) {
        self.init(
            action, of: stock, key: key.map { Text($0) }, caller: Text(caller), note: note.map { Text($0) },
            trace: trace.map { Text($0) })
    }

    /// A request about a SKU wherever it lies: at the place without a name if the SKU has it or has none, else at the
    /// one place that it has. It is refused when the SKU has several places that all have names, and names them.
    public init(
        _ action: Action, of sku: SKU, key: String? = nil, caller: String = "", note: String? = nil,
        trace: String? = nil
    ) {
        self.init(action, of: StockKey(sku: sku), key: key, caller: caller, note: note, trace: trace)
        isAboutOnlyPlace = true
    }

    /// The same with texts that come from a file or a request.
    @_disfavoredOverload
    package init(
        _ action: Action, of stock: StockKey, key: Text? = nil, caller: Text = "", note: Text? = nil,
        trace: Text? = nil
    ) {
        self.stock = stock
        self.action = action
        self.key = key
        self.caller = caller
        self.note = note
        self.trace = trace
    }
}

extension StockCommand {
    /// All its texts, under a name that the face does not have: that shows them as `String`, under the same names.
    package struct Texts {
        package var key: Text?
        package var caller: Text
        package var note: Text?
        package var trace: Text?
    }

    package var texts: Texts {
        get { Texts(key: key, caller: caller, note: note, trace: trace) }
        set {
            key = newValue.key
            caller = newValue.caller
            note = newValue.note
            trace = newValue.trace
        }
    }
}

/// Proof of an accepted stock command.
public struct StockReceipt: Hashable, Sendable {
    public var stock: StockKey
    /// The event that it became, of a repeated command the event of the first time; nil: it changed nothing.
    public var position: Position?
    /// The version of the stock's own stream after the command, also for a repeated one.
    public var version: Int64
    /// The level after the command; for a repeated one, the level now.
    public var level: StockLevel
    public var isRepeat: Bool

    package init(stock: StockKey, position: Position?, version: Int64, level: StockLevel, isRepeat: Bool) {
        self.stock = stock
        self.position = position
        self.version = version
        self.level = level
        self.isRepeat = isRepeat
    }
}
