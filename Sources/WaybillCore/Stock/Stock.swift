/// The stock of one SKU at one location.
public struct StockKey: Hashable, Comparable, Sendable {
    public var sku: SKU
    public var location: Location

    public init(sku: SKU, location: Location = "") {
        self.sku = sku
        self.location = location
    }

    public static func < (left: StockKey, right: StockKey) -> Bool {
        (left.sku, left.location) < (right.sku, right.location)
    }
}

/// How much there is. Always: received + adjusted = free + reserved + sold, and free, reserved, sold >= 0.
public struct StockLevel: Hashable, Sendable {
    public var received: Int64 = 0
    public var adjusted: Int64 = 0
    public var free: Int64 = 0
    public var reserved: Int64 = 0
    public var sold: Int64 = 0
    /// How many one buyer may have, when the stock is a purchase limit (`reserve` with `of:`) and no goods.
    public var purchaseLimit: Int64?

    public init() {}
}

/// What one order holds of one SKU at one location. Sums over all orders: reserved and sold equal the stock's.
package struct Holding: Hashable, Sendable {
    package var key: StockKey
    package var reserved: Int64
    /// Confirmed and not returned; includes what was shipped.
    package var sold: Int64
    package var shipped: Int64

    package init(key: StockKey, reserved: Int64 = 0, sold: Int64 = 0, shipped: Int64 = 0) {
        self.key = key
        self.reserved = reserved
        self.sold = sold
        self.shipped = shipped
    }

    package var isEmpty: Bool { reserved == 0 && sold == 0 && shipped == 0 }
}

/// One movement of stock, as an event records it. Quantities are >= 1, except that `adjust` may be negative.
package struct Movement: Hashable, Sendable {
    package var kind: Kind
    package var key: StockKey
    package var quantity: Int64

    package enum Kind: Hashable, Sendable, CaseIterable {
        /// New stock: received and free rise. Also makes a quota row on first use.
        case receive
        /// Found, lost or counted: adjusted and free change.
        case adjust
        /// free -> reserved
        case reserve
        /// reserved -> sold
        case confirm
        /// reserved -> free
        case release
        /// sold but not shipped -> free
        case giveBack
        /// Leaves the building; stays sold.
        case ship
        /// shipped -> free
        case restock
        /// shipped -> gone: sold and adjusted fall
        case scrap
    }

    package init(_ kind: Kind, _ key: StockKey, _ quantity: Int64) {
        self.kind = kind
        self.key = key
        self.quantity = quantity
    }
}
