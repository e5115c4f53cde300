import WaybillBroker
import WaybillCore
import WaybillStore
import WaybillTimeouts

/// Turns requests and due timeouts into one SQL write at a time, again without what cannot be written.
///
/// ```
/// write ──► an attempt: timeouts of orders, requests, timeouts of messages, rows that changed ──► COMMIT ──► replies
///   ▲                                                                                  │ an error
///   └── without the request or timeout that was being handled ◄────────────────────────┘
/// ```
///
/// Not `Sendable`: it is reached only with the turn (``WriterTurn``), which one thread has at a time.
package final class Writer {
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
    /// Who is told that the journal has grown.
    let feed: JournalFeed
    /// Who is told of writes and of timeouts that fired.
    let meters: Meters
    /// Where it is counted what writes did.
    let counts: EngineCounts
    /// Who holds timeouts of orders; nil: they fire when they are due.
    var held: HeldTimeouts?
    /// Until this uptime nothing is deleted because of its age: no write for long, so the clock may be wrong.
    var deletesAfter: Interval?
    /// When the file was told last that a process has it open.
    var livedAt: Moment?
    /// When the next timeout is due, as of the last write, or the next delivery ends; nil: none is pending.
    var nextDue: Moment? { earlier(nextTimeout.earliest, broker.nextDue) }

    /// The same without the ends of deliveries, which memory knows.
    private(set) var nextTimeout = NextDue()
    /// When the WAL is moved into the file.
    var checkpoints: Checkpoints
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
        writeMax: Interval, opening: OpeningHold, holds reason: Text?, vitals: Vitals.Board,
        feed: JournalFeed, meters: Meters, counts: EngineCounts
    ) throws {
        self.store = store
        self.world = world
        self.handler = handler
        self.timeouts = timeouts
        self.broker = broker
        self.writeMax = writeMax
        self.opening = opening
        self.vitals = vitals
        self.feed = feed
        self.meters = meters
        self.counts = counts
        checkpoints = Checkpoints(of: store, telling: vitals, uptime: world.uptimeNanoseconds)
        broker.register(with: timeouts)
        broker.refusalsToDecide[Engine.callProducer] = { $0.refusalToDecideCall }
        broker.journalChecker = { .journal(of: $0) }
        broker.workflowsSending = { [catalogue = handler.catalogue] in catalogue.senders(to: $0) }
        try open(because: reason)
        nextTimeout = try store.readAsWriter { [timeouts] rows in try timeouts.nextDue(in: rows) }.without(held: held)
        handler.stock.board.expect(nextTimeout.orders)
        vitals.update { [hold = held?.hold, last = handler.journal.lastPosition] in
            $0.hold = hold
            $0.lastPosition = last
        }
    }

    /// Handles requests and timeouts in one write.
    ///
    /// A request that cannot be written (damage, a broken rule of a table) is left out and refused, and the write is
    /// made again from the others.
    ///
    /// - Returns: of each request whether it has its reply; one without keeps its place for the next write. With
    ///   ``FiringScope/asTimePasses(to:)`` a write that fires as many timeouts as it may ends early: then the
    ///   first requests have theirs, or none has.
    func write(_ requests: [Timed], firing: FiringScope) -> [Bool] {
        if let stopped { return refuse(requests, .failStopped(stopped)) }
        if store.isWritingHere { return refuse(requests, Engine.refusalFromWithin) }
        endHoldWhenOver()
        var culprits = Culprits()
        while true {
            var attempt = WriteAttempt(besides: culprits, nextDue: nextTimeout)
            let began = world.uptimeNanoseconds()
            do {
                try store.writeOwning { transaction in
                    var write = Write(transaction, at: world.now(), steadyNow: steadyNow)
                    do {
                        try perform(requests, firing: firing, &attempt, in: &write)
                    } catch {
                        if let key = write.firing.current { attempt.current = .timeout(key) }
                        throw error
                    }
                    attempt.lateness = write.lateness
                }
                endWrite(
                    next: attempt.nextDue, lateness: attempt.lateness + attempt.lateOfMessages,
                    requests: requests.count, since: began)
                hasFiredAll = attempt.hasFiredAll
                return attempt.isAnswered
            } catch {
                forget()
                switch blame(for: error) {
                case .engine:
                    stopped = "\(error)"
                    return refuse(requests, .stopped(by: error))
                case .request where culprits.add(attempt.current, error): continue
                case .request, .nobody:
                    pausedUntil = world.uptime().milliseconds &+ Self.pause.milliseconds
                    vitals.failed(LoopFailure(.writer, error, rest: Self.pause))
                    return refuse(requests, .undone("\(error)"))
                }
            }
        }
    }

    /// The same refusal for all of them.
    private func refuse(_ requests: [Timed], _ refusal: Refusal) -> [Bool] {
        for timed in requests { timed.request.refuse(refusal) }
        return [Bool](repeating: true, count: requests.count)
    }

    /// Whether timeouts rest after an undone write.
    var isPaused: Bool { pausedUntil.map { world.uptime().milliseconds < $0 } ?? false }

    /// By what time keys of commands are kept while the wall clock is in doubt; nil: by that of the command.
    var steadyNow: Moment? { timeouts.isHeld ? timeouts.clock.now() : nil }

    /// A full disk found out by COMMIT is no refusal: what the file holds is not known, whatever the error is called.
    private func blame(for error: any Error) -> Blame { store.isStopped ? .engine : Blame(error) }

    private func forget() {
        handler.forget()
        broker.forget()
    }

    /// After a write of one caller that was undone: forgets what it did, and says why in a refusal.
    func undid(_ error: any Error) -> Refusal {
        forget()
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

    /// After the commit.
    ///
    /// - Parameters:
    ///   - next: when the next timeout is due that is not held.
    ///   - lateness: how late the timeouts were that the write has fired.
    ///   - requests: how many it held.
    ///   - began: when the write began, by uptime in nanoseconds.
    func endWrite(next: NextDue, lateness: [Lateness], requests: Int, since began: UInt64) {
        if !lateness.isEmpty { vitals.update { for one in lateness { $0.fired(one) } } }
        let before = handler.journal.lastPosition
        counts.add(handler.takeTally())
        handler.endWrite()
        broker.didCommit()
        if held?.isWritten == false { held?.isWritten = true }
        writes += 1
        let now = world.uptimeNanoseconds()
        let took = now > began ? now - began : 0
        vitals.update { [writes, hold = held?.hold, last = handler.journal.lastPosition, took] in
            $0.writes = writes
            $0.hold = hold
            $0.lastPosition = last
            $0.lastWriteTook = Interval(milliseconds: Int64(clamping: took / 1_000_000))
            $0.writeDurations.record(took)
            $0.writeSizes.record(UInt64(max(0, requests)))
        }
        meters.wrote?(took, requests)
        if let fired = meters.fired { for one in lateness where one.isOfOrder { fired(one.late) } }
        pausedUntil = nil
        nextTimeout = next
        handler.stock.board.expect(next.orders)
        let grown = handler.journal.takeGrown(thenNotes: feed.wantsStreams)
        if handler.journal.lastPosition > before { feed.grew(grown) }
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
