import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// The one who writes: turns requests and due timeouts into one SQL write at a time.
///
/// Not `Sendable`: whoever holds the engine's lock holds the writer.
final class Writer {
    let store: Store
    let world: World
    let handler: CommandHandler
    let timeouts: TimeoutCenter
    let broker: Broker
    /// After so long a module's write handles no other message.
    let writeMax: Interval
    /// When an opening holds timeouts by itself, and for how long.
    let opening: OpeningHold
    /// Where the engine is told how its writer is.
    let vitals: Vitals.Board
    /// Who holds timeouts of orders; nil: they fire when they are due.
    var held: HeldTimeouts? {
        didSet { vitals.update { [hold = held?.hold] in $0.hold = hold } }
    }
    /// Until this uptime nothing is deleted because of its age: no write for long, so the clock may be wrong.
    var deletesAfter: Interval?
    /// When the file was told last that a process has it open.
    var livedAt: Moment?
    /// When the next timeout is due, as of the last write, or the next delivery ends; nil: none is pending.
    var nextDue: Moment? { earlier(nextTimeout.earliest, broker.nextDue) }

    private var nextTimeout = NextDue()
    /// Old answers to repeated requests that one write may delete at least.
    private static let droppedMin = 500
    /// Timeouts, give or take a round, in one write of a virtual world: it holds what it changes in memory.
    static let firedMax = 512
    /// Whether the last write has fired all that was due up to where time was to pass.
    private(set) var hasFiredAll = true
    /// Writes committed since the file was opened.
    private(set) var writes: UInt64 = 0
    /// Why nothing is accepted any more.
    private(set) var stopped: String? {
        didSet {
            vitals.update { [stopped] in $0.stopped = stopped }
            // Nothing comes any more, and nothing could be answered: who waits is told now.
            if stopped != nil { broker.endAllWaits() }
        }
    }
    /// After a write that was undone and that nobody is to blame for (the disk is full), timeouts rest until this
    /// uptime in milliseconds; commands still try.
    private(set) var pausedUntil: Int64?
    private static let pause = Interval.seconds(1)

    init(
        store: Store, world: World, handler: CommandHandler, timeouts: TimeoutCenter, broker: Broker,
        writeMax: Interval, opening: OpeningHold, holds reason: Text?, vitals: Vitals.Board
    ) throws {
        self.store = store
        self.world = world
        self.handler = handler
        self.timeouts = timeouts
        self.broker = broker
        self.writeMax = writeMax
        self.opening = opening
        self.vitals = vitals
        broker.register(with: timeouts)
        handler.refusalOfLane = { [unowned broker] lane in
            guard case .limit(_, let max) = broker.refusal(ofLane: lane) else { return nil }
            return .limit(
                "lanes of a file (the lane \(lane) would be one more; a lane ends when its messages are gone and no "
                    + "consumer reads it)", max: max)
        }
        broker.refusalsToDecide[Engine.callProducer] = { $0.refusalToDecideCall }
        try open(because: reason)
        nextTimeout = try store.readAsWriter { [timeouts] rows in try timeouts.nextDue(in: rows) }.without(held: held)
        handler.stock.board.expect(nextTimeout.orders)
        vitals.update { [hold = held?.hold, last = handler.journal.lastPosition] in
            $0.hold = hold
            $0.lastPosition = last
        }
    }

    /// One request with the moment at which it happens.
    struct Timed {
        var request: Request
        var at: Moment
    }

    /// Which timeouts a write fires beside its requests.
    enum Rounds {
        /// One round of those that are due up to a moment: timeouts of orders before the requests, the rest after
        /// them. Nil: none may fire. While they rest, requests fire what must come before them, and no more.
        case round(upTo: Moment?, rests: Bool = false)
        /// In a virtual world: before each request what has become due until then, and what becomes due until an end,
        /// each at its own moment, to which the clock is turned. With many due the write ends early.
        case asTimePasses(to: Moment?)
        /// The same for the orders of a history, whose time is not that of the file.
        case asHistoryPasses(to: Moment?, @Sendable (OrderID) -> Bool)
    }

