import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Stock commands: receipts, adjustments and counts, as events of the stock's own stream.
extension CommandHandler {
    func handle(_ command: StockCommand, in write: borrowing Write) throws -> Result<StockReceipt, Refusal> {
        if let refusal = command.crossedBound { return .failure(refusal) }
        let asked = command
        if let key = command.key,
            let row = try write.transaction.command(caller: command.caller, key: key, at: write.keyTime)
        {
            guard asked.isMeant(by: row.fingerprint) else { return .failure(.keyReused(key: key.string)) }
            hasKeptAnswer = true
            if let refusal = row.refusal { return .failure(.remembered(refusal)) }
            // The place that the SKU had then: it may have others now.
            let place = try row.stream.flatMap { try write.transaction.stock(number: $0)?.key } ?? command.stock
            try stock.load([place], in: write.transaction)
            var again = receipt(of: place, as: nil, isRepeat: true)
            again.version = row.version ?? again.version
            if let stream = row.stream {
                let event = try write.transaction.events(of: stream, fromVersion: again.version, limit: 1).first
                // A count that agreed with the book has no event: another command made the one of this version.
                if let event, event.key == command.key, event.caller == command.caller {
                    again.position = event.position
                }
            }
            return .success(again)
        }
        var command = command
        if let refusal = try takePlace(of: &command, in: write) { return .failure(refusal) }
        try stock.load([command.stock], in: write.transaction)
        let result = try decide(command, in: write)
        // Without a row there is nothing that was decided: a refused first receipt, or a count of 0 of nothing.
        if let key = command.key, let number = stock.row(command.stock)?.number {
            var row = CommandRow(
                caller: command.caller, key: key, fingerprint: asked.fingerprint(at: command.stock.location),
                stream: number, version: nil, refusal: nil)
            switch result {
            case .success(let receipt): row.version = receipt.version
            case .failure(let refusal): row.refusal = refusal.stored
            }
            try write.transaction.insert(row, at: write.keyTime)
            hasKeptAnswer = true
        }
        return result
    }

    /// Finds the place of a command that names none; a refusal when there are several, and each has a name.
    private func takePlace(of command: inout StockCommand, in write: borrowing Write) throws -> Refusal? {
        guard command.isAboutOnlyPlace else { return nil }
        let places = try write.transaction.places(of: command.stock.sku, limit: StockCommand.placesNamed + 1)
        // The place without a name is meant where there is one, as it was before places could be left out.
        guard let place = places.first, !place.text.isEmpty else { return nil }
        guard places.count > 1 else {
            command.stock.location = place
            return nil
        }
        var names = places.prefix(StockCommand.placesNamed).map { "\($0)" }
        if places.count > names.count { names.append("others") }
        let last = names.removeLast()
        return .stockConflict(
            command.stock.sku, "", problem: "it lies at \(names.joined(separator: ", ")) and \(last); name the place")
    }

    private func decide(_ command: StockCommand, in write: borrowing Write) throws -> Result<StockReceipt, Refusal> {
        if case .move(let quantity, let to) = command.action {
            return try decideMove(of: quantity, to: to, command, in: write)
        }
        let row = stock.row(command.stock)
        switch command.movement(on: row?.level ?? StockLevel()) {
        case .failure(let refusal):
            return .failure(refusal)
        case .success(nil):
            return .success(receipt(of: command.stock, as: nil, isRepeat: false))
        case .success(let movement?):
            let header = header(of: command, in: write)
            try move(movement, header, count: command.askedCount, note: command.note, in: write)
            return .success(receipt(of: command.stock, as: journal.endPosition, isRepeat: false))
        }
    }

    /// Units go from one place to another: an event of either place. The first has the key.
    private func decideMove(
        of quantity: Int64, to place: Location, _ command: StockCommand, in write: borrowing Write
    ) throws -> Result<StockReceipt, Refusal> {
        let (from, to) = (command.stock, StockKey(sku: command.stock.sku, location: place))
        try stock.load([to], in: write.transaction)
        let (taken, given) = (Movement(.adjust, from, 0 &- quantity), Movement(.adjust, to, quantity))
        if let problem = command.problem(
            with: taken, on: stock.row(from)?.level, and: given, on: stock.row(to)?.level)
        {
            return .failure(.stockConflict(from.sku, from.location, problem: problem))
        }
        var header = header(of: command, in: write)
        try move(taken, header, otherPlace: to.location, note: command.note, in: write)
        let receipt = receipt(of: from, as: journal.endPosition, isRepeat: false)
        header.key = nil
        try move(given, header, otherPlace: from.location, note: command.note, in: write)
        return .success(receipt)
    }

    private func header(of command: StockCommand, in write: borrowing Write) -> EventHeader {
        var header = EventHeader(type: command.eventType, at: write.now)
        header.caller = command.caller
        header.key = command.key
        header.trace = command.trace
        return header
    }

    /// Appends an event to a stock's stream and applies its movement, which was checked.
    func move(
        _ movement: Movement, _ header: EventHeader, count: StockEventBody.Count? = nil, otherPlace: Location? = nil,
        note: Text? = nil, in write: borrowing Write
    ) throws {
        let position = journal.nextPosition
        var row =
            stock.row(movement.key)
            ?? StockRow(
                number: StreamNumber(position.number), key: movement.key, version: 0, level: StockLevel())
        guard let level = row.level.applying(movement, by: header.type) else {
            throw EngineFailure.damaged("a movement of \(movement.key.sku) that was checked does not fit its stock row")
        }
        row.level = level
        row.version += 1
        try journal.append(header, stream: row.number, version: row.version, in: write.transaction) { writer in
            StockEventBody(movement: movement, count: count, otherPlace: otherPlace, note: note).write(to: &writer)
        }
        if row.version == 1 {
            try write.transaction.insert(row)
            stock.add(row)
        } else {
            stock.change(row)
        }
    }

