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
            if stopped != nil { broker.groups.close() }
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
                try store.write { transaction in
                    try perform(requests, firing: firing, &attempt, in: transaction)
                }
                endWrite()
                nextTimeout = attempt.nextDue
                hasFiredAll = attempt.hasFiredAll
                handler.stock.board.expect(nextTimeout.orders)
                return attempt.replies
            } catch {
                if let key = handler.firing.current { attempt.current = .timeout(key) }
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

    private func perform(
        _ requests: [Timed], firing: Rounds, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws {
        var horizon: Moment?
        switch firing {
        case .round(let moment, let rests):
            beginFiring(upTo: moment, attempt)
            if !rests { horizon = moment }
            if horizon != nil { try fireOrders(&attempt, in: transaction) }
        case .asTimePasses, .asHistoryPasses: beginFiring(upTo: nil, attempt)
        }
        handler.steadyNow = timeouts.isHeld ? timeouts.clock.now() : nil
        try handle(requests, firing: firing, &attempt, in: transaction)
        attempt.current = .nothing
        if let horizon { try fireDeliveries(upTo: horizon, &attempt, in: transaction) }
        switch firing {
        case .round, .asTimePasses(nil), .asHistoryPasses(nil, _): break
        case .asTimePasses(let end?), .asHistoryPasses(let end?, _):
            attempt.hasFiredAll = try pass(to: end, firing, &attempt, in: transaction)
        }
        try flush(in: transaction)
        // Twice as many leave as came in: the table cannot grow for ever, and no write is long because of it.
        if deletesByAge {
            try transaction.dropOldCommands(at: world.now(), limit: max(Self.droppedMin, 2 * requests.count))
        }
        try keepOpeningHold(in: transaction)
        attempt.nextDue = try timeouts.nextDue(in: transaction).without(held: held)
        if let due = attempt.nextDue.orders, due < nextTimeout.orders ?? due { handler.stock.board.expect(due) }
    }

    private func handle(
        _ requests: [Timed], firing: Rounds, _ attempt: inout Attempt, in transaction: borrowing Transaction
    ) throws {
        attempt.replies.reserveCapacity(requests.count)
        for (index, timed) in requests.enumerated() {
            guard try pass(to: timed.at, firing, &attempt, in: transaction) else { return }
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
            let reply = try handle(timed, in: transaction)
            if reply == nil { attempt.kept.keep(timed.request) }
            attempt.replies.append(reply)
            if attempt.flushesEach { try flush(in: transaction) }
        }
    }

    /// Writes down what changed in memory only.
    func flush(in transaction: borrowing Transaction) throws {
        try handler.flush(in: transaction)
        try broker.flush(in: transaction)
        try handler.append(broker.takeAudits(), in: transaction)
    }

    /// Whether timeouts rest after an undone write.
    var isPaused: Bool { pausedUntil.map { world.uptime().milliseconds < $0 } ?? false }

    private func handle(_ timed: Timed, in transaction: borrowing Transaction) throws -> Reply? {
        switch timed.request {
        case .order(let command):
            if let percent = broker.disk.percentTooLittleForOrders {
                return .order(.refused(.diskNearlyFull(freePercent: percent)))
            }
            return try handler.handle(command, at: timed.at, in: transaction).map { .order($0) }
        case .stock(let command):
            return .stock(try handler.handle(command, at: timed.at, in: transaction))
        case .timeout(let command):
            return try handler.handle(command, at: timed.at, in: transaction).map { .order($0) }
        case .firing(let recorded):
            return .order(try handler.handle(recorded, at: timed.at, in: transaction))
        case .broker(let request):
            return .broker(try broker.handle(request, at: timed.at, in: transaction))
        }
    }

    /// One write for work that shares it with nobody; what it throws undoes it and comes back as a refusal.
    ///
    /// - Parameter checkpoints: false: whoever asks for it has others go first.
    func ownWrite<Result>(
        checkpoints: Bool = true, _ body: (borrowing Transaction) throws -> Result
    ) -> Swift.Result<Result, Refusal> {
        if let stopped { return .failure(.failStopped(stopped)) }
        // What the outer write has noted is its own, and must not be forgotten because of this one.
        if store.isWritingHere { return .failure(Engine.refusalFromWithin) }
        let horizon = held == nil ? timeouts.horizon(wall: world.now(), uptime: world.uptime()) : nil
        handler.steadyNow = timeouts.isHeld ? timeouts.clock.now() : nil
        handler.begin(Firing(horizon: horizon, isBehind: isReached(nextTimeout.orders, by: horizon)))
        do {
            let (result, next) = try store.write { transaction in
                let result = try body(transaction)
                try keepOpeningHold(in: transaction)
                return (result, try timeouts.nextDue(in: transaction))
            }
            endWrite()
            nextTimeout = next.without(held: held)
            handler.stock.board.expect(nextTimeout.orders)
            if checkpoints { checkpoint() }
            return .success(result)
        } catch {
            return .failure(undid(error))
        }
    }

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

    private func endWrite() {
        if !handler.lateness.isEmpty {
            vitals.update { for lateness in handler.lateness { $0.lateness.record(lateness) } }
        }
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
