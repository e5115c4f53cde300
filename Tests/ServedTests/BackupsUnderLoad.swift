import Foundation
import Testing

/// Copies of a shop that sells over HTTP, made through its socket. The server is killed, the copy is restored in
/// another folder, and has all that was answered before the copying ended.
@Suite(.serialized) struct `A backup of a served shop` {
    private struct Told {
        let order: String
        let step: String
        let version: Int
    }

    /// A shop with orders in it and shoppers at it.
    private func selling(_ shop: ServedFile) throws -> Shoppers {
        try shop.serve("--open")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        return try Shoppers(port: shop.port, clients: 16, seed: 7)
    }

    private func told(_ shoppers: Shoppers) throws -> [Told] {
        try History(shoppers.linesSoFar).done.filter { $0.step != "receive" }
            .map { Told(order: $0.order, step: $0.step, version: $0.version) }
    }

    private func folder(_ name: String, of shop: ServedFile) throws -> String {
        let url = shop.directory.appendingPathComponent(name)
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        return url.path
    }

    private func rows(_ file: String, of shop: ServedFile, _ sql: String) throws -> [String] {
        let found = try shop.start("/usr/bin/sqlite3", [file, sql])
        try #require(found.status == 0, "\(found.output)")
        return found.output.split(separator: "\n").map(String.init)
    }

    /// What of a file is not what a history says, or not what the journal of the shop has.
    private func faults(_ file: String, _ told: [Told], upTo last: Int, of shop: ServedFile) throws -> [String] {
        var faults: [String] = []
        let steps = Set(
            try rows(
                file, of: shop,
                "SELECT o.id || ' ' || e.type || ' ' || e.version FROM event e JOIN orders o ON o.number = e.stream"))
        for one in told where !steps.contains("\(one.order) \(one.step) \(one.version)") {
            faults.append("\(one.order) \(one.step) was answered and is not there")
        }
        let journal = "SELECT position || ' ' || digest FROM event WHERE position <= \(last) ORDER BY position"
        let (copied, sold) = (try rows(file, of: shop, journal), try rows(shop.path, of: shop, journal))
        if copied != sold { faults.append("of \(sold.count) events the copy has \(copied.count)") }
        return faults
    }

