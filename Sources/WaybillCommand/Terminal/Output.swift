import Foundation
import Synchronization

/// One of the two streams that a command writes to, buffered; a terminal gets each line at once.
final class Output: Sendable {
    static let standard = Output(descriptor: 1, name: "stdout")
    static let error = Output(descriptor: 2, name: "stderr")

    private static let bufferBytesMax = 65_536

    /// Whether a person looks at it.
    let isTerminal: Bool
    private let descriptor: Int32
    private let name: String
    private let buffer = Mutex<[UInt8]>([])
    /// Whether a list is written with each of its elements on a line.
    private let isInLines = Atomic(false)
    /// Whether anything was written.
    private let isUsed = Atomic(false)

    private init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        isTerminal = isatty(descriptor) == 1
    }

    /// Whether colours and moving lines are welcome there.
    var isStyled: Bool {
        let environment = ProcessInfo.processInfo.environment
        return isTerminal && environment["NO_COLOR"] == nil && environment["TERM"] != "dumb"
    }

    /// The width of the terminal; of none, 80 columns or what COLUMNS says.
    var columns: Int {
        var size = winsize()
        if isTerminal, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 { return Int(size.ws_col) }
        let named = ProcessInfo.processInfo.environment["COLUMNS"].flatMap { Int($0) } ?? 80
        return min(max(named, 20), 1_000)
    }

    /// From now on a list is written with each of its elements on a line.
    func writesLines() { isInLines.store(true, ordering: .relaxed) }

    var areLines: Bool { isInLines.load(ordering: .relaxed) }

    /// Writes a JSON value as the answer of a command.
    func answer(_ json: [UInt8]) {
        guard areLines else { return write(json + [UInt8(ascii: "\n")]) }
        let list = JSONLines(json)
        for line in list.lines { write(line + [UInt8(ascii: "\n")]) }
        if let next = list.next { Output.error.line("waybill: there may be more: --after \(next)") }
    }

    func line(_ text: String = "") { write(text + "\n") }

    func write(_ text: String) { write(Array(text.utf8)) }

    /// Whether a part of the answer is out, or in the buffer.
    var hasBegun: Bool { isUsed.load(ordering: .relaxed) }

    func write(_ bytes: [UInt8]) {
        isUsed.store(true, ordering: .relaxed)
        let isFull = buffer.withLock { buffer in
            buffer += bytes
            return isTerminal || descriptor == 2 || buffer.count >= Self.bufferBytesMax
        }
        if isFull { flush() }
    }

    /// Hands everything to the system. A reader who has gone away ends the command quietly; any other failure is told.
    func flush() {
        buffer.withLock { buffer in
            var rest = buffer[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
                if count > 0 {
                    rest = rest.dropFirst(count)
                } else if errno == EPIPE {
                    exit(0)
                } else if errno != EINTR, errno != EAGAIN {
                    if descriptor != 2 { complain(String(cString: strerror(errno))) }
                    exit(2)
                }
            }
            buffer.removeAll(keepingCapacity: true)
        }
    }

    private func complain(_ problem: String) {
        let line = Array("waybill: cannot write to \(name): \(problem)\n".utf8)
        // Nothing is left to be done when this fails too.
        _ = Foundation.write(2, line, line.count)
    }
}
