import Foundation

/// Keep-alive connections to a server of this machine, served by the calling thread alone, so that little of the cores
/// goes to the client.
final class LoadClient {
    private let connections: [LoadConnection]
    private var polled: [pollfd]
    private let watch = Stopwatch()
    private let scratch = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    /// How long each request took since it was sent, or since it was to be sent.
    private(set) var nanoseconds: [Int64] = []

    init(to target: LoadTarget, connections count: Int) throws {
        connections = try (0..<count).map { _ in try LoadConnection(to: target) }
        polled = connections.map { pollfd(fd: $0.file, events: Int16(POLLIN), revents: 0) }
    }

    deinit { scratch.deallocate() }

    /// The milliseconds that each of these shares of the requests did not exceed.
    func milliseconds(at shares: [Double]) -> [Double] {
        let latencies = Latencies()
        latencies.record(nanoseconds)
        return latencies.milliseconds(at: shares)
    }

    /// Each connection asks, waits for the answer, and asks again.
    ///
    /// - Parameter next: what a connection asks next, after its answer; nil: it is done.
    /// - Returns: answers in a second.
    func drive(_ next: (Int, HTTPAnswer?) throws -> [UInt8]?) throws -> Double {
        let began = watch.seconds
        var open = 0
        var answered = 0
        for (index, connection) in connections.enumerated() {
            guard let request = try next(index, nil) else { continue }
            try send(request, on: connection, at: watch.nanoseconds)
            open += 1
        }
        while open > 0 {
            try wait(atMost: 10)
            for index in polled.indices where polled[index].revents != 0 {
                let connection = connections[index]
                guard let answer = try answer(on: connection) else { continue }
                answered += 1
                if let request = try next(index, answer) {
                    try send(request, on: connection, at: watch.nanoseconds)
                } else {
                    open -= 1
                }
            }
        }
        return Double(answered) / max(watch.seconds - began, 1e-9)
    }

    /// Requests come at a steady rate whether or not earlier ones are answered, each on a connection that is free. Each
    /// is measured from the moment at which it was to be sent: a stall counts for all who would have come during it.
    /// The clock is looked at each millisecond.
    ///
    /// - Returns: answers in a second.
    func drive(perSecond rate: Double, seconds: Double, _ request: (Int) -> [UInt8]) throws -> Double {
        let began = watch.nanoseconds
        let total = Int(rate * seconds)
        var free = Array(connections.indices.reversed())
        var (sent, answered) = (0, 0)
        while answered < total {
            let due = min(total, Int(Double(watch.nanoseconds - began) / 1e9 * rate) + 1)
            while sent < due, let index = free.popLast() {
                let planned = began + Int64(Double(sent) / rate * 1e9)
                try send(request(sent), on: connections[index], at: planned)
                sent += 1
            }
            let nextDue = Double(began) / 1e9 + Double(sent) / rate
            try wait(atMost: sent < total && !free.isEmpty ? nextDue - watch.seconds : 10)
            for index in polled.indices where polled[index].revents != 0 {
                guard try answer(on: connections[index]) != nil else { continue }
                answered += 1
                free.append(index)
            }
        }
        return Double(answered) / max(Double(watch.nanoseconds - began) / 1e9, 1e-9)
    }

    private func send(_ request: [UInt8], on connection: LoadConnection, at moment: Int64) throws {
        connection.sentAt = moment
        try connection.send(request)
    }

    /// Nil: it is not all there.
    private func answer(on connection: LoadConnection) throws -> HTTPAnswer? {
        guard let answer = try connection.receive(scratch) else { return nil }
        guard (200..<300).contains(answer.status) else {
            let body = String(decoding: answer.body.prefix(400), as: UTF8.self)
            throw BenchmarkFailure("the server answered \(answer.status): \(body)")
        }
        nanoseconds.append(watch.nanoseconds - connection.sentAt)
        return answer
    }

    /// Waits until something has come; fails after ten seconds of silence.
    private func wait(atMost seconds: Double) throws {
        let milliseconds = Int32(max(0, seconds * 1_000).rounded(.up))
        let ready = poll(&polled, nfds_t(polled.count), milliseconds)
        guard ready >= 0 || errno == EINTR else { throw BenchmarkFailure("poll: \(String(cString: strerror(errno)))") }
        guard ready != 0 || seconds < 10 else { throw BenchmarkFailure("the server answered nothing for 10 s") }
    }
}
