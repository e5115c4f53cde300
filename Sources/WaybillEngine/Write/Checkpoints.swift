import WaybillStore

/// When the WAL is brought home: between two writes, when the replies are out.
///
/// A checkpoint that fails costs disk, not data: the WAL stays, and the next one tries again.
struct Checkpoints {
    private let store: Store
    /// How many requests the last writes had: falls by a quarter with each, so that one small write amid large ones
    /// does not bring a checkpoint forward.
    private var recentRequests = 0
    /// How many have failed since the file was opened.
    private(set) var failures: UInt64 = 0

    init(of store: Store) { self.store = store }

    /// After a write with so many requests: brings the WAL home if enough of it has gathered.
    mutating func wrote(_ requests: Int = 1) {
        recentRequests = max(requests, recentRequests - (recentRequests + 3) / 4)
        do { try store.checkpointIfDue(after: recentRequests) } catch { failures += 1 }
    }

    /// Nothing waits: brings all of the WAL home.
    mutating func idle() {
        do { try store.checkpointWhenIdle() } catch { failures += 1 }
    }
}
