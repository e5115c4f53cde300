import Foundation
import WaybillStore

/// A path in a directory of its own, deleted with the object.
final class TemporaryFile: Sendable {
    let directory: String
    let path: String

    init() throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        directory = url.path
        path = url.appendingPathComponent("shop.db").path
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Changes bytes of the closed file.
    func overwrite(at offset: UInt64, with bytes: [UInt8]) throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try handle.seek(toOffset: offset)
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    func bytes(of suffix: String = "") throws -> Int {
        guard FileManager.default.fileExists(atPath: path + suffix) else { return 0 }
        return try FileManager.default.attributesOfItem(atPath: path + suffix)[.size] as? Int ?? 0
    }
}

/// The failure that `body` throws, or nil if it throws none.
func failure(of body: () throws -> Void) -> StoreFailure? {
    do {
        try body()
        return nil
    } catch {
        return error as? StoreFailure
    }
}
