import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Deciding: what a trigger leads to, in its order and in those of its family. Nothing is written here.
extension CommandHandler {
    /// What a workflow and its relatives say to a trigger.
    enum FamilyVerdict {
        case accepted(Cascade)
        /// The natural key was used before.
        case repeated(version: Int64)
    }

    /// Decides, fetching stock rows as the decision asks for them. Each round fetches at least one row, so it ends.
    func decide(
        _ trigger: Trigger, on entry: OrderLedger.Entry, in write: borrowing Write
    ) throws -> Result<FamilyVerdict, Refusal> {
        while true {
            stock.beginDecision()
            let verdict = entry.workflow.workflow.verdict(on: trigger, to: entry.order, at: write.now, asking: stock)
            guard stock.missing.isEmpty else {
                try stock.load(stock.missing, in: write.transaction)
                continue
            }
            switch verdict {
            case .failure(let refusal): return .failure(refusal)
            case .success(.repeated(let version)): return .success(.repeated(version: version))
            case .success(.accepted(let decision)):
                var cascade = Cascade(step(trigger, decision, on: entry, before: entry.order, at: write.now))
                guard !decision.outcome.relatives.isEmpty else { return .success(.accepted(cascade)) }
                switch try follow(&cascade, in: write) {
                case .done: return .success(.accepted(cascade))
                case .refused(let refusal): return .failure(refusal)
                case .again: try stock.load(stock.missing, in: write.transaction)
                }
            }
        }
    }

    private func step(
        _ trigger: Trigger, _ decision: Decision, on entry: OrderLedger.Entry, before: Order, at now: Moment
    ) -> Cascade.Step {
        switch trigger {
        case .command(let command):
            let body = EventBody(of: command, decided: decision, under: entry.workflow.workflow)
            var header = EventHeader(type: command.name, at: now)
            header.caller = command.caller
            header.key = command.key
            header.trace = command.trace
            header.lane = command.lane.isEmpty ? before.lane : command.lane
            return Cascade.Step(entry: entry, decision: decision, body: body, header: header)
        case .timeout(let name):
            var header = EventHeader(type: "$timeout", at: now)
            header.lane = before.timeouts.first { $0.name == name }?.lane ?? before.lane
            return Cascade.Step(
                entry: entry, decision: decision, body: EventBody(of: name), header: header, fired: name)
        case .expiry(let number):
            let type: EventName = decision.outcome.unanswered.isEmpty ? "$expired" : "$unanswered"
            var header = EventHeader(type: type, at: now)
            header.lane = before.calls.first { $0.number == number }?.lane ?? before.lane
            return Cascade.Step(
                entry: entry, decision: decision, body: EventBody(ofExpired: number), header: header)
        }
    }

    // MARK: Relatives

    private enum Followed {
        case done
        case refused(Refusal)
        /// Rows are missing: everything is to be decided anew.
        case again
    }

    /// Decides what orders tell their relatives, and what those tell theirs.
    private func follow(_ cascade: inout Cascade, in write: borrowing Write) throws -> Followed {
        while let pending = cascade.nextPendingCommand() {
            guard cascade.stepCount < Cascade.stepsMax else {
                return .refused(.limit("orders moved by one command", max: Cascade.stepsMax))
            }
            let sender = cascade.step(pending.sender)
            guard let id = sender.decision.order.id(of: pending.command.receiver) else { continue }
            let receiver: OrderLedger.Entry
            switch try find(id, pending, in: cascade, in: write) {
            case .failure(let refusal): return .refused(refusal)
            case .success(let entry): receiver = entry
            }
            let before = cascade.order(id)?.order ?? receiver.order
            let workflow = receiver.workflow.workflow
            let command = command(pending, to: receiver, from: sender)
            if let refusal = command.boundCrossed(isOwnEvent: false) { return .refused(refusal) }
            if before.version > 0, workflow.isFinished(before.configuration) {
                cascade.addUnheard(command, by: receiver)
                continue
            }
            let facts = CascadeFacts(stock, after: cascade.movements)
            let verdict = workflow.verdict(on: .command(command), to: before, at: write.now, asking: facts)
            guard stock.missing.isEmpty else { return .again }
            switch verdict {
            case .failure(let refusal):
                return .refused(
                    .relativeRefused(
                        id, command.name, code: refusal.code, message: refusal.message, values: refusal.values))
            case .success(.repeated): continue
            case .success(.accepted(let decision)):
                let step = step(.command(command), decision, on: receiver, before: before, at: write.now)
                cascade.add(step, cause: pending.sender)
            }
        }
        return .done
    }

