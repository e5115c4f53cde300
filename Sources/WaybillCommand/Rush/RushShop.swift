import ArgumentParser
import FlashSale
import Foundation
import Synchronization
import Waybill
import WaybillCore

/// `waybill rush shop`: the shop of a rush in a separate process, for `rush run --real`; it answers a line for each
/// line, until its input ends or it is killed.
struct RushShop: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "shop", abstract: "Answer the requests of a rush, a line each.", shouldDisplay: false)

    @Option var db: String
    @Option var name: String
    @Option var count: Int
    @Option var units: Int64
    @Option var price: Int64
    @Option var limit: Int64
    @Option var intake: Int
    @Option var perItem: Int
    @Option var perCaller: Int
    @Option var write: Int
    @Option var hurry: Int
    @Option var module: [String] = []
    @Option var workflow: String?

    /// The arguments with which a process of this shop is started.
    static func arguments(for scenario: RushScenario, db: String, workflow: String?, hurry: Int) -> [String] {
        let (goods, server) = (scenario.goods, scenario.server)
        return [
            "rush", "shop", "--db", db, "--name", goods.name, "--count", "\(goods.count)", "--units", "\(goods.units)",
            "--price", "\(goods.priceCents)", "--limit", "\(goods.limit)", "--intake",
            "\(server.intakeDepthMax)", "--per-item", "\(server.perItemMax)", "--per-caller",
            "\(server.perCallerMax)", "--write", "\(server.writeRequestsMax)", "--hurry", "\(hurry)",
        ] + scenario.modules.flatMap { ["--module", $0.word] } + (workflow.map { ["--workflow", $0] } ?? [])
    }

    func validate() throws {
        guard (1...100_000).contains(count), units >= 0, price > 0, limit > 0 else {
            throw ValidationError("the goods are not those of a rush")
        }
        guard intake > 0, perItem > 0, perCaller > 0, write > 0, hurry > 0 else {
            throw ValidationError("the bounds are not those of a rush")
        }
        for word in module where RushScenario.Module(word: word) == nil {
            throw ValidationError("'\(word)' is no module of a rush")
        }
    }

    func run() async throws {
        let text = try workflow.map {
            WorkflowText(String(decoding: try WorkflowSource($0).bytes, as: UTF8.self), source: $0)
        }
        let book = try OrderBook.open(
            db, workflows: [text ?? .shipped("flash-sale")].compactMap { $0 }, settings: settings)
        defer { book.close() }
        let shop = try await LiveShop.inProcess(
            book, selling: goods, modules: module.compactMap { RushScenario.Module(word: $0) }, from: .shipped,
            hurry: hurry)
        let items = count
        await withDiscardingTaskGroup { group in
            for await line in Self.lines() {
                guard let (number, question) = ShopLine.question(line) else { continue }
                if case .opened(let moment) = question { group.addTask { await shop.work(moment) } }
                group.addTask { await Self.answer(number, question, shop, items: items) }
            }
            // Modules work until the end.
            group.cancelAll()
        }
    }

    private var goods: RushScenario.Goods {
        var goods = RushScenario.Goods()
        goods.name = name
        goods.count = count
        goods.units = units
        goods.priceCents = price
        goods.limit = limit
        return goods
    }

    private var settings: OrderBook.Settings {
        var server = RushScenario.Server()
        server.intakeDepthMax = intake
        server.perItemMax = perItem
        server.perCallerMax = perCaller
        server.writeRequestsMax = write
        return server.settings
    }

    /// What comes in, until the other end is closed.
    private static func lines() -> AsyncStream<String> {
        let (lines, feed) = AsyncStream.makeStream(of: String.self)
        let reader = Thread {
            var buffer = LineBuffer()
            while buffer.fill(from: 0) {
                while let line = buffer.next() { feed.yield(line) }
            }
            feed.finish()
        }
        reader.start()
        return lines
    }

    private static func answer(_ number: Int, _ question: ShopLine.Question, _ shop: LiveShop, items: Int) async {
        let reply: ShopLine.Reply
        switch question {
        case .send(let request) where request.item < items: reply = .answer(await shop.send(request))
        case .look(let item) where item < items: reply = await shop.free(item).map { .free($0) } ?? .done
        case .restock(let item, let units, let delivery) where item < items:
            await shop.restock(item, units, delivery)
            reply = .done
        case .owed: reply = await shop.owed().map { .owed($0) } ?? .done
        case .opened: reply = .done
        case .send, .look, .restock: reply = .answer(.refused(.other("unknown_item")))
        }
        Output.standard.write(ShopLine.line(number, reply))
        Output.standard.flush()
    }
}
