import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillEngine

/// Calls, their deadlines and their half messages against what the journal says.
@Suite(.enabled(if: FileManager.default.fileExists(atPath: "/usr/bin/sqlite3"), "changing a file needs sqlite3"))
struct `A check of calls` {
    private static func half(_ key: String) -> String {
        "number = (SELECT pending_message FROM call WHERE effect_key = '\(key)')"
    }

    static let all = [
        Damage(
            "a half message rolled back by hand",
            """
            UPDATE pending_message SET state = 'rolled_back', due = NULL, decided_at = 1 WHERE \(half("silent#1"))
            """, "order silent", "the half message of its call silent#1 is not there"),
        Damage(
            "a half message committed although its call failed",
            "UPDATE pending_message SET state = 'committed' WHERE \(half("failed#1"))", "order failed",
            "failed#1 is failed", "committed"),
        Damage(
            "a half message that is still undecided",
            "UPDATE pending_message SET state = 'half', due = 1, decided_at = NULL WHERE \(half("done#1"))",
            "order done", "done#1 is ok", "half"),
        Damage(
            "an unanswered call that is listed as open",
            "UPDATE call SET unanswered_at = NULL WHERE effect_key = 'silent#1'", "order silent",
            "listed as open, and it is unanswered"),
        Damage(
            "an open call that is listed as unanswered",
            "UPDATE call SET unanswered_at = deadline WHERE effect_key = 'open#1'", "order open",
            "listed as unanswered, and it is open"),
        Damage(
            "an unanswered call that is listed as answered",
            "UPDATE call SET state = 'ok' WHERE effect_key = 'silent#1'", "order silent", "not listed as open"),
        Damage(
            "another end of a call", "UPDATE call SET state = 'ok' WHERE effect_key = 'failed#1'", "order failed",
            "listed as ok, and it is failed"),
        Damage(
            "an open call without its deadline", "DELETE FROM timeout WHERE kind = 5", "order open",
            "no row will wake it"),
        Damage(
            "a deadline of an unanswered call",
            """
            INSERT INTO timeout (kind, due, owner, name)
            SELECT 5, deadline, number, '' FROM call WHERE effect_key = 'silent#1'
            """, "a deadline of call"),
        Damage(
            "a message that says that a failed call was done",
            """
            INSERT INTO message (place, event, ordinal, born_at, tag, key, body)
            SELECT (SELECT max(place) + 1 FROM message), event, ordinal, born_at, 'done', 'failed#1', x'7b7d'
            FROM pending_message WHERE \(half("failed#1"));
            DELETE FROM pending_message WHERE \(half("failed#1"))
            """, "order failed", "a message says that it was done"),
    ]

    @Test(arguments: all) func `names the place of`(_ damage: Damage) async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("cakes.db")
        _ = try await Baking.fill(path)
        _ = try sqlite(path, damage.statement)
        let report = try Verify().run(path)
        let words = report.findings.map(\.description)
        #expect(words.contains { line in damage.finding.allSatisfy { line.contains($0) } }, "\(words)")
    }

    @Test func `misses no unanswered call's timeout, and counts orders under texts of before`() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("cakes.db")
        _ = try await Baking.fill(path)
        let report = try Verify().run(path)
        #expect(report.findings == [])
        #expect(report.ordersTakingSilenceForFailed == 1)
    }
}
