import Dispatch
import Foundation
import Synchronization
package import WaybillBroker
package import WaybillCore
package import WaybillStore
package import WaybillTimeouts

/// The order engine over one file: intake, writer, timeouts.
///
/// In the real world a thread of its own writes, and fires timeouts when they are due. In a virtual world there is no
/// thread: a request is written at once by who sends it, and time passes only in
/// ``advance(to:)``, and where commands come with their own times: ``perform(_:)-([(command:Command,at:Moment)])``.
package final class Engine: Sendable {
    package struct Settings: Sendable {
        /// Requests that may wait; beyond it they are refused.
        package var intakeDepthMax = 65_536
        /// Requests in one write.
        package var writeRequestsMax = 1_024
        /// How those who wait beyond the next write share the rest.
        package var fairness = FairShares()
        /// Whether an order for what is sold out is refused without a write.
        package var refusesSoldOutAtTheDoor = true
        /// Stocks that may be known as sold out at the door.
        package var soldOutMax = 100_000
        /// How modules share the writer with commands.
        package var modules = ModuleShare()
        package var timeouts = TimeoutCenter.Settings()
        package var broker = BrokerSettings()
        /// When an opening holds timeouts by itself.
        package var opening = OpeningHold()
        /// Why timeouts are held from the opening on; nil: as the file says.
        package var holdsTimeouts: Text?
        /// Who is told what loops could not do. Called where the failure is, which may be the writer: it must not wait.
        package var report: @Sendable (LoopFailure) -> Void = { _ in }
        /// Who is told each observation.
        package var meters = Meters()

        package init() {}
    }

    package let settings: Settings
    package let world: World
    package let store: Store
    /// What consumers may have.
    package let groups: GroupMemory
    /// What is asked about topics and messages.
    package let messages: MessageReader
    /// Where questions about half messages wait for producers.
    let checkBacks: CheckBackQueue
    /// The wall clock, guarded against steps ahead.
    let clock: SteadyClock
    let disk: DiskWatch
    let receiverParts: Receiver.Parts
    let catalogue: WorkflowCatalogue
    /// Texts that it was opened with and that take no new orders.
    package let keptWorkflows: [KeptWorkflow]
    let intake: CommandIntake
    let board: SoldOutBoard
    let writer: WriterTurn
    let vitals: Vitals.Board
    /// What it has done since the file was opened.
    package let counts = EngineCounts()
    /// Where refusals are counted.
    let refusals: RefusalNotes
    /// Wakes those who follow the journal.
    package let feed: JournalFeed
    let writerHasEnded = DispatchSemaphore(value: 0)
    /// Where calls wait that must not keep other tasks waiting.
    package let threads: EngineThreads
    /// Hands out the replies of large writes.
    let replyQueue = DispatchQueue(label: "waybill.replies")
    let maintenance = MaintenanceSignal()
    /// Copies that callers outside asked for.
    let backups = BackupLoops()
    /// Consumers that have no names.
    let clients = Atomic(0)
    /// Whether messages may have come due while the file was closed that have not become visible yet.
    let hasOverdueMessages = Mutex(true)

    /// Calls that wait for the writer, beside one read for each reading connection.
    private static let threadsBesideReaders = 2

    /// Opens an engine over a store.
    ///
    /// - Parameters:
    ///   - workflows: with their texts; which of them take new orders says ``WorkflowOpening``.
    ///   - compile: makes a workflow of a text that the file holds from earlier.
    package init(
        store: Store, workflows: [(workflow: Workflow, text: Text)], world: World, settings: Settings = Settings(),
        compile: @escaping @Sendable (Text) throws -> Workflow
    ) throws {
        self.settings = settings
        self.world = world
        self.store = store
        refusals = RefusalNotes(counts: counts, meters: settings.meters, world: world)
        clock = SteadyClock(world)
        threads = EngineThreads(threadsMax: store.readerCount + Self.threadsBesideReaders)
        intake = CommandIntake(
            depthMax: settings.intakeDepthMax, nextWriteMax: settings.writeRequestsMax, fairness: settings.fairness,
            uptime: world.uptime)
        vitals = Vitals.Board(uptime: { world.uptime() }, report: settings.report)
        feed = JournalFeed(isVirtual: world.virtualClock != nil)
        board = SoldOutBoard(keysMax: settings.soldOutMax)
        let (stored, opening, end, countedTo) = try store.write { [isLook = store.isLook] transaction in
            // A clock that is behind the file says nothing about when its texts changed.
            let last = try transaction.event(at: transaction.journalEnd().position)?.at
            let now = max(world.now(), last ?? world.now())
            var opening = try WorkflowOpening(transaction, compile: compile)
            for (workflow, text) in workflows where !isLook {
                try opening.open(workflow, text, at: now, in: transaction)
            }
            var journal = Journal(end: try Self.keepFileID(world, isMade: !isLook, in: transaction))
            for activation in opening.activations {
                try journal.append(activation.note(at: now, by: Origin(caller: "")), in: transaction)
            }
            let countedTo = try transaction.numberSetting(.ordersCountedTo).map { StreamNumber($0) }
            // The first of them, so that a small file is never without its numbers.
            _ = try transaction.countMoreTimeouts(limit: Self.pageMax)
            return (try transaction.workflows(), opening, journal.end, countedTo)
        }
        keptWorkflows = opening.kept
        let catalogue = WorkflowCatalogue(
            stored: stored, current: opening.current, opened: workflows.map(\.workflow), compile: compile)
        self.catalogue = catalogue
        let (broker, consumers) = try Broker.open(
            store, world: clock.steadyWorld, settings: settings.broker, contents: OrderEvents())
        groups = consumers.groups
        messages = broker.reader
        checkBacks = broker.checkBacks
        disk = broker.disk
        receiverParts = consumers
        let made = try Writer(
            store: store, world: world,
            handler: CommandHandler(
                catalogue: catalogue, journalEnd: end, board: board, settings: settings.timeouts, broker: broker,
                ordersCountedTo: countedTo),
            timeouts: TimeoutCenter(settings: settings.timeouts, clock: clock), broker: broker,
            writeMax: settings.modules.writeMax, opening: settings.opening, holds: settings.holdsTimeouts,
            vitals: vitals, feed: feed, meters: settings.meters, counts: counts)
        writer = WriterTurn(made)
        if world.virtualClock == nil {
            // The first request must not fill a disk that the first round of maintenance would find full.
            disk.look()
            startWriterThread()
            startMaintenanceThread()
        }
    }

    /// Dropped without being closed: the threads end, and the file is closed with the store.
    deinit {
        maintenance.tellToEnd()
        intake.close()
        threads.close()
        vitals.close()
        feed.close()
    }

    /// Handles one request; returns after its commit.
    package func submit<Verb: EngineVerb>(_ verb: Verb) async -> Verb.Reply {
        if let refusal = await verb.refusalWithoutWrite(of: self) {
            let reply = verb.refused(refusal)
            refusals.note(reply, to: verb, at: .door)
            return reply
        }
        if world.virtualClock != nil { return perform(verb) }
        let reply = await intake.submit(verb) { [self] in verb.account(in: self) }
        refusals.note(reply, to: verb)
        return reply
    }

    /// Handles one request in a write on the caller's thread, which waits.
    package func perform<Verb: EngineVerb>(_ verb: Verb) -> Verb.Reply { perform([verb])[0] }

    /// Handles requests of one kind in one write on the caller's thread, which waits.
    package func perform<Verb: EngineVerb>(_ verbs: [Verb]) -> [Verb.Reply] {
        let asked = verbs.map { Asked($0) }
        perform(asked)
        for (verb, asked) in zip(verbs, asked) {
            if let reply = asked.reply { refusals.note(reply, to: verb) }
        }
        return asked.compactMap(\.reply)
    }

    /// Handles requests in one write on the caller's thread, which waits; those that keep their place in the writes
    /// after it. Then each has its reply.
    package func perform(_ requests: [any Request]) {
        if writer.isMine {
            for request in requests { request.refuse(Self.refusalFromWithin) }
            return
        }
        writer.withLock { writer in
            var left = requests
            repeat {
                let now = world.now()
                let horizon = writer.timeouts.horizon(wall: now, uptime: world.uptime())
                let isAnswered = writer.write(
                    left.map { Writer.Timed(request: $0, at: now) },
                    firing: .round(upTo: horizon, rests: writer.isPaused))
                left = zip(left, isAnswered).filter { !$0.1 }.map(\.0)
                writer.checkpoints.wrote(requests.count)
            } while !left.isEmpty
            // A timeout of no length, armed just now, is due already.
            if world.virtualClock != nil { passTime(writer, to: world.now()) }
        }
    }

    /// What a request gets that is made within a write, by a handler or the closure of rows: it would wait for itself.
    static let refusalFromWithin = Refusal.undone("it was asked for inside a write; ask for it when that has ended")

    /// Runs `body` with the writer to itself, between two writes.
    func withWriter<Result: Sendable>(_ body: @escaping @Sendable (Writer) -> Result) async throws(Refusal) -> Result {
        if world.virtualClock != nil {
            if writer.isMine { throw Self.refusalFromWithin }
            return writer.withLock { body($0) }
        }
        let outcome: Swift.Result<Result, Refusal> = await withCheckedContinuation { continuation in
            let refusal = intake.add(.work { writer in continuation.resume(returning: .success(body(writer))) })
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try outcome.get()
    }

    /// Runs `body` with the writer to itself when it is the modules' turn.
    func withModuleTurn<Result: Sendable>(
        _ body: @escaping @Sendable (Writer) -> Result
    ) async throws(Refusal) -> Result {
        if world.virtualClock != nil {
            if writer.isMine { throw Self.refusalFromWithin }
            return writer.withLock { body($0) }
        }
        let outcome: Swift.Result<Result, Refusal> = await withCheckedContinuation { continuation in
            let refusal = intake.add(module: { writer in
                continuation.resume(
                    returning: writer.map { .success(body($0)) } ?? .failure(.failStopped("the engine is closed")))
            })
            if let refusal { continuation.resume(returning: .failure(refusal)) }
        }
        return try outcome.get()
    }

    /// How late timeouts have fired since the file was opened.
    package var lateness: LatenessHistogram { vitals.now.lateness }

    /// Writes committed since the file was opened; each holds many requests under load.
    package var writeCount: UInt64 { vitals.now.writes }

    /// Requests that wait for the writer.
    package var waitingCount: Int { intake.depth }

    /// Modules that wait for their turn to write.
    package var waitingModuleCount: Int { intake.moduleCount }

    /// Whether firing is held because the wall clock jumped ahead (promise P5).
    package var isClockHeld: Bool { clock.isHeld }

    /// An operator says that the wall clock is right, after a jump, or at an opening that holds timeouts by itself.
    ///
    /// Within a read or a write such a hold ends when that has ended.
    package func confirmClock() {
        clock.confirm()
        guard writer.isMine || store.isInUseHere else { return releaseOpeningHold() }
        Thread.start(named: "waybill-release") { [self] in releaseOpeningHold() }
    }

    private func releaseOpeningHold() {
        writer.withLock { writer in
            guard writer.held?.hold.heldBy == TimeoutHold.itself else { return }
            // What cannot be written now ends by itself.
            _ = writer.release(by: Origin(caller: TimeoutHold.itself))
        }
    }

    /// The last committed position of the journal.
    package var lastPosition: Position { vitals.now.lastPosition }

    /// The names of the workflows that take new orders.
    package var workflowNames: [WorkflowName] { catalogue.names }

    /// The attributes by which orders of the file can be found.
    package func attributeNames() throws -> Set<Text> { try catalogue.attributeNames() }

    /// The workflow under a number of the file.
    package func workflow(_ number: WorkflowNumber) throws -> Workflow {
        try catalogue.workflow(number).workflow
    }

    /// Finishes what waits, then closes the file. The caller waits until it is closed; within a write or a read of this
    /// file it does not, and the file is closed when that has ended.
    package func close() {
        guard writer.isMine || store.isInUseHere else { return closeNow() }
        Thread.start(named: "waybill-close") { [self] in closeNow() }
    }

    private func closeNow() {
        if world.virtualClock == nil { maintenance.stop() }
        intake.close()
        if world.virtualClock == nil {
            writerHasEnded.wait()
            // For the next one who closes.
            writerHasEnded.signal()
        }
        groups.close()
        feed.close()
        writer.withLock { $0.saveLeases() }
        store.close()
        threads.close()
        vitals.close()
    }
}
