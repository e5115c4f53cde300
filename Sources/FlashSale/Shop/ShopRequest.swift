package import WaybillCore

/// What a shopper, or the payment provider on its behalf, asks of the shop. Two that are equal are the same request
/// sent twice, under the same key.
package struct ShopRequest: Hashable, Sendable {
    package enum Kind: Hashable, Sendable {
        case place
        /// With the n-th way to pay.
        case pay(method: Int)
        case cancel
    }

    package var kind: Kind
    package var shopper: Int
    /// 1 for the first order that this shopper tries to place.
    package var order: Int
    /// From 0.
    package var item: Int

    package init(_ kind: Kind, shopper: Int, order: Int, item: Int) {
        self.kind = kind
        self.shopper = shopper
        self.order = order
        self.item = item
    }

    /// The payment provider: one caller, whoever pays.
    static let payments: Text = "payments"

    package var orderID: OrderID { OrderID("o\(shopper)-\(order)") }
    package var buyer: Text { Text("b\(shopper)") }

    /// The command that says the same to an order of the workflow flash-sale.
    package func command(under workflow: WorkflowName, selling goods: RushScenario.Goods) -> Command {
        switch kind {
        case .place:
            var writer = JSONWriter(capacity: 128)
            writer.beginObject()
            writer.key("buyer")
            writer.text(buyer)
            writer.key("sku")
            writer.text(goods.sku(item).text)
            writer.key("at")
            writer.text("")
            writer.key("price_cents")
            writer.int(goods.priceCents)
            writer.key("limit")
            writer.int(goods.limit)
            writer.endObject()
            return Command(
                order: orderID, name: "place", data: writer.bytes, workflow: workflow, role: "shop",
                key: Text("place-\(shopper)-\(order)"), caller: buyer)
        case .pay:
            var writer = JSONWriter(capacity: 64)
            writer.beginObject()
            writer.key("payment")
            writer.text(Text("p\(shopper)-\(order)"))
            writer.key("amount_cents")
            writer.int(goods.priceCents)
            writer.endObject()
            return Command(order: orderID, name: "pay", data: writer.bytes, role: "payments", caller: Self.payments)
        case .cancel:
            return Command(
                order: orderID, name: "cancel", role: "buyer", key: Text("cancel-\(shopper)-\(order)"), caller: buyer)
        }
    }
}

extension ShopRequest: CustomStringConvertible {
    package var description: String {
        switch kind {
        case .place: "shopper \(shopper) places \(orderID) for item \(item + 1)"
        case .pay(let method): "shopper \(shopper) pays \(orderID) by method \(method + 1)"
        case .cancel: "shopper \(shopper) cancels \(orderID)"
        }
    }
}
