/// The fold: an order after an event is the order before it with the event's outcome applied. Nothing is evaluated.
/// The interpreter changes an order through these same functions, so the stored state cannot drift from the journal.
extension Order {
    /// Applies a whole outcome, as replay does; false when it does not fit the order (a damaged event).
    ///
    /// - Parameter semantics: the rules by which it was decided.
    package mutating func apply(_ outcome: Outcome, by semantics: Semantics = .current) -> Bool {
        for state in outcome.left { configuration.remove(state) }
        for state in outcome.entered { configuration.insert(state) }
        for change in outcome.changes {
            guard context.apply(change) else { return false }
        }
        for name in outcome.stopped { stop(name) }
        for timeout in outcome.armed { arm(timeout) }
        for movement in outcome.movements {
            guard move(movement) else { return false }
        }
        children += outcome.spawned
        for call in outcome.called { open(call) }
        for call in outcome.settled { close(call, by: semantics) }
        for call in outcome.unanswered { leaveUnanswered(call) }
        if let status = outcome.status { self.status = status }
        version += 1
        if var key = outcome.remembered {
            key.version = version
            keys.append(key)
        }
        return true
    }

    /// Applies a whole event, as replay does. The first event also fills the context from its data.
    package mutating func apply(
        _ body: EventBody, under workflow: Workflow, by semantics: Semantics = .current
    ) -> Bool {
        if version == 0 { parent = body.parent }
        if version == 0, !body.data.isEmpty, let creation = workflow.creation {
            do throws(JSONProblem) {
                if let data = body.placed {
                    workflow.placement?.place(data, in: &context)
                } else {
                    workflow.placement?.place(try creation.data.decode(stored: body.data), in: &context)
                }
            } catch {
                return false
            }
        }
        return apply(body.outcome, by: semantics)
    }

    package mutating func arm(_ timeout: PendingTimeout) {
        if let index = timeouts.firstIndex(where: { $0.name == timeout.name }) {
            timeouts[index] = timeout
        } else {
            timeouts.append(timeout)
        }
    }

    package mutating func stop(_ name: TimeoutName) { timeouts.removeAll { $0.name == name } }

    /// Applies a movement to what the order holds; false, and nothing changed, when it goes beyond.
    package mutating func move(_ movement: Movement) -> Bool {
        // Found at a place, not held by the order: new stock, or goods that came back to another place.
        if movement.kind == .receive || movement.kind == .adjust { return true }
        let index = holdings.firstIndex { $0.key == movement.key }
        guard let next = (index.map { holdings[$0] } ?? Holding(key: movement.key)).applying(movement) else {
            return false
        }
        if let index {
            holdings[index] = next
            if next.isEmpty { holdings.remove(at: index) }
        } else {
            holdings.append(next)
        }
        return true
    }

    package func holding(_ key: StockKey) -> Holding {
        holdings.first { $0.key == key } ?? Holding(key: key)
    }
}

extension [Value] {
    /// Applies one change to a context; false when it does not fit.
    package mutating func apply(_ change: Outcome.Change) -> Bool {
        switch change {
        case .field(let slot, let value):
            guard indices.contains(slot) else { return false }
            self[slot] = value
        case .element(let collection, let fields):
            guard indices.contains(collection), case .list(var elements) = self[collection], let key = fields.first
            else { return false }
            self[collection] = .null
            if let index = elements.firstIndex(where: { $0.key == key }) {
                elements[index] = .record(fields)
            } else {
                elements.append(.record(fields))
            }
            self[collection] = .list(elements)
        case .member(let collection, let key, let field, let value):
            guard indices.contains(collection), case .list(var elements) = self[collection],
                let index = elements.firstIndex(where: { $0.key == .text(key) }),
                case .record(var fields) = elements[index], fields.indices.contains(field)
            else { return false }
            self[collection] = .null
            fields[field] = value
            elements[index] = .record(fields)
            self[collection] = .list(elements)
        }
        return true
    }
}

extension Value {
    /// The key of an element of a keyed collection.
    package var key: Value? {
        guard case .record(let fields) = self else { return nil }
        return fields.first
    }
}
