import Foundation
import WaybillCore

/// One keep-alive connection of the client, with at most one request under way.
final class LoadConnection {
    let file: Int32
    /// What has come of the answer.
    private var input: [UInt8] = []
    /// From when on the answer is waited for, by the client's watch.
    var sentAt: Int64 = 0

    convenience init(port: Int) throws { try self.init(to: LoadTarget(port: port, token: "")) }

    init(to target: LoadTarget) throws { file = try Self.connected(to: target.host, target.port) }

    /// The file of a socket that is connected, and sends what it is given at once.
    static func connected(to host: String, _ port: Int) throws -> Int32 {
        var wanted = addrinfo()
        wanted.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, "\(port)", &wanted, &found)
        defer { if found != nil { freeaddrinfo(found) } }
        guard status == 0, let address = found?.pointee else {
            throw BenchmarkFailure("no address of \(host): \(String(cString: gai_strerror(status)))")
        }
        let file = socket(address.ai_family, address.ai_socktype, address.ai_protocol)
        guard file >= 0 else { throw BenchmarkFailure("no socket: \(String(cString: strerror(errno)))") }
        guard connect(file, address.ai_addr, address.ai_addrlen) == 0 else {
            let why = String(cString: strerror(errno))
            close(file)
            throw BenchmarkFailure("no connection to \(host):\(port): \(why)")
        }
        var yes: Int32 = 1
        setsockopt(file, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        return file
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
