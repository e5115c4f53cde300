import Synchronization
import WaybillBroker
import WaybillCore
import WaybillEngine
import WaybillTimeouts

/// The modules of an open book: in the real world each has loops, in a virtual one they work when told.
final class ModuleLoops: Sendable {
    private struct Installed {
        var module: any ShopModule
        var loop: Task<Void, Never>?
    }

    private struct State {
        var names: Set<GroupName> = []
        var installed: [Installed] = []
        /// What the installed ones could not do.
        var failures: [GroupName: ModuleFailures] = [:]
    }

    /// How long a loop waits for messages before it looks whether something else is to be done.
    private static let wait = Interval.seconds(5)
    /// Messages that a module takes at once; its writes end earlier when they have lasted long enough.
    private static let messagesPerWrite = 100
    private static let longestRest = Interval.seconds(30)

    private let state = Mutex(State())

    /// Takes a name; false: it is taken.
    func reserve(_ name: GroupName) -> Bool { state.withLock { $0.names.insert(name).inserted } }

    /// Gives a name back.
    func remove(_ name: GroupName) { state.withLock { _ = $0.names.remove(name) } }

    /// - Parameter isPaced: it works when told to, in the real world too.
    func start(_ module: any ShopModule, in book: OrderBook, isPaced: Bool) {
        let hasLoops = book.engine.world.virtualClock == nil && !isPaced
        let loop: Task<Void, Never>? = hasLoops ? Task { await Self.loops(of: module, in: book) } : nil
        state.withLock { state in
            state.installed.append(Installed(module: module, loop: loop))
            if state.failures[module.name] == nil { state.failures[module.name] = ModuleFailures() }
        }
    }

    /// What the installed ones could not do, by name.
    var states: [GroupName: ModuleFailures] { state.withLock { $0.failures } }

    /// Notes that a loop of a module could not do something, and when it tries again.
    private func note(_ error: any Error, of name: GroupName, _ loop: Int, rest: Interval, at now: Moment) {
        state.withLock { state in
            var failures = state.failures[name] ?? ModuleFailures()
            failures.count += 1
            failures.lastAt = now
            failures.last = "\(error)"
            failures.rests[loop] = now.advanced(by: rest)
            state.failures[name] = failures
        }
    }

    /// Notes that a loop of a module goes on after its rest.
    private func noteGoingOn(_ name: GroupName, _ loop: Int) {
        state.withLock { $0.failures[name]?.rests[loop] = nil }
    }

    /// Ends the loops; what they have in hand is finished or undone.
    func stop() {
        let installed = state.withLock { state in
            defer { state = State() }
            return state.installed
        }
        for one in installed { one.loop?.cancel() }
    }

    /// Tells the loops to end, and waits until what they have in hand is finished or undone.
    func end() async {
        let loops = state.withLock { state in
            defer { state.installed = [] }
            return state.installed.compactMap(\.loop)
        }
        for loop in loops { loop.cancel() }
        for loop in loops { await loop.value }
    }

    /// Works everything off.
    func run(in book: OrderBook) async throws(ModuleRunFailure) -> Int {
        let modules = state.withLock { $0.installed.map(\.module) }
        var count = 0
        while true {
            var isIdle = true
            for module in modules {
                for subscription in module.subscriptions {
                    let step: Engine.Consumption
                    do throws(MessageRefusal) {
                        step = try await Self.step(module, subscription, in: book)
                    } catch {
                        throw .refused(error)
                    }
                    count += step.done
                    isIdle = isIdle && step.isEmpty
                }
                do { try await module.followUp(in: book) } catch { throw .followUpFailed(module.name, error) }
            }
            if isIdle { return count }
        }
    }

    /// Lets one module take so many messages at most, topic by topic, and do what follows; answers how many it took.
    func work(_ name: GroupName, messagesMax: Int, in book: OrderBook) async throws -> Int {
        let installed = state.withLock { state in state.installed.first { $0.module.name == name } }
        guard let module = installed?.module else { throw MessageRefusal.unknownGroup(name) }
        var count = 0
        var isIdle = false
        while count < messagesMax, !isIdle {
            isIdle = true
            for subscription in module.subscriptions where count < messagesMax {
                let max = min(Self.messagesPerWrite, messagesMax - count)
                let step = try await Self.step(module, subscription, in: book, max: max)
                count += step.done + step.failed.count
                isIdle = isIdle && step.isEmpty
            }
        }
        if count > 0 { try await module.followUp(in: book) }
        return count
    }

    /// Handles messages of one topic, in a write of their own.
    private static func step(
        _ module: any ShopModule, _ subscription: Subscription, in book: OrderBook, max: Int = messagesPerWrite,
        wait: Interval = Interval(milliseconds: 0)
    ) async throws(MessageRefusal) -> Engine.Consumption {
        let request = ReceiveRequest(
            group: module.name, subscription: subscription, client: "module", max: max, wait: wait)
        return try await book.engine.consume(request, deadline: .seconds(1)) { delivery, tables, effects in
            try module.handle(delivery, tables, effects)
        }.get()
    }

    /// The loop for what follows, beside those of topics, which have the numbers of their subscriptions.
    private static let followUp = -1

    /// One loop for each topic, and one for what follows, until the task is cancelled.
    private static func loops(of module: any ShopModule, in book: OrderBook) async {
        let (handled, handling) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        await withTaskGroup { group in
            for (number, subscription) in module.subscriptions.enumerated() {
                group.addTask {
                    await loop(number, of: module.name, in: book) {
                        _ = try await step(module, subscription, in: book, wait: wait)
                        handling.yield()
                    }
                }
            }
            group.addTask {
                for await _ in handled {
                    do {
                        try await module.followUp(in: book)
                    } catch {
                        // Asked again after a while, also when no message comes.
                        book.modules.note(error, of: module.name, followUp, rest: wait, at: book.now)
                        book.engine.report(LoopFailure(.module(module.name), error, rest: wait))
                        await book.engine.world.rest(wait)
                        book.modules.noteGoingOn(module.name, followUp)
                        handling.yield()
                    }
                }
            }
        }
    }

    /// Does one thing again and again. After a failure (closed, stopped, overloaded) it comes back, ever later.
    private static func loop(
        _ number: Int, of name: GroupName, in book: OrderBook, _ step: () async throws -> Void
    ) async {
        var rest = Interval(milliseconds: 0)
        while !Task.isCancelled {
            do {
                try await step()
                rest = Interval(milliseconds: 0)
            } catch {
                rest = min(longestRest, max(Interval(milliseconds: 100), rest * 2))
                if !Task.isCancelled {
                    book.modules.note(error, of: name, number, rest: rest, at: book.now)
                    book.engine.report(LoopFailure(.module(name), error, rest: rest))
                }
                await book.engine.world.rest(rest)
                book.modules.noteGoingOn(name, number)
            }
        }
    }
}
