import Waybill

extension ModuleLook {
    /// Goes through the orders that the module was told of, each with the last message that told it.
    ///
    /// - Parameter tags: what the module listens for.
    func told(_ tags: Set<Text>, _ body: (OrderView, Sent) throws -> Void) throws {
        try orders { order, sent in
            guard order.placedAt > since else { return }
            let last = sent.last { message in
                message.topic == OrderNews.topic && message.tag.map(tags.contains) == true
            }
            if let last { try body(order, last) }
        }
    }

    /// How many rows a table has.
    func count(_ table: String) throws -> Int64 {
        try rows("SELECT count(*) AS count FROM \(table)").first?.integer("count") ?? 0
    }
}

extension OrderView {
    /// What is here of the buyer's money, not on its way back and not owed, in minor units; nil: this workflow is not
    /// known to say.
    func keptCents() throws -> Int64? {
        let context = try JSON(reading: self.context)
        guard let payments = context["payments"]?.elements else {
            guard workflow == "flash-sale", let price = context["price_cents"]?.asInt else { return nil }
            if let kept = context["kept_cents"]?.asInt { return kept }
            // An order under the text of before.
            return states.contains { $0.string.hasPrefix("paid.") } ? price : 0
        }
        return payments.reduce(0) { sum, payment in
            let parts = ["captured", "refunding", "refunded", "owed"].map { payment[$0]?.asInt ?? 0 }
            return sum + parts[0] - parts[1] - parts[2] - parts[3]
        }
    }
}
