/// The bounds of a store.
package struct StoreSettings: Sendable {
    /// Connections for reads beside the writer.
    package var readers = 3
    /// A passive checkpoint after so many bytes of WAL since the last: the more requests a write had, the more,
    /// between both bounds.
    ///
    /// It costs 0.4 ms and 6 µs per page, and who comes meanwhile waits. Few requests in a write mean that there is
    /// time: then 1 MiB costs 2 ms. Many mean that there is none: then 8 MiB cost 10 ms, but a quarter less in all, as
    /// pages that changed twice go home once.
    package var passiveCheckpointBytes = PassiveCheckpoint()

    package struct PassiveCheckpoint: Sendable {
        package var min = 1 << 20
        package var max = 8 << 20
        package var perRequest = 64 << 10

        package init() {}

        /// After a write of so many requests.
        func bytes(after requests: Int) -> Int {
            let (product, overflow) = requests.multipliedReportingOverflow(by: perRequest)
            return Swift.max(min, overflow ? max : Swift.min(product, max))
        }
    }

    /// At so many bytes of WAL reads wait until it is truncated.
    package var walBytesMax = 16 << 20
    /// How long a truncation waits for open reads, in seconds, before it gives way.
    package var readerWaitSeconds = 0.25
    /// Of a new file; an existing one keeps its own. Pages of 8 KiB were a third slower in writes of 256 orders, as
    /// each changed row writes its whole page to the WAL, and saved 1 % of the file.
    package var pageBytes = 4096
    /// SQLite's page cache of the writer, and of each reader.
    package var writerCacheBytes = 64 << 20
    package var readerCacheBytes = 4 << 20
    /// How long a statement waits for another connection's lock, in seconds.
    package var busyWaitSeconds = 0.25
    /// Whether a commit waits for the disk. Only a rehearsal goes without: a killed process loses nothing then either,
    /// but a machine that goes down may take the file with it.
    package var isDurable = true
    /// Tests only: a failure here takes the place of the next COMMIT.
    package var commitFault: (@Sendable () -> StoreFailure?)?
    /// Tests only: the version that a new file stops at, as if an older release had made it.
    package var newestVersion = Migrate.newest

    package init() {}
}
