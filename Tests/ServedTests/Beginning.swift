import Foundation
import Testing

/// What an operator sees who starts a server.
@Suite(.serialized) struct `A server that begins` {
    private let shop: ServedFile

    init() throws { shop = try ServedFile() }

    private func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

    @Test func `makes no file for a setting that it refuses`() throws {
        for arguments in [
            ["--http", "0.0.0.0:0"], ["--http", "off", "--socket", "off"], ["--http", "off", "--socket", shop.path],
            ["--http", "off", "--socket", shop.path + "-wal"], ["--http", "off", "--modules", "cart,cart"],
            ["--http", "off", "--modules", "none"],
        ] {
            let refused = try shop.start(executablePath(), ["serve", "--db", shop.path, "--create"] + arguments)
            #expect(refused.status == 64, "\(arguments): \(refused)")
            #expect(refused.output.hasPrefix("waybill: ") && !exists(shop.path), "\(arguments): \(refused)")
        }
    }

    @Test func `leaves the file of orders where its socket was to be, with all that is in it`() throws {
        #expect(try shop.run("stock", "receive", "mug", "7", "--db", shop.path).status == 0)
        for socket in [shop.path, shop.directory.path + "/./shop.db", shop.path + ".lock"] {
            let refused = try shop.run("serve", "--db", shop.path, "--http", "off", "--socket", socket)
            #expect(refused.status == 64, "\(refused)")
        }
        #expect(try shop.run("stock", "show", "mug", "--db", shop.path).output.contains("7"))
    }

    @Test func `says how it serves, and what is worth a look`() throws {
        #expect(try shop.run("stock", "receive", "mug", "7", "--db", shop.path).status == 0)
        #expect(chmod(shop.path, 0o644) == 0)
        try shop.serve()
        #expect(shop.said.contains(/\s\(durable, SQLite 3[.0-9]+, up to [0-9]+ open files\)\n$/), "\(shop.said)")
        let warned = try shop.text(of: "errors")
        #expect(warned.contains("there is no valid token yet; `waybill token create --db \(shop.path)"), "\(warned)")
        #expect(warned.contains("(mode 644)"), "\(warned)")
        let made = try shop.curl(
            "-H", "Content-Type: application/json", "-d", #"{"name":"desk","grants":["viewer"]}"#,
            "http://waybill/v1/tokens")
        #expect(made.output.contains("wb-"), "\(made)")
        #expect(shop.kill(SIGTERM)?.status == 0)
        #expect(chmod(shop.path, 0o600) == 0)
        try FileManager.default.removeItem(at: shop.directory.appendingPathComponent("errors"))
        try shop.serve()
        let again = try shop.text(of: "errors")
        #expect(!again.contains("no token") && !again.contains("mode"), "\(again)")
    }

    @Test func `says which address it cannot have, and how it would have made the file`() throws {
        try shop.serve()
        let other = shop.directory.appendingPathComponent("other.db").path
        let taken = try shop.run(
            "serve", "--db", other, "--create", "--http", "127.0.0.1:\(shop.port)", "--socket", "off")
        #expect(taken.status == 2 && taken.output.contains("serves at 127.0.0.1:\(shop.port); --http"), "\(taken)")
        let socket = try shop.run("serve", "--db", other, "--http", "off", "--socket", shop.path + ".sock")
        #expect(socket.status == 2 && socket.output.contains("another process serves"), "\(socket)")
        #expect(try shop.curl("http://waybill/healthz").output.contains("true"))
        let missing = try shop.run("serve", "--db", other + "2", "--http", "off")
        #expect(missing.status == 2 && missing.output.contains("--create"), "\(missing)")
    }

    @Test func `takes every setting from the environment`() throws {
        let config = try shop.start(
            "/usr/bin/env",
            [
                "WAYBILL_HOST=shop.example,other.example", "WAYBILL_WORKFLOW=mug.yaml", executablePath(), "serve",
                "--print-config",
            ])
        #expect(config.output.contains(/host +shop.example,other.example +WAYBILL_HOST/), "\(config)")
        #expect(config.output.contains(/workflow +mug.yaml +WAYBILL_WORKFLOW/), "\(config)")
        let flags = try shop.run("serve", "--print-config", "--host", "a", "--host", "b")
        #expect(flags.output.contains(/host +a,b +flag/), "\(flags)")
    }

    @Test func `is of the version that the program says`() throws {
        try shop.serve("--open")
        let version = try #require(try shop.run("--version").output.split(separator: " ").first)
        #expect(try shop.curl("http://waybill/version").output.contains("\"version\":\"\(version)\""))
        #expect(try shop.curl("http://waybill/openapi.json").output.contains("\"version\":\"\(version)\""))
        let health = try shop.curl("http://waybill/v1/health").output
        #expect(health.contains(#""open":{"value":"callers need no token","limit":"","word":"warn"}"#), "\(health)")
    }
}
