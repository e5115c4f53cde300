import Testing
import Waybill

@Suite struct `Ids and keys` {
    @Test func `that look alike, or hold any character, are different by their bytes`() async throws {
        let file = try ShopFile()
        let book = try file.open()
        try await book.submit(StockCommand(.receive(100), of: mug))
        let ids: [OrderID] = [
            "caf\u{e9}", "cafe\u{301}", "a\u{1}b", "a\u{1}c", "a", "A", " a", "a ", "%", "_",
            "'; DROP TABLE orders; --", "\u{1F4E6}",
            "\u{FEFF}a", "line\nfeed",
        ]
        for id in ids { #expect(try await book.submit(place(id, key: id.text)).version == 1, "\(id)") }
        for id in ids { #expect(try await book.submit(place(id, key: id.text)).isRepeat, "\(id)") }
        // SQLite and others end a text there.
        guard case .refused = await book.answer(to: place("a\u{0}b", key: "nul")) else {
            Issue.record("an id with U+0000 was taken")
            return
        }
        await book.close()
        let again = try file.open()
        for id in ids {
            #expect(try await again.order(id)?.id == id)
            #expect(try await again.history(of: id)?.count == 1)
            #expect(try await again.submit(place(id, key: id.text)).isRepeat)
        }
        #expect(try await again.orders().elements.map(\.id) == ids)
        #expect(try await again.stock(mug)?.reserved == Int64(ids.count))
        await again.close()
    }
}
