import Foundation

/// What was kept of a file with a damaged log, and what was not.
package struct Recovery: Sendable {
    /// The last event that was kept; 0: none. Nil: the file does not say before it is opened.
    package let lastEvent: Int64?
    /// Commits that were not kept: they lay in the log from the damage on.
    package let lostCommits: Int
    /// Where the damaged log lies now.
    package let movedTo: String
}

extension Store {
    /// Moves a damaged log aside and keeps what is before the damage; nil: the log is not damaged, and nothing was
    /// changed. At no moment is the file without what is kept.
    package static func recover(_ path: String) throws(StoreFailure) -> Recovery? {
        let file = try resolve(path)
        let lock = try LockFile(for: file)
        defer { lock.release() }
        let locks = try WALLocks(ofWhole: file)
        defer { locks.release() }
        let log = file + "-wal"
        let scan = try WALScan(of: log)
        guard let damage = scan.damage, try SettledWAL.isOurs(file, scan) else { return nil }
        let last = try damage.lastEvent(of: file, scan)
        switch try WALBeside(file, scan) {
        case .behind:
            let aside = try nameAside(log)
            try replace(log, with: scan)
            return Recovery(lastEvent: last, lostCommits: damage.commitsBehind, movedTo: aside)
        case .complete:
            let aside = try nameAside(log)
            try remove(log)
            return Recovery(lastEvent: nil, lostCommits: 0, movedTo: aside)
        case .between:
            throw StoreFailure(
                .damaged,
                "\(file) has pages from behind the damage of \(log), and not all of them: it fits neither with the log "
                    + "nor without it. Nothing was changed. Restore it from a backup.")
        }
    }

    /// Gives the damaged log a second name, which stays.
    private static func nameAside(_ log: String) throws(StoreFailure) -> String {
        for number in 1...10_000 {
            let name = "\(log).damaged-\(number)"
            if link(log, name) == 0 {
                try RawFile.syncDirectory(of: log)
                return name
            }
            guard errno == EEXIST else { throw RawFile.failure("cannot be made", name) }
        }
        throw StoreFailure(.cannotOpen, "\(log).damaged-1 to -10000 are there already; move them away")
    }

    private static func replace(_ log: String, with scan: WALScan) throws(StoreFailure) {
        guard scan.keptFrames > 0 else { return try remove(log) }
        let name = log + ".kept"
        _ = unlink(name)
        let from = try RawFile(log, for: .reading)
        let kept = try RawFile(name, for: .making)
        try kept.takeRights(of: log)
        var offset = 0
        while offset < scan.keptBytes {
            let bytes = try from.bytes(min(1 << 20, scan.keptBytes - offset), at: offset)
            guard !bytes.isEmpty else { throw StoreFailure(.inputOutput, "\(log) became shorter while it was read") }
            try kept.write(bytes, at: offset)
            offset += bytes.count
        }
        try kept.sync()
        guard rename(name, log) == 0 else { throw RawFile.failure("cannot be renamed", name) }
        try RawFile.syncDirectory(of: log)
    }

    private static func remove(_ log: String) throws(StoreFailure) {
        guard unlink(log) == 0 else { throw RawFile.failure("cannot be removed", log) }
        try RawFile.syncDirectory(of: log)
    }
}
