import Foundation

/// A database file that a benchmark makes beside nothing else of value and deletes in the end.
struct ScratchFile: Sendable {
    let path: String

    /// - Throws: ``BenchmarkFailure`` where the numbers would mean nothing: in memory there is no sync.
    init(_ name: String, in directory: String, mustBeDurable: Bool) throws {
        if mustBeDurable, let type = Machine.fileSystem(of: directory), type == "tmpfs" || type == "ramfs" {
            throw BenchmarkFailure(
                "\(directory) lies on \(type), where nothing is durable; change to a disk's directory")
        }
        path = URL(fileURLWithPath: directory).appendingPathComponent("waybill-bench-\(name).db").path
        remove()
    }

    /// Deletes the file and what SQLite and the lock put beside it.
    func remove() {
        for suffix in ["", "-wal", "-shm", ".lock"] {
            // A file that is not there is what this wants.
            do { try FileManager.default.removeItem(atPath: path + suffix) } catch {}
        }
    }

    var bytes: Int { Self.bytes(of: path) }

    /// The size of its write-ahead log.
    var walBytes: Int { Self.bytes(of: path + "-wal") }

    private static func bytes(of path: String) -> Int {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return attributes[.size] as? Int ?? 0
        } catch {
            return 0
        }
    }
}
