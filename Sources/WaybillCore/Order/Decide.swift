/// A command that was accepted: the order after it, and what changed.
///
/// A class, although it never changes: it goes through many hands, and one count is kept instead of two dozen.
package final class Decision: Sendable {
    package let order: Order
    package let outcome: Outcome
    /// The command's data, decoded by its type.
    package let data: [Value]
    /// Reserved lines whose stock did not exist and is opened with its quota.
    package let opened: [ReserveLine]
    /// The actions in the order in which they ran, in words; empty unless they were asked for.
    package let trace: [String]

    init(order: Order, outcome: Outcome, data: [Value], opened: [ReserveLine], trace: [String]) {
        self.order = order
        self.outcome = outcome
        self.data = data
        self.opened = opened
        self.trace = trace
    }
}

/// What the workflow says to a command.
package enum Verdict {
    case accepted(Decision)
    /// The natural key was used before, by the event with this version: the same answer again, and nothing changes.
    case repeated(version: Int64)
}

extension Workflow {
    /// Decides a command on an order. Pure: same order, command, workflow, moment, facts and rules, same verdict.
    ///
    /// - Parameters:
    ///   - order: what the order is now; version 0 for one that this command is to place.
    ///   - semantics: the rules; what was decided before is decided again by the rules of then.
    ///   - isTraced: whether the decision shall say which actions ran.
    package func decide(
        _ command: Command, on order: Order, at now: Moment, asking facts: any StockFacts,
        by semantics: Semantics = .current, isTraced: Bool = false
    ) throws(Refusal) -> Verdict {
        let definition = try definition(of: command, on: order)
        if let definition { try checkRole(of: command, by: definition) }
        // The key of a call is remembered as long as the order lives, as natural keys are. Nobody sees the call's data
        // any more, so an answer that comes again is not compared.
        if let version = answeredBefore(command, on: order) { return .repeated(version: version) }
        if let lapsed = lapsedCall(answeredBy: command, on: order) {
            return .accepted(
                try decideLate(
                    command, for: lapsed, on: order, at: now, asking: facts, by: semantics, isTraced: isTraced))
        }
        let answered = try answeredCall(by: command, on: order)
        let data = try decodeData(of: command, by: definition, to: answered, semantics)
        var key = try naturalKey(of: command, by: definition, data: data, version: order.version + 1)
        if let answered { key = answerKey(of: command, to: answered, on: order) }
        if let key, let used = order.keys.first(where: { $0.command == key.command && $0.key == key.key }) {
            guard used.fingerprint == key.fingerprint else { throw .keyReused(key: key.key.string) }
            return .repeated(version: used.version)
        }
        // Only now: who sends again what was done, because the answer was lost, gets that answer.
        if order.version > 0, definition?.isCreation(of: self) ?? false { throw .orderExists(order.id) }
        if let expected = command.expectedVersion, expected != order.version {
            throw .versionConflict(expected: expected, actual: order.version)
        }
        // An answer to a call is taken all the same: money that has left must be written down, and calls have a bound.
        if key != nil, answered == nil, order.keys.count >= InterpreterLimits.naturalKeysMax {
            throw .limit("natural keys of an order", max: InterpreterLimits.naturalKeysMax)
        }
        let lane = command.lane.isEmpty || command.lane == order.lane ? nil : command.lane
        var step = Macrostep(
            workflow: self, order: order, facts: facts, now: now, semantics: semantics, lane: lane, isTraced: isTraced)
        if let answered {
            step.settle(answered, calls[answered.definition].ok == command.name ? .ok : .failed)
        }
        if order.version == 0 {
            placement?.place(data, in: &step.scope.context)
            try checkKeys(of: step.scope.context, placedBy: command)
            try step.start()
        } else {
            guard try step.run(.event(command.name, data: data)) else {
                throw notPossible(command.name, on: order, in: step.scope, data: definition?.data)
            }
        }
        if let key {
            step.order.keys.append(key)
            step.outcome.remembered = key
        }
        return .accepted(try step.finish(data: data))
    }

