import Foundation
import Testing

/// The command line at a server with TLS.
@Suite(.serialized) struct `A verb over TLS` {
    private let shop: ServedFile
    private let pair: ServedCertificate

    init() throws {
        shop = try ServedFile()
        pair = ServedCertificate(of: shop)
        try pair.put("one")
        try shop.serve(["--open"] + pair.flags)
    }

    private func run(trusting name: String?, host: String, _ words: String...) throws -> (status: Int32, output: String)
    {
        let authorities = name.map { ["WAYBILL_CA=\(ServedCertificate.path(of: $0))"] } ?? []
        return try shop.start(
            "/usr/bin/env",
            authorities + [executablePath()] + words + ["--server", "https://\(host):\(shop.port)"])
    }

    @Test(arguments: ["localhost", "127.0.0.1"])
    func `asks a server that it trusts, by its name and by its address`(host: String) throws {
        let received = try run(trusting: "one", host: host, "stock", "receive", "mug", "7")
        #expect(received.status == 0, "\(received)")
        let shown = try run(trusting: "one", host: host, "stock", "show", "mug")
        #expect(shown.status == 0 && shown.output.contains("7"), "\(shown)")
    }

    @Test(arguments: ["two", nil] as [String?])
    func `says nothing to a server that it does not trust`(name: String?) throws {
        let refused = try run(trusting: name, host: "localhost", "stock", "receive", "mug", "7")
        #expect(refused.status == 2, "\(refused)")
        #expect(refused.output.contains("nothing was said to https://localhost"), "\(refused)")
        let stock = try shop.curl("http://waybill/v1/stock/mug")
        #expect(stock.output.contains("unknown_stock"), "\(stock)")
    }

    @Test func `needs authorities that are there`() throws {
        let missing = try shop.start(
            "/usr/bin/env",
            [
                "WAYBILL_CA=/nowhere.pem", executablePath(), "stock", "list", "--server",
                "https://localhost:\(shop.port)",
            ])
        #expect(missing.status == 64 && missing.output.contains("WAYBILL_CA: /nowhere.pem"), "\(missing)")
    }

    @Test func `does not take a server without TLS for one with it, or the other way round`() throws {
        let plain = try shop.run("stock", "list", "--server", "http://127.0.0.1:\(shop.port)")
        #expect(plain.status == 2, "\(plain)")
        let other = try ServedFile()
        try other.serve("--open")
        let secure = try other.run("stock", "list", "--server", "https://127.0.0.1:\(other.port)")
        #expect(secure.status == 2 && secure.output.contains("nothing was said to"), "\(secure)")
    }
}
