/// Stock actions: what an order reserves, confirms, gives back, ships and takes back.
extension Macrostep {
    mutating func perform(_ action: Action.StockAction) throws(Refusal) {
        switch action.verb {
        case .reserve: try reserve(action)
        case .releaseHeld: try releaseHeld()
        case .confirm: try move(action, .confirm, "confirm")
        case .release: try release(action)
        case .ship: try move(action, .ship, "ship")
        case .restock: try restock(action)
        case .scrap: try move(action, .scrap, "scrap")
        }
    }

    /// Asks for all lines at once. Without `else`, a shortage refuses the whole command.
    private mutating func reserve(_ action: Action.StockAction) throws(Refusal) {
        let lines = try lines(of: action)
        // Nothing to reserve is done, and is no question.
        if !lines.isEmpty {
            let answer = facts.reserve(lines, after: outcome.movements)
            outcome.facts.append(answer)
            switch answer {
            case .done(let indices):
                for index in indices where lines.indices.contains(index) { opened.append(lines[index]) }
                for line in lines { try record(Movement(.reserve, line.key, line.quantity)) }
            case .short(let index, let free):
                guard let otherwise = action.otherwise else {
                    throw shortage(of: lines, first: index, free: free, because: action.because)
                }
                note("reserve: short")
                return try raise(otherwise)
            }
        }
        note("reserve \(lines.map { "\($0.quantity) \($0.key.inWords)" }.joined(separator: ", "))")
        if let then = action.then { try raise(then) }
    }

    /// Why lines cannot be reserved: every stock of which there is too little, with what all lines ask of it.
    private func shortage(of lines: [ReserveLine], first index: Int, free: Int64, because: Text?) -> Refusal {
        var short = facts.shortages(of: lines, after: outcome.movements)
        if short.isEmpty {
            let line = lines.indices.contains(index) ? lines[index] : lines[0]
            short = [Refusal.Shortage.Line(line.key, asked: line.quantity, free: free)]
        }
        let first = short.removeFirst()
        let shortage = Refusal.Shortage(
            first.kind, lines: first.lines, because: because?.string, others: Array(short.prefix(Self.shortLinesMax)))
        return .insufficientStock(
            first.stock.sku, first.stock.location, asked: first.asked, free: first.free, shortage)
    }

    /// Stocks that one refusal names besides the first.
    private static var shortLinesMax: Int { 15 }

    /// Gives back reserved units first, then sold ones that have not left the building.
    private mutating func release(_ action: Action.StockAction) throws(Refusal) {
        for line in try lines(of: action) {
            let held = order.holding(line.key)
            let reserved = min(line.quantity, held.reserved)
            let sold = line.quantity - reserved
            guard sold <= held.sold - held.shipped else {
                throw .beyondHolding(
                    line.key.sku, line.key.location, asked: line.quantity,
                    held: held.reserved + held.sold - held.shipped, verb: "release")
            }
            if reserved > 0 { try record(Movement(.release, line.key, reserved)) }
            if sold > 0 { try record(Movement(.giveBack, line.key, sold)) }
            note("release \(line.quantity) \(line.key.inWords)")
        }
    }

    private mutating func releaseHeld() throws(Refusal) {
        for holding in order.holdings {
            if holding.reserved > 0 { try record(Movement(.release, holding.key, holding.reserved)) }
            let unshipped = holding.sold - holding.shipped
            if unshipped > 0 { try record(Movement(.giveBack, holding.key, unshipped)) }
        }
        note("release held")
    }

    private mutating func move(
        _ action: Action.StockAction, _ kind: Movement.Kind, _ verb: String
    ) throws(Refusal) {
        for line in try lines(of: action) {
            let movement = Movement(kind, line.key, line.quantity)
            let held = order.holding(line.key)
            guard held.applying(movement) != nil else {
                let available: Int64
                switch kind {
                case .confirm, .release: available = held.reserved
                case .ship, .giveBack: available = held.sold - held.shipped
                case .restock, .scrap: available = held.shipped
                case .receive, .adjust, .reserve: available = 0
                }
                throw .beyondHolding(
                    line.key.sku, line.key.location, asked: line.quantity, held: available, verb: verb)
            }
            try record(movement)
            note("\(verb) \(line.quantity) \(line.key.inWords)")
        }
    }

