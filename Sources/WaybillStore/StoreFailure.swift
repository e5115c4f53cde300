import CSQLite
import Foundation

/// Why the store could not do what it was asked. Says which rule or file, and what would help.
public struct StoreFailure: Error, Sendable, CustomStringConvertible {
    public let code: Code
    public let message: String
    /// SQLite's extended result code, where SQLite said so; else 0.
    public let sqliteCode: Int32
    /// Whether it was the COMMIT that failed: what the write did may be in the file or not, and only opening it again
    /// tells.
    public internal(set) var isOutcomeUnknown = false

    /// The kinds of failure that a caller may want to tell apart.
    public enum Code: String, Sendable, CaseIterable {
        /// Another process, or this one, has the file open.
        case locked
        /// The file is not a SQLite database.
        case notADatabase
        /// A SQLite database of another program.
        case foreign
        /// Written by a later release.
        case newer
        /// SQLite's locks do not hold on a network file system.
        case networkFileSystem
        /// The file or its directory cannot be opened or made.
        case cannotOpen
        /// The file contradicts itself, or was cut short.
        case damaged
        /// Another connection was in the way; nothing was kept, and trying again may work.
        case busy
        /// The disk is full; nothing was kept.
        case full
        /// A row would break a rule of its table; nothing was kept.
        case constraint
        case readOnly
        /// The disk failed to read or write.
        case inputOutput
        /// An earlier commit or sync failed: what the file holds is not known until it is opened again.
        case failStopped
        /// Something ended the write before its commit; nothing was kept.
        case transactionEnded
        /// A module's statement ran past its deadline.
        case deadline
        /// A module's statement touched what is not the module's.
        case denied
        /// A statement that SQLite does not accept.
        case statement
        /// A number beyond a bound of the store: which one, and its value.
        case limit
        case closed
    }

    package init(_ code: Code, _ message: String, sqliteCode: Int32 = 0) {
        self.code = code
        self.message = message
        self.sqliteCode = sqliteCode
    }

    public var description: String {
        sqliteCode == 0 ? "\(code.rawValue): \(message)" : "\(code.rawValue): \(message) (SQLite \(sqliteCode))"
    }

    /// After this nothing that the connection says can be relied on, whether or not it was a COMMIT that failed.
    ///
    /// A row that makes no sense is damage too, but SQLite has read it well: only what needs the row fails.
    package var endsTheStore: Bool {
        switch code {
        case .inputOutput, .failStopped: true
        case .damaged: sqliteCode != 0
        case .locked, .notADatabase, .foreign, .newer, .networkFileSystem, .cannotOpen, .busy, .full, .constraint,
            .readOnly, .transactionEnded, .deadline, .denied, .statement, .limit, .closed:
            false
        }
    }
}

extension StoreFailure {
    /// What `code` of SQLite means to a caller of the store.
    ///
    /// - Parameter systemError: what the system said to SQLite; a full disk has many names in SQLite, and one there.
    init(sqliteCode: Int32, message: String, systemError: Int32 = 0) {
        let isFull = systemError == ENOSPC || systemError == EDQUOT
        let code: Code =
            switch sqliteCode & 0xFF {
            case SQLITE_CANTOPEN where isFull: .full
            case SQLITE_BUSY, SQLITE_LOCKED: .busy
            case SQLITE_FULL: .full
            case SQLITE_CONSTRAINT: .constraint
            case SQLITE_READONLY: .readOnly
            case SQLITE_IOERR, SQLITE_NOLFS: .inputOutput
            case SQLITE_CORRUPT: .damaged
            case SQLITE_NOTADB: .notADatabase
            case SQLITE_CANTOPEN, SQLITE_PERM: .cannotOpen
            case SQLITE_INTERRUPT: .deadline
            case SQLITE_AUTH: .denied
            case SQLITE_TOOBIG: .limit
            default: .statement
            }
        let advice =
            (isFull && sqliteCode & 0xFF != SQLITE_FULL ? "; the disk is full" : "")
            + (isFull || code == .full ? "; make room on the disk under the file" : "")
        self.init(code, message + advice, sqliteCode: sqliteCode)
    }

    /// Errors of all kinds as one type.
    init(_ error: any Error) {
        switch error {
        case let failure as StoreFailure:
            self = failure
        default:
            self.init(.statement, "\(error)")
        }
    }
}
