import Foundation

/// A directory that no other process uses.
enum TemporaryDirectory {
    /// Makes one and answers its path.
    static func make(_ name: String) throws(CommandFailure) -> String {
        var template = Array(
            (NSTemporaryDirectory() as NSString).appendingPathComponent("\(name)-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandFailure("no temporary directory: \(String(cString: strerror(errno))); name a file with --db")
        }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
