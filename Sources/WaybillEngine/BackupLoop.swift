package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// Copies the file beside the work of the engine: some pages in each turn that modules have, so that orders lose to
/// both together what modules may have, and the log is truncated as always.
package struct BackupLoop: Sendable {
    package struct Settings: Sendable {
        /// Pages in one turn: at 4 KiB these are 1 MiB.
        package var pagesPerStep = 256
        /// After this time what is copied is synced: what waits for the disk at the end is little.
        package var betweenSyncs = Interval.seconds(1)

        package init() {}
    }

    private let engine: Engine
    private let settings: Settings
    private let backup: Backup

    /// Takes the place of a copy and begins it.
    ///
    /// - Parameter path: where the copy is to be; there must be nothing.
    package init(_ engine: Engine, to path: String, settings: Settings = Settings()) throws(BackupFailure) {
        guard settings.pagesPerStep > 0 else {
            throw BackupFailure(.badPlace, "a copy is made in steps of 1 page or more")
        }
        self.engine = engine
        self.settings = settings
        backup = try Backup(of: engine.store, to: path)
    }

    /// Copies the next pages in one turn of the writer.
    ///
    /// - Returns: how far it is, and the last event that was committed before.
    package func step() async throws(BackupFailure) -> (progress: BackupProgress, last: Position) {
        while true {
            let outcome: Result<(progress: BackupProgress, last: Position), BackupFailure>
            do throws(Refusal) {
                outcome = try await engine.withModuleTurn { [backup, settings] writer in
                    do throws(BackupFailure) {
                        let progress = try backup.step(pages: settings.pagesPerStep)
                        return .success((progress, writer.handler.journal.lastPosition))
                    } catch {
                        return .failure(error)
                    }
                }
            } catch {
                guard case .overloaded(let rest) = error else { throw BackupFailure(.ended, error.message) }
                await engine.world.rest(rest)
                continue
            }
            return try outcome.get()
        }
    }

    /// Copies all of it, then syncs, checks and names the copy. Nothing of it stays when anything fails.
    ///
    /// - Parameter tell: told how far it is after each turn.
    package func run(
        _ tell: @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws(BackupFailure) -> BackupCopy {
        do throws(BackupFailure) {
            while true {
                let (progress, last) = try await turns(for: settings.betweenSyncs, tell)
                if progress.isComplete { return try await finish(progress, with: last) }
            }
        } catch {
            try await engine.onThread { [backup] (_) throws(BackupFailure) in backup.abandon() }
            throw error
        }
    }

    /// Takes turns for a time, or until all is copied, and syncs what is copied.
    package func turns(
        for time: Interval, _ tell: @Sendable (BackupProgress) -> Void = { _ in }
    ) async throws(BackupFailure) -> (progress: BackupProgress, last: Position) {
        let began = engine.world.uptime()
        while true {
            guard !Task.isCancelled else { throw BackupFailure(.ended, "the copy was given up") }
            let (progress, last) = try await step()
            tell(progress)
            guard !progress.isComplete else { return (progress, last) }
            guard engine.world.uptime() - began < time else {
                try await engine.onThread { [backup] (_) throws(BackupFailure) in try backup.sync() }
                return (progress, last)
            }
        }
    }

    /// Syncs, checks and names a complete copy.
    package func finish(
        _ progress: BackupProgress, with last: Position
    ) async throws(BackupFailure) -> BackupCopy {
        let bytes = try await engine.onThread { [backup] (_) throws(BackupFailure) in try backup.finish(with: last) }
        return BackupCopy(path: backup.path, bytes: bytes, last: last, restarts: progress.restarts)
    }

    /// Gives the copy up; nothing of it stays.
    package func abandon() { backup.abandon() }
}
