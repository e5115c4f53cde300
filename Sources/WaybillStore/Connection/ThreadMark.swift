import Foundation
import Synchronization

/// Remembers which thread is inside something, so that a call from within finds itself instead of waiting for itself.
///
/// Closures of reads and writes run on the caller's thread from beginning to end, so the thread tells.
package final class ThreadMark: Sendable {
    /// 0: none.
    private let holder = Atomic<UInt>(0)

    package init() {}

    /// Whether the caller is the one inside.
    package var isMine: Bool { holder.load(ordering: .relaxed) == Self.current }

    /// Runs `body` as the one inside. The caller has made sure that it is alone.
    package func hold<Result>(_ body: () throws -> Result) rethrows -> Result {
        holder.store(Self.current, ordering: .relaxed)
        defer { holder.store(0, ordering: .relaxed) }
        return try body()
    }

    #if canImport(Darwin)
        private static var current: UInt { UInt(bitPattern: pthread_self()) }
    #else
        private static var current: UInt { UInt(pthread_self()) }
    #endif
}
