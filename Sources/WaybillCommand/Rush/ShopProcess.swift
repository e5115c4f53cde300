import FlashSale
import Foundation
import Synchronization
import Waybill
import WaybillCore

/// A shop in a separate process, which can be killed like any process: asked over its standard input, answering on
/// its standard output. What was not answered when it died is answered with `unanswered`.
final class ShopProcess: Sendable {
    private struct State {
        var child: ChildProcess?
        /// Raised with each start: the reader of a process that is gone must not answer for the next.
        var life = 0
        var number = 0
        var waiting: [Int: CheckedContinuation<ShopLine.Reply?, Never>] = [:]
        var isUp = false
        /// When the doors opened; nil: they have not.
        var openedAt: Moment?
    }

    private let arguments: [String]
    private let outage: Interval
    private let state = Mutex(State())
    /// Lines must not mix, and a full pipe must not keep those waiting who are answered.
    private let writing = Mutex(())

    /// - Parameter arguments: of this executable, for the process.
    init(arguments: [String], outage: Interval) throws {
        self.arguments = arguments
        self.outage = outage
        // Who writes to a process that was just killed is told by the end of its answers.
        signal(SIGPIPE, SIG_IGN)
        try start()
    }

    /// The shop behind it, for shoppers.
    var shop: LiveShop {
        LiveShop(
            send: { [self] request in
                guard case .answer(let answer) = await ask(.send(request)) else { return .unanswered }
                return answer
            },
            free: { [self] item in
                guard case .free(let units) = await ask(.look(item: item)) else { return nil }
                return units
            },
            restock: { [self] item, units, delivery in
                // A delivery does not get lost: it is asked for again until it is there.
                while await ask(.restock(item: item, units: units, delivery: delivery)) == nil {
                    await RushPause.wait(Interval(milliseconds: 200))
                }
            },
            owed: { [self] in
                guard case .owed(let counts) = await ask(.owed) else { return nil }
                return counts
            },
            work: { [self] openedAt in
                state.withLock { $0.openedAt = openedAt }
                _ = await ask(.opened(openedAt))
            },
            kill: { [self] in await kill() })
    }

    /// Of the process that is up now.
    var identifier: Int32? {
        state.withLock { $0.isUp ? $0.child?.process.processIdentifier : nil }
    }

    private func ask(_ question: ShopLine.Question) async -> ShopLine.Reply? {
        await withCheckedContinuation { continuation in
            let (number, input) = state.withLock { state -> (Int, Int32?) in
                guard state.isUp, let child = state.child else { return (0, nil) }
                state.number += 1
                state.waiting[state.number] = continuation
                return (state.number, child.input.fileDescriptor)
            }
            guard let input else {
                continuation.resume(returning: nil)
                return
            }
            let line = Array(ShopLine.line(number, question).utf8)
            writing.withLock { _ in _ = line.withUnsafeBytes { write(input, $0.baseAddress, $0.count) } }
        }
    }

    /// SIGKILL, and after the outage a new process over the same file.
    private func kill() async {
        guard let child = state.withLock({ $0.child }) else { return }
        Foundation.kill(child.process.processIdentifier, SIGKILL)
        child.process.waitUntilExit()
        await RushPause.wait(outage)
        do {
            try start()
            if let openedAt = state.withLock({ $0.openedAt }) { _ = await ask(.opened(openedAt)) }
        } catch {
            Output.error.line("waybill: \("\(error)".printable)")
        }
    }

    /// Ends the process in order: at the end of its input it closes its file.
    func close() {
        guard let child = state.withLock({ $0.child }) else { return }
        do { try child.input.close() } catch { child.process.terminate() }
        child.process.waitUntilExit()
    }

    private func start() throws {
        let child = try ChildProcess.start(arguments)
        let life = state.withLock { state in
            state.child = child
            state.life += 1
            state.isUp = true
            return state.life
        }
        let reader = Thread { [self] in read(child.output.fileDescriptor, of: life) }
        reader.name = "waybill-rush-shop"
        reader.start()
    }

    /// Hands out answers until the process is gone.
    private func read(_ output: Int32, of life: Int) {
        var lines = LineBuffer()
        while lines.fill(from: output) {
            while let line = lines.next() {
                guard let (number, reply) = ShopLine.reply(line) else { continue }
                state.withLock { $0.waiting.removeValue(forKey: number) }?.resume(returning: reply)
            }
        }
        let left = state.withLock { state in
            guard state.life == life else { return [CheckedContinuation<ShopLine.Reply?, Never>]() }
            state.isUp = false
            let left = state.waiting.sorted { $0.key < $1.key }.map(\.value)
            state.waiting = [:]
            return left
        }
        for continuation in left { continuation.resume(returning: nil) }
    }
}

/// Bytes that come in pieces, as lines.
struct LineBuffer {
    private var bytes: [UInt8] = []
    private var start = 0
    private var chunk = [UInt8](repeating: 0, count: 65_536)

    /// Reads on; false at the end.
    mutating func fill(from descriptor: Int32) -> Bool {
        bytes.removeFirst(start)
        start = 0
        while true {
            let count = read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            bytes += chunk[..<count]
            return true
        }
    }

    /// The next whole line, without its end.
    mutating func next() -> String? {
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) else { return nil }
        defer { start = end + 1 }
        return String(decoding: bytes[start..<end], as: UTF8.self)
    }
}
