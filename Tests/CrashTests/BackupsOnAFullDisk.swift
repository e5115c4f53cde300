import Foundation
import Testing

/// The disk for copies has no room for one. The shop's own disk has, so the shop goes on.
@Suite struct `A backup on a disk that is full` {
    private static let canMount: Bool = {
        do { return try run("/usr/bin/unshare", ["-m", "/bin/true"]).status == 0 } catch { return false }
    }()

    @Test(.enabled(if: canMount, "mounting a small disk needs rights that this process does not have"))
    func `is not there, leaves the older one, and is made when there is room`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "waybill-full-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("disk"), withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: directory) }
        let script = """
            cd "$1" && mount -t tmpfs -o size=160k none disk || exit 9
            "$2" stock receive mug 5 --db shop.db && echo older > disk/older.db || exit 9
            "$2" backup disk/copy.db --db shop.db; echo "backup $?"
            echo "left $(ls -A disk | tr '\\n' ' ')"
            "$2" stock receive mug 5 --db shop.db > /dev/null; echo "shop $?"
            mount -o remount,size=64m disk || exit 9
            "$2" backup disk/copy.db --db shop.db > /dev/null; echo "again $?"
            "$2" verify disk/copy.db > /dev/null; echo "verify $?"
            """
        let outcome = try run(
            "/usr/bin/unshare", ["-m", "/bin/bash", "-c", script, "bash", directory.path, try executablePath()])
        let lines = outcome.output.split(separator: "\n").map(String.init)
        #expect(lines.contains("backup 2"), "\(outcome.output)")
        #expect(lines.contains("left older.db "), "\(outcome.output)")
        #expect(lines.contains { $0.contains("full") || $0.contains("room") }, "\(outcome.output)")
        for line in ["shop 0", "again 0", "verify 0"] { #expect(lines.contains(line), "\(outcome.output)") }
    }
}
