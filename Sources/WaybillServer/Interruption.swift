import Foundation
import UnixSignals

/// What a command does before SIGINT or SIGTERM ends it.
package enum Interruption {
    /// Runs `body`. When a signal comes meanwhile, `cleanUp` is done, and the process ends with the status that a shell
    /// gives to that signal; a second signal ends it at once.
    package static func cleaningUp<Result>(
        _ cleanUp: @escaping @Sendable () async -> Void, _ body: () async throws -> Result
    ) async throws -> Result {
        let signals = await UnixSignalsSequence(trapping: .sigint, .sigterm)
        let watch = Task {
            for await number in signals {
                for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
                await cleanUp()
                // The work goes on beside it, and is not waited for.
                _exit(128 + number.rawValue)
            }
        }
        defer { watch.cancel() }
        return try await body()
    }
}
