import EngineFixtures
import Fixtures
import Foundation
import Testing
import WaybillCore
import WaybillEngine
import WaybillStore

/// Orders were acknowledged into a file that had no name any more.
@Suite struct `A file that is deleted while it is open` {
    @Test func `takes no more orders after the next round of maintenance`() throws {
        let directory = try TemporaryDirectory()
        let path = directory.file("shop.db")
        let engine = try MugShop.engine(Store.open(path))
        _ = try engine.receive(10, of: MugShop.mug).get()
        #expect(engine.answers([MugShop.place("o-1")]).map(\.code) == ["accepted"])
        try FileManager.default.removeItem(atPath: path)
        do { try engine.maintain() } catch { #expect(error.code == "fail_stopped") }
        let answer = try #require(engine.answers([MugShop.place("o-2")]).first)
        #expect(answer.code == "fail_stopped")
        engine.close()
    }
}
