import Foundation
import Testing

/// What only looks leaves the file and its log to the byte.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "a log is left by sqlite3"))
struct `A file that is looked at` {
    let waybill: Executable

    private static let canMount: Bool = {
        let probe = Process()
        probe.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        probe.arguments = ["-m", "/bin/true"]
        do { try probe.run() } catch { return false }
        probe.waitUntilExit()
        return probe.terminationStatus == 0
    }()

    private static let looks = [
        ["verify", "SHOP"], ["replay", "--db", "SHOP"], ["order", "list", "--db", "SHOP"],
        ["order", "show", "order-1", "--db", "SHOP"], ["order", "history", "order-1", "--db", "SHOP"],
        ["order", "why", "order-1", "--db", "SHOP"], ["stock", "list", "--db", "SHOP"],
        ["timeout", "list", "--db", "SHOP"], ["topic", "list", "--db", "SHOP"], ["group", "list", "--db", "SHOP"],
        ["audit", "--db", "SHOP"], ["doctor", "--db", "SHOP"], ["export", "orders", "--db", "SHOP"],
    ]

    /// `folder/shop.db` with a log, and `folder/closed.db` without one.
    init() throws {
        waybill = try Executable()
        #expect(try waybill.run("demo", "--orders", "20", "--db", "first.db").status == 0)
        let prepare = """
            mkdir folder && cp first.db folder/closed.db && sqlite3 first.db <<'END'
            PRAGMA wal_autocheckpoint = 0;
            UPDATE setting SET value = value + 1, digest = NULL WHERE name = 'boot';
            UPDATE setting SET value = value + 1, digest = NULL WHERE name = 'boot';
            .shell cp first.db folder/shop.db; cp first.db-wal folder/shop.db-wal
            END
            """
        #expect(try waybill.shell(prepare).status == 0)
    }

    private func bytes() throws -> String {
        try waybill.shell("cd folder && sha256sum shop.db shop.db-wal closed.db; ls | grep -v -e shm -e lock").output
    }

    @Test func `stays as it is, and so does its log`() throws {
        let before = try bytes()
        for name in ["folder/shop.db", "folder/closed.db"] {
            for look in Self.looks {
                let outcome = try waybill.run(look.map { $0 == "SHOP" ? name : $0 })
                #expect(outcome.status == 0, "\(look): \(outcome.errors)")
                #expect(try bytes() == before, "\(look)")
            }
        }
    }

    @Test(.enabled(if: canMount, "mounting a folder to read only needs rights that this process does not have"))
    func `may lie where nothing can be written`() throws {
        let script = """
            mount --bind folder folder && mount -o remount,bind,ro folder || exit 9
            touch folder/x 2>&1 && exit 8
            for name in shop closed; do
                "$waybill" verify folder/$name.db || exit 1
                "$waybill" stock list --db folder/$name.db || exit 2
            done
            ls "$TMPDIR" | grep waybill-look && exit 3
            exit 0
            """
        try waybill.file("script", script)
        let outcome = try waybill.shell("unshare -m bash script")
        #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
    }

    @Test func `is said to lack an order on one line, whatever its id is`() throws {
        let id = "a\nwaybill: all is well\u{1B}[2J"
        for command in [
            ["order", "show", id], ["order", "send", id, "pay", "--unchecked"], ["order", "history", id],
        ] {
            let outcome = try waybill.run(command + ["--db", "folder/closed.db"])
            #expect(outcome.status != 0)
            #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
            #expect(outcome.errors.contains("a\\nwaybill: all is well\\u{1b}[2J"), "\(outcome.errors)")
        }
    }
}
