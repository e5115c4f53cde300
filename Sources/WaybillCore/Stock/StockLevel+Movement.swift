extension EventName {
    /// A purchase limit is made by its first use, or the empty stock of a place where goods come back to.
    package static let stockOpened: EventName = "$open"
    /// An order came with another purchase limit than the one before it.
    package static let limitChanged: EventName = "$limit"
    /// Units were moved from one place to another: an event of either place.
    package static let stockMoved: EventName = "$move"
}

extension StockLevel {
    /// Applies one movement; nil when an amount would fall below zero or leave the 64-bit range.
    package func applying(_ movement: Movement) -> StockLevel? {
        guard movement.quantity > 0 || movement.kind == .adjust, let next = moved(by: movement) else { return nil }
        return next.free >= 0 && next.reserved >= 0 && next.sold >= 0 ? next : nil
    }

    /// What a movement leads to, with what its event says of a purchase limit: `$open` with a receipt makes one,
    /// `$limit` changes it by what it adds or takes. Only events of the stock's own stream have these names.
    package func applying(_ movement: Movement, by event: EventName) -> StockLevel? {
        guard var next = applying(movement) else { return nil }
        next.noteLimit(movement, by: event)
        return next
    }

    /// Keeps what the event of a movement says of a purchase limit.
    package mutating func noteLimit(_ movement: Movement, by event: EventName) {
        if movement.kind == .receive, event == .stockOpened {
            purchaseLimit = movement.quantity
        } else if movement.kind == .adjust, event == .limitChanged {
            let (limit, overflow) = (purchaseLimit ?? 0).addingReportingOverflow(movement.quantity)
            purchaseLimit = overflow ? nil : limit
        }
    }

    /// What a movement leads to, even below zero: for telling how far a file is wrong. Nil beyond the 64-bit range.
    package func moved(by movement: Movement) -> StockLevel? {
        var next = self
        let quantity = movement.quantity
        guard quantity > -Int64.max else { return nil }
        var fits = true
        func add(_ field: WritableKeyPath<StockLevel, Int64>, _ amount: Int64) {
            let (sum, overflow) = next[keyPath: field].addingReportingOverflow(amount)
            next[keyPath: field] = sum
            fits = fits && !overflow
        }
        switch movement.kind {
        case .receive:
            add(\.received, quantity)
            add(\.free, quantity)
        case .adjust:
            add(\.adjusted, quantity)
            add(\.free, quantity)
        case .reserve:
            add(\.free, -quantity)
            add(\.reserved, quantity)
        case .confirm:
            add(\.reserved, -quantity)
            add(\.sold, quantity)
        case .release:
            add(\.reserved, -quantity)
            add(\.free, quantity)
        case .giveBack, .restock:
            add(\.sold, -quantity)
            add(\.free, quantity)
        case .ship:
            break
        case .scrap:
            add(\.sold, -quantity)
            add(\.adjusted, -quantity)
        }
        return fits ? next : nil
    }

    /// The identity that every row obeys at every position.
    package var isBalanced: Bool {
        free >= 0 && reserved >= 0 && sold >= 0 && received &+ adjusted == free &+ reserved &+ sold
    }
}

extension Holding {
    /// Applies one movement of the order that holds this; nil when it would go beyond what is held.
    package func applying(_ movement: Movement) -> Holding? {
        var next = self
        let quantity = movement.quantity
        guard quantity > 0 else { return nil }
        switch movement.kind {
        case .receive, .adjust: break
        case .reserve:
            let (sum, overflow) = reserved.addingReportingOverflow(quantity)
            guard !overflow else { return nil }
            next.reserved = sum
        case .confirm:
            guard quantity <= reserved, sold <= Int64.max - quantity else { return nil }
            next.reserved -= quantity
            next.sold += quantity
        case .release:
            guard quantity <= reserved else { return nil }
            next.reserved -= quantity
        case .giveBack:
            guard let left = atHome, quantity <= left else { return nil }
            next.sold -= quantity
        case .ship:
            guard let left = atHome, quantity <= left else { return nil }
            next.shipped += quantity
        case .restock, .scrap:
            guard quantity <= shipped, quantity <= sold else { return nil }
            next.sold -= quantity
            next.shipped -= quantity
        }
        return next
    }

    /// What is sold and not shipped; nil: no movements have made it, so it is damage.
    private var atHome: Int64? {
        let (left, overflow) = sold.subtractingReportingOverflow(shipped)
        return overflow || shipped < 0 ? nil : left
    }
}
