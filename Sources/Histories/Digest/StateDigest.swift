import Crypto
package import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore

/// One digest of all that the orders and stocks of a file have come to: equal for a file and for the import of its
/// export.
///
/// SHA-256 over one line per order, in order of the bytes of their ids (``OrderLine``), then one per stock that is not
/// all zeros, in order of SKU and location: `["stock",sku,location,received,adjusted,free,reserved,sold]`. Positions,
/// versions and messages are left out: they tell how a file came about, not what it holds.
package struct StateDigest {
    private let engine: Engine
    private let pageMax: Int
    private var hash = SHA256()
    private var line = OrderLine()
    private var writer = JSONWriter(capacity: 256)

    init(_ engine: Engine, pageMax: Int = 500) {
        self.engine = engine
        self.pageMax = pageMax
    }

    /// The digest of a book, in lower-case hexadecimal digits.
    ///
    /// - Parameter look: called after each page of orders; what it throws ends the reading.
    package static func value(of book: OrderBook, look: () throws -> Void = {}) throws -> String {
        var digest = StateDigest(book.engine)
        return try digest.value { _ in try look() }
    }

    /// The digest in lower-case hexadecimal digits.
    mutating func value(progress: (Int) throws -> Void = { _ in }) throws -> String {
        var charts = Charts(engine)
        var count = 0
        var walk = PageWalk(after: "", by: \OrderRow.id, limit: pageMax)
        while let page = try walk.next({ last, limit in
            try engine.store.read { snapshot in try snapshot.orders(afterID: last, limit: limit) }
        }) {
            for row in page {
                let workflow = try charts.chart(row.workflow).workflow
                add(line.bytes(of: try Order(row, under: workflow), under: workflow))
            }
            count += page.count
            try progress(count)
        }
        try addStocks()
        return hash.finalize().hexadecimal
    }

    private mutating func addStocks() throws {
        var walk = PageWalk<(key: StockKey, level: StockLevel), StockKey?>(after: nil, by: { $0.key }, limit: pageMax)
        while let page = try walk.next({ try engine.stocks(after: $0, limit: $1) }) {
            for (key, level) in page where level != StockLevel() { addStock(key, level) }
        }
    }

    private mutating func addStock(_ key: StockKey, _ level: StockLevel) {
        writer.removeAll()
        writer.beginArray()
        writer.text("stock")
        writer.text(key.sku.text)
        writer.text(key.location.text)
        for amount in [level.received, level.adjusted, level.free, level.reserved, level.sold] { writer.int(amount) }
        writer.endArray()
        add(writer.bytes + [UInt8(ascii: "\n")])
    }

    private mutating func add(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { hash.update(bufferPointer: $0) }
    }
}

extension SHA256.Digest {
    /// The digest in lower-case hexadecimal digits.
    var hexadecimal: String { String(decoding: flatMap { [hexDigit($0 >> 4), hexDigit($0 & 15)] }, as: UTF8.self) }
}