    /// The order that is told something; a new one when it is to be spawned.
    private func find(
        _ id: OrderID, _ pending: Cascade.PendingCommand, in cascade: Cascade, in write: borrowing Write
    ) throws -> Result<OrderLedger.Entry, Refusal> {
        let known = try cascade.order(id)?.entry ?? load(id, in: write)
        guard case .newChild(let child) = pending.command.receiver else {
            guard let known else {
                throw EngineFailure.damaged("order \(id) is not there, and a relative of it has something to tell it")
            }
            return .success(known)
        }
        if known != nil { return .failure(.orderExists(id)) }
        guard let open = try catalogue.current(child.workflow) else {
            return .failure(.unknownWorkflow(child.workflow.text.string))
        }
        let sender = cascade.step(pending.sender)
        guard try depth(of: sender, in: cascade, in: write) < Self.familyDepthMax else {
            return .failure(.limit("generations of child orders", max: Self.familyDepthMax))
        }
        var order = Order(id: id, workflow: open.workflow, placedAt: write.now, lane: sender.header.lane)
        order.parent = sender.decision.order.id
        let entry = OrderLedger.Entry(order: order, workflow: open, isStored: false)
        entry.parent = sender.entry
        return .success(entry)
    }

    /// Orders above one another in a family, the first one included.
    private static let familyDepthMax = 4

    /// How many orders stand above the sender, itself included.
    private func depth(of sender: Cascade.Step, in cascade: Cascade, in write: borrowing Write) throws -> Int {
        var depth = 1
        var parent = sender.decision.order.parent
        while let id = parent, depth < Self.familyDepthMax {
            depth += 1
            parent = try (cascade.order(id)?.entry ?? load(id, in: write))?.order.parent
        }
        return depth
    }

    private func command(
        _ pending: Cascade.PendingCommand, to receiver: OrderLedger.Entry, from sender: Cascade.Step
    ) -> Command {
        var name = pending.command.name
        var workflow: WorkflowName?
        if case .newChild(let child) = pending.command.receiver {
            name = receiver.workflow.workflow.creation?.name ?? "place"
            workflow = child.workflow
        }
        return Command(
            order: receiver.order.id, name: name, data: pending.command.data, workflow: workflow,
            role: pending.command.role, caller: sender.decision.order.id.text, lane: sender.header.lane,
            trace: sender.header.trace)
    }
}

extension Order {
    /// Which order is meant; nil: there is no parent.
    fileprivate func id(of receiver: RelativeCommand.Receiver) -> OrderID? {
        switch receiver {
        case .parent: parent
        case .child(let id): childID(id)
        case .newChild(let child): childID(child.id)
        }
    }
}

extension Workflow {
    /// What the workflow says to a trigger.
    fileprivate func verdict(
        on trigger: Trigger, to order: Order, at now: Moment, asking facts: any StockFacts
    ) -> Result<Verdict, Refusal> {
        do throws(Refusal) {
            let rules = Journal.semantics
            switch trigger {
            case .command(let command):
                return .success(try decide(command, on: order, at: now, asking: facts, by: rules))
            case .timeout(let name):
                return .success(.accepted(try decideTimeout(name, on: order, at: now, asking: facts, by: rules)))
            case .expiry(let number):
                return .success(
                    .accepted(try decideExpiry(ofCall: number, on: order, at: now, asking: facts, by: rules)))
            }
        } catch {
            return .failure(error)
        }
    }
}
