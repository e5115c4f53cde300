import Foundation
import Waybill

/// The sender that comes with Waybill: a line of JSON per notice at the end of a file.
public struct FileSender: Sendable {
    private let path: String

    public init(path: String) { self.path = path }

    /// Appends the notice.
    ///
    /// - Throws: ``NoticeNotSent`` when nothing was written; any other error leaves it open.
    public func send(_ notice: Notice) throws {
        let descriptor = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw NoticeNotSent("\(path) cannot be opened: \(String(cString: strerror(errno)))")
        }
        defer { close(descriptor) }
        let line: JSON = [
            "number": .int(notice.number), "kind": .text(notice.kind), "channel": .text(notice.channel.rawValue),
            "recipient": .text(notice.recipient), "address": notice.address.map { .text($0) } ?? .null,
            "subject": .text(notice.subject),
        ]
        let bytes = line.bytes + [UInt8(ascii: "\n")]
        let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        guard count == bytes.count else {
            let reason = count < 0 ? String(cString: strerror(errno)) : "\(count) of \(bytes.count) bytes were written"
            if count <= 0 { throw NoticeNotSent(reason) }
            throw ModuleProblem(reason)
        }
    }
}
