import Foundation
import Testing

@Suite struct `A file of a later release` {
    let waybill: Executable

    init() throws {
        waybill = try Executable()
        try waybill.run("stock", "receive", "mug", "10", "--db", "shop.db")
        try waybill.run("stock", "receive", "tea", "10", "--db", "shop.db")
        // The version of the file, in the header that SQLite gives it.
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: waybill.path("shop.db")))
        try file.seek(toOffset: 60)
        try file.write(contentsOf: Data([0, 0, 0, 99]))
        try file.close()
    }

    /// The bytes of the file and of its log. SQLite may make an empty log, and shared memory beside it.
    private func folder() throws -> [String: Data] {
        var files: [String: Data] = [:]
        for name in ["shop.db", "shop.db-wal"] where FileManager.default.fileExists(atPath: waybill.path(name)) {
            let bytes = try Data(contentsOf: URL(fileURLWithPath: waybill.path(name)))
            if !bytes.isEmpty { files[name] = bytes }
        }
        return files
    }

    @Test(arguments: [
        "order list --db shop.db", "stock receive mug 1 --db shop.db", "serve --db shop.db --http 127.0.0.1:0",
        "verify shop.db", "replay --db shop.db", "certify --db shop.db --out c.jsonl", "export orders --db shop.db",
        "backup copy.db --db shop.db", "restore shop.db copy.db", "doctor --db shop.db",
        "import orders /dev/null --db shop.db", "token create --name a --grant viewer --reason r --db shop.db",
    ])
    func `is refused with what helps, and stays as it is to the byte`(command: String) throws {
        let before = try folder()
        #expect(before["shop.db"]?[63] == 99)
        let outcome = try waybill.shell("\"$waybill\" \(command)")
        #expect(outcome.status == 2, "\(outcome)")
        let said = outcome.errors + outcome.output
        #expect(said.contains("was written by a later release: its version is 99"), "\(said)")
        #expect(said.contains("Use that release, or restore the copy that was made before."), "\(said)")
        #expect(try folder() == before)
        #expect(!FileManager.default.fileExists(atPath: waybill.path("copy.db")))
    }
}
