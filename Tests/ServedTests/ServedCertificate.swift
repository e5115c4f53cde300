import Foundation
import Testing

/// A certificate of `localhost` and its key in the directory of a served file, as a server is given them.
struct ServedCertificate {
    private let folder: URL
    var certificate: String { folder.appendingPathComponent("server.pem").path }
    var key: String { folder.appendingPathComponent("server-key.pem").path }

    init(of shop: ServedFile) { folder = shop.directory }

    /// What `waybill serve` is told of it.
    var flags: [String] { ["--tls-cert", certificate, "--tls-key", key] }

    /// Puts a pair of the folder `Certificates` there; with the name of another key one that does not fit.
    func put(_ name: String, key keyName: String? = nil) throws {
        try Self.bytes(of: name).write(to: URL(fileURLWithPath: certificate), options: .atomic)
        let bytes = try Self.bytes(of: (keyName ?? name) + "-key")
        try bytes.write(to: URL(fileURLWithPath: key), options: .atomic)
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: key)
    }

    /// The path of a certificate that clients trust.
    static func path(of name: String) -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Fixtures/Certificates/\(name).pem").path
    }

    static func bytes(of name: String) throws -> Data {
        try Data(contentsOf: URL(fileURLWithPath: path(of: name)))
    }
}

extension ServedFile {
    /// Asks over TLS with curl, which trusts one certificate only.
    func secure(
        trusting name: String, _ path: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String) {
        try start(
            "/usr/bin/curl",
            ["-sS", "--cacert", ServedCertificate.path(of: name)] + arguments + ["https://localhost:\(port)\(path)"])
    }
}

/// A program of others that goes on, and what it has said so far.
final class RunningProgram {
    private let process = Process()
    private let output = Pipe()
    private(set) var text = ""

    init(_ executable: String, _ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: executable)
        process.arguments = arguments
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit { end() }

    /// Reads on until it is enough, or the program has ended.
    @discardableResult
    func read(until isEnough: (String) -> Bool = { _ in false }) -> String {
        while !isEnough(text) {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { break }
            text += String(decoding: data, as: UTF8.self)
        }
        return text
    }

    /// Ends it, whatever signals it inherited as blocked from the thread that started it.
    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// How it ended by itself.
    func status() -> Int32 {
        process.waitUntilExit()
        return process.terminationStatus
    }
}
