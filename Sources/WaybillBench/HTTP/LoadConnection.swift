import Foundation

/// One keep-alive connection of the client, with at most one request under way.
final class LoadConnection {
    let file: Int32
    /// What has come of the answer.
    private var input: [UInt8] = []
    /// From when on the answer is waited for, by the client's watch.
    var sentAt: Int64 = 0

    init(port: Int) throws {
        file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard file >= 0 else { throw BenchmarkFailure("no socket: \(String(cString: strerror(errno)))") }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(truncatingIfNeeded: port)).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(file, $0, size) }
        }
        guard status == 0 else { throw BenchmarkFailure("no connection: \(String(cString: strerror(errno)))") }
        var yes: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
    }

    deinit { close(file) }

    /// Sends a request; it fits into the socket, because nothing else is under way.
    func send(_ request: [UInt8]) throws {
        var sent = 0
        while sent < request.count {
            let count = request.withUnsafeBytes { bytes in
                Foundation.send(file, bytes.baseAddress?.advanced(by: sent), bytes.count - sent, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw BenchmarkFailure("the server has hung up") }
            sent += count
        }
    }

    /// Asks, and waits for the answer.
    func ask(_ request: [UInt8], status: Int = 200) throws {
        try send(request)
        try withUnsafeTemporaryAllocation(byteCount: 4_096, alignment: 1) { scratch in
            while true {
                guard let answer = try receive(scratch) else { continue }
                guard answer.status == status else { throw BenchmarkFailure("a client got \(answer.status)") }
                return
            }
        }
    }

    /// Reads what has come; the answer when it is all there.
    func receive(_ scratch: UnsafeMutableRawBufferPointer) throws -> HTTPAnswer? {
        let count = recv(file, scratch.baseAddress, scratch.count, 0)
        guard count > 0 else { throw BenchmarkFailure("the server has hung up before it answered") }
        input.append(contentsOf: scratch[..<count])
        guard let answer = HTTPAnswer(input) else { return nil }
        guard answer.count == input.count else { throw BenchmarkFailure("the server has answered more than was asked") }
        input.removeAll(keepingCapacity: true)
        return answer
    }
}
