import Foundation
import Synchronization
import UnixSignals

/// What a command does before SIGINT or SIGTERM ends it.
package enum Interruption {
    /// Whether a signal has come.
    private final class Flag: Sendable {
        private let state = Mutex(false)

        var isSet: Bool { state.withLock { $0 } }

        func set() { state.withLock { $0 = true } }
    }

    /// Runs `body`. When a signal comes meanwhile, `cleanUp` is done, and the process ends with the status that a shell
    /// gives to that signal; a second signal ends it at once.
    package static func cleaningUp<Value>(
        _ cleanUp: @escaping @Sendable () async -> Void, _ body: () async throws -> Value
    ) async throws -> Value {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let flag = Flag()
        let watch = Task {
            for await number in signals {
                flag.set()
                for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
                await cleanUp()
                // The work goes on beside it, and is not waited for.
                _exit(128 + number.rawValue)
            }
        }
        defer { watch.cancel() }
        do {
            let value = try await body()
            await end(watch, flag)
            return value
        } catch {
            await end(watch, flag)
            throw error
        }
    }

    /// What the clean-up has ended may end `body` too: the process ends when all is clean.
    private static func end(_ watch: Task<Void, Never>, _ flag: Flag) async {
        if flag.isSet { await watch.value }
    }
}
