import Foundation
import Synchronization

/// `<file>.lock`: held by the process that has the file open, for as long as it has.
///
/// A file of its own, because closing any descriptor of the database file would drop SQLite's own locks on it. It stays
/// when it is released: to delete it would let two processes hold locks on two files of the same name.
final class LockFile: Sendable {
    private static let triesMax = 100_000

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
        tell(nil)
    }

    /// Writes down who holds the lock, and where it serves. This is for the next opener only: a lock without it still
    /// holds.
    func tell(_ serving: FileHolder.Serving?) {
        descriptor.withLock { descriptor in
            guard let descriptor else { return }
            let text = Array(FileHolder(process: getpid(), serving: serving).text.utf8)
            // In one write, so that no reader finds half a path.
            guard pwrite(descriptor, text, text.count, 0) == text.count else { return }
            ftruncate(descriptor, off_t(text.count))
        }
    }

    /// Takes the lock on an open descriptor, which it closes at the end.
    private init(_ descriptor: Int32, of path: String) throws(StoreFailure) {
        guard Self.take(descriptor) else {
            let holder = FileHolder(in: descriptor)
            Foundation.close(descriptor)
            throw StoreFailure(.locked, "\(path) is open in \(holder.sentences)")
        }
        self.descriptor = Mutex(descriptor)
    }

    deinit { release() }

    /// Takes the lock from no process that has the file open. One that only asks whether it is open shares the lock
    /// for a moment: then it is tried again.
    private static func take(_ descriptor: Int32) -> Bool {
        for _ in 0..<triesMax {
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
            guard flock(descriptor, LOCK_SH | LOCK_NB) == 0 else { return false }
            sched_yield()
        }
        return false
    }

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
}
