import FlashSale
import Foundation
import Waybill
import WaybillCore

/// A rush in real time over a file: in this process, or, when the scenario kills the server, in a separate one.
struct RealRun {
    let scenario: RushScenario
    let path: String
    let workflow: (path: String, text: WorkflowText)?
    let hurry: Int
    let tail: Interval
    /// As measured on this machine before the rush.
    let rate: RateMeasurement

    func report() async throws -> RushReport {
        var panel = RushPanel(title: scenario.title)
        let (rush, openedAt, resources) =
            try await (scenario.crashes.at.isEmpty ? inThisProcess(&panel) : inProcessOfItsOwn(&panel))
        panel.finish()
        // Looking into the file fires no timeout: its clock stands still.
        let book = try OrderBook.open(path, workflows: [], world: .standing(at: World.system.now()))
        defer { book.close() }
        return try rush.report(
            from: book, openedAt: openedAt, commandsPerSecond: rate.perSecond,
            serverKind: "measured on this machine before the rush, in full writes", modules: .shipped,
            resources: resources)
    }

    private typealias Ended = (rush: RealRush, openedAt: Moment, resources: RushReport.Resources)

    private func inThisProcess(_ panel: inout RushPanel) async throws -> Ended {
        let book = try OrderBook.open(path, workflows: texts, settings: scenario.server.settings)
        let shop = try await LiveShop.inProcess(
            book, selling: scenario.goods, modules: scenario.modules, from: .shipped, hurry: hurry)
        let ended = await run(in: shop, &panel) { ProcessInfo.processInfo.processIdentifier }
        await book.close()
        return ended
    }

    private func inProcessOfItsOwn(_ panel: inout RushPanel) async throws -> Ended {
        let arguments = RushShop.arguments(for: scenario, db: path, workflow: workflow?.path, hurry: hurry)
        let process = try ShopProcess(arguments: arguments, outage: scenario.crashes.outage)
        // The crowd does not come before the doors are open.
        _ = await process.shop.free(0)
        let ended = await run(in: process.shop, &panel) { process.identifier }
        process.close()
        return ended
    }

    /// - Parameter process: in which the shop is now.
    private func run(in shop: LiveShop, _ panel: inout RushPanel, process: () -> Int32?) async -> Ended {
        let rush = RealRush(scenario, in: shop, hurry: hurry, tail: tail)
        var gauge = ResourceGauge(path: path)
        let openedAt = World.system.now()
        await rush.run(openedAt: openedAt) { glance in
            panel.show(glance)
            gauge.look(at: process())
        }
        return (rush, openedAt, gauge.resources)
    }

    private var texts: [WorkflowText] { [workflow?.text ?? .shipped("flash-sale")].compactMap { $0 } }
}

extension RushScenario.Server {
    /// The bounds of an order book in real time.
    var settings: OrderBook.Settings {
        var settings = OrderBook.Settings()
        settings.intakeDepthMax = intakeDepthMax
        settings.writeRequestsMax = writeRequestsMax
        settings.intakeDepthPerSKUMax = perItemMax
        settings.intakeDepthPerCallerMax = perCallerMax
        return settings
    }
}
