import Fixtures
import Foundation
import Histories
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// A file with orders, its certificate, and the script that judges it.
final class CertifiedShop {
    private let directory: TemporaryDirectory
    var database: String { directory.file("shop.db") }
    private var certificate: String { directory.file("certificate.jsonl") }

    init() throws { directory = try TemporaryDirectory() }

    /// Some days of a shop.
    static func filled() async throws -> CertifiedShop {
        let shop = try CertifiedShop()
        try await Shop.fill(shop.database)
        return shop
    }

    func open(at moment: Moment = Shop.opening) throws -> OrderBook {
        try OrderBook.open(database, world: .virtual(VirtualClock(start: moment)))
    }

    func certify(_ settings: Certify.Settings = Certify.Settings()) throws -> CertificateReport {
        let book = try OrderBook.open(database, workflows: [], world: .virtual(VirtualClock(start: Shop.opening)))
        defer { book.close() }
        let file = try OutputFile(path: certificate)
        let report = try Certify(settings: settings).run(book, line: { try file.write($0) })
        try file.close()
        return report
    }

    // MARK: The checker

    struct Verdict {
        let isSound: Bool
        let output: String
    }

    /// What the script says of the certificate, and of it beside the database.
    func check(againstFile: Bool = true) throws -> Verdict {
        let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("certificate_check.py").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", script, certificate] + (againstFile ? [database] : [])
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect([0, 1].contains(process.terminationStatus), "\(text)")
        // A script that fell over has judged nothing.
        #expect(!text.contains("Traceback"), "\(text)")
        return Verdict(isSound: process.terminationStatus == 0, output: text)
    }

    /// The same when Waybill had noticed nothing: the script has to find out by itself.
    func checkWithoutFindings(againstFile: Bool = true) throws -> Verdict {
        let honest = try lines()
        let silent = honest.filter { !$0.hasPrefix(#"{"is":"finding""#) }
        #expect(silent.count < honest.count)
        try rewrite(try Self.chained(silent)[...])
        defer { do { try rewrite(honest[...]) } catch { Issue.record(error) } }
        let verdict = try check(againstFile: againstFile)
        #expect(!verdict.isSound)
        return verdict
    }

    func lines() throws -> [String] {
        try String(contentsOfFile: certificate, encoding: .utf8).split(separator: "\n").map(String.init)
    }

    func rewrite(_ lines: ArraySlice<String>) throws {
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: certificate))
    }

    // MARK: What an engine with a bug would do

    func write(_ body: (borrowing Transaction) throws -> Void) throws {
        let store = try Store.open(database)
        defer { store.close() }
        try store.write(body)
    }

    /// Appends an event with movements to an order, or of a new one, as an engine would that does not check: the
    /// journal stays whole, and what can be booked is booked.
    func append(_ type: EventName, to id: OrderID?, movements: [Movement], at moment: Moment? = nil) throws {
        try write { transaction in
            let end = try transaction.journalEnd()
            let position = Position(end.position.number + 1)
            let row = try id.map { try #require(try transaction.order(id: $0)) }
            var writer = JSONWriter()
            writer.beginObject()
            if row == nil {
                writer.key("order")
                writer.text("forged")
                writer.key("workflow")
                writer.int(1)
            }
            writer.key("stock")
            writer.beginArray()
            for movement in movements { writer.movement(movement) }
            writer.endArray()
            writer.endObject()
            var event = EventRow(
                position: position, stream: row?.number ?? StreamNumber(position.number),
                version: (row?.version ?? 0) + 1, type: type, at: moment ?? Shop.opening.advanced(by: .hours(2)),
                semantics: 1,
                digest: 0, body: writer.bytes)
            event.digest = event.chained(after: end.digest)
            try transaction.append(event)
            if var row {
                row.version += 1
                try transaction.update(row)
            }
            for movement in movements {
                var stock = try #require(try transaction.stock(movement.key))
                guard let level = stock.level.applying(movement) else { continue }
                stock.level = level
                try transaction.update(stock)
            }
        }
    }
}
