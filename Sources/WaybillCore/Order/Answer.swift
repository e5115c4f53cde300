/// What became of a command. Handed back only after its commit.
public enum Answer: Hashable, Sendable {
    case accepted(Receipt)
    case refused(Refusal)

    /// The receipt, or the refusal as an error.
    @discardableResult
    public func receipt() throws(Refusal) -> Receipt {
        switch self {
        case .accepted(let receipt): return receipt
        case .refused(let refusal): throw refusal
        }
    }

    /// What a call comes to, as a value: for programs that show each outcome, and for tests.
    package init(_ call: () async throws -> Receipt) async {
        do {
            self = .accepted(try await call())
        } catch let refusal as Refusal {
            self = .refused(refusal)
        } catch {
            self = .refused(.undone("\(error)"))
        }
    }
}

/// Proof of an accepted command: which event it became.
public struct Receipt: Hashable, Sendable {
    public var order: OrderID
    /// The event that it became; of a repeated command, the event of the first time.
    public var position: Position
    /// The order's version after the command.
    public var version: Int64
    /// The order's status after the command; for a repeated command, the status now.
    public var status: Text
    /// The command was accepted before, under the same key, and nothing was done again.
    public var isRepeat: Bool
    /// The timeouts that are pending after the command; for a repeated one, those that are pending now.
    package var timeouts: [Order.PendingTimeout]

    package init(
        order: OrderID, position: Position, version: Int64, status: Text, isRepeat: Bool = false,
        timeouts: [Order.PendingTimeout] = []
    ) {
        self.order = order
        self.position = position
        self.version = version
        self.status = status
        self.isRepeat = isRepeat
        self.timeouts = timeouts
    }
}
