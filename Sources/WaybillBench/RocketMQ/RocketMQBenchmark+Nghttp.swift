import Foundation
import NIOCore
import WaybillCore

/// The same send by another client, h2load, and beside it what the server of the same makers, nghttpd, reaches with a
/// file of the same length. Both are of nghttp2 (Debian: nghttp2-client, nghttp2-server); without them there are no
/// such figures.
extension RocketMQBenchmark {
    func measureNghttp(_ served: ServedMessages) async throws -> [BenchmarkReport.Figure] {
        guard let load = Self.program("h2load"), let nghttpd = Self.program("nghttpd") else { return [] }
        let folder = settings.directory + "/waybill-bench-nghttp"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { Self.remove(folder) }
        let data = folder + "/request"
        let message = try MessageRequests(to: ServedMessages.topic).send(numbers.take()).message
        try Self.write(Self.prefixed(message), to: data)
        try Self.write(Self.prefixed(Array(ConstantCalls.answer.readableBytesView)), to: folder + "/answer")
        let port = try Self.freePort()
        let server = try Self.start(
            nghttpd, ["-a", "127.0.0.1", "--no-tls", "--trailer=grpc-status: 0", "-d", folder, "\(port)"])
        // It may have got SIGTERM blocked from this program.
        defer {
            kill(server.processIdentifier, SIGKILL)
            server.waitUntilExit()
        }
        try await Self.answers(port)
        let target = CallTarget(port: port, key: served.target.key)
        var (sent, constant): ([Double], [Double]) = ([], [])
        for turn in 1...3 {
            settings.progress("nghttpd and h2load, turn \(turn)")
            constant.append(try await rate(load, target, "/answer", data))
            settings.progress("sends by h2load, turn \(turn)")
            sent.append(try await rate(load, served.target, CalledProcedure.send.rawValue, data))
        }
        return [
            .init("sent by h2load, 64 x 16", median(sent), "per second"),
            .init("nghttpd's static answer by h2load, 64 x 16", median(constant), "per second"),
            .init(
                "sent / nghttpd's static answer", median(sent) / max(median(constant), 1), "", goal: .atLeast(0.5)),
        ]
    }

    /// Where a program lies; nil: it is not installed.
    private static func program(_ name: String) -> String? {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    private static func start(_ program: String, _ arguments: [String]) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Answers a second, as h2load prints them: `finished in 1.00s, 25123.00 req/s, 3.21MB/s`.
    private func rate(
        _ load: String, _ target: CallTarget, _ path: String, _ data: String
    ) async throws -> Double {
        let fields = target.headers(client: 1).filter { $0.name != ":authority" }.flatMap { field in
            ["-H", "\(field.name): \(field.value)"]
        }
        // A debug build may answer nothing in a second.
        let extent = settings.pick(trial: ["-n", "64"], usual: ["-D", "1"], full: ["-D", "5"])
        let shape = ["-c", "\(Self.connections)", "-m", "\(Self.sendsEach)", "-d", data]
        let arguments = fields + extent + shape + ["http://\(target.host):\(target.port)\(path)"]
        let text = try await ServedShop.onThread {
            let (process, output) = (Process(), Pipe())
            process.executableURL = URL(fileURLWithPath: load)
            process.arguments = arguments
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            return text
        }
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("finished in") }),
            let word = line.split(separator: ",").first(where: { $0.hasSuffix("req/s") })?.split(separator: " ").first,
            let rate = Double(word), rate > 0
        else { throw BenchmarkFailure("h2load printed no rate: \(text.suffix(400))") }
        return rate
    }

    private static func prefixed(_ message: [UInt8]) -> [UInt8] {
        let length = UInt32(message.count)
        return [0, UInt8(length >> 24), UInt8(length >> 16 & 255), UInt8(length >> 8 & 255), UInt8(length & 255)]
            + message
    }

    private static func write(_ bytes: [UInt8], to path: String) throws {
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func remove(_ folder: String) {
        // A folder that is not there is what this wants.
        do { try FileManager.default.removeItem(atPath: folder) } catch {}
    }

    /// A port at which nothing listens.
    private static func freePort() throws -> Int {
        let file = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(file) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(file, generic, length) == 0 ? getsockname(file, generic, &length) : -1
            }
        }
        guard status == 0 else { throw BenchmarkFailure("no free port: \(String(cString: strerror(errno)))") }
        return Int(UInt16(bigEndian: address.sin_port))
    }

    /// Waits until something listens at a port.
    private static func answers(_ port: Int) async throws {
        let watch = Stopwatch()
        while watch.seconds < 5 {
            do {
                close(try LoadConnection.connected(to: "127.0.0.1", port))
                return
            } catch {
                try await watch.wait(untilSeconds: watch.seconds + 0.02)
            }
        }
        throw BenchmarkFailure("nghttpd did not start")
    }
}
