package import Fixtures
package import WaybillCore
package import WaybillEngine
package import WaybillStore
package import WaybillTimeouts
import WorkflowFile

extension MugShop {
    package static let mug = StockKey(sku: "mug")
    package static let noon = Moment(milliseconds: openingMilliseconds)

    /// An engine of the mug shop, for tests that damage rows or let commits fail.
    package static func engine(
        _ store: Store, world: World = .virtual(VirtualClock(start: noon)),
        settings: Engine.Settings = Engine.Settings()
    ) throws -> Engine {
        try Engine(
            store: store, workflows: [(try WorkflowFile.load(text), Text(text))], world: world, settings: settings
        ) { try WorkflowFile.load(stored: $0.string) }
    }

    package static func place(_ id: OrderID, qty: Int64 = 1, key: Text? = nil) -> Command {
        let data = #"{"buyer":"ann","qty":\#(qty),"price_cents":\#(priceCents)}"#
        return Command(order: id, name: "place", data: Array(data.utf8), workflow: "mug-shop", key: key)
    }

    package static func pay(_ id: OrderID, _ payment: String = "p-1", cents: Int64 = priceCents) -> Command {
        let data = #"{"payment":"\#(payment)","amount_cents":\#(cents)}"#
        return Command(order: id, name: "pay", data: Array(data.utf8))
    }

    package static func cancel(_ id: OrderID) -> Command {
        Command(order: id, name: "cancel", data: Array("{}".utf8))
    }
}

extension Engine {
    /// The answers to commands that are handled in one write.
    package func answers(_ commands: [Command]) -> [Answer] { perform(commands) }

    /// A write of its own that fires what is due.
    package func writeWithoutRequests() { perform([any Request]()) }

    package func receive(_ quantity: Int64, of stock: StockKey) -> Result<StockReceipt, Refusal> {
        perform(StockCommand(.receive(quantity), of: stock))
    }

    /// Changes the stored row of an order behind the engine's back.
    package func damage(_ id: OrderID, _ change: @escaping (inout OrderRow) -> Void) throws {
        try store.write { transaction in
            guard var row = try transaction.order(id: id) else { throw StoreFailure(.damaged, "there is no \(id)") }
            change(&row)
            try transaction.update(row)
        }
    }
}

extension Answer {
    package var isAccepted: Bool { code == "accepted" }

    /// The refusal's stable word.
    package var code: String {
        switch self {
        case .accepted: "accepted"
        case .refused(let refusal): refusal.code
        }
    }
}
