import CSQLite
import Foundation
import WaybillStore

/// Where a benchmark ran.
package struct Machine: Sendable, Encodable, CustomStringConvertible {
    package let processor: String
    package let cores: Int
    package let memoryBytes: UInt64
    package let system: String
    package let fileSystem: String
    package let sqlite: String

    /// How every file of a benchmark commits: the engine's, and that of its limit.
    static let flush = "WAL, synchronous=FULL: one sync per commit; pages of 4 KiB"

    init(directory: String) {
        let process = ProcessInfo.processInfo
        processor = Self.firstValue(of: "model name", in: "/proc/cpuinfo") ?? "unknown processor"
        cores = process.activeProcessorCount
        memoryBytes = process.physicalMemory
        system = process.operatingSystemVersionString
        fileSystem = Self.fileSystem(of: directory) ?? "unknown file system"
        sqlite = String(cString: sqlite3_libversion())
    }

    package var description: String {
        let gigabytes = memoryBytes >> 30
        return "\(processor), \(cores) cores, \(gigabytes) GiB, \(system), \(fileSystem), SQLite \(sqlite)"
    }

    /// The type of the file system that a directory lies on, or nil where the system does not tell.
    static func fileSystem(of directory: String) -> String? {
        guard let mounts = read("/proc/self/mountinfo") else { return nil }
        let path = URL(fileURLWithPath: directory).resolvingSymlinksInPath().path
        return FileSystem.type(of: path, mounts: mounts)
    }

    /// The memory that this process holds now, in bytes; 0 where the system does not tell.
    static func residentBytes() -> Int { kilobytes(of: "VmRSS") << 10 }

    /// The most memory that this process has held, in bytes; 0 where the system does not tell.
    static func residentBytesMax() -> Int { kilobytes(of: "VmHWM") << 10 }

    /// The seconds that all threads of this process have spent on a core.
    static func processorSeconds() -> Double {
        let time = processorTime()
        return time.user + time.system
    }

    /// The same by who has spent them: the threads themselves, and the system for them.
    static func processorTime() -> (user: Double, system: Double) {
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return (0, 0) }
        func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
        return (seconds(usage.ru_utime), seconds(usage.ru_stime))
    }

    /// The bytes that this process has given to disks; 0 where the system does not tell.
    static func writtenBytes() -> Int {
        firstValue(of: "write_bytes", in: "/proc/self/io").flatMap { Int($0) } ?? 0
    }

    private static func kilobytes(of name: String) -> Int {
        let words = firstValue(of: name, in: "/proc/self/status")?.split(separator: " ")
        return words?.first.flatMap { Int($0) } ?? 0
    }

    private static func firstValue(of name: String, in path: String) -> String? {
        guard let text = read(path) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix(name) {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { return parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return nil
    }

    private static func read(_ path: String) -> String? {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { return nil }
    }
}