    /// Decides a timeout that is due. It is used up even when no transition wants it.
    package func decideTimeout(
        _ name: TimeoutName, on order: Order, at now: Moment, asking facts: any StockFacts,
        by semantics: Semantics = .current, isTraced: Bool = false
    ) throws(Refusal) -> Decision {
        guard let index = timeout(name), let pending = order.timeouts.first(where: { $0.name == name }) else {
            throw .unknownTimeout(name, of: order.id)
        }
        var step = Macrostep(
            workflow: self, order: order, facts: facts, now: now, semantics: semantics, lane: pending.lane,
            isTraced: isTraced)
        step.fires()
        step.order.stop(name)
        step.outcome.stop(name)
        _ = try step.run(.timeout(index))
        return try step.finish()
    }

    /// Decides a call that was not answered in time: it ends, or stays open, as the workflow says. The deadline is used
    /// up even when no transition wants to hear of it.
    package func decideExpiry(
        ofCall number: Int64, on order: Order, at now: Moment, asking facts: any StockFacts,
        by semantics: Semantics = .current, isTraced: Bool = false
    ) throws(Refusal) -> Decision {
        guard let call = order.calls.first(where: { $0.number == number && !$0.isUnanswered }) else {
            throw .noOpenCall("$expired", key: order.effectKey(of: number).string, open: [])
        }
        let definition = calls[call.definition]
        let name = definition.unanswered ?? definition.expired ?? definition.failed
        let reason: Text = definition.unanswered == nil ? "expired" : "unanswered"
        let data: [Value]
        do throws(JSONProblem) {
            data = try call.deadlineData(as: definition.deadlineData, reason: reason)
        } catch {
            throw .badData(name, path: error.path, problem: error.message)
        }
        var step = Macrostep(
            workflow: self, order: order, facts: facts, now: now, semantics: semantics, lane: call.lane,
            isTraced: isTraced)
        step.fires()
        if definition.unanswered == nil { step.settle(call, .expired) } else { step.leaveUnanswered(call) }
        _ = try step.run(.event(name, data: data))
        return try step.finish()
    }

    /// Decides to move a pending timeout to another time, or to cancel it (`due` nil), from outside the workflow.
    package func decideReschedule(
        _ name: TimeoutName, to due: Moment?, on order: Order, by semantics: Semantics = .current
    ) throws(Refusal) -> Decision {
        guard let pending = order.timeouts.first(where: { $0.name == name }) else {
            throw .unknownTimeout(name, of: order.id)
        }
        var after = order
        var outcome = Outcome()
        if let due {
            if semantics.keepsToTheCalendar, let refusal = Refusal(beyondCalendar: due, of: "the timeout \(name)") {
                throw refusal
            }
            after.arm(.init(name: name, due: due, lane: pending.lane))
            outcome.arm(.init(name: name, due: due, lane: pending.lane))
        } else {
            after.stop(name)
            outcome.stop(name)
        }
        after.version += 1
        return Decision(order: after, outcome: outcome, data: [], opened: [], trace: [])
    }

    /// The definition of a command, or nil in a workflow that declares none.
    private func definition(of command: Command, on order: Order) throws(Refusal) -> CommandDefinition? {
        if commands.isEmpty {
            return nil
        }
        guard let definition = self.command(command.name) else {
            throw .unknownCommand(
                command.name, workflow: name,
                meant: nearestName(to: command.name.text, among: commands.lazy.map(\.name.text)).map { EventName($0) })
        }
        if order.version == 0 {
            guard definition.isCreation(of: self) else { throw .unknownOrder(order.id) }
        } else if definition.isCreation(of: self), definition.key == nil {
            throw .orderExists(order.id)
        }
        return definition
    }

    private func checkRole(of command: Command, by definition: CommandDefinition) throws(Refusal) {
        guard let role = command.role, !definition.roles.isEmpty, !definition.roles.contains(role) else { return }
        throw .wrongRole(command.name, role: role.string, allowed: definition.roles.map(\.string))
    }

