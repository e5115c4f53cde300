public import WaybillCore

/// Why a copy of an order book was not made. The order book goes on, and what was at the place of the copy stays.
public struct BackupFailure: Error, Hashable, Sendable, CustomStringConvertible {
    public let kind: Kind
    public let message: String

    /// The kinds of failure that a caller may want to tell apart.
    public enum Kind: String, Sendable, CaseIterable {
        /// There is something under the name already: a copy replaces nothing.
        case exists
        /// The place cannot be used: there is no such folder, it cannot be written, or the name belongs to the file.
        case badPlace
        /// The disk of the copy has no room for it.
        case full
        /// Another copy of the order book, or to this place, is being made.
        case busy
        /// The copy is not what was written, or the file could not be read.
        case damaged
        /// The disk of the copy failed to write.
        case inputOutput
        /// Writes were undone again and again, so that the copy never came to its end.
        case undone
        /// It was given up, or the order book was closed or has stopped.
        case ended
    }

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }

    /// What a call for the copy's place came to.
    init(_ failure: StoreFailure) {
        let kind: Kind =
            switch failure.code {
            case .full: .full
            case .inputOutput: .inputOutput
            case .cannotOpen, .readOnly, .networkFileSystem: .badPlace
            case .busy, .locked: .busy
            case .failStopped, .closed: .ended
            case .notADatabase, .foreign, .newer, .damaged, .constraint, .transactionEnded, .deadline, .denied,
                .statement, .limit:
                .damaged
            }
        self.init(kind, failure.message)
    }

    /// Errors of all kinds as one type.
    package init(_ error: any Error) {
        switch error {
        case let failure as BackupFailure: self = failure
        case let failure as StoreFailure: self.init(failure)
        case let refusal as Refusal: self.init(.ended, refusal.message)
        case is CancellationError: self.init(.ended, "the copy was given up")
        default: self.init(.inputOutput, "\(error)")
        }
    }

    public var description: String { "\(kind.rawValue): \(message)" }
}

/// How far a copy of an order book has come.
public struct BackupProgress: Hashable, Sendable {
    /// Pages of the file that are in the copy. Falls when the copy is begun anew.
    public internal(set) var pagesDone = 0
    /// Pages of the file now: orders that come meanwhile make it grow.
    public internal(set) var pages = 0
    /// How often it was begun anew because a write was undone.
    public internal(set) var restarts = 0
    /// Whether every page is in the copy.
    package internal(set) var isComplete = false

    package init() {}
}

/// A whole copy of an order book.
public struct BackupCopy: Hashable, Sendable {
    /// Where it is.
    public let path: String
    public let bytes: Int
    /// The last event that it is sure to have: all that was acknowledged before the end of the copying.
    public let last: Position
    /// How often it was begun anew because a write was undone.
    public let restarts: Int

    package init(path: String, bytes: Int, last: Position, restarts: Int) {
        self.path = path
        self.bytes = bytes
        self.last = last
        self.restarts = restarts
    }
}
