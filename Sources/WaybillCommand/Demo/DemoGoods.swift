import Waybill
import WaybillCore

/// What the shop of the demo sells, and how much of it there is.
struct DemoGoods {
    /// One thing that is sold.
    struct Item {
        let sku: SKU
        let priceCents: Int64
        /// How often it is asked for, against the others.
        let weight: Int
    }

    static let locations: [Location] = ["north", "south"]
    /// No one asks for them but those whose story is told: they never run out.
    static let quietItems = [
        Item(sku: "umbrella", priceCents: 3_900, weight: 0), Item(sku: "raincoat", priceCents: 8_900, weight: 0),
        Item(sku: "boots", priceCents: 7_400, weight: 0),
    ]

    let items: [Item]

    init() {
        let names: [(SKU, Int64)] = [
            ("mug", 1_250), ("tea", 690), ("teapot", 4_900), ("notebook", 850), ("pencil", 120), ("lamp", 7_900),
            ("blanket", 5_400), ("candle", 990), ("puzzle", 2_490), ("atlas", 6_450), ("scarf", 2_990),
            ("gloves", 2_290), ("kettle", 5_990), ("cushion", 1_990), ("clock", 8_900), ("vase", 3_490),
        ]
        // The first item is asked for sixteen times as often as the last, as it is in real shops.
        items = names.enumerated().map { Item(sku: $1.0, priceCents: $1.1, weight: 160 / ($0 + 1)) }
    }

    /// How many units of an item are expected to be asked for by a number of orders, at one location.
    private func demand(_ item: Item, orders: Int) -> Int64 {
        let weights = items.reduce(0) { $0 + $1.weight }
        // About three units per order, split between the locations.
        return Int64(orders * 3 * item.weight / max(1, weights) / Self.locations.count)
    }

    /// What lies on the shelves when the shop opens; of every third item too little.
    func opening(orders: Int) -> [StockCommand] {
        var commands: [StockCommand] = []
        for (index, item) in items.enumerated() {
            let share: Int64 = index % 3 == 1 ? 80 : 150
            for location in Self.locations {
                let units = max(5, demand(item, orders: orders) * share / 100)
                commands.append(receive(units, of: item, at: location, note: "opening stock"))
            }
        }
        for item in Self.quietItems {
            for location in Self.locations {
                commands.append(receive(100, of: item, at: location, note: "opening stock"))
            }
        }
        return commands
    }

    /// A delivery of what had been too little.
    func delivery(orders: Int) -> [StockCommand] {
        items.enumerated().filter { $0.offset % 3 == 1 }.flatMap { _, item in
            Self.locations.map { location in
                receive(max(5, demand(item, orders: orders) / 5), of: item, at: location, note: "delivery")
            }
        }
    }

    private func receive(_ units: Int64, of item: Item, at location: Location, note: Text) -> StockCommand {
        StockCommand(.receive(units), of: StockKey(sku: item.sku, location: location), caller: "demo", note: note)
    }
}
