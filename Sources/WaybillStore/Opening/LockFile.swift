import Foundation
import Synchronization

/// `<file>.lock`: held by the process that has the file open, for as long as it has.
///
/// A file of its own, because closing any descriptor of the database file would drop SQLite's own locks on it. It stays
/// when it is released: to delete it would let two processes hold locks on two files of the same name.
final class LockFile: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Takes the lock to look at a file. Where the folder cannot be written, a lock that is there is taken, and without
    /// one there is no Waybill that could write.
    convenience init?(lookingAt path: String) throws(StoreFailure) {
        let lockPath = path + ".lock"
        let descriptor = Foundation.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            _ = Foundation.close(descriptor)
            try self.init(for: path)
            return
        }
        guard [EACCES, EPERM, EROFS].contains(errno) else { throw RawFile.failure("cannot be made", lockPath) }
        let existing = Foundation.open(lockPath, O_RDONLY | O_CLOEXEC)
        guard existing >= 0 else { return nil }
        try self.init(existing, of: path)
    }

    convenience init(for path: String) throws(StoreFailure) {
        let lockPath = path + ".lock"
        let descriptor = Foundation.open(lockPath, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreFailure(
                .cannotOpen, "\(lockPath): \(String(cString: strerror(errno))). Is its directory there, and writable?")
        }
        try self.init(descriptor, of: path)
        ftruncate(descriptor, 0)
        let pid = Array("\(getpid())\n".utf8)
        // The number is for the message of the next opener only; a lock without it still holds.
        _ = write(descriptor, pid, pid.count)
    }

    /// Takes the lock on an open descriptor, which it closes at the end.
    private init(_ descriptor: Int32, of path: String) throws(StoreFailure) {
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let holder = Self.holder(descriptor)
            Foundation.close(descriptor)
            throw StoreFailure(
                .locked, "\(path) is open in \(holder). Stop it first.")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let open = descriptor {
                // A child that is just being started may still hold a copy of the descriptor, and with it the lock.
                flock(open, LOCK_UN)
                Foundation.close(open)
            }
            descriptor = nil
        }
    }

    private static func holder(_ descriptor: Int32) -> String {
        var bytes = [UInt8](repeating: 0, count: 20)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let digits = bytes.prefix(max(count, 0)).prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard !digits.isEmpty else { return "another process" }
        return "the process with the id \(String(decoding: digits, as: UTF8.self))"
    }
}
