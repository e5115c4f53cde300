import Fixtures
import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillAccess
import WaybillCore
import WaybillEngine

/// Copies that are asked for with a token, or by the owner of the file.
@Suite struct `A backup over HTTP` {
    private let temporary: TemporaryDirectory
    private let folder: String

    init() throws {
        temporary = try TemporaryDirectory()
        folder = temporary.path
    }

    private func asking(_ file: String, key: String? = nil) -> Example.Step {
        Example.Step(
            post: "/v1/backups", #"{"file":"\#(file)","reason":"a test"}"#, key.map { [(.idempotencyKey, $0)] } ?? [])
    }

    private func admin() throws -> Principal { Principal(name: "admin-1", grants: [try Grant("admin")]) }

    @Test func `is a file in the folder of the server, made once under its key`() async throws {
        let shop = try APIShop(backups: folder)
        let first = await shop.send(asking("a.db", key: "k-1"), as: try admin())
        #expect(first.status == 202, "\(first.text)")
        let again = await shop.send(asking("a.db", key: "k-1"), as: try admin())
        #expect(again.status == 202 && again.text == first.text, "\(again.text)")
        #expect(again.headers.contains { $0.name == "idempotency-replayed" })
        let shown = await shop.send(.init(get: "/v1/operations/o1"), as: try admin())
        #expect(shown.text.contains(#""state":"done","file":"a.db","event":"e"#), "\(shown.text)")
        #expect(FileManager.default.fileExists(atPath: folder + "/a.db"))
        let taken = await shop.send(asking("a.db"), as: try admin())
        #expect(taken.code == "bad_data" && taken.text.contains("is there already"), "\(taken.text)")
        let audits = try shop.book.engine.audits(limit: 10).filter { $0.type == "$backup" }
        #expect(audits.map(\.caller) == ["admin-1"])
        #expect(audits.first.map { String(decoding: $0.body, as: UTF8.self).contains("a test") } == true)
    }

    @Test(arguments: ["../a.db", "/tmp/a.db", "x/a.db", ".a", ".."])
    func `is nowhere else for a token`(name: String) async throws {
        let shop = try APIShop(backups: folder)
        let reply = await shop.send(asking(name), as: try admin())
        #expect(reply.code == "bad_data", "\(reply.text)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }

    @Test func `is anywhere for the owner of the file, and nowhere without a folder for others`() async throws {
        let shop = try APIShop(backups: nil)
        let owner = await shop.send(asking(folder + "/mine.db"))
        #expect(owner.status == 202, "\(owner.text)")
        #expect(FileManager.default.fileExists(atPath: folder + "/mine.db"))
        let reply = await shop.send(asking("a.db"), as: try admin())
        #expect(reply.code == "bad_data" && reply.text.contains("--backup-dir"), "\(reply.text)")
    }

    /// The next process found its own copy under the name, and said that there was none.
    @Test func `is whole after a kill between its name and the note of it`() async throws {
        let shop = try APIShop(backups: folder)
        let engine = shop.book.engine
        let origin = Origin(caller: "admin-1", reason: "a test")
        func start(_ name: String) async throws -> BackupJob {
            let given = try await engine.startBackup(to: folder + name, by: origin, runningMax: 9) { _ in "" }
            guard case .now(let job) = given else { throw Refusal.oneRunOfJob }
            return job
        }
        let job = try await start("/a.db")
        let copy = try await shop.book.backup(to: folder + "/a.db")
        let ended = try await engine.step(job)
        guard case .whole(copy.last, Int64(copy.bytes))? = ended.end else {
            Issue.record("\(ended)")
            return
        }
        // One that was there before is a copy of another job, or of none.
        try await shop.book.backup(to: folder + "/b.db")
        let refused = try await engine.step(try await start("/b.db"))
        #expect(refused.failure?.string.contains("is there already") == true)
    }

    @Test func `is one of four operations that run at a time, and a fifth is refused`() async throws {
        let shop = try APIShop(backups: folder)
        try shop.book.engine.store.write { transaction in
            for _ in 1...3 { _ = try transaction.insertJob(kind: "of-tomorrow", request: "{}", at: shop.book.now) }
        }
        #expect(await shop.send(asking("a.db"), as: try admin()).status == 202, "the fourth, which is over now")
        _ = try shop.book.engine.store.write { transaction in
            try transaction.insertJob(kind: "of-tomorrow", request: "{}", at: shop.book.now)
        }
        let fifth = await shop.send(asking("b.db"), as: try admin())
        #expect(fifth.code == "busy" && fifth.text.contains(#""max":4"#), "\(fifth.text)")
    }

    @Test func `can be given up, and is listed, though a newer release has begun it`() async throws {
        let shop = try APIShop(backups: folder)
        let number = try shop.book.engine.store.write { transaction in
            try transaction.insertJob(kind: "of-tomorrow", request: "{}", at: shop.book.now)
        }
        #expect(await shop.send(asking("a.db"), as: try admin()).status == 202)
        let listed = await shop.send(.init(get: "/v1/operations"), as: try admin())
        #expect(listed.status == 200 && listed.text.contains(#""file":"a.db""#), "\(listed.text)")
        let stopped = await shop.send(
            .init(post: "/v1/operations/o\(number)/stop", #"{"reason":"a test"}"#), as: try admin())
        #expect(stopped.status == 200, "\(stopped.text)")
        let audits = try shop.book.engine.audits(limit: 10).filter { $0.type == "$operation" }
        #expect(audits.contains { String(decoding: $0.body, as: UTF8.self).contains("of-tomorrow") })
    }
}
