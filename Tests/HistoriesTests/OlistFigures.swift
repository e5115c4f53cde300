import Crypto
import Foundation
import Histories
import Testing
import Waybill
import WaybillEngine

@Suite(.enabled(if: OlistData.isThere, "the real orders lie beside the project only where it is developed"))
struct `The real orders of the Olist set` {
    @Test func `differ in 201 cases when their recorded times are believed`() throws {
        let strict = try OlistImport.strict.get()
        #expect(strict.result.summary == "201 of 18846 orders differ (197 refused, 4 incomplete)")
        #expect(strict.differing[.refused]?.count == 197)
        #expect(strict.differing[.incomplete]?.count == 4)
        #expect(strict.differing[.moved] == nil && strict.differing[.missing] == nil)
        #expect(strict.differing[.leftOut] == nil)
    }

    @Test func `do not differ when causes are believed, and what was changed is said`() throws {
        let lenient = try OlistImport.lenient.get()
        #expect(lenient.result.summary == "0 of 18846 orders differ")
        #expect(lenient.result.refused == 0)
        #expect(lenient.result.moved == 195)
        #expect(lenient.result.missing == 9)
        #expect(lenient.result.leftOut == 5)
    }

    @Test func `give the expected figures of every month`() throws {
        let expected = try Table("\(OlistData.directory)/expected_by_month.csv")
        let lenient = try Table(MonthlyReport(try OlistImport.lenient.get().book).csv)
        #expect(lenient.columns == expected.columns)
        #expect(lenient.rows == expected.rows)
    }

    @Test func `give the same figures in strict mode, but for the states`() throws {
        let expected = try Table("\(OlistData.directory)/expected_by_month.csv")
        let strict = try Table(MonthlyReport(try OlistImport.strict.get().book).csv)
        for column in expected.columns where column != column.uppercased() {
            #expect(strict.cells(of: column) == expected.cells(of: column), "\(column)")
        }
        #expect(strict.rows != expected.rows)
    }

    @Test func `end in the recorded states, order by order`() throws {
        let book = try OlistImport.lenient.get().book
        var lines: [String] = []
        var token: PageToken?
        repeat {
            let page = try book.orders(after: token, limit: 1_000)
            lines += page.elements.map { "\($0.id),\($0.status)\n" }
            token = page.next
        } while token != nil
        let digest = SHA256.hash(data: Data(lines.sorted().joined().utf8))
        let hex = digest.map { String(format: "%02x", $0) }.joined()
        #expect(hex == "ca39379b4733b3da92b71dc814133365b77661d0315753805b520156145dfe70")
    }

    @Test func `are brought in once, however often they are imported`() throws {
        let strict = try OlistImport.strict.get()
        let before = strict.book.engine.lastPosition
        let source = try OlistReader(directory: OlistData.directory, mode: .strict)
        let again = try Import().run(source, into: strict.book)
        #expect(again.summary == strict.result.summary)
        #expect(again.alreadyThere == source.entryCount)
        #expect(again.accepted == 0 && again.refused == 0)
        #expect(strict.book.engine.lastPosition == before)
    }
}

/// One import of the real orders per mode, shared by the tests, which do not change it.
struct OlistImport: Sendable {
    let book: OrderBook
    let result: ImportResult
    let differing: [HistoryDifference.Kind: Set<OrderID>]

    static let strict = Result { try OlistImport(.strict) }
    static let lenient = Result { try OlistImport(.lenient) }

    private init(_ mode: HistoryMode) throws {
        let source = try OlistReader(directory: OlistData.directory, mode: mode)
        book = try openBook(for: source)
        var differing: [HistoryDifference.Kind: Set<OrderID>] = [:]
        result = try Import().run(
            source, into: book, difference: { differing[$0.kind, default: []].insert($0.order) })
        self.differing = differing
    }
}

/// A small CSV table without quotes.
struct Table {
    let columns: [String]
    let rows: [[String]]

    init(_ path: String) throws { try self.init(Array(Data(contentsOf: URL(fileURLWithPath: path)))) }

    init(_ bytes: [UInt8]) throws {
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
            .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
        columns = try #require(lines.first)
        rows = Array(lines.dropFirst())
    }

    func cells(of column: String) -> [String] {
        guard let index = columns.firstIndex(of: column) else { return [] }
        return rows.map { $0[index] }
    }
}
