public import WaybillCore

/// A loop of the engine could not do its work. It tries again after a rest, and nothing is lost.
///
/// What a caller asks for is never reported here: its refusal goes to the caller.
public struct LoopFailure: Hashable, Sendable, CustomStringConvertible {
    /// What failed.
    public enum Loop: Hashable, Sendable, CustomStringConvertible {
        /// A write that no request is to blame for, such as a full disk: timeouts and deliveries wait.
        case writer
        /// Bringing the log back into the file: it grows meanwhile.
        case checkpoint
        /// Retention, the index of messages, deleted topics.
        case maintenance
        /// A module's messages, or what follows from them.
        case module(GroupName)
        /// Questions about half messages for a producer.
        case checkBacks(producer: String)
        /// A consumer's loop over messages as they come: the book is overloaded.
        case deliveries(GroupName)
        /// An operation over many orders or dead letters.
        case operations
        /// A copy of the file that was due.
        case backups

        /// One word for each sort of loop: what failures are counted by.
        public var name: String {
            switch self {
            case .writer: "writer"
            case .checkpoint: "checkpoint"
            case .maintenance: "maintenance"
            case .module: "module"
            case .checkBacks: "check_backs"
            case .deliveries: "deliveries"
            case .operations: "operations"
            case .backups: "backups"
            }
        }

        public var description: String {
            switch self {
            case .writer, .checkpoint, .maintenance, .operations, .backups: name
            case .module(let group): "module \(group)"
            case .checkBacks(let producer): "check-backs of \(producer)"
            case .deliveries(let group): "deliveries to \(group)"
            }
        }
    }

    public let loop: Loop
    /// What went wrong.
    public let why: String
    /// When it tries again: after this time at the latest.
    public let rest: Interval

    package init(_ loop: Loop, _ error: any Error, rest: Interval) {
        self.loop = loop
        why = "\(error)"
        self.rest = rest
    }

    /// The same in words.
    package init(_ loop: Loop, _ why: String, rest: Interval) {
        self.loop = loop
        self.why = why
        self.rest = rest
    }

    public var description: String { "\(loop): \(why); tried again in \(rest.milliseconds) ms" }
}
