import FlashSale
import Foundation
import Waybill
import WaybillCore

/// A rush in real time over a file: in this process, or, when the scenario kills the server, in one of its own.
struct RealRun {
    let scenario: RushScenario
    let path: String
    let workflow: (path: String, text: WorkflowText)?
    let hurry: Int
    /// As measured on this machine before the rush.
    let rate: RateMeasurement

    func report() async throws -> RushReport {
        var panel = RushPanel(title: scenario.title)
        let openedAt = World.system.now()
        let rush: RealRush
        if scenario.crashes.at.isEmpty {
            var settings = OrderBook.Settings()
            settings.intakeDepthMax = scenario.server.intakeDepthMax
            let book = try OrderBook.open(path, workflows: texts, settings: settings)
            rush = RealRush(scenario, in: try await .inProcess(book, selling: scenario.goods), hurry: hurry)
            await rush.run { panel.show($0) }
            book.close()
        } else {
            let arguments = RushShop.arguments(for: scenario, db: path, workflow: workflow?.path)
            let process = try ShopProcess(arguments: arguments, outage: scenario.crashes.outage)
            // The crowd does not come before the doors are open.
            _ = await process.shop.free(0)
            rush = RealRush(scenario, in: process.shop, hurry: hurry)
            await rush.run { panel.show($0) }
            process.close()
        }
        panel.finish()
        // Looking into the file fires no timeout: its clock stands still.
        let clock = VirtualClock(start: World.system.now())
        let book = try OrderBook.open(path, workflows: [], world: .virtual(clock))
        defer { book.close() }
        return try rush.report(
            from: book, openedAt: openedAt, commandsPerSecond: rate.perSecond,
            serverKind: "measured on this machine before the rush, in full writes")
    }

    private var texts: [WorkflowText] { [workflow?.text ?? .shipped("flash-sale")].compactMap { $0 } }
}