    /// Handles requests and timeouts in one write.
    ///
    /// A request that cannot be written (damage, a broken rule of a table) is left out and refused, and the write is
    /// made again from the others.
    ///
    /// - Returns: a reply to each request, nil where it keeps its place for the next write; as time passes, perhaps
    ///   only to the first ones, and to none when it has fired as many timeouts as a write may.
    func write(_ requests: [Timed], firing: Rounds) -> [Reply?] {
        if let stopped { return requests.map { $0.request.refused(.failStopped(stopped)) } }
        if store.isWritingHere { return requests.map { $0.request.refused(Engine.refusalFromWithin) } }
        endHoldWhenOver()
        var culprits: [Int: Refusal] = [:]
        var failedTimeouts: [TimeoutKey: Text] = [:]
        var flushesEach = false
        while true {
            var attempt = Attempt(
                culprits: culprits, failedTimeouts: failedTimeouts, flushesEach: flushesEach, nextDue: nextTimeout)
            do {
                let lateness = try store.writeOwning { transaction in
                    var write = Write(transaction, at: world.now(), steadyNow: steadyNow)
                    do {
                        try perform(requests, firing: firing, &attempt, in: &write)
                    } catch {
                        if let key = write.firing.current { attempt.current = .timeout(key) }
                        throw error
                    }
                    return write.lateness
                }
                endWrite(lateness)
                nextTimeout = attempt.nextDue
                hasFiredAll = attempt.hasFiredAll
                handler.stock.board.expect(nextTimeout.orders)
                return attempt.replies
            } catch {
                handler.forget()
                broker.forget()
                switch (blame(for: error), attempt.current) {
                case (.engine, _):
                    stopped = "\(error)"
                    return requests.map { $0.request.refused(.stopped(by: error)) }
                case (.request, .request(let index)):
                    culprits[index] = .undone("\(error)")
                case (.request, .timeout(let key)) where failedTimeouts[key] == nil:
                    failedTimeouts[key] = Text("\(error)")
                case (.request, .nothing) where !flushesEach:
                    // Changed rows could not be written at the end: whose they are, the next attempt tells.
                    flushesEach = true
                case (.nobody, _), (.request, .nothing), (.request, .timeout):
                    pausedUntil = world.uptime().milliseconds &+ Self.pause.milliseconds
                    return requests.map { $0.request.refused(.undone("\(error)")) }
                }
            }
        }
    }

    /// What one attempt at a write has come to.
    struct Attempt {
        enum Current {
            case request(Int)
            case timeout(TimeoutKey)
            case nothing
        }

        let culprits: [Int: Refusal]
        let failedTimeouts: [TimeoutKey: Text]
        /// Whether changed rows are written after each request and timeout instead of once at the end.
        let flushesEach: Bool
        var replies: [Reply?] = []
        var kept = KeptPlaces()
        var current = Current.nothing
        var nextDue: NextDue
        /// Timeouts that have fired, and rounds in which none has.
        var fired = 0
        /// Where the search for due timeouts of a history's orders goes on.
        var searched: [TimeoutKind: TimeoutKey] = [:]
        var hasFiredAll = true
    }

    private func perform(_ requests: [Timed], firing: Rounds, _ attempt: inout Attempt, in write: inout Write) throws {
        var horizon: Moment?
        switch firing {
        case .round(let moment, let rests):
            beginFiring(upTo: moment, attempt, in: &write)
            if !rests { horizon = moment }
            if horizon != nil { try fireOrders(&attempt, in: &write) }
        case .asTimePasses, .asHistoryPasses: beginFiring(upTo: nil, attempt, in: &write)
        }
        try handle(requests, firing: firing, &attempt, in: &write)
        attempt.current = .nothing
        if let horizon { try fireDeliveries(upTo: horizon, &attempt, in: &write) }
        switch firing {
        case .round, .asTimePasses(nil), .asHistoryPasses(nil, _): break
        case .asTimePasses(let end?), .asHistoryPasses(let end?, _):
            attempt.hasFiredAll = try pass(to: end, firing, &attempt, in: &write)
        }
        try flush(in: write)
        // Twice as many leave as came in: the table cannot grow for ever, and no write is long because of it.
        if deletesByAge {
            try write.transaction.dropOldCommands(at: world.now(), limit: max(Self.droppedMin, 2 * requests.count))
        }
        try keepOpeningHold(in: write)
        attempt.nextDue = try timeouts.nextDue(in: write.transaction).without(held: held)
        if let due = attempt.nextDue.orders, due < nextTimeout.orders ?? due { handler.stock.board.expect(due) }
    }

    private func handle(_ requests: [Timed], firing: Rounds, _ attempt: inout Attempt, in write: inout Write) throws {
        attempt.replies.reserveCapacity(requests.count)
        for (index, timed) in requests.enumerated() {
            guard try pass(to: timed.at, firing, &attempt, in: &write) else { return }
            if attempt.kept.hold(timed.request) {
                attempt.kept.keep(timed.request)
                attempt.replies.append(nil)
                continue
            }
            if let refusal = attempt.culprits[index] {
                attempt.replies.append(timed.request.refused(refusal))
                continue
            }
            attempt.current = .request(index)
            write.now = timed.at
            let reply = try handle(timed, in: &write)
            if reply == nil { attempt.kept.keep(timed.request) }
            attempt.replies.append(reply)
            if attempt.flushesEach { try flush(in: write) }
        }
    }

    /// Writes down what changed in memory only.
    func flush(in write: borrowing Write) throws {
        try handler.flush(in: write)
        try broker.flush(in: write)
        try handler.append(broker.takeAudits(), in: write)
    }

