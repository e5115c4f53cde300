import Foundation
import Testing

/// A bit of the write-ahead log has changed, in the middle of what was committed.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "damaging a file needs sqlite3"))
struct `A file with a damaged log` {
    let waybill: Executable

    /// A file of which six commits lie in the log, as a crash leaves it; the third is damaged.
    init() throws {
        waybill = try Executable()
        #expect(try waybill.run("stock", "receive", "mug", "10", "--db", "first.db").status == 0)
        let commits = String(repeating: "UPDATE setting SET value = value + 1 WHERE name = 'boot';\n", count: 6)
        try waybill.file(
            "commits.sql",
            "PRAGMA wal_autocheckpoint = 0;\n\(commits).shell cp first.db shop.db; cp first.db-wal shop.db-wal\n")
        #expect(try waybill.shell("sqlite3 first.db < commits.sql").status == 0)
        let flip = "printf '\\377' | dd of=shop.db-wal bs=1 seek=$((32 + 2 * 4120 + 2000)) conv=notrunc"
        #expect(try waybill.shell(flip).status == 0)
    }

    @Test func `is refused and left as it is, until recover keeps what is before the damage`() throws {
        let before = try waybill.shell("cat shop.db shop.db-wal | sha256sum").output
        let refused = try waybill.run("stock", "receive", "mug", "1", "--db", "shop.db")
        #expect(refused.status == 2)
        #expect(refused.errors.contains("shop.db-wal is damaged: frame 3 is not whole"))
        #expect(refused.errors.contains("last event before it is 1, and 4 commits lie behind"), "\(refused.errors)")
        let verified = try waybill.run("verify", "shop.db")
        #expect(verified.status == 1)
        #expect(verified.output.contains("shop.db-wal is damaged"))
        #expect(try waybill.shell("cat shop.db shop.db-wal | sha256sum").output == before)

        let recovered = try waybill.run("recover", "shop.db", "--json")
        #expect(recovered.status == 0, "\(recovered.errors)")
        #expect(try recovered.object()["last_event"] as? Int == 1)
        #expect(try recovered.object()["lost_commits"] as? Int == 4)
        #expect(try recovered.object()["log"] as? String == waybill.path("shop.db-wal.damaged-1"))
        #expect(try waybill.run("verify", "shop.db").status == 0)
        #expect(try waybill.run("replay", "--db", "shop.db").status == 0)
        let again = try waybill.run("recover", "shop.db")
        #expect(again.status == 0)
        #expect(again.output.contains("its log is not damaged"))
        let audited = try waybill.shell("sqlite3 shop.db \"SELECT body FROM event WHERE type = '\\$recovered'\"").output
        #expect(audited == #"{"format":2,"log":"shop.db-wal.damaged-1","lost_commits":4,"last_event":1}"# + "\n")
    }
}
