import WaybillCore

/// Operations on stock.
enum Stock {
    static let operations: [Operation] = [
        listStock, showStock, stockHistory, receiveStock, adjustStock, countStock, moveStock,
    ]

    /// Where a stock lies.
    static let location = Parameter("location", .text(bytesMax: 256), "Where it lies; empty when there is one place.")

    /// Where a stock lies that is changed.
    static let changedLocation = Parameter(
        "location", .text(bytesMax: 256),
        """
        Where it lies. Left out: the place without a name, or the only place of the SKU; refused, with their names, \
        when there are several and each has a name.
        """)

    /// The stock that a request is about.
    static func key(_ call: Call) -> StockKey {
        StockKey(sku: SKU(call.path("sku")), location: Location(call.query.text("location") ?? ""))
    }
}

extension JSONWriter {
    /// Proof of an accepted change of stock.
    mutating func receipt(_ receipt: StockReceipt) {
        beginObject()
        stock(receipt.stock)
        level(receipt.level)
        member("version", receipt.version)
        key("event")
        if let position = receipt.position { text(Text(position.text)) } else { null() }
        member("repeated", receipt.isRepeat)
        endObject()
    }
}

extension Schema {
    private static let levelFields = [
        Field("sku", .text(), isRequired: true), Field("location", .text(), isRequired: true),
        Field("received", .integer(), "All that came in.", isRequired: true),
        Field("adjusted", .integer(), "What was found, less what was lost.", isRequired: true),
        Field("free", .integer(), "What can be reserved.", isRequired: true),
        Field("reserved", .integer(), "What orders hold.", isRequired: true),
        Field("sold", .integer(), "What was confirmed and has not come back.", isRequired: true),
        Field(
            "purchase_limit", .integer(0...Schema.safeIntegers.upperBound),
            "How many one buyer may have; only of a purchase limit, which is no goods."),
    ]
    static let stockLevel = Schema.object(levelFields)
    static let stockReceipt = Schema.object(
        levelFields + [
            Field("version", .integer(), "The stock's version after it.", isRequired: true),
            Field(
                "event", .nullable(.text()),
                "The event that it became; of a repeat, that of the first time; null: it changed nothing.",
                isRequired: true),
            Field("repeated", .boolean, "Whether it was done before, under the same key.", isRequired: true),
        ])
}
