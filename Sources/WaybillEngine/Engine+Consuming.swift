package import WaybillBroker
package import WaybillCore
package import WaybillStore
import WaybillTimeouts

/// Messages that a module of this process handles: its rows and the acknowledgements are one write.
extension Engine {
    /// Takes one message: rows of its own in the file, and effects on others by `Effects`.
    package typealias ModuleHandler = @Sendable (Delivery, borrowing ModuleTables, Effects) throws -> Void

    /// What became of a batch.
    package struct Consumption: Sendable {
        /// Messages whose effects and acknowledgements are committed.
        package var done = 0
        /// Messages that their handler could not take: they come again by the group's ladder, or are dead.
        package var failed: [(id: MessageID, why: String)] = []

        package var isEmpty: Bool { done == 0 && failed.isEmpty }
    }

    /// Takes messages and handles them in writes that are short and shared with nobody, with a rest between them while
    /// commands come. A message whose handler throws is left out: the others are handled again without it, and it
    /// fails. A message that may have ended a process before is handled alone, so that its neighbours do not share its
    /// attempts.
    ///
    /// - Parameters:
    ///   - deadline: for each message; a handler that overruns it has failed.
    ///   - handle: may be called more than once for a message in a batch; only what the last call did is kept.
    package func consume(
        _ reception: Reception, deadline: Interval, _ handle: @escaping ModuleHandler
    ) async -> Result<Consumption, MessageRefusal> {
        var reception = reception
        reception.isCautious = true
        switch await receive(reception) {
        case .failure(let refusal): return .failure(refusal)
        case .success(let deliveries) where deliveries.isEmpty: return .success(Consumption())
        case .success(let deliveries):
            var rest = deliveries
            var consumption = Consumption()
            while !rest.isEmpty {
                switch await handleSome(&rest, of: reception.group, deadline: deadline, handle) {
                case .failure(let refusal): return .failure(refusal)
                case .success(let some):
                    consumption.done += some.done
                    consumption.failed += some.failed
                }
            }
            return .success(consumption)
        }
    }

    /// Handles the first of the deliveries in a write of their own, when it is a module's turn, and takes them out.
    private func handleSome(
        _ rest: inout [Delivery], of group: GroupName, deadline: Interval, _ handle: @escaping ModuleHandler
    ) async -> Result<Consumption, MessageRefusal> {
        let isTaken = await modulePace.turn(in: world)
        do throws(Refusal) {
            let (left, outcome) = try await withWriter { [world, modulePace, rest] writer in
                let began = world.uptime()
                var left = rest
                let outcome = writer.consume(&left, of: group, deadline: deadline, handle)
                let now = world.uptime()
                modulePace.finish(
                    isTaken: isTaken, took: Interval(milliseconds: now.milliseconds - began.milliseconds), at: now)
                return (left, outcome)
            }
            rest = left
            return outcome
        } catch {
            modulePace.finish(isTaken: isTaken, took: Interval(milliseconds: 0), at: world.uptime())
            // The deliveries end by themselves and come again.
            return .failure(MessageRefusal(error))
        }
    }
}

extension Writer {
    /// Handles deliveries and acknowledges them in one write, without those whose handlers throw, until the write has
    /// lasted long enough; takes out what it has dealt with.
    func consume(
        _ rest: inout [Delivery], of group: GroupName, deadline: Interval, _ handle: Engine.ModuleHandler
    ) -> Result<Engine.Consumption, MessageRefusal> {
        var consumption = Engine.Consumption()
        let end = world.uptime().milliseconds + ModulePace.writeMax.milliseconds
        while !rest.isEmpty {
            let progress = Handling()
            let outcome = ownWrite { [rest] transaction in
                for (index, delivery) in rest.enumerated() {
                    if index > 0, world.uptime().milliseconds >= end { break }
                    progress.index = index
                    try self.handle(delivery, of: group, deadline: deadline, handle, in: transaction)
                    progress.handled += 1
                }
                progress.index = nil
                try flush(in: transaction)
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
                if let failure = fail(culprit, why: refusal.message) { return .failure(failure) }
            }
        }
        return .success(consumption)
    }

    private func handle(
        _ delivery: Delivery, of group: GroupName, deadline: Interval, _ handle: Engine.ModuleHandler,
        in transaction: borrowing Transaction
    ) throws {
        // A delivery that is over has been handled elsewhere, or will be: its effect must not happen here.
        if let refusal = try broker.handle(.acknowledge(delivery.receipt), at: world.now(), in: transaction).refusal {
            throw refusal
        }
        guard let number = try transaction.group(group)?.number else { throw MessageRefusal.unknownGroup(group) }
        let done = try transaction.effects(of: number, messageID: delivery.id.text)
        let isOpen = try !delivery.isReplayed || isOpened(delivery.place, to: number, in: transaction)
        let effects = Effects(isOpen: isOpen, done: Set(done.map(\.name)))
        let seconds = Double(deadline.milliseconds) / 1_000
        try transaction.withModuleTables(deadlineSeconds: seconds) { tables in
            do {
                try handle(delivery, tables, effects)
            } catch {
                throw CallerFailure(error: error)
            }
        }
        try perform(effects, of: number, for: delivery.id, in: transaction)
    }

    /// Whether the look-back that brings a message again has opened effects.
    private func isOpened(
        _ place: MessageOrigin, to group: GroupNumber, in transaction: borrowing Transaction
    ) throws -> Bool {
        let queue = StoredQueueNumber(place.queue)
        return try transaction.effectsOpened(of: group, in: queue).map { place.offset >= $0 } ?? false
    }

    /// Does what a handler has asked for beyond its rows, and remembers it by name.
    private func perform(
        _ effects: Effects, of group: GroupNumber, for message: MessageID, in transaction: borrowing Transaction
    ) throws {
        if let refusal = effects.refusal { throw refusal }
        let now = world.now()
        for name in effects.claims {
            _ = try transaction.insert(
                EffectRow(group: group, messageID: message.text, name: name, at: now, result: "done"))
        }
        for action in effects.actions {
            switch action {
            case .send(let message):
                if let refusal = try broker.handle(.send([message]), at: now, in: transaction).refusal { throw refusal }
            case .stock(let command):
                if case .failure(let refusal) = try handler.handle(command, at: now, in: transaction) { throw refusal }
            }
        }
    }

    /// Fails a delivery in a write of its own; a stale one needs no failing.
    private func fail(_ delivery: Delivery, why: String) -> MessageRefusal? {
        let outcome: Result<MessageRefusal?, Refusal> = ownWrite { transaction in
            let reply = try broker.handle(
                .fail(delivery.receipt, delay: nil, why: why), at: world.now(), in: transaction)
            try flush(in: transaction)
            return reply.refusal
        }
        switch outcome {
        case .failure(let refusal): return MessageRefusal(refusal)
        case .success(.staleReceipt), .success(nil): return nil
        case .success(let refusal): return refusal
        }
    }
}

/// Which delivery is being handled; a class, because the closure of a write gives back nothing when it throws.
private final class Handling {
    var index: Int?
    var handled = 0
}
