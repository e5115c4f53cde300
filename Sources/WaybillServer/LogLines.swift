import Foundation
import Synchronization

/// Lines of a log on their way to where they are written. One thread writes them, and what serves never waits for it.
/// When lines are not taken in time, as by a terminal that was stopped, those that do not fit are dropped and counted.
///
///     any thread ──► waiting lines, up to 1 MiB ──► one thread ──► standard error
///                        └── no room: dropped; how many is a line of the log as soon as there is room
package final class LogLines: Sendable {
    /// Those of this process. All that log on standard error share them, so that no line is cut by another.
    package static let standardError = LogLines(label: "waybill.log", write: writeToStandardError)

    /// Bytes that may wait, with those that are being written.
    package static let bytesMax = 1_024 * 1_024
    /// How long an end waits for the rest to be taken.
    private static let flushSecondsMax = 1

    private struct State {
        var waiting: [UInt8] = []
        var bytesBeingWritten = 0
        var isWriting = false
        var dropped = 0
        /// Logs how many lines were dropped, in the form of those.
        var tellDropped: (@Sendable (_ count: Int) -> Void)?
    }

    private let state = Mutex(State())
    private let queue: DispatchQueue
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: writes lines, each with its end; it may take as long as it needs.
    package init(label: String, write: @escaping @Sendable ([UInt8]) -> Void) {
        queue = DispatchQueue(label: label)
        self.write = write
    }

    /// Hands a line on, and waits for nothing.
    ///
    /// - Parameter tellDropped: logs that lines were dropped, if this one is.
    package func add(_ line: [UInt8], tellDropped: @escaping @Sendable (_ count: Int) -> Void) {
        let begins = state.withLock { state -> Bool in
            guard state.waiting.count + state.bytesBeingWritten + line.count <= Self.bytesMax else {
                state.dropped += 1
                state.tellDropped = tellDropped
                return false
            }
            state.waiting += line
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if begins { queue.async { [self] in writeAll() } }
    }

    /// Waits until all that was handed on is written, or for a second: a reader that takes nothing is left behind.
    package func flush() {
        let isWritten = DispatchSemaphore(value: 0)
        queue.async { isWritten.signal() }
        _ = isWritten.wait(timeout: .now() + .seconds(Self.flushSecondsMax))
    }

    private func writeAll() {
        while true {
            let (lines, dropped, tell) = state.withLock { state in
                let next = (state.waiting, state.dropped, state.tellDropped)
                (state.waiting, state.dropped, state.tellDropped) = ([], 0, nil)
                state.bytesBeingWritten = next.0.count
                state.isWriting = !next.0.isEmpty || next.1 > 0
                return next
            }
            guard !lines.isEmpty || dropped > 0 else { return }
            if !lines.isEmpty { write(lines) }
            state.withLock { $0.bytesBeingWritten = 0 }
            if dropped > 0 { tell?(dropped) }
        }
    }

    private static func writeToStandardError(_ lines: [UInt8]) {
        // What cannot be said is lost: a log must not stop a server.
        do { try FileHandle.standardError.write(contentsOf: Data(lines)) } catch {}
    }
}
