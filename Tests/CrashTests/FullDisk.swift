import Foundation
import Testing

/// A disk of a few megabytes fills up under load. Orders are refused when little is free; if a COMMIT finds out first,
/// the engine stops: nobody knows what the disk holds. When there is room again and the file is opened, all that was
/// acknowledged is there.
@Suite struct `A disk that fills up` {
    private static let canMount: Bool = {
        do { return try run("/usr/bin/unshare", ["-m", "/bin/true"]).status == 0 } catch { return false }
    }()

    @Test(.enabled(if: canMount, "mounting a small disk needs rights that this process does not have"))
    func `ends the work with a refusal, and loses nothing that was acknowledged`() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "waybill-full-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("disk"), withIntermediateDirectories: true)
        defer { _ = try? FileManager.default.removeItem(at: directory) }
        let script = """
            cd "$1" && mount -t tmpfs -o size=6m none disk || exit 9
            timeout 120 "$2" load --db disk/shop.db --seed 1 > answers 2> refusals; echo "load $?"
            mount -o remount,size=64m disk || exit 9
            "$2" verify disk/shop.db; echo "verify $?"
            sqlite3 disk/shop.db 'SELECT id, version FROM orders' > rows
            """
        let outcome = try run(
            "/usr/bin/unshare", ["-m", "/bin/bash", "-c", script, "bash", directory.path, try executablePath()])
        #expect(outcome.output.contains("load 0\n"), "\(outcome.output)")
        #expect(outcome.output.contains("verify 0\n"), "\(outcome.output)")

        func pairs(_ file: String, _ separator: Character) throws -> [String: Int] {
            let text = try String(contentsOf: directory.appendingPathComponent(file), encoding: .utf8)
            var pairs: [String: Int] = [:]
            for line in text.split(separator: "\n") {
                let parts = line.split(separator: separator)
                guard parts.count == 2, let version = Int(parts[1]) else { continue }
                pairs[String(parts[0])] = max(version, pairs[String(parts[0])] ?? 0)
            }
            return pairs
        }
        let refusals = try String(contentsOf: directory.appendingPathComponent("refusals"), encoding: .utf8)
        // Whichever comes first: the look at the free space, or the COMMIT that finds none.
        #expect(refusals.contains("full") || refusals.contains("% free"), "\(refusals.prefix(400))")
        #expect(!refusals.contains("nothing was kept"), "nobody knows that after a failed COMMIT")
        let acknowledged = try pairs("answers", " ")
        let stored = try pairs("rows", "|")
        #expect(acknowledged.count > 100)
        #expect(acknowledged.filter { stored[$0.key] ?? 0 < $0.value }.isEmpty)
    }
}
