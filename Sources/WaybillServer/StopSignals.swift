import Foundation
import Synchronization

/// What this process does at signals while it serves, and what it did before: a program may go on without its server.
///
/// Several servers of one process share it: the last one to end gives everything back.
final class StopSignals: Sendable {
    private static let numbers = [SIGTERM, SIGINT, SIGHUP]

    private struct Before {
        var servers = 0
        var actions: [(number: Int32, action: sigaction)] = []
    }

    /// Unchecked: `sigaction` has pointers, which are followed nowhere here.
    private struct Kept: @unchecked Sendable {
        var before = Before()
    }

    private static let kept = Mutex(Kept())

    private let state = Mutex((isCancelled: false, isOver: false))

    /// Notes what is done at signals now.
    init() {
        Self.kept.withLock { kept in
            kept.before.servers += 1
            guard kept.before.servers == 1 else { return }
            kept.before.actions = Self.numbers.compactMap { number in
                var action = sigaction()
                return sigaction(number, nil, &action) == 0 ? (number, action) : nil
            }
        }
    }

    /// The server ends because its program wants it to: a signal that comes meanwhile is the first one.
    func areNotWaitedFor() { state.withLock { $0.isCancelled = true } }

    /// After a signal a second one ends the process at once, as it would without a server.
    func letSecondEnd() {
        guard !state.withLock({ $0.isCancelled }) else { return }
        for number in [SIGTERM, SIGINT] { signal(number, SIG_DFL) }
    }

    /// The process does at signals what it did before.
    func giveBack() {
        let isFirst = state.withLock { state in
            defer { state.isOver = true }
            return !state.isOver
        }
        guard isFirst else { return }
        Self.kept.withLock { kept in
            kept.before.servers -= 1
            guard kept.before.servers == 0 else { return }
            for (number, action) in kept.before.actions {
                var action = action
                sigaction(number, &action, nil)
            }
        }
    }
}
