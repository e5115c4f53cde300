package import WaybillCore

/// A stock and its level, as JSON.
extension JSONWriter {
    package mutating func stock(_ stock: StockKey) {
        member("sku", stock.sku.text)
        member("location", stock.location.text)
    }

    package mutating func level(_ level: StockLevel) {
        member("received", level.received)
        member("adjusted", level.adjusted)
        member("free", level.free)
        member("reserved", level.reserved)
        member("sold", level.sold)
        if let limit = level.purchaseLimit { member("purchase_limit", limit) }
    }
}
