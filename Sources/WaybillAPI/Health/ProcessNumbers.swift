import Foundation

/// What the system says of this process; nil: it does not say.
struct ProcessNumbers {
    private(set) var residentBytes: Int64?
    private(set) var cpuSeconds: Double?
    private(set) var openFiles: Int64?
    private(set) var openFilesMax: Int64?

    init() {
        let pageBytes = Int64(sysconf(Int32(_SC_PAGESIZE)))
        if let pages = Self.words(of: "/proc/self/statm").dropFirst().first.flatMap({ Int64($0) }) {
            residentBytes = pages * pageBytes
        }
        // The name of the program stands in brackets and may hold anything.
        let ticks = Int64(sysconf(Int32(_SC_CLK_TCK)))
        let words = Self.words(of: "/proc/self/stat", after: ")")
        if words.count > 12, ticks > 0, let user = Int64(words[11]), let system = Int64(words[12]) {
            cpuSeconds = Double(user + system) / Double(ticks)
        }
        do {
            openFiles = Int64(try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count)
        } catch {
            openFiles = nil
        }
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            openFilesMax = Int64(clamping: limit.rlim_cur)
        }
    }

    private static func words(of path: String, after last: Character? = nil) -> [Substring] {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
        let text = String(decoding: bytes, as: UTF8.self)
        let start = last.flatMap { text.lastIndex(of: $0) }.map { text.index(after: $0) } ?? text.startIndex
        return text[start...].split(whereSeparator: \.isWhitespace)
    }
}
