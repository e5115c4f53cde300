public import WaybillCore

/// What a module's handler does beyond its own rows: done in the same commit, and once for each message and name.
///
/// Names are remembered by the message's id, so that a look-back does not do again what was done. Messages and commands
/// wait until the handler has returned; if one is refused, the handler counts as failed and nothing of it is kept.
public final class Effects {
    /// What may be done for one message at most, however often it comes.
    public static let countMax = 1_000
    /// Bytes of a name at most.
    static let nameBytesMax = 256

    /// Whether effects on others happen: not for messages that a look-back, or the installation, brings again, unless
    /// the look-back opens them.
    public let isOpen: Bool

    enum Action {
        case send(NewMessage)
        case stock(StockCommand)
    }

    /// What was done for this message earlier.
    private let done: Set<Text>
    private(set) var claims: [Text] = []
    private(set) var actions: [Action] = []
    /// Why the handler must fail, whatever it answers.
    private(set) var refusal: Refusal?

    init(isOpen: Bool, done: Set<Text>) {
        self.isOpen = isOpen
        self.done = done
    }

    /// Claims an effect on the module's own rows that must not happen twice, such as adding to a number; false: it has
    /// happened. Works for replayed messages too.
    public func once(_ name: String) -> Bool { once(Text(name)) }

    /// The same with a text that comes from the file.
    @_disfavoredOverload
    package func once(_ name: Text) -> Bool {
        guard name.byteCount <= Self.nameBytesMax else {
            refusal = .limit("bytes of an effect's name", max: Self.nameBytesMax)
            return false
        }
        guard done.count + claims.count < Self.countMax || done.contains(name) else {
            refusal = .limit("effects of one message", max: Self.countMax)
            return false
        }
        guard !done.contains(name), !claims.contains(name) else { return false }
        claims.append(name)
        return true
    }

    /// Sends a message with the commit; false: the effect has happened, or effects are shut.
    @discardableResult
    public func send(_ message: NewMessage, named name: String) -> Bool { act(.send(message), named: Text(name)) }

    /// The same with a text that comes from the file.
    @_disfavoredOverload
    @discardableResult
    package func send(_ message: NewMessage, named name: Text) -> Bool { act(.send(message), named: name) }

    /// Sends a command to a stock with the commit; false: the effect has happened, or effects are shut.
    @discardableResult
    public func submit(_ command: StockCommand, named name: String) -> Bool { act(.stock(command), named: Text(name)) }

    /// The same with a text that comes from the file.
    @_disfavoredOverload
    @discardableResult
    package func submit(_ command: StockCommand, named name: Text) -> Bool { act(.stock(command), named: name) }

    private func act(_ action: Action, named name: Text) -> Bool {
        guard isOpen, once(name) else { return false }
        actions.append(action)
        return true
    }
}
