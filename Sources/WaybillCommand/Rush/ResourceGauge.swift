import FlashSale
import Foundation

/// The most memory that the shop of a rush held, and the largest WAL that its file had.
struct ResourceGauge {
    private let path: String
    private var memoryBytesMax = 0
    private var walBytesMax = 0

    init(path: String) { self.path = path }

    mutating func look(at process: Int32?) {
        walBytesMax = max(walBytesMax, Self.bytes(of: path + "-wal"))
        if let process { memoryBytesMax = max(memoryBytesMax, Self.residentBytes(of: process)) }
    }

    /// So far, with the file as it is now.
    var resources: RushReport.Resources {
        .init(memoryBytesMax: memoryBytesMax, walBytesMax: walBytesMax, fileBytes: Self.bytes(of: path))
    }

    private static func bytes(of path: String) -> Int {
        do {
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            return (attributes[.size] as? NSNumber)?.intValue ?? 0
        } catch {
            // No such file: a WAL goes when its file is closed.
            return 0
        }
    }

    /// The memory that a process holds; 0 where the system does not tell, or when the process is gone.
    private static func residentBytes(of process: Int32) -> Int {
        do {
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
            return (line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0) << 10
        } catch {
            return 0
        }
    }
}