    /// Whether timeouts rest after an undone write.
    var isPaused: Bool { pausedUntil.map { world.uptime().milliseconds < $0 } ?? false }

    private func handle(_ timed: Timed, in write: inout Write) throws -> Reply? {
        switch timed.request {
        case .order(let command):
            if let percent = broker.disk.percentTooLittleForOrders {
                return .order(.refused(.diskNearlyFull(freePercent: percent)))
            }
            return try handler.handle(command, in: &write).map { .order($0) }
        case .stock(let command):
            return .stock(try handler.handle(command, in: write))
        case .timeout(let command):
            return try handler.handle(command, in: &write).map { .order($0) }
        case .firing(let recorded):
            return .order(try handler.handle(recorded, in: &write))
        case .broker(let request):
            return .broker(try broker.handle(request, in: write))
        }
    }

    /// One write for work that shares it with nobody; what it throws undoes it and comes back as a refusal.
    ///
    /// - Parameter checkpoints: false: whoever asks for it has others go first.
    func ownWrite<Result>(
        checkpoints: Bool = true, _ body: (inout Write) throws -> Result
    ) -> Swift.Result<Result, Refusal> {
        if let stopped { return .failure(.failStopped(stopped)) }
        // What the outer write has noted is its own, and must not be forgotten because of this one.
        if store.isWritingHere { return .failure(Engine.refusalFromWithin) }
        let now = world.now()
        let horizon = held == nil ? timeouts.horizon(wall: now, uptime: world.uptime()) : nil
        let firing = Firing(horizon: horizon, isBehind: isReached(nextTimeout.orders, by: horizon))
        do {
            let (result, next, lateness) = try store.writeOwning { transaction in
                var write = Write(transaction, at: now, steadyNow: steadyNow)
                handler.begin(firing, in: &write)
                let result = try body(&write)
                try keepOpeningHold(in: write)
                return (result, try timeouts.nextDue(in: write.transaction), write.lateness)
            }
            endWrite(lateness)
            nextTimeout = next.without(held: held)
            handler.stock.board.expect(nextTimeout.orders)
            if checkpoints { checkpoint() }
            return .success(result)
        } catch {
            return .failure(undid(error))
        }
    }

    /// By what time keys of commands are kept while the wall clock is in doubt; nil: by that of the command.
    private var steadyNow: Moment? { timeouts.isHeld ? timeouts.clock.now() : nil }

    /// A full disk found out by COMMIT is no refusal: what the file holds is not known, whatever the error is called.
    private func blame(for error: any Error) -> Blame { store.isStopped ? .engine : Blame(error) }

    /// After a write that was undone: forgets what it did, and says why in a refusal.
    private func undid(_ error: any Error) -> Refusal {
        handler.forget()
        broker.forget()
        if let refusal = error as? Refusal { return refusal }
        switch blame(for: error) {
        case .engine:
            stopped = "\(error)"
            return .stopped(by: error)
        case .nobody:
            return .undone("\(error)")
        case .request:
            return error is EngineFailure ? .undone("\(error)") : .rejectedByCaller("\(error)")
        }
    }

    /// - Parameter lateness: how late the timeouts were that the write has fired.
    private func endWrite(_ lateness: [Interval]) {
        if !lateness.isEmpty { vitals.update { for one in lateness { $0.lateness.record(one) } } }
        handler.endWrite()
        broker.didCommit()
        if held?.isWritten == false { held?.isWritten = true }
        writes += 1
        vitals.update { [writes, last = handler.journal.lastPosition] in
            $0.writes = writes
            $0.lastPosition = last
        }
        pausedUntil = nil
    }

    /// Between two writes, when the replies are out. A checkpoint that fails costs disk, not data: the WAL stays, and
    /// the next one tries again.
    ///
    /// - Parameter requests: how many the last write had.
    func checkpoint(after requests: Int = 1) {
        recentRequests = max(requests, recentRequests - (recentRequests + 3) / 4)
        do { try store.checkpointIfDue(after: recentRequests) } catch { checkpointFailures += 1 }
    }

    /// How many requests the last writes had: falls by a quarter with each, so that one small write amid large ones
    /// does not bring a checkpoint forward.
    private var recentRequests = 0

    private(set) var checkpointFailures: UInt64 = 0

    /// Nothing waits: the WAL is brought home.
    func idle() {
        do { try store.checkpointWhenIdle() } catch { checkpointFailures += 1 }
    }
}

extension Refusal {
    /// What those hear whose write has stopped the engine: when it was the commit that failed, nobody knows what became
    /// of it; before it, nothing did.
    fileprivate static func stopped(by error: any Error) -> Refusal {
        guard let failure = error as? StoreFailure, failure.isOutcomeUnknown else { return .failStopped("\(error)") }
        return .outcomeUnknown("\(error)")
    }
}
