import Foundation
import Synchronization
package import WaybillCore

/// How full the disk is that the file lies on, in bytes.
package struct DiskSpace: Hashable, Sendable {
    package var free: Int64
    package var total: Int64

    package init(free: Int64, total: Int64) {
        self.free = free
        self.total = total
    }

    /// Whole percent, rounded down.
    package var freePercent: Int {
        guard total > 0, free < total else { return 100 }
        return Int(Double(max(0, free)) / Double(total) * 100)
    }

    /// The disk under a file; nil: the system does not say.
    package static func of(path: String) -> DiskSpace? {
        do {
            let attributes = try FileManager.default.attributesOfFileSystem(forPath: path)
            guard let free = attributes[.systemFreeSize] as? NSNumber, let total = attributes[.systemSize] as? NSNumber
            else { return nil }
            return DiskSpace(free: free.int64Value, total: total.int64Value)
        } catch {
            return nil
        }
    }
}

/// Refuses work before the disk is full: first messages from outside, then orders, so that a dead consumer never stops
/// the shop.
package final class DiskWatch: Sendable {
    /// Below so many percent free, topics take nothing from outside.
    package static let messagesNeedPercent = 10
    /// Below so many percent free, orders take nothing.
    package static let ordersNeedPercent = 5

    private let read: @Sendable () -> DiskSpace?
    private let freePercent = Mutex<Int?>(nil)

    package init(read: @escaping @Sendable () -> DiskSpace?) { self.read = read }

    /// Looks at the disk. Called by the maintenance loop, not on the way of a request.
    package func look() {
        let percent = read()?.freePercent
        freePercent.withLock { $0 = percent }
    }

    /// The free percent of the last look; nil: the system does not say.
    package var freePercentSeen: Int? { freePercent.withLock { $0 } }

    /// Why topics take nothing from outside; nil: they do. A disk that does not say how full it is takes all.
    package var refusalOfMessages: MessageRefusal? {
        guard let percent = freePercent.withLock({ $0 }), percent < Self.messagesNeedPercent else { return nil }
        return .diskNearlyFull(freePercent: percent)
    }

    /// The free percent when it is too little for orders; nil: there is enough.
    package var percentTooLittleForOrders: Int? {
        guard let percent = freePercent.withLock({ $0 }), percent < Self.ordersNeedPercent else { return nil }
        return percent
    }
}
