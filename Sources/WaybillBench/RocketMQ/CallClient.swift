import Foundation

/// What a client calls next.
struct CallRequest {
    var procedure: CalledProcedure
    var message: [UInt8]
}

/// Connections to a server of this machine, each with some calls under way, served by the calling thread alone.
final class CallClient {
    /// One of the calls that may be under way.
    struct Slot: Hashable {
        let connection: Int
        let number: Int
    }

    private let connections: [CallConnection]
    private let each: Int
    private var polled: [pollfd]
    let watch = Stopwatch()
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    /// How long each call took since it was made, or since it was to be made.
    private(set) var nanoseconds: [Int64] = []

    /// - Parameters:
    ///   - each: calls of one connection at a time.
    ///   - first: the number of the first client, which sets its name apart.
    init(to target: CallTarget, connections count: Int, each: Int, first: Int = 0) throws {
        connections = try (0..<count).map { try CallConnection(to: target, client: first + $0) }
        self.each = each
        polled = connections.map { pollfd(fd: $0.file, events: Int16(POLLIN), revents: 0) }
    }

    deinit { scratch.deallocate() }

    /// The milliseconds that each of these shares of the calls did not exceed.
    func milliseconds(at shares: [Double]) -> [Double] {
        let latencies = Latencies()
        latencies.record(nanoseconds)
        return latencies.milliseconds(at: shares)
    }

    /// Each slot calls, waits for the answer, and calls again.
    ///
    /// - Parameter next: what a slot calls next, after each of its answers; none: it is done, or waits for others.
    /// - Returns: answers in a second.
    func drive(_ next: (Slot, CallAnswer?) throws -> [CallRequest]) throws -> Double {
        let began = watch.seconds
        var (open, answered) = (0, 0)
        for slot in slots {
            for request in try next(slot, nil) {
                call(request, slot, at: watch.nanoseconds)
                open += 1
            }
        }
        for connection in connections { try connection.flush() }
        while open > 0 {
            try wait(atMost: 30)
            try takeAnswers { slot, answer in
                answered += 1
                open -= 1
                for request in try next(slot, answer) {
                    call(request, slot, at: watch.nanoseconds)
                    open += 1
                }
            }
        }
        return Double(answered) / max(watch.seconds - began, 1e-9)
    }

    /// Calls come at a steady rate whether or not earlier ones are answered, each in a slot that is free. Each is
    /// measured from the moment at which it was to be made: a stall counts for all that would have come during it. The
    /// clock is looked at each millisecond.
    ///
    /// - Returns: answers in a second.
    func drive(perSecond rate: Double, seconds: Double, _ request: (Int) -> CallRequest) throws -> Double {
        let began = watch.nanoseconds
        let total = Int(rate * seconds)
        var free = Array(slots.reversed())
        var (sent, answered) = (0, 0)
        while answered < total {
            let due = min(total, Int(Double(watch.nanoseconds - began) / 1e9 * rate) + 1)
            var used: Set<Int> = []
            while sent < due, let slot = free.popLast() {
                call(request(sent), slot, at: began + Int64(Double(sent) / rate * 1e9))
                used.insert(slot.connection)
                sent += 1
            }
            for connection in used { try connections[connection].flush() }
            let nextDue = Double(began) / 1e9 + Double(sent) / rate
            try wait(atMost: sent < total && !free.isEmpty ? nextDue - watch.seconds : 30)
            try takeAnswers { slot, answer in
                try answer.requireOK()
                answered += 1
                free.append(slot)
            }
        }
        return Double(answered) / max(Double(watch.nanoseconds - began) / 1e9, 1e-9)
    }

    /// Makes a call in each slot and waits for none of them.
    func leaveOpen(_ request: CallRequest) throws {
        for slot in slots { call(request, slot, at: watch.nanoseconds) }
        for connection in connections { try connection.flush() }
    }

    /// By number first, so that calls of few spread over all connections.
    private var slots: [Slot] {
        (0..<each).flatMap { number in connections.indices.map { Slot(connection: $0, number: number) } }
    }

    private func call(_ request: CallRequest, _ slot: Slot, at moment: Int64) {
        connections[slot.connection].call(request.procedure, request.message, slot: slot.number, at: moment)
    }

    private func takeAnswers(_ take: (Slot, CallAnswer) throws -> Void) throws {
        for index in polled.indices where polled[index].revents != 0 {
            for ended in try connections[index].receive(scratch) {
                nanoseconds.append(watch.nanoseconds - ended.sentAt)
                try take(Slot(connection: index, number: ended.slot), ended.answer)
            }
            try connections[index].flush()
        }
    }

    /// Waits until something has come; fails after thirty seconds of silence.
    private func wait(atMost seconds: Double) throws {
        let milliseconds = Int32(max(0, seconds * 1_000).rounded(.up))
        let ready = poll(&polled, nfds_t(polled.count), milliseconds)
        guard ready >= 0 || errno == EINTR else { throw BenchmarkFailure("poll: \(String(cString: strerror(errno)))") }
        guard ready != 0 || seconds < 30 else { throw BenchmarkFailure("the server answered nothing for 30 s") }
    }
}
