import Foundation
import Testing

/// Shoppers in Python place, pay and ship over HTTP while the server is killed again and again. What they were told is
/// compared with the file.
@Suite(.serialized) struct `A served shop` {
    static let clients = 64

    @Test func `loses nothing and does nothing twice while its server is killed twenty times`() throws {
        let shop = try ServedFile()
        let history = try play(in: shop, kills: 20, unansweredMin: 32)
        let verdict = try shop.faults(of: history)
        #expect(verdict == [])
        #expect(history.done.count > 1_000)
        #expect(history.done.contains { $0.isRepeat })
        #expect(history.lost > 0)
    }

    @Test func `is found out when a repeat is taken for another request`() throws {
        let shop = try ServedFile()
        let history = try play(in: shop, kills: 2, unansweredMin: 1, freshKeys: true)
        #expect(try shop.faults(of: history).contains { $0.contains("pen") })
    }

    @Test func `is found out when an answered order is taken away`() throws {
        let shop = try ServedFile()
        let history = try play(in: shop, kills: 1, unansweredMin: 1)
        let order = try #require(history.done.first { $0.step == "place" }?.order)
        _ = try shop.rows("DELETE FROM orders WHERE id = '\(order)'")
        #expect(try shop.faults(of: history).contains { $0.contains("\(order) ") })
    }

    /// - Parameter unansweredMin: at least this many requests lose their server with each kill; one with fewer does not
    ///   count, and is done again.
    private func play(
        in shop: ServedFile, kills: Int, unansweredMin: Int, freshKeys: Bool = false
    ) throws -> History {
        try shop.serve("--open", "--socket", "off")
        let received = try shop.post("/v1/stock/mug/receive", key: "first", #"{"quantity":1000000}"#)
        try #require(received.hasSuffix("200"), "\(received)")
        let shoppers = try Shoppers(port: shop.port, clients: Self.clients, seed: kills, freshKeys: freshKeys)
        var (round, counted) = (0, 0)
        while counted < kills {
            round += 1
            try #require(round <= 3 * kills, "only \(counted) kills of \(round) met \(unansweredMin) requests")
            let before = shoppers.unansweredCount
            try #require(shoppers.wait(forAnswers: 150 + round * 37 % 200), "round \(round): no answers")
            let end = try #require(shop.kill(SIGKILL))
            try #require(end.reason == .uncaughtSignal, "round \(round): the server ended by itself")
            try shop.serve("--open", "--socket", "off")
            if shoppers.unansweredCount - before >= unansweredMin { counted += 1 }
        }
        let history = try shoppers.history()
        let end = try #require(shop.kill(SIGTERM))
        #expect(end.reason == .exit && end.status == 0)
        return history
    }
}

extension ServedFile {
    /// A POST over TCP; the body and the status.
    func post(_ path: String, key: String, headers: [String] = [], _ body: String) throws -> String {
        try start(
            "/usr/bin/curl",
            headers.flatMap { ["-H", $0] } + [
                "-sS", "-w", "%{http_code}", "-H", "Content-Type: application/json", "-H", "Idempotency-Key: \(key)",
                "-d", body, "http://127.0.0.1:\(port)\(path)",
            ]
        ).output
    }

    /// What of a history the file does not bear out, in words.
    func faults(of history: History) throws -> [String] {
        var faults = history.refused.map { "refused: \($0)" }
        var events: [String: [Int]] = [:]
        let sql = """
            SELECT o.id, e.type, e.version FROM event e JOIN orders o ON o.number = e.stream
            WHERE e.type IN ('place', 'pay', 'ship') AND o.parent IS NULL
            """
        for row in try rows(sql) { events["\(row[0]) \(row[1])", default: []].append(Int(row[2]) ?? 0) }
        for (step, versions) in events where versions.count > 1 { faults.append("\(step) was done twice") }
        for done in history.done where done.step != "receive" {
            if events["\(done.order) \(done.step)"] != [done.version] {
                faults.append("\(done.order) \(done.step) was answered and is not there")
            }
        }
        let placed = events.keys.count { $0.hasSuffix(" place") }
        let answered = history.done.count { $0.step == "place" }
        if placed != answered { faults.append("\(placed) orders are there, \(answered) were answered") }
        let stock = try rows("SELECT sku, free, reserved, sold FROM stock")
        for row in stock where row[0] == "mug" {
            if (Int(row[2]) ?? 0) + (Int(row[3]) ?? 0) != 2 * placed { faults.append("mugs do not add up: \(row)") }
        }
        let pens = history.done.count { $0.step == "receive" }
        for row in stock where row[0] == "pen" {
            if Int(row[1]) != pens { faults.append("\(row[1]) pens came in, \(pens) were answered") }
        }
        let verified = try run("verify", path)
        if verified.status != 0 { faults.append(verified.output) }
        return faults.sorted()
    }
}
