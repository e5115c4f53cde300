package import WaybillBroker
package import WaybillCore
package import WaybillStore

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

        mutating func add(_ other: Consumption) {
            done += other.done
            failed += other.failed
        }
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
        _ request: ReceiveRequest, deadline: Interval, _ handle: @escaping ModuleHandler
    ) async -> Result<Consumption, MessageRefusal> {
        var request = request
        request.isCautious = true
        var consumption = Consumption()
        do throws(MessageRefusal) {
            let work = ModuleTask(group: request.group, deadline: deadline, handle: handle)
            var end = ModuleBatchEnd.goesOn
            // What nobody wants is passed over, however much it is: a module that gets nothing has seen everything.
            while end == .goesOn, consumption.isEmpty {
                switch try await receiving({ [request] in await $0.supply(request) }).get() {
                case .deliveries(let deliveries):
                    settings.meters.note(deliveries.count, to: request.group)
                    try await finish(deliveries, work, &consumption)
                    end = .isOver
                case .batch(let batch):
                    settings.meters.note(batch.count, to: request.group)
                    end = try await finish(batch, work, &consumption)
                }
            }
            if end == .failed {
                // Whose fault it was is found out with messages that are taken first.
                request.wait = Interval(milliseconds: 0)
                try await finish(receive(request).get(), work, &consumption)
            }
            return .success(consumption)
        } catch {
            return .failure(error)
        }
    }

    /// Handles a batch in as few writes as its handlers are fast; a message that cannot be handled ends it.
    private func finish(
        _ batch: ModuleBatch, _ work: ModuleTask, _ consumption: inout Consumption
    ) async throws(MessageRefusal) -> ModuleBatchEnd {
        var rest = batch
        var end = ModuleBatchEnd.goesOn
        do throws(Refusal) {
            while end == .goesOn, !rest.isEmpty {
                let (dropped, done, state) = try await withModuleTurn { [rest] in $0.handle(rest, work) }
                rest.drop(dropped)
                consumption.done += done
                end = state
            }
        } catch {
            _ = receiver.giveBack(rest, dropped: batch.count - rest.count, of: batch)
            throw MessageRefusal(error)
        }
        let deliveries = receiver.giveBack(rest, dropped: batch.count - rest.count, of: batch)
        if case .stopped(let refusal) = end { throw MessageRefusal(refusal) }
        guard end == .failed, !deliveries.isEmpty else { return end }
        try await finish(deliveries, work, &consumption)
        return .goesOn
    }

    /// Handles deliveries, in writes of their own when it is a module's turn.
    private func finish(
        _ deliveries: [Delivery], _ work: ModuleTask, _ consumption: inout Consumption
    ) async throws(MessageRefusal) {
        var rest = deliveries
        while !rest.isEmpty {
            let outcome: Result<Consumption, MessageRefusal>
            do throws(Refusal) {
                (rest, outcome) = try await withModuleTurn { [rest] writer in
                    var left = rest
                    let outcome = writer.consume(&left, work)
                    return (left, outcome)
                }
            } catch {
                // The deliveries end by themselves and come again.
                throw MessageRefusal(error)
            }
            consumption.add(try outcome.get())
        }
    }
}

/// What a module does with messages.
struct ModuleTask: Sendable {
    let group: GroupName
    /// For each message.
    let deadline: Interval
    let handle: Engine.ModuleHandler
}

/// How a write of a batch has ended.
enum ModuleBatchEnd: Equatable, Sendable {
    /// What is left is for the next write, if anything is.
    case goesOn
    /// A handler has thrown, and nothing of the write was kept.
    case failed
    /// Nothing can be written.
    case stopped(Refusal)
    /// The group has looked back, or was deleted, meanwhile.
    case isOver
}
