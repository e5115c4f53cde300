import Foundation
import Testing

/// Frames of HTTP/2 that no library sends, from `attacks.py`.
@Suite(.serialized) struct `An attack over HTTP/2` {
    private let shop: ServedFile

    init() throws {
        shop = try ServedFile()
        let pair = ServedCertificate(of: shop)
        try pair.put("one")
        try shop.serve(["--open", "--socket", "off"] + pair.flags)
    }

    private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("attacks.py").path

    private func attack(_ name: String) throws -> String {
        let attack = try shop.start(
            "/usr/bin/env", ["python3", Self.script, "\(shop.port)", ServedCertificate.path(of: "one"), name])
        try #require(attack.status == 0, "\(attack.output)")
        return attack.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Of those that flood the connection is ended, with the code that says why: 11 is ENHANCE_YOUR_CALM.
    @Test(arguments: [
        "rapid-reset", "continuations", "pings", "settings", "empty-data", "table-bomb", "not-http2",
        "too-many-streams",
    ])
    func `ends its own connection, and others are answered`(name: String) throws {
        let before = try shop.memoryPeak()
        let answer = try attack(name)
        #expect(answer.hasPrefix("ended"), "\(name): \(answer)")
        let growth = try shop.memoryPeak() - before
        #expect(growth < 32 * 1_024, "\(name): the peak of memory grew by \(growth) KiB")
        let healthy = try shop.secure(trusting: "one", "/healthz", ["--http2"])
        #expect(healthy.output.contains("alive"), "\(name): \(healthy)")
    }

    @Test func `with requests that are none has each refused, and the right one after them answered`() throws {
        let answer = try attack("wrong-requests")
        #expect(answer.hasPrefix("went on, reset"), "\(answer)")
    }

    @Test func `that lets no answer come gets the heads only`() throws {
        let before = try shop.memoryPeak()
        #expect(try attack("no-window") == "went on")
        let growth = try shop.memoryPeak() - before
        #expect(growth < 128 * 1_024, "the peak of memory grew by \(growth) KiB")
        let healthy = try shop.secure(trusting: "one", "/healthz", ["--http2"])
        #expect(healthy.output.contains("alive"), "\(healthy)")
    }

    @Test func `whose body is shorter than it says does nothing`() throws {
        _ = try attack("short-body")
        let stock = try shop.secure(trusting: "one", "/v1/stock/mug", ["--http2"])
        #expect(stock.output.contains("unknown_stock"), "\(stock)")
    }
}
