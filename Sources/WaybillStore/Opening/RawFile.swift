import Foundation

/// A file by its descriptor: bytes at offsets, and nothing of SQLite. Closed with the value.
///
/// Never on a file that this process has open through SQLite: closing any descriptor of it drops SQLite's locks.
struct RawFile: ~Copyable {
    /// What a file is opened for.
    enum Use {
        case reading
        case writing
        /// The file must not be there yet; its owner alone may read it.
        case making
    }

    let path: String
    private let descriptor: Int32

    init(_ path: String, for use: Use) throws(StoreFailure) {
        let flags =
            switch use {
            case .reading: O_RDONLY
            case .writing: O_RDWR
            case .making: O_RDWR | O_CREAT | O_EXCL
            }
        let descriptor = Foundation.open(path, flags | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.failure("cannot be opened", path) }
        self.path = path
        self.descriptor = descriptor
    }

    deinit { _ = Foundation.close(descriptor) }

    func size() throws(StoreFailure) -> Int {
        let end = lseek(descriptor, 0, SEEK_END)
        guard end >= 0 else { throw Self.failure("has no size", path) }
        return Int(end)
    }

    /// Fills a buffer from an offset on, and answers how many bytes there were before the end of the file.
    func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(StoreFailure) -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = pread(descriptor, rest.baseAddress, rest.count, off_t(offset + filled))
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Self.failure("cannot be read at byte \(offset + filled)", path) }
            if count == 0 { break }
            filled += count
        }
        return filled
    }

    /// The bytes from an offset on; fewer at the end of the file.
    func bytes(_ count: Int, at offset: Int) throws(StoreFailure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let filled = bytes.withUnsafeMutableBytes { buffer in
            Result { () throws(StoreFailure) in try read(into: buffer, at: offset) }
        }
        bytes.removeLast(count - (try filled.get()))
        return bytes
    }

    func write(_ buffer: UnsafeRawBufferPointer, at offset: Int) throws(StoreFailure) {
        var written = 0
        while written < buffer.count {
            let rest = UnsafeRawBufferPointer(rebasing: buffer[written...])
            let count = pwrite(descriptor, rest.baseAddress, rest.count, off_t(offset + written))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot be written at byte \(offset + written)", path) }
            written += count
        }
    }

    func write(_ bytes: [UInt8], at offset: Int) throws(StoreFailure) {
        let written = bytes.withUnsafeBytes { buffer in
            Result { () throws(StoreFailure) in try write(buffer, at: offset) }
        }
        try written.get()
    }

    /// Gives this file the owner and the mode of another one.
    func takeRights(of path: String) throws(StoreFailure) {
        var rights = stat()
        guard stat(path, &rights) == 0 else { throw Self.failure("cannot be looked at", path) }
        guard fchown(descriptor, rights.st_uid, rights.st_gid) == 0, fchmod(descriptor, rights.st_mode & 0o777) == 0
        else { throw Self.failure("cannot get the owner of \(path)", self.path) }
    }

    func truncate(to size: Int) throws(StoreFailure) {
        guard ftruncate(descriptor, off_t(size)) == 0 else { throw Self.failure("cannot be cut", path) }
    }

    /// Takes the file for this opening of it; false: another opening has it.
    func lock() throws(StoreFailure) -> Bool {
        if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
        guard errno == EWOULDBLOCK else { throw Self.failure("cannot be locked", path) }
        return false
    }

    /// Whether its name still leads to this file, and not to another one or to nothing.
    func hasItsName() -> Bool {
        var (open, named) = (stat(), stat())
        guard fstat(descriptor, &open) == 0, lstat(path, &named) == 0 else { return false }
        return open.st_dev == named.st_dev && open.st_ino == named.st_ino
    }

    /// Lets the next read ask the disk, as far as the system follows the advice.
    func forgetInMemory() {
        #if os(Linux)
            _ = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        #endif
    }

    func unlock() { _ = flock(descriptor, LOCK_UN) }

    /// Returns when what was written is on the disk.
    func sync() throws(StoreFailure) {
        #if os(Linux)
            let code = fdatasync(descriptor)
        #else
            let code = fcntl(descriptor, F_FULLFSYNC)
        #endif
        guard code == 0 else { throw Self.failure("cannot be synced to the disk", path) }
    }

    /// Returns when the names in a file's directory are on the disk.
    static func syncDirectory(of path: String) throws(StoreFailure) {
        let directory = (path as NSString).deletingLastPathComponent
        let descriptor = Foundation.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot be opened", directory) }
        let code = fsync(descriptor)
        let error = errno
        _ = Foundation.close(descriptor)
        errno = error
        guard code == 0 else { throw failure("cannot be synced to the disk", directory) }
    }

    /// What the system says about a call that failed, as a failure of its kind.
    static func failure(_ what: String, _ path: String) -> StoreFailure {
        let error = errno
        let code: StoreFailure.Code =
            switch error {
            case ENOSPC, EDQUOT: .full
            case EIO: .inputOutput
            case EROFS: .readOnly
            default: .cannotOpen
            }
        return StoreFailure(code, "\(path) \(what): \(String(cString: strerror(error)))")
    }
}
