package import Waybill
package import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// A request with the moment at which the engine takes it up.
package struct TimedRequest: Hashable, Sendable {
    package var request: ShopRequest
    package var at: Moment

    package init(_ request: ShopRequest, at: Moment) {
        self.request = request
        self.at = at
    }
}

/// The shop of a run in virtual time: one value, so that tests can stand between it and the engine.
package struct VirtualShop {
    /// Decides requests in order of time, many in a write; timeouts that come due between two of them fire between
    /// them.
    package var decide: ([TimedRequest]) throws -> [ShopAnswer]
    /// Units of an item come in.
    package var receive: (_ item: Int, _ units: Int64, Moment) throws -> Void
    /// How many units of an item are free, as of the last write.
    package var free: (_ item: Int) throws -> Int64
    /// Lets time pass; what becomes due on the way happens at its own moment.
    package var pass: (Moment) -> Void
    /// Lets a module of the scenario take so many messages at most; answers how many it took.
    package var work: (_ module: String, _ messagesMax: Int) async throws -> Int
    /// How many messages a module has not finished.
    package var owed: (_ module: String) throws -> Int
    /// Whether a module that only reads stands in for one of this name.
    package var standsIn: (_ module: String) -> Bool
    /// The process dies between two writes, and the file is opened again.
    package var restart: () async throws -> Void
    /// What the file says.
    package var books: () throws -> ShopBooks
    /// The order book behind it, for those who look into it; another one after each restart.
    package var book: () -> OrderBook
    package var close: () -> Void
}

extension VirtualShop {
    /// An engine over a new file; nil: in memory, where a restart forgets nothing because nothing is closed.
    package static func open(
        _ path: String?, for scenario: RushScenario, workflow: WorkflowText? = nil, modules: ModuleShelf = .readers
    ) async throws -> VirtualShop {
        let house = try VirtualHouse(path, scenario, workflow, modules)
        try await house.openDoors()
        return VirtualShop(
            decide: { requests in house.decide(requests) },
            receive: { item, units, moment in try house.receive(item, units, at: moment) },
            free: { item in try house.free(item) },
            pass: { moment in house.book.advance(to: moment) },
            work: { module, max in try await house.book.work(GroupName(module), messagesMax: max) },
            owed: { module in try house.book.owed(to: module) },
            standsIn: { module in modules.standsIn(module) },
            restart: { try await house.restart() },
            books: { try ShopBooks(house.book, of: scenario) },
            book: { house.book },
            close: { house.book.close() })
    }
}

extension OrderBook {
    /// How many messages a module has not finished, those among them that it may not want.
    func owed(to module: String) throws -> Int {
        try messages.lag(of: GroupName(module)).reduce(0) { $0 + Int(clamping: $1.messages) }
    }
}

/// The order book behind a virtual shop, which is another one after each restart.
private final class VirtualHouse {
    /// How long before the opening the shop is made ready: who comes at the opening comes after it.
    private static let lead = Interval.seconds(1)

    private let path: String?
    private let scenario: RushScenario
    private let goods: RushScenario.Goods
    private let texts: [WorkflowText]
    private let modules: ModuleShelf
    private let world: World
    private let workflow: WorkflowName
    private(set) var book: OrderBook

    init(_ path: String?, _ scenario: RushScenario, _ workflow: WorkflowText?, _ modules: ModuleShelf) throws {
        self.path = path
        self.scenario = scenario
        self.modules = modules
        goods = scenario.goods
        texts = [workflow ?? .shipped("flash-sale")].compactMap { $0 }
        let ready = scenario.opensAt.advanced(by: Interval(milliseconds: -Self.lead.milliseconds))
        world = World.virtual(VirtualClock(start: ready), seed: scenario.seed)
        book = try Self.open(path, texts, world)
        self.workflow = book.engine.workflowNames.first ?? "flash-sale"
    }

    /// Puts the goods on the shelves and installs the modules.
    func openDoors() async throws {
        for first in stride(from: 0, to: goods.count, by: 1_000) where goods.units > 0 {
            let receipts = (first..<min(goods.count, first + 1_000)).map { receipt($0, goods.units) }
            for reply in book.engine.perform(receipts) { _ = try reply.get() }
        }
        try await modules.install(scenario.modules, in: book)
        book.advance(to: scenario.opensAt)
    }

    private static func open(_ path: String?, _ texts: [WorkflowText], _ world: World) throws -> OrderBook {
        guard let path else { return try OrderBook.inMemory(workflows: texts, world: world) }
        return try OrderBook.rehearsal(path, workflows: texts, world: world)
    }

    func restart() async throws {
        guard path != nil else { return }
        await book.close()
        book = try Self.open(path, texts, world)
        try await modules.install(scenario.modules, in: book)
    }

    /// As of the last write: pages are asked for more often than anything else.
    func free(_ item: Int) throws -> Int64 {
        try book.engine.stockInHand(StockKey(sku: goods.sku(item)))?.free ?? 0
    }

    func receive(_ item: Int, _ units: Int64, at moment: Moment) throws {
        book.advance(to: moment)
        _ = try book.engine.perform(receipt(item, units)).get()
    }

    func decide(_ requests: [TimedRequest]) -> [ShopAnswer] {
        let commands = requests.map { (command: $0.request.command(under: workflow, selling: goods), at: $0.at) }
        return book.engine.perform(commands).map { ShopAnswer($0) }
    }

    private func receipt(_ item: Int, _ units: Int64) -> StockCommand {
        StockCommand(.receive(units), of: StockKey(sku: goods.sku(item)), caller: "shop")
    }
}
