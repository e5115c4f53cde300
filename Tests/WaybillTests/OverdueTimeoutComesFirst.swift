import Foundation
import Testing
import Waybill

@Suite struct `After a pause of the process` {
    @Test func `a late payment finds the order closed by its overdue timeout`() async throws {
        let directory = FileManager.default.temporaryDirectory
            .appending(path: "waybill-pause-\(ProcessInfo.processInfo.globallyUniqueString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appending(path: "shop.db").path

        let before = try OrderBook.open(path, workflows: [mugShop], world: .virtual(VirtualClock(start: noon)))
        _ = try await before.submit(StockCommand(.receive(10), of: mug)).get()
        try await before.submit(place("o-1")).receipt()
        before.close()

        let twoHoursLater = VirtualClock(start: noon.advanced(by: .hours(2)))
        let after = try OrderBook.open(path, workflows: [mugShop], world: .virtual(twoHoursLater))
        let answer = await after.submit(pay("o-1"))
        guard case .refused(.notPossible) = answer else {
            Issue.record("\(answer)")
            return
        }
        #expect(try after.history(of: "o-1")?.map(\.type) == ["place", "$timeout"])
        #expect(try after.stock(mug)?.free == 10)
        after.close()
    }
}
