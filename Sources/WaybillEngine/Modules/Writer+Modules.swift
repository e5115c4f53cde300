import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The write of a module: its rows, its effects and the ends of its deliveries.
extension Writer {
    /// Handles a batch's first messages until the write has lasted long enough; answers how many of them are dealt
    /// with, and how many of these were handled.
    func handle(_ batch: ModuleBatch, _ work: ModuleTask) -> (dropped: Int, done: Int, end: ModuleBatchEnd) {
        guard let check = broker.check(batch) else { return (0, 0, .isOver) }
        let end = world.uptime().milliseconds + writeMax.milliseconds
        let progress = Handling()
        let outcome = ownWrite { write in
            for index in 0..<batch.count {
                if index > 0, world.uptime().milliseconds >= end { break }
                progress.index = index
                write.now = world.now()
                if let delivery = try broker.begin(index, of: batch, check, in: write) {
                    try call(work, for: delivery, of: batch.group, isFirst: true, in: write)
                    try broker.acknowledge(index, of: batch, check, in: write)
                    progress.done += 1
                }
                progress.handled += 1
            }
            progress.index = nil
            broker.raiseMark(beyond: batch)
            try flush(in: write)
        }
        switch outcome {
        case .success: return (progress.handled, progress.done, .goesOn)
        case .failure(let refusal):
            return (0, 0, progress.index == nil || stopped != nil ? .stopped(refusal) : .failed)
        }
    }

    /// Handles deliveries and acknowledges them in one write, without those whose handlers throw, until the write has
    /// lasted long enough; takes out what it has dealt with.
    func consume(_ rest: inout [Delivery], _ work: ModuleTask) -> Result<Engine.Consumption, MessageRefusal> {
        var consumption = Engine.Consumption()
        let end = world.uptime().milliseconds + writeMax.milliseconds
        while !rest.isEmpty {
            let progress = Handling()
            let outcome = ownWrite { [rest] write in
                for (index, delivery) in rest.enumerated() {
                    if index > 0, world.uptime().milliseconds >= end { break }
                    progress.index = index
                    write.now = world.now()
                    try self.handle(delivery, work, in: write)
                    progress.handled += 1
                }
                progress.index = nil
                try flush(in: write)
            }
            switch outcome {
            case .success:
                consumption.done += progress.handled
                rest.removeFirst(progress.handled)
                return .success(consumption)
            case .failure(let refusal):
                guard let index = progress.index, stopped == nil else { return .failure(MessageRefusal(refusal)) }
                let culprit = rest.remove(at: index)
                consumption.failed.append((culprit.id, refusal.message))
                switch fail(culprit, why: refusal.message, leaving: rest) {
                case .success(let left): rest = left
                case .failure(let failure): return .failure(failure)
                }
            }
        }
        return .success(consumption)
    }

    private func handle(_ delivery: Delivery, _ work: ModuleTask, in write: borrowing Write) throws {
        // A delivery that is over has been handled elsewhere, or will be: its effect must not happen here.
        if let refusal = try Acknowledge(delivery.receipt).perform(on: broker, in: write).refusal {
            throw refusal
        }
        guard let number = try broker.number(of: work.group, in: write) else {
            throw MessageRefusal.unknownGroup(work.group)
        }
        try call(work, for: delivery, of: number, isFirst: false, in: write)
    }

    /// Calls the handler for one message, with what was done for it before.
    ///
    /// - Parameter isFirst: the group has never been given it.
    private func call(
        _ work: ModuleTask, for delivery: Delivery, of number: GroupNumber, isFirst: Bool, in write: borrowing Write
    ) throws {
        // A producer may send the same id twice, an order's event cannot.
        let isNew = isFirst && delivery.event != nil
        let done = isNew ? [] : try write.transaction.effects(of: number, messageID: delivery.id.text)
        let isOpen = try !delivery.isReplayed || isOpened(delivery.place, to: number, in: write)
        let effects = Effects(isOpen: isOpen, done: Set(done.map(\.name)))
        let seconds = Double(work.deadline.milliseconds) / 1_000
        try write.transaction.withModuleTables(deadlineSeconds: seconds) { tables in
            do {
                try work.handle(delivery, tables, effects)
            } catch {
                throw CallerFailure(error: error)
            }
        }
        try perform(effects, of: number, for: delivery.id, in: write)
    }

    /// Whether the look-back that brings a message again has opened effects.
    private func isOpened(_ place: MessageOrigin, to group: GroupNumber, in write: borrowing Write) throws -> Bool {
        let queue = StoredQueueNumber(place.queue)
        return try write.transaction.effectsOpened(of: group, in: queue).map { place.offset >= $0 } ?? false
    }

    /// Does what a handler has asked for beyond its rows, and remembers it by name.
    private func perform(
        _ effects: Effects, of group: GroupNumber, for message: MessageID, in write: borrowing Write
    ) throws {
        if let refusal = effects.refusal { throw refusal }
        for name in effects.claims {
            _ = try write.transaction.insert(
                EffectRow(group: group, messageID: message.text, name: name, at: write.now, result: "done"))
        }
        for action in effects.actions {
            switch action {
            case .send(let message):
                if let refusal = try Send([message]).perform(on: broker, in: write).refusal { throw refusal }
            case .stock(let command):
                if case .failure(let refusal) = try handler.handle(command, in: write) { throw refusal }
            }
        }
    }

    /// Fails a delivery in a separate write; a stale one needs no failing. Answers what is left of the others: those
    /// behind it in its message group are taken back with it, and wait for it.
    private func fail(
        _ delivery: Delivery, why: String, leaving rest: [Delivery]
    ) -> Result<[Delivery], MessageRefusal> {
        let outcome: Result<(refusal: MessageRefusal?, left: [Delivery]), Refusal> = ownWrite { write in
            let reply = try Fail(delivery.receipt, delay: nil, why: why).perform(on: broker, in: write)
            var left: [Delivery] = []
            for other in rest {
                let isBehind = delivery.messageGroup != nil && other.messageGroup == delivery.messageGroup
                if isBehind, try !broker.isOut(other.receipt, in: write) { continue }
                left.append(other)
            }
            try flush(in: write)
            return (reply.refusal, left)
        }
        switch outcome {
        case .failure(let refusal): return .failure(MessageRefusal(refusal))
        case .success((.staleReceipt, let left)), .success((nil, let left)): return .success(left)
        case .success((let refusal?, _)): return .failure(refusal)
        }
    }
}

/// Which delivery is being handled; a class, because the closure of a write gives back nothing when it throws.
private final class Handling {
    var index: Int?
    /// Messages that are dealt with.
    var handled = 0
    /// Messages of a batch whose handlers have returned.
    var done = 0
}
