/// A workflow run without a file: what each event does, with the actions in the order in which they ran.
///
/// Stock is endless and roles are not asked for, so only the workflow itself says no. Time passes when it is told to.
/// An answer goes to the oldest call that it fits; children are named, and run in a ``FamilyDryRun`` only.
package struct DryRun {
    /// Timeouts that one wait may fire; a workflow whose timeout arms itself again would fire for ever.
    package static let firingsMax = 1_000

    package let workflow: Workflow
    /// The order as it is; version 0 until it is placed.
    package private(set) var order: Order
    package private(set) var now: Moment
    private let stock = EndlessStock()

    package init(_ workflow: Workflow, at start: Moment, id: OrderID = "dry-run", parent: OrderID? = nil) {
        self.workflow = workflow
        order = Order(id: id, workflow: workflow, placedAt: start)
        order.parent = parent
        now = start
    }

    /// When the next timeout or deadline is due; nil: none is.
    package var nextDue: Moment? { nextDue(upTo: Moment(milliseconds: .max), except: [])?.due }

    /// Sets the clock without firing what is due.
    mutating func look(at moment: Moment) { now = max(now, moment) }

    /// What one event came to.
    package struct Step: Sendable {
        /// Actions in the order in which they ran, in words.
        package var actions: [String] = []
        /// Timeouts that fired while time passed.
        package var fired: [TimeoutName] = []
        /// Why nothing happened, if it did not.
        package var refusal: Refusal?
        /// The event's natural key was used before: the same answer again, and nothing changed.
        package var isRepeat = false
        /// What was said to parent and children.
        package var relatives: [RelativeCommand] = []

        package init() {}
    }

    /// Places the order without a command. Fields that `context` does not name are as in a new order.
    package mutating func start(context json: [UInt8] = []) -> Step {
        var step = Step()
        do throws(Refusal) {
            var fresh = order
            if !json.isEmpty { fresh.context = try decodeContext(json) }
            var macrostep = Macrostep(
                workflow: workflow, order: fresh, facts: stock, now: now, semantics: .current, isTraced: true)
            try macrostep.start()
            take(try macrostep.finish(), to: &step)
        } catch {
            step.refusal = error
        }
        return step
    }

    /// Sends an event, or the command that places the order.
    package mutating func send(_ name: EventName, data: [UInt8] = []) -> Step {
        var step = Step()
        do throws(Refusal) {
            let key = workflow.answerable(by: name, of: order).map { order.effectKey(of: $0.number) }
            let command = Command(order: order.id, name: name, data: data, key: key)
            switch try workflow.decide(command, on: order, at: now, asking: stock, isTraced: true) {
            case .accepted(let decision): take(decision, to: &step)
            case .repeated: step.isRepeat = true
            }
        } catch {
            step.refusal = error
        }
        return step
    }

    /// Lets time pass; what comes due fires at its own time. A timeout that is refused stays pending to the next wait.
    package mutating func wait(_ interval: Interval) -> Step {
        var step = Step()
        var refused: Set<Scheduled> = []
        let end = now.advanced(by: interval)
        while let next = nextDue(upTo: end, except: refused) {
            guard step.fired.count < Self.firingsMax else {
                step.refusal = .limit("timeouts fired in one wait", max: Self.firingsMax)
                break
            }
            now = max(now, next.due)
            do throws(Refusal) {
                let decision: Decision
                switch next {
                case .timeout(let timeout):
                    decision = try workflow.decideTimeout(
                        timeout.name, on: order, at: now, asking: stock, isTraced: true)
                    step.fired.append(timeout.name)
                case .call(let call):
                    decision = try workflow.decideExpiry(
                        ofCall: call.number, on: order, at: now, asking: stock, isTraced: true)
                    step.fired.append(TimeoutName(order.effectKey(of: call.number)))
                }
                take(decision, to: &step)
            } catch {
                refused.insert(next)
                step.refusal = error
            }
        }
        now = max(now, end)
        return step
    }

    private mutating func take(_ decision: Decision, to step: inout Step) {
        order = decision.order
        step.actions += decision.trace
        step.relatives += decision.outcome.relatives
    }

    private func nextDue(upTo end: Moment, except refused: Set<Scheduled>) -> Scheduled? {
        order.scheduled(upTo: end, under: workflow).first { !refused.contains($0.matter) }?.matter
    }

    private func decodeContext(_ json: [UInt8]) throws(Refusal) -> [Value] {
        do throws(JSONProblem) {
            let given = try workflow.context.withOptionalFields.decode(json)
            return workflow.context.filled(given)
        } catch {
            throw .badData("the context", path: error.path, problem: error.message)
        }
    }
}

extension RecordType {
    /// The same record with every field optional, at every depth.
    fileprivate var withOptionalFields: RecordType {
        RecordType(
            fields.map { field in
                let type: ValueType =
                    switch field.type {
                    case .record(let record): .record(record.withOptionalFields)
                    case .list(let record, let countMax, let keyed):
                        .list(of: record.withOptionalFields, countMax: countMax, keyed: keyed)
                    case .bool, .text, .number, .null: field.type
                    }
                return Field(name: field.name, type: type, isOptional: true)
            })
    }

    /// The record with the initial value wherever nothing was given, at every depth.
    fileprivate func filled(_ given: [Value]) -> [Value] {
        zip(fields, given).map { field, value in
            switch (value, field.type) {
            case (.null, _): field.initial
            case (.record(let values), .record(let record)): .record(record.filled(values))
            case (.list(let elements), .list(let record, _, _)):
                .list(elements.map { if case .record(let values) = $0 { .record(record.filled(values)) } else { $0 } })
            case (_, _): value
            }
        }
    }
}