    private func receipt(of key: StockKey, as position: Position?, isRepeat: Bool) -> StockReceipt {
        let row = stock.row(key)
        return StockReceipt(
            stock: key, position: position, version: row?.version ?? 0, level: row?.level ?? StockLevel(),
            isRepeat: isRepeat)
    }
}

extension StockLevel {
    /// Whether a movement has brought one of its numbers beyond a bound. What is free, reserved and sold is together
    /// what came in and what was found: orders move it, and make it no more.
    fileprivate func isBeyond(_ max: Int64, by movement: Movement) -> Bool {
        let (sum, overflow) = received.addingReportingOverflow(adjusted)
        let isMore = movement.quantity > 0 && (overflow || sum > max)
        return isMore || (movement.kind == .receive ? received > max : adjusted.magnitude > max.magnitude)
    }
}

extension StockCommand {
    var eventType: EventName {
        switch action {
        case .receive: "$receive"
        case .adjust: "$adjust"
        case .count: "$count"
        case .move: .stockMoved
        }
    }

    /// What a count asked for: the event keeps it, so that the history says the same again.
    fileprivate var askedCount: StockEventBody.Count? {
        guard case .count(let counted, let expected) = action else { return nil }
        return StockEventBody.Count(counted: counted, expected: expected)
    }

    /// What the command moves on this level; nil: nothing (a count that agrees with the book).
    fileprivate func movement(on level: StockLevel) -> Result<Movement?, Refusal> {
        let movement: Movement
        switch action {
        case .receive(let quantity):
            guard quantity > 0 else { return conflict("a receipt of \(quantity); it must be 1 or more") }
            movement = Movement(.receive, stock, quantity)
        case .adjust(let quantity):
            guard quantity != 0 else { return conflict("an adjustment of 0 changes nothing") }
            movement = Movement(.adjust, stock, quantity)
        case .count(let counted, let expected):
            guard counted >= 0 else { return conflict("\(counted) units cannot be counted") }
            if let expected, expected != level.free {
                return conflict("\(expected) free expected, the book says \(level.free); count again")
            }
            if counted == level.free { return .success(nil) }
            movement = Movement(.adjust, stock, counted - level.free)
        case .move(let quantity, _):
            movement = Movement(.adjust, stock, 0 &- quantity)
        }
        guard let next = level.applying(movement) else {
            return conflict("\(movement.quantity) does not fit \(level.free) free")
        }
        if let levelMax, next.isBeyond(levelMax, by: movement) {
            return conflict(
                "\(movement.quantity) would go beyond \(levelMax), the most that is kept here: \(level.received) "
                    + "came in, \(level.adjusted) were found or lost, \(level.free) are free")
        }
        return .success(movement)
    }

    /// Places that a refusal names.
    static let placesNamed = 5

    /// Why units cannot go from one place to another; nil: they can.
    fileprivate func problem(
        with taken: Movement, on from: StockLevel?, and given: Movement, on to: StockLevel?
    ) -> String? {
        let quantity = given.quantity
        guard quantity > 0 else { return "a move of \(quantity); it must be 1 or more" }
        guard taken.key != given.key else { return "it lies there already; name another place" }
        guard from?.purchaseLimit == nil, to?.purchaseLimit == nil else {
            return "it is a purchase limit and no goods; its orders say how many"
        }
        guard let from, let left = from.applying(taken) else {
            return "\(quantity) cannot leave, \(from?.free ?? 0) are free"
        }
        guard let found = (to ?? StockLevel()).applying(given) else { return "\(quantity) more do not fit there" }
        if let levelMax, left.isBeyond(levelMax, by: taken) || found.isBeyond(levelMax, by: given) {
            return "\(quantity) would go beyond \(levelMax), the most that is kept here"
        }
        return nil
    }

    private func conflict(_ problem: String) -> Result<Movement?, Refusal> {
        .failure(.stockConflict(stock.sku, stock.location, problem: problem))
    }

    /// What a repeat must ask for as well.
    ///
    /// - Parameter place: where it was done.
    fileprivate func fingerprint(at place: Location) -> UInt64 {
        // One that names the place without a name asks for something else.
        fingerprint(ofOnlyPlace: isAboutOnlyPlace && !place.text.isEmpty)
    }

    /// Whether a fingerprint is that of the same request, also of an earlier release, which did not tell the only place
    /// from the one without a name.
    fileprivate func isMeant(by fingerprint: UInt64) -> Bool {
        fingerprint == self.fingerprint(ofOnlyPlace: false)
            || isAboutOnlyPlace && fingerprint == self.fingerprint(ofOnlyPlace: true)
    }

    private func fingerprint(ofOnlyPlace isOfOnlyPlace: Bool) -> UInt64 {
        var digest = Digest()
        if isOfOnlyPlace { digest.add(1) }
        digest.add(stock.sku.text)
        digest.add(stock.location.text)
        digest.add(eventType.text)
        switch action {
        case .receive(let quantity), .adjust(let quantity): digest.add(quantity)
        case .count(let counted, let expected):
            digest.add(counted)
            digest.add(expected ?? -1)
        case .move(let quantity, let to):
            digest.add(quantity)
            digest.add(to.text)
        }
        return UInt64(bitPattern: digest.value)
    }
}
