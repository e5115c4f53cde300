import Foundation
import Testing
import Waybill
import WaybillEngine
import WaybillStore

/// Orders were acknowledged into a file that had no name any more.
@Suite struct `A file that is deleted while it is open` {
    @Test func `takes no more orders after the next round of maintenance`() throws {
        let file = try ShopFile()
        let engine = try mugEngine(Store.open(file.path))
        _ = try engine.receive(10, of: mug).get()
        #expect(engine.answers([place("o-1")]).map(\.code) == ["accepted"])
        try FileManager.default.removeItem(atPath: file.path)
        do { try engine.maintain() } catch { #expect(error.code == "fail_stopped") }
        let answer = try #require(engine.answers([place("o-2")]).first)
        #expect(answer.code == "fail_stopped")
        engine.close()
    }
}
