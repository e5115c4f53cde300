import Foundation

/// The process that has a file open, as the lock file tells it: its number in the first line, and in more lines where
/// it serves, if it does. A lock of an earlier release has the number only.
///
///     4711
///     socket /run/waybill/shop.sock
///     http http://127.0.0.1:7070
package struct FileHolder: Hashable, Sendable {
    /// Where a process serves the file that it has open.
    package struct Serving: Hashable, Sendable {
        /// The whole path of its Unix socket; nil: it has none.
        package var socket: String?
        /// Its address; nil: it is not reached over TCP.
        package var http: String?

        package init(socket: String?, http: String?) {
            self.socket = socket
            self.http = http
        }
    }

    /// Far above the longest path.
    private static let bytesMax = 16_384

    /// Its number; nil: the lock does not say.
    package let process: Int32?
    /// Nil: it does not serve, or is of a release that did not say so.
    package let serving: Serving?

    init(process: Int32?, serving: Serving?) {
        self.process = process
        self.serving = serving
    }

    /// Reads what an open lock file says, whatever is in it.
    init(in descriptor: Int32) {
        var bytes = [UInt8](repeating: 0, count: Self.bytesMax)
        let count = pread(descriptor, &bytes, bytes.count, 0)
        let lines = bytes.prefix(max(count, 0)).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        process = lines.first.flatMap { Int32(String($0.prefix { "0"..."9" ~= $0 })) }
        // The last line has an end too: without it, it may be half a path.
        let whole = lines.dropFirst().dropLast()
        let (socket, http) = (Self.value("socket ", in: whole), Self.value("http ", in: whole))
        serving = socket == nil && http == nil ? nil : Serving(socket: socket, http: http)
    }

    private static func value(_ name: String, in lines: ArraySlice<String>) -> String? {
        lines.first { $0.hasPrefix(name) && $0.utf8.count > name.utf8.count }.map { String($0.dropFirst(name.count)) }
    }

    /// What the lock file says. A path with an end of line in it is left out.
    var text: String {
        let parts = [process.map { "\($0)" } ?? "", line("socket ", serving?.socket), line("http ", serving?.http)]
        return parts.compactMap { $0 }.map { "\($0)\n" }.joined()
    }

    private func line(_ name: String, _ value: String?) -> String? {
        guard let value, !value.utf8.contains(UInt8(ascii: "\n")) else { return nil }
        return name + value
    }

    /// Who it is, and what can be done.
    var sentences: String {
        let who = process.map { "the process with the id \($0)" } ?? "another process"
        let places = [serving?.http, serving?.socket.map { "unix:\($0)" }].compactMap { $0 }
        guard !places.isEmpty else { return "\(who). Stop it first." }
        let place = places.joined(separator: " and at ")
        return "\(who), which serves at \(place). Ask it there with --server, or stop it first."
    }
}

extension Store {
    /// The process that serves a file, as the lock beside the file says; nil: none does, or the lock does not say.
    package static func servingHolder(of path: String) throws(StoreFailure) -> FileHolder? {
        let descriptor = Foundation.open(try resolve(path) + ".lock", O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { _ = Foundation.close(descriptor) }
        let holder = FileHolder(in: descriptor)
        guard holder.serving != nil else { return nil }
        // One that was killed leaves what it has written. Its lock is free, and taken here for a moment only.
        guard flock(descriptor, LOCK_SH | LOCK_NB) != 0 else {
            flock(descriptor, LOCK_UN)
            return nil
        }
        return holder
    }

    /// Writes down beside the file where this process serves it; nil: it no longer does.
    package func tell(_ serving: FileHolder.Serving?) { lock?.tell(serving) }
}