    /// Takes shipped goods back: to where they were shipped from, or to another place (`to:`). There they are found,
    /// and where they came from they are gone, so that the stock of each place still adds up.
    private mutating func restock(_ action: Action.StockAction) throws(Refusal) {
        guard let destination = action.destination else { return try move(action, .restock, "restock") }
        for (line, place) in try returns(of: action, to: destination) {
            let held = order.holding(line.key)
            let movement = Movement(.restock, line.key, line.quantity)
            guard held.applying(movement) != nil else {
                throw .beyondHolding(
                    line.key.sku, line.key.location, asked: line.quantity, held: held.shipped, verb: "restock")
            }
            if place == line.key.location {
                try record(movement)
            } else {
                try record(Movement(.scrap, line.key, line.quantity))
                try record(Movement(.adjust, StockKey(sku: line.key.sku, location: place), line.quantity))
            }
            note("restock \(line.quantity) \(line.key.inWords)\(place == line.key.location ? "" : " to \(place)")")
        }
    }

    /// The lines that come back, each with its place.
    private mutating func returns(
        of action: Action.StockAction, to destination: Expression
    ) throws(Refusal) -> [(line: ReserveLine, place: Location)] {
        guard let each = action.each else {
            guard let line = try line(of: action) else { return [] }
            return [(line, try place(destination))]
        }
        guard case .list(let elements) = try value(each) else { return [] }
        var returns: [(line: ReserveLine, place: Location)] = []
        for element in elements {
            bind(element, at: action.depth)
            if let line = try line(of: action) { returns.append((line, try place(destination))) }
        }
        scope.bound.removeSubrange(min(action.depth, scope.bound.count)...)
        return returns
    }

    private mutating func place(_ expression: Expression) throws(Refusal) -> Location {
        let location = Location(try value(expression).plainText)
        let bytesMax = InterpreterLimits.stockNameBytesMax
        guard location.text.byteCount <= bytesMax else { throw .limit("bytes of a location", max: bytesMax) }
        return location
    }

    private mutating func record(_ movement: Movement) throws(Refusal) {
        // Holdings are few, and are looked through one by one.
        try spend(1 + order.holdings.count >> 2)
        guard outcome.movements.count < InterpreterLimits.movementsMax else {
            throw .limit("stock movements of one command", max: InterpreterLimits.movementsMax)
        }
        guard order.move(movement) else {
            throw .beyondHolding(
                movement.key.sku, movement.key.location, asked: movement.quantity, held: 0, verb: "move")
        }
        outcome.movements.append(movement)
    }

    /// The lines that an action is about: one, or one for each element. Lines of quantity 0 are left out.
    private mutating func lines(of action: Action.StockAction) throws(Refusal) -> [ReserveLine] {
        guard let each = action.each else { return try line(of: action).map { [$0] } ?? [] }
        guard case .list(let elements) = try value(each) else { return [] }
        var lines: [ReserveLine] = []
        lines.reserveCapacity(elements.count)
        for element in elements {
            bind(element, at: action.depth)
            if let line = try line(of: action) { lines.append(line) }
        }
        scope.bound.removeSubrange(min(action.depth, scope.bound.count)...)
        return lines
    }

    private mutating func line(of action: Action.StockAction) throws(Refusal) -> ReserveLine? {
        let sku = SKU(try text(action.sku, "the SKU of a stock action"))
        var location: Location = ""
        if let expression = action.location { location = Location(try value(expression).plainText) }
        let bytesMax = InterpreterLimits.stockNameBytesMax
        guard !sku.text.isEmpty else { throw .badData("", path: "", problem: "the SKU of a stock action is empty") }
        guard sku.text.byteCount <= bytesMax, location.text.byteCount <= bytesMax else {
            throw .limit("bytes of a SKU or a location", max: bytesMax)
        }
        guard case .int(let quantity) = try value(action.quantity) else {
            throw .arithmetic("the quantity of \(sku) has no value")
        }
        guard quantity >= 0 else { throw .arithmetic("the quantity of \(sku) is \(quantity), below zero") }
        guard quantity > 0 else { return nil }
        var quota: Int64?
        if let expression = action.quota, case .int(let free) = try value(expression), free >= 0 { quota = free }
        return ReserveLine(key: StockKey(sku: sku, location: location), quantity: quantity, quota: quota)
    }
}

extension StockKey {
    /// `mug`, or `mug at berlin`.
    fileprivate var inWords: String { location.text.isEmpty ? "\(sku)" : "\(sku) at \(location)" }
}
