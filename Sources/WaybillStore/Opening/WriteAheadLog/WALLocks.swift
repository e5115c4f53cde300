import Dispatch
import Foundation

/// SQLite's own locks on the write-ahead log of a file: with them no program outside writes to it or brings it into the
/// file meanwhile. Programs that read are not held up.
///
/// They are locks of the process on bytes of `FILE-shm`. To be released before SQLite opens the file here.
struct WALLocks: ~Copyable {
    /// Write, checkpoint and recover, as SQLite's documentation of the format numbers them.
    private static let changing: ClosedRange<off_t> = 120...122
    /// The same, all readers, and the byte that each connection holds as long as it is open.
    private static let everything: ClosedRange<off_t> = 120...128

    private let descriptor: Int32?

    /// Waits so many seconds at most; without a `-shm` there is nothing to wait for.
    init(of path: String, waiting seconds: Double) throws(StoreFailure) {
        descriptor = try Self.take(Self.changing, of: path, waiting: seconds) {
            "Another program writes to \(path). Stop it, then try again."
        }
    }

    /// Those of all that a connection may hold: fails when any program has the file open.
    init(ofWhole path: String) throws(StoreFailure) {
        descriptor = try Self.take(Self.everything, of: path, waiting: 0) {
            "Another program has \(path) open. Stop it, then try again."
        }
    }

    borrowing func release() {
        if let descriptor { _ = Foundation.close(descriptor) }
    }

    private static func take(
        _ bytes: ClosedRange<off_t>, of path: String, waiting seconds: Double, _ refusal: () -> String
    ) throws(StoreFailure) -> Int32? {
        guard FileManager.default.fileExists(atPath: path + "-shm") else { return nil }
        let descriptor = Foundation.open(path + "-shm", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { throw RawFile.failure("cannot be opened", path + "-shm") }
        let pause = DispatchSemaphore(value: 0)
        for round in 0...Int(seconds * 100) {
            if round > 0 { _ = pause.wait(timeout: .now() + .milliseconds(10)) }
            var lock = flock()
            lock.l_type = Int16(F_WRLCK)
            lock.l_whence = Int16(SEEK_SET)
            lock.l_start = bytes.lowerBound
            lock.l_len = off_t(bytes.count)
            if fcntl(descriptor, F_SETLK, &lock) == 0 { return descriptor }
        }
        _ = Foundation.close(descriptor)
        throw StoreFailure(.busy, refusal())
    }
}
