import Waybill

/// A mail or a short message to somebody.
public struct Notice: Hashable, Sendable {
    /// By which way it goes.
    public enum Channel: String, Sendable, CaseIterable {
        case mail, sms
    }

    /// What became of it.
    public enum State: String, Sendable, CaseIterable {
        /// It waits for its turn, or for another try.
        case ready
        /// It was begun, and what came of it is not recorded: on its way, or in doubt if the process ended.
        case sending
        /// It was begun, and nobody knows whether it left: never sent again unless somebody says so.
        case inDoubt = "in_doubt"
        case sent
        /// It was tried too often, and never left.
        case failed
        /// It belongs to history that was read again with its effects shut.
        case withheld
    }

    public var number: Int64
    /// What it is about: `placed`, `welcome`, ...
    public var kind: String
    public var channel: Channel
    /// The buyer or member, by the shop's own id.
    public var recipient: String
    /// The mail address, if one is known.
    public var address: String?
    public var subject: String
    public var state: State
    /// How often it was begun.
    public var attempts: Int64
    /// What went wrong last.
    public var problem: String?

    static let columns = "number, kind, channel, recipient, address, subject, state, attempts, problem"

    init(_ row: ModuleRow) throws {
        number = try row.integer("number")
        kind = try row.text("kind")
        guard let channel = Channel(rawValue: try row.text("channel")),
            let state = State(rawValue: try row.text("state"))
        else { throw ModuleProblem("notice \(number) has an unknown channel or state") }
        self.channel = channel
        self.state = state
        recipient = try row.text("recipient")
        address = try row.optionalText("address")
        subject = try row.text("subject")
        attempts = try row.integer("attempts")
        problem = try row.optionalText("problem")
    }
}

/// What a sender throws when it knows that nothing has left: the notice is tried again later. After any other error it
/// is in doubt.
public struct NoticeNotSent: Error, Sendable, CustomStringConvertible {
    public let description: String

    public init(_ reason: String) { description = reason }
}
