import Foundation
import WaybillStore

/// A file that is gone with the test.
final class TemporaryBrokerFile: Sendable {
    let path = NSTemporaryDirectory() + "waybill-broker-\(UUID().uuidString).db"

    init() throws {}

    func open() throws -> Store { try Store.open(path) }

    deinit {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            do { try FileManager.default.removeItem(atPath: path + suffix) } catch {}
        }
    }
}
