import Foundation
import Testing
import Waybill
import WaybillCore
import WaybillEngine
import WaybillStore
import WaybillTimeouts
import WorkflowFile

/// A file in a directory of its own, deleted with the object.
final class ShopFile: Sendable {
    private let directory: URL
    let path: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "waybill-shop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        path = directory.appending(path: "shop.db").path
    }

    deinit {
        // What stays is in the system's directory for such things.
        try? FileManager.default.removeItem(at: directory)
    }

    /// Opens the mug shop, at noon unless a clock is given.
    func open(_ clock: VirtualClock = VirtualClock(start: noon)) throws -> OrderBook {
        try OrderBook.open(path, workflows: [mugShop], world: .virtual(clock))
    }
}

/// An engine over a store of one's own, for tests that damage rows or let commits fail.
func mugEngine(
    _ store: Store, world: World = .virtual(VirtualClock(start: noon)), settings: Engine.Settings = Engine.Settings(),
    workflow: WorkflowText = mugShop
) throws -> Engine {
    let compiled = try WorkflowFile.load(workflow.text)
    return try Engine(
        store: store, workflows: [(compiled, Text(workflow.text))], world: world, settings: settings
    ) { try WorkflowFile.load(stored: $0.string) }
}

extension Engine {
    /// The answers to commands that are handled in one write.
    func answers(_ commands: [OrderCommand]) -> [Answer] {
        perform(commands.map { .order($0.command) }).map { reply in
            switch reply {
            case .order(let answer): answer
            case .stock, .broker: .refused(.undone("another's reply"))
            }
        }
    }

    func receive(_ quantity: Int64, of stock: StockKey) -> Result<StockReceipt, Refusal> {
        guard case .stock(let result) = perform([.stock(StockCommand(.receive(quantity), of: stock))])[0] else {
            return .failure(.undone("an order's reply"))
        }
        return result
    }

    /// Changes the stored row of an order behind the engine's back.
    func damage(_ id: OrderID, _ change: @escaping (inout OrderRow) -> Void) throws {
        try store.write { transaction in
            var row = try #require(try transaction.order(id: id))
            change(&row)
            try transaction.update(row)
        }
    }
}

extension Answer {
    var isAccepted: Bool { code == "accepted" }

    /// The refusal's stable word.
    var code: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let refusal): refusal.code
        }
    }
}
