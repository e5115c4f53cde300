import Synchronization
import WaybillBroker

/// A disk whose room a test decides.
final class Gauge: Sendable {
    private let space = Mutex<DiskSpace?>(nil)

    var reading: DiskSpace? { space.withLock { $0 } }
    func set(_ reading: DiskSpace?) { space.withLock { $0 = reading } }
}
