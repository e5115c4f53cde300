import Foundation

/// What the threads of this process have spent on the cores, by what they do.
struct ThreadTimes {
    /// Seconds by the beginning of a thread's name.
    private let seconds: [String: Double]

    enum Kind: String, CaseIterable {
        /// Connections.
        case loop = "NIO-ELT"
        /// Commits.
        case writer = "waybill-writer"
        /// Indexes and what is due.
        case upkeep = "waybill-upkeep"
        /// Receives.
        case engine = "waybill-call"
        /// The clients.
        case client = "bench-client"
    }

    static func now() -> ThreadTimes {
        var seconds: [String: Double] = [:]
        let folder = "/proc/self/task"
        for thread in names(of: folder) {
            guard let name = text("\(folder)/\(thread)/comm"),
                let spent = text("\(folder)/\(thread)/schedstat")?.split(separator: " ").first.flatMap({ Double($0) })
            else { continue }
            seconds[String(name.prefix { $0 != "\n" }), default: 0] += spent / 1e9
        }
        return ThreadTimes(seconds: seconds)
    }

    /// What one kind has spent since an earlier moment. A thread that has ended meanwhile is not counted.
    func spent(by kind: Kind, since before: ThreadTimes) -> Double {
        func sum(_ times: ThreadTimes) -> Double {
            times.seconds.filter { $0.key.hasPrefix(kind.rawValue) }.map(\.value).reduce(0, +)
        }
        return max(0, sum(self) - sum(before))
    }

    private static func names(of folder: String) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch { return [] }
    }

    private static func text(_ path: String) -> String? {
        do { return try String(contentsOfFile: path, encoding: .utf8) } catch { return nil }
    }
}
