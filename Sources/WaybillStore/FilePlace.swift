import Foundation

/// The file and its log as the system numbers them: another file under the same name has another number.
struct FilePlace: Sendable {
    private struct Number: Equatable {
        let device: UInt64
        let inode: UInt64

        /// Nil when there is nothing under the name.
        init?(_ path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
        }
    }

    private let path: String
    private let file: Number?
    private let log: Number?

    init(_ path: String) {
        self.path = path
        file = Number(path)
        log = Number(path + "-wal")
    }

    /// What is not under its name any more; nil: both are.
    var loss: String? {
        if Number(path) != file { return "\(path) was deleted or replaced" }
        if Number(path + "-wal") != log { return "\(path)-wal was deleted or replaced" }
        return nil
    }
}

extension Store {
    /// By which number the system knows the file: a copy of it has another one. Nil: it is in memory, or gone.
    package var fileNumber: Int64? {
        guard let path else { return nil }
        var status = stat()
        return stat(path, &status) == 0 ? Int64(clamping: status.st_ino) : nil
    }

    /// Ends all writing when the file or its log was deleted or replaced under this process: what it would acknowledge
    /// from then on could be found by nobody. Asked by the maintenance loop, about every half second.
    package func checkPlace() throws {
        guard let loss = place?.loss else { return }
        try writer.run { connection in
            connection.stop("\(loss) while it was open", sqliteCode: 0)
        }
    }
}
