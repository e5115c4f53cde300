import Foundation

/// What a serving process asks of the system it runs on.
package enum ProcessBounds {
    /// Files of this process are its owner's, and it leaves no core with what customers said.
    package static func tighten() {
        umask(0o077)
        var none = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    }

    /// Files that this process may have open; 0: the system does not say.
    private static var openFiles: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        return Int(clamping: limit.rlim_cur)
    }

    /// Files for others than connections: those of the order book, of readers, of copies.
    private static let ownFiles = 512

    /// How many connections may be open by default: each is a file.
    package static var connectionsUsual: Int { min(12_000, max(16, openFiles - ownFiles)) }

    /// Raises the number of open files as far as the system allows, and answers it.
    @discardableResult
    package static func raiseOpenFiles() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return Int(clamping: limit.rlim_cur)
    }
}
