import ShopModules
import Waybill
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// How many orders a second are placed, paid, and followed by cart, points and coupons until all is consumed; the same
/// without modules; and what modules cost the shop that are slow or down.
///
/// Orders are the standard workflow's, with everything that belongs to them. The limit is a bare loop over sqlite3 that
/// writes the same rows, measured in the same run on the same disk: the ratio is that of rows a second, each row that
/// the flow needs counted once for both.
struct FlowBenchmark {
    let settings: BenchmarkSettings
    let traffic = FlowTraffic(goods: OrderTraffic(payUntil: World.system.now()))

    init(_ settings: BenchmarkSettings) { self.settings = settings }

    var orders: Int { settings.pick(trial: 200, usual: 12_000, full: 100_000) }

    /// What one turn came to, of the shop and of the bare loop after it.
    struct Turn {
        var orders: Int
        var spent: Spent
        var writes: Int
        var bare: BareFlowLoop.Result

        var rate: Double { Double(orders) / spent.seconds }
        var bareRate: Double { Double(bare.orders) / bare.spent.seconds }
        var rowsOfOrder: Double { Double(bare.rows) / Double(bare.orders) }
    }

    func run() async throws -> BenchmarkReport {
        let file = try settings.scratchFile("flow")
        let bareFile = try settings.scratchFile("flow-limit")
        defer {
            file.remove()
            bareFile.remove()
        }
        var followed: [Turn] = []
        var alone: [Turn] = []
        var backlogs: [Backlog] = []
        for turn in 1...3 {
            settings.progress("with three modules, turn \(turn)")
            followed.append(try await sell(with: FlowShop.modules(), in: file, bareFile))
            settings.progress("without modules, turn \(turn)")
            alone.append(try await sell(with: [], in: file, bareFile))
            settings.progress("with modules that are down or slow, turn \(turn)")
            backlogs.append(try await backlog(in: file))
        }
        let rows = median(followed.map(\.rowsOfOrder))
        let rate = median(followed.map(\.rate))
        let limit = median(followed.map(\.bareRate))
        let aloneRate = median(alone.map(\.rate))
        return BenchmarkReport(
            .flow, ratio: rate / limit, meaning: "of the bare loop, in rows a second", goal: .atLeast(0.35),
            directory: settings.directory,
            figures: [
                .init("orders, all consumed", rate, "per second"),
                .init("orders, all consumed, bare loop", limit, "per second"),
                .init("rows of an order", rows, "with its modules' and their share of the cursors'"),
                .init("rows, all consumed", rate * rows, "per second"),
                .init("rows, all consumed, bare loop", limit * rows, "per second"),
                .init("orders in a write", Self.ordersPerWrite(followed), ""),
                .init("orders, no modules", aloneRate, "per second"),
                .init("ratio, no modules", aloneRate / median(alone.map(\.bareRate)), "of the bare loop"),
            ]
                + Spent.figures(
                    of: "an order", followed.map { ($0.spent, $0.orders) },
                    bare: followed.map { ($0.bare.spent, $0.bare.orders) })
                + Self.figures(backlogs, alone: aloneRate, followed: rate))
    }

    private static func ordersPerWrite(_ turns: [Turn]) -> Double {
        Double(turns.map(\.orders).reduce(0, +)) / Double(max(1, turns.map(\.writes).reduce(0, +)))
    }

    /// Sells until all orders are placed, paid and consumed, then lets the bare loop write the same.
    private func sell(
        with modules: [any ShopModule], in file: ScratchFile, _ bareFile: ScratchFile
    ) async throws -> Turn {
        defer {
            file.remove()
            bareFile.remove()
        }
        let shop = try await prepared(for: orders, with: modules, in: file)
        let writesBefore = shop.book.engine.writeCount
        let watch = ProcessorWatch()
        let count = orders
        let sold = try await shop.sell { number in number >= count }
        try await shop.drain(modules)
        let spent = watch.spent
        let writes = Int(shop.book.engine.writeCount - writesBefore)
        shop.close()
        let loop = try BareFlowLoop(source: file, target: bareFile, withModules: !modules.isEmpty)
        return Turn(orders: sold, spent: spent, writes: writes, bare: try loop.run(writes: writes))
    }

    /// A shop with full shelves and carts, whose modules work.
    func prepared(for count: Int, with modules: [any ShopModule], in file: ScratchFile) async throws -> FlowShop {
        file.remove()
        let shop = try FlowShop(file, traffic)
        try await shop.stock(for: count)
        try await shop.install(modules)
        if !modules.isEmpty { try await shop.fillCarts(for: count) }
        return shop
    }
}
