import Foundation
import Testing

/// An operator names the file, wherever its server listens.
@Suite struct `The server of a file` {
    private func socket(of shop: ServedFile) -> String { shop.directory.appendingPathComponent("s").path }

    private func stocked(_ shop: ServedFile, _ count: Int) throws {
        let outcome = try shop.run("stock", "receive", "mug", "\(count)", "--db", shop.path)
        try #require(outcome.status == 0, "\(outcome.output)")
    }

    private func expectFound(_ shop: ServedFile) throws {
        let listed = try shop.run("stock", "list", "--db", shop.path, "--json")
        #expect(listed.status == 0 && listed.output.contains("\"mug\""), "\(listed)")
        let changed = try shop.run("stock", "receive", "mug", "2", "--db", shop.path)
        #expect(changed.status == 0, "\(changed)")
        let whole = try shop.run("replay", "--db", shop.path)
        #expect(whole.status == 2 && whole.output.contains(/is served by process \d+,/), "\(whole)")
    }

    @Test func `is found at a socket elsewhere, and not when it is gone`() throws {
        let shop = try ServedFile()
        try stocked(shop, 7)
        try shop.serve("--socket", socket(of: shop))
        #expect(!FileManager.default.fileExists(atPath: shop.path + ".sock"))
        try expectFound(shop)
        let asked = try shop.run("stock", "show", "mug", "--server", "unix:" + socket(of: shop))
        #expect(try asked == shop.run("stock", "show", "mug", "--db", shop.path))
        shop.kill(SIGKILL)
        // Another shop's server takes the socket that was left; the lock that was left names it.
        let other = try ServedFile()
        try stocked(other, 100)
        try other.serve("--socket", socket(of: shop))
        #expect(try shop.run("stock", "show", "mug", "--server", "unix:" + socket(of: shop)).output.contains("100"))
        let closed = try shop.run("stock", "show", "mug", "--db", shop.path)
        #expect(closed.status == 0 && closed.output.contains("9") && !closed.output.contains("100"), "\(closed)")
    }

    /// Listens at a path, as a user who may make files in the folder but not open this one.
    private static let stranger = """
        import socket, sys
        listening = socket.socket(socket.AF_UNIX)
        listening.bind(sys.argv[1])
        listening.listen()
        print("ready", flush=True)
        sys.stdin.read()
        """

    @Test(.enabled(if: getuid() == 0, "only root starts a process of another user"))
    func `is not asked when another user listens at its socket`() throws {
        let shop = try ServedFile()
        try stocked(shop, 7)
        try #require(chmod(shop.directory.path, 0o777) == 0)
        let (process, entry, output) = (Process(), Pipe(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/usr/sbin/runuser")
        process.arguments = ["-u", "nobody", "--", "python3", "-c", Self.stranger, shop.path + ".sock"]
        process.standardInput = entry
        process.standardOutput = output
        try process.run()
        let ready = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        #expect(ready.hasPrefix("ready"))
        let refused = try shop.run("stock", "list", "--db", shop.path)
        #expect(refused.status == 2 && refused.output.contains("it is not asked"), "\(refused)")
        try entry.fileHandleForWriting.close()
        process.waitUntilExit()
        #expect(try shop.run("stock", "list", "--db", shop.path).output.contains("mug"))
    }

    @Test func `is found when its path is too long for a socket`() throws {
        let folder = String(repeating: "long", count: 20)
        let shop = try ServedFile(named: "\(folder)/\(folder)/shop.db")
        try stocked(shop, 7)
        for _ in 0..<2 {
            try shop.serve()
            #expect(FileManager.default.fileExists(atPath: shop.path + ".sock"))
            try expectFound(shop)
            let second = try shop.run("serve", "--db", shop.path, "--http", "127.0.0.1:0")
            #expect(second.status == 2 && second.output.contains("is served by process"), "\(second)")
            // A killed one leaves its socket, which the next takes away.
            shop.kill(SIGKILL)
        }
        try shop.serve()
        #expect(shop.kill(SIGTERM)?.status == 0)
        #expect(!FileManager.default.fileExists(atPath: shop.path + ".sock"))
    }

    @Test func `is not served at a socket whose name is too long, whoever says it`() throws {
        let shop = try ServedFile()
        let long = "/" + String(repeating: "long", count: 30)
        let serve = [try executablePath(), "serve", "--db", shop.path, "--create", "--http", "off"]
        let flag = try shop.start("/usr/bin/env", serve + ["--socket", long])
        let variable = try shop.start("/usr/bin/env", ["WAYBILL_SOCKET=\(long)"] + serve)
        for refused in [flag, variable] {
            #expect(refused.status == 64 && refused.output.contains("name a shorter one"), "\(refused)")
        }
        #expect(!FileManager.default.fileExists(atPath: shop.path))
    }

    @Test(arguments: [false, true])
    func `is named with its address when it has no socket`(hasLongName: Bool) throws {
        let shop = try ServedFile(named: hasLongName ? String(repeating: "long", count: 30) : "shop.db")
        try stocked(shop, 7)
        if hasLongName {
            try shop.serve()
            #expect(try shop.text(of: "errors").contains("is too long for a socket"))
        } else {
            try shop.serve("--socket", "off")
        }
        for words in [
            ["order", "list", "--db"], ["stock", "receive", "mug", "1", "--db"], ["timeout", "hold", "--db"],
        ] {
            let refused = try shop.run(words + [shop.path])
            #expect(refused.status == 2, "\(words): \(refused)")
            let place = /is open in the process with the id \d+, which serves at http:.+\. Ask it there with --server/
            #expect(refused.output.contains(place), "\(words): \(refused)")
            #expect(refused.output.contains("127.0.0.1:\(shop.port)."), "\(words): \(refused)")
        }
        let whole = try shop.run("replay", "--db", shop.path)
        #expect(whole.status == 2 && whole.output.contains("is served by process"), "\(whole)")
        // Nothing is left of it when it has ended.
        #expect(shop.kill(SIGTERM)?.status == 0)
        let lock = try String(contentsOfFile: shop.path + ".lock", encoding: .utf8)
        #expect(lock.contains(/^\d+\n$/), "\(lock)")
        #expect(try shop.run("verify", shop.path).status == 0)
    }

    @Test func `is found beside its file when its lock says no more than its number`() throws {
        let shop = try ServedFile()
        try stocked(shop, 7)
        for arguments in [[], ["--socket", socket(of: shop)]] {
            try shop.serve(arguments)
            // As a release did that wrote the number only.
            let lock = URL(fileURLWithPath: shop.path + ".lock")
            let number = try #require(try String(contentsOf: lock, encoding: .utf8).split(separator: "\n").first)
            let handle = try FileHandle(forUpdating: lock)
            try handle.truncate(atOffset: UInt64(number.utf8.count + 1))
            try handle.close()
            if arguments.isEmpty {
                try expectFound(shop)
            } else {
                let refused = try shop.run("order", "list", "--db", shop.path)
                #expect(refused.status == 2, "\(refused)")
                #expect(
                    refused.output.contains("is open in the process with the id \(number). Stop it first."),
                    "\(refused)")
            }
            #expect(shop.kill(SIGTERM)?.status == 0)
        }
    }
}