    /// The open call that a command answers; nil: it is no answer.
    private func answeredCall(by command: Command, on order: Order) throws(Refusal) -> OpenCall? {
        guard !calls.isEmpty, isAnswer(command.name) else { return nil }
        let open = order.calls.filter {
            calls[$0.definition].ok == command.name || calls[$0.definition].failed == command.name
        }
        guard let call = order.openCall(key: command.key), open.contains(call) else {
            throw .noOpenCall(
                command.name, key: command.key?.string,
                open: open.prefix(Self.callsNamedMax).map { order.effectKey(of: $0.number).string })
        }
        return call
    }

    /// The version of the event that answered a call with this command and key before.
    private func answeredBefore(_ command: Command, on order: Order) -> Int64? {
        guard !calls.isEmpty, let key = command.key, isAnswer(command.name) else { return nil }
        return order.keys.first { $0.command == command.name && $0.key == key }?.version
    }

    func answerKey(of command: Command, to call: OpenCall, on order: Order) -> Order.NaturalKey {
        Order.NaturalKey(
            command: command.name, key: order.effectKey(of: call.number), fingerprint: 0, version: order.version + 1)
    }

    /// Open calls that a refusal names.
    private static let callsNamedMax = 5

    func decodeData(
        of command: Command, by definition: CommandDefinition?, to call: OpenCall?, _ semantics: Semantics
    ) throws(Refusal) -> [Value] {
        let type = definition?.data ?? RecordType([])
        do throws(JSONProblem) {
            if let call { return try call.complete(command.data, as: type) }
            return try type.decode(command.data, by: semantics)
        } catch {
            throw .badData(command.name, path: error.path, problem: error.message)
        }
    }

    /// A command's list has no keys; the collection that it fills has.
    private func checkKeys(of values: [Value], placedBy command: Command) throws(Refusal) {
        for (field, value) in zip(context.fields, values) {
            guard case .list(_, _, keyed: true) = field.type, case .list(let elements) = value else { continue }
            var keys: Set<Value> = []
            for (index, element) in elements.enumerated() {
                guard let key = element.key, !keys.insert(key).inserted else { continue }
                throw .badData(
                    command.name, path: "\(field.name)[\(index)]", problem: "the key \(key.plainText) is given twice")
            }
        }
    }

    private func naturalKey(
        of command: Command, by definition: CommandDefinition?, data: [Value], version: Int64
    ) throws(Refusal) -> Order.NaturalKey? {
        guard let definition, let slot = definition.key, case .text(let key) = data[slot] else { return nil }
        var writer = JSONWriter()
        writer.bare(.record(data))
        var digest = Digest()
        digest.add(writer.bytes)
        return Order.NaturalKey(command: command.name, key: key, fingerprint: digest.value, version: version)
    }

    /// Whether a command has a natural key that an order has used already.
    package func repeats(_ command: Command, on order: Order) -> Bool {
        guard let definition = self.command(command.name), let slot = definition.key else { return false }
        do throws(JSONProblem) {
            guard case .text(let key) = try definition.data.decode(command.data)[slot] else { return false }
            return order.keys.contains { $0.command == command.name && $0.key == key }
        } catch {
            return false
        }
    }

    /// - Parameters:
    ///   - event: what the order hears of the command; nil: the command itself.
    ///   - scope: what the guards have read; nil: none was asked.
    ///   - data: the types of the event's data.
    func notPossible(
        _ name: EventName, heardAs event: EventName? = nil, on order: Order, in scope: Scope? = nil,
        data: RecordType? = nil
    ) -> Refusal {
        let active = leaves(of: order.configuration)
        var guards: [Refusal.Condition] = []
        for state in order.configuration.states where !isFinished(order.configuration) {
            for transition in states[state].transitions where transition.trigger == .event(event ?? name) {
                guard let text = transition.guardText, let condition = transition.guarding else { continue }
                let parts = scope.map { scope in
                    ConditionReading.parts(of: condition, in: scope, of: self, event: data ?? RecordType([]))
                }
                guards.append(
                    Refusal.Condition(text.string, because: transition.because?.string, parts: parts ?? []))
            }
        }
        return .notPossible(
            name, status: order.status.string, states: active.map { states[$0].path.string }, guards: guards)
    }
}

extension Workflow.CommandDefinition {
    fileprivate func isCreation(of workflow: Workflow) -> Bool { name == workflow.creation?.name }
}
