import Foundation
import Testing
import Waybill
import WaybillAPI
import WaybillCore
import WaybillEngine

/// Cursors are sealed with what only the file knows: its id is in every message that it sends.
@Suite struct `A cursor that was made outside` {
    @Test func `from the id of the file is refused`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(.init(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#))
        let file = try #require(try shop.book.engine.fileID()?.text)
        for key in ["cursor \(file)", "\(file)"] {
            let cursor = Cursor(key: Array(key.utf8))
                .close(Array("\(Int64.max)".utf8), of: "audit   \(Text("\(Int64.min)"))")
            #expect(await shop.send(.init(get: "/v1/audit?cursor=\(cursor)")).code == "bad_cursor")
        }
    }

    @Test func `could not go beyond the last number either`() async throws {
        let shop = try APIShop(workflows: [])
        await shop.send(.init(post: "/v1/timeouts/hold", #"{"reason":"a test"}"#))
        #expect(try shop.book.engine.audits(limit: 10).count == 1)
        for version: Int64 in [.max, .max - 1, 1] {
            #expect(try shop.book.engine.audits(after: version, limit: 10).isEmpty)
        }
        #expect(try shop.book.engine.audits(after: .min, limit: 10).count == 1)
    }

    @Test func `is unlike that of the file, which goes on after the file was opened again`() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "cursor-\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: directory) } catch {} }
        let path = directory.appendingPathComponent("shop.db").path
        let first = try APIShop(file: path)
        for sku in ["mug", "pen"] {
            await first.send(.init(post: "/v1/stock/\(sku)/receive", #"{"quantity":1}"#))
        }
        let page = await first.send(.init(get: "/v1/stock?limit=1"))
        let cursor = try #require(try JSON(reading: page.body)["next"]?.asText)
        await first.book.close()
        let second = try APIShop(file: path)
        defer { second.book.close() }
        let rest = await second.send(.init(get: "/v1/stock?limit=1&cursor=\(cursor)"))
        #expect(rest.text.contains("\"pen\""), "\(rest.text)")
    }
}