    private func lastEvent(_ output: String) throws -> Int {
        let object = try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any]
        let event = try #require(object?["event"] as? String, "\(output)")
        return try #require(Int(event.dropFirst()), "\(output)")
    }

    @Test func `is restored by two commands with all that was answered before its end`() throws {
        let shop = try ServedFile()
        let shoppers = try selling(shop)
        let backups = try folder("backups", of: shop)
        var made: [(file: String, last: Int, told: [Told])] = []
        for number in 1...4 {
            try #require(shoppers.wait(forAnswers: 200), "no answers")
            let before = try told(shoppers)
            let file = "\(backups)/b\(number).db"
            let outcome = try shop.run("backup", file, "--db", shop.path, "--json", "--reason", "a test")
            try #require(outcome.status == 0, "\(outcome.output)")
            made.append((file, try lastEvent(outcome.output), before))
        }
        // One more is being made, or is about to be, when the machine goes.
        let unfinished = Process()
        unfinished.executableURL = URL(fileURLWithPath: try executablePath())
        unfinished.arguments = ["backup", "\(backups)/b5.db", "--db", shop.path]
        unfinished.standardOutput = FileHandle.nullDevice
        unfinished.standardError = FileHandle.nullDevice
        try unfinished.run()
        try #require(shoppers.wait(forAnswers: 20), "no answers")
        #expect(shop.kill(SIGKILL)?.reason == .uncaughtSignal)
        unfinished.waitUntilExit()

        // What the shoppers were told up to the kill is in the shop's own file: it opens again.
        try shop.serve("--open")
        _ = try shoppers.history()
        #expect(shop.kill(SIGTERM)?.status == 0)

        let other = try folder("other", of: shop)
        for (index, backup) in made.enumerated() {
            #expect(try faults(backup.file, backup.told, upTo: backup.last, of: shop) == [])
            let new = "\(other)/new\(index).db"
            let restored = try shop.run("restore", backup.file, new)
            #expect(restored.status == 0, "\(restored.output)")
            #expect(restored.output.contains("\(new): sound"), "\(restored.output)")
            #expect(try faults(new, backup.told, upTo: backup.last, of: shop) == [])
            // And not over what is there.
            let twice = try shop.run("restore", backup.file, new)
            #expect(twice.status == 2 && twice.output.contains("is there already"), "\(twice.output)")
        }
        #expect(made.last.map { $0.told.count > 500 } ?? false)
        // The judge is worth something: an earlier copy lacks what was told later.
        let (first, last) = (try #require(made.first), try #require(made.last))
        #expect(try !faults(first.file, last.told, upTo: first.last, of: shop).isEmpty)

        let served = try ServedFile()
        try FileManager.default.moveItem(atPath: "\(other)/new3.db", toPath: served.path)
        try served.serve("--open")
        let listed = try served.run("order", "show", try #require(last.told.last).order, "--db", served.path)
        #expect(listed.status == 0, "\(listed.output)")
        #expect(served.kill(SIGTERM)?.status == 0)
    }

    @Test func `is begun anew when the server comes back, and verify checks a served file`() throws {
        let shop = try ServedFile()
        let shoppers = try selling(shop)
        try #require(shoppers.wait(forAnswers: 100), "no answers")
        let backups = try folder("backups", of: shop)
        // As a killed server leaves it: the operation runs, and a part of the copy is there.
        shop.kill(SIGKILL)
        try Data([UInt8](repeating: 0, count: 50_000)).write(to: URL(fileURLWithPath: "\(backups)/b.db.part"))
        _ = try shop.rows(
            """
            INSERT INTO job (kind, state, request, cursor, done, created_at, changed_at, digest)
            VALUES ('backup', 'running', '{"path":"\(backups)/b.db","by":"owner","reason":"t"}', '', 3, 1, 1, 0)
            """)
        try shop.serve("--open")
        let checked = try shop.run("verify", "--db", shop.path)
        #expect(checked.status == 0 && checked.output.contains(": sound"), "\(checked.output)")
        _ = try shoppers.history()
        let listed = try shop.curl("http://w/v1/operations?limit=100").output
        #expect(listed.contains(#""kind":"backup","state":"done","file":"b.db""#), "\(listed)")
        #expect(FileManager.default.fileExists(atPath: "\(backups)/b.db"))
        #expect(!FileManager.default.fileExists(atPath: "\(backups)/b.db.part"))
        let left = try FileManager.default.contentsOfDirectory(atPath: shop.directory.path)
        #expect(left.filter { $0.contains("verify") } == [])
        #expect(shop.kill(SIGTERM)?.status == 0)
    }

    @Test func `is made by the server itself, and brought to another disk`() throws {
        let shop = try ServedFile()
        let (backups, other) = (try folder("backups", of: shop), try folder("other", of: shop))
        let kept = ["--backup-dir", backups, "--backup-every", "1s", "--keep", "2", "--backup-to", other]
        try shop.serve("--open", "--backup-dir", backups)
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        let named = try shop.curl(
            "-d", #"{"file":"asked.db","reason":"t"}"#, "-H", "content-type: application/json", "http://w/v1/backups")
        #expect(named.output.contains(#""kind":"backup""#), "\(named.output)")
        #expect(shop.kill(SIGTERM)?.status == 0)
        try shop.serve(["--open"] + kept)
        let shoppers = try Shoppers(port: shop.port, clients: 4, seed: 1)
        let deadline = Deadline(seconds: 60)
        var digests: [String] = []
        while digests.count < 2, !deadline.isOver {
            try #require(shoppers.wait(forAnswers: 50), "no answers")
            digests = try FileManager.default.contentsOfDirectory(atPath: other).filter { $0.hasSuffix(".digest") }
        }
        _ = try shoppers.history()
        #expect(shop.kill(SIGTERM)?.status == 0)
        #expect(digests.count >= 2)
        let copies = try FileManager.default.contentsOfDirectory(atPath: backups).filter { $0.hasPrefix("shop-") }
        #expect(copies.filter { $0.hasSuffix(".db") }.count <= 3)
        #expect(copies.filter { $0.hasSuffix(".part") } == [])
        #expect(FileManager.default.fileExists(atPath: backups + "/asked.db"))
        let newest = try #require(
            try FileManager.default.contentsOfDirectory(atPath: other).filter { $0.hasSuffix(".digest") }.max())
        let restored = try shop.run(
            "restore", "\(other)/\(newest.dropLast(".digest".count))", shop.directory.path + "/new.db")
        #expect(restored.status == 0, "\(restored.output)")
        // A digest that says something else is told.
        try Data("states 00\n".utf8).write(to: URL(fileURLWithPath: "\(other)/\(newest)"))
        let differs = try shop.run(
            "restore", "\(other)/\(newest.dropLast(".digest".count))", shop.directory.path + "/new2.db")
        #expect(differs.status == 1 && differs.output.contains("other states"), "\(differs.output)")
    }
}
