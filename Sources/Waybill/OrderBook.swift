public import WaybillCore
public import WaybillEngine
import WaybillStore
public import WaybillTimeouts
import WorkflowFile

/// An order book: one file with orders, their history, their stock and everything that follows from them.
///
/// ```swift
/// let book = try OrderBook.open(path)
/// try await book.submit(StockCommand(.receive(500), of: StockKey(sku: "phone")))
///
/// let placed = try await book.submit(
///     OrderCommand(
///         "place", of: "order-7",
///         data: ["buyer": "ann", "sku": "phone", "at": "", "price_cents": 49_900, "limit": 2],
///         workflow: "flash-sale", key: "cart-42"))
/// ```
///
/// Every answer comes after its commit: what was accepted survives a crash of the process and of the machine. One
/// process opens a file at a time. See <doc:FollowOneOrder> for what happens to a command.
public struct OrderBook: Sendable {
    package let engine: Engine
    let modules = ModuleLoops()

    /// Bounds of an order book.
    public struct Settings: Sendable {
        /// Connections for reads, at least 1: as many reads go on at a time, others wait for one of them.
        public var readers = 3
        /// Requests that may wait for a write; beyond it they are refused with a time to come back.
        public var intakeDepthMax = 65_536
        /// Requests in one write.
        public var writeRequestsMax = 1_024
        /// Of those beyond the next write, how many may wait for one SKU: an item that everybody wants must not fill
        /// the intake.
        public var intakeDepthPerSKUMax = 16_384
        /// Of those beyond the next write, how many may wait of one named caller.
        public var intakeDepthPerCallerMax = 32_768
        /// Whether an order for what is sold out as of the last commit is refused at the door, without a write and
        /// without being stored.
        public var refusesSoldOutAtTheDoor = true
        /// Of the writer's time, in percent, what all modules together have while commands come, 1 to 100: orders lose
        /// so much to modules that are slow or far behind, and no more.
        public var moduleSharePercent = 10
        /// More overdue timeouts than these, found by an opening more than an hour after the last write, hold all
        /// timeouts for 5 minutes, or until ``OrderBook/releaseTimeouts(by:)`` or ``OrderBook/confirmClock()``: it may
        /// be an outage, and an operator acts first, or a wrong clock.
        public var overdueAtOpeningMax = 1_000
        /// Why timeouts are held from the opening on, before anything fires; nil: as the file says.
        public var holdsTimeouts: String?
        /// Who is told what loops could not do: modules, checkpoints, maintenance, check-backs, deliveries. They go on
        /// by themselves.
        /// Called where the failure is, which may be the thread that writes: it must not wait.
        public var report: @Sendable (LoopFailure) -> Void = { _ in }
        /// Who is told how long writes take, what is refused, what is delivered, and how late timeouts fire.
        public var meters = Meters()

        public init() {}

        /// Those of the file.
        var store: StoreSettings {
            var store = StoreSettings()
            store.readers = readers
            return store
        }
    }

    /// Opens a file, or makes it.
    ///
    /// - Parameters:
    ///   - path: the database file; beside it appear `-wal`, `-shm` and `.lock`.
    ///   - workflows: a text that is new, or whose `version:` is higher than that of the text which takes orders under
    ///     its name, takes new orders from now on. Others are kept: see ``idleWorkflows``. Orders that exist stay with
    ///     the text they were placed under.
    ///   - world: where time and randomness come from; a virtual one moves only by ``advance(to:)``.
    /// - Throws: ``WorkflowFileError`` when a workflow has findings, ``StoreFailure`` when the file is locked, foreign,
    ///   newer, damaged or on a network file system.
    public static func open(
        _ path: String, workflows: [WorkflowText] = WorkflowText.shipped, world: World = .system,
        settings: Settings = Settings()
    ) throws -> OrderBook {
        try OrderBook(
            store: Store.open(path, settings: settings.store), workflows: workflows, world: world, settings: settings)
    }

    /// Opens a file to look at it: it and its log stay as they are, to the byte, and every change is refused. Time
    /// stands still.
    ///
    /// - Parameter isShared: false: no other program knows of the file, and no lock file is left beside it.
    package static func look(_ path: String, at now: Moment, isShared: Bool = true) throws -> OrderBook {
        try OrderBook(
            store: Store.look(path, isShared: isShared), workflows: [], world: .virtual(VirtualClock(start: now)),
            settings: Settings())
    }

    /// The same, for who names one workflow of a family: those of `relatives` come with it that it speaks to, and that
    /// the file does not know.
    ///
    /// - Parameter all: whether those come too that no named workflow speaks to.
    package static func open(
        _ path: String, workflows: [WorkflowText], relatives: [WorkflowText], all: Bool = false, world: World,
        settings: Settings = Settings()
    ) throws -> OrderBook {
        let store = try Store.open(path, settings: settings.store)
        do {
            let missing = try missing(workflows, relatives, all: all, in: store)
            return try OrderBook(store: store, workflows: workflows + missing, world: world, settings: settings)
        } catch {
            store.close()
            throw error
        }
    }

    private static func missing(
        _ workflows: [WorkflowText], _ relatives: [WorkflowText], all: Bool, in store: Store
    ) throws -> [WorkflowText] {
        func load(_ text: WorkflowText) throws -> (text: WorkflowText, workflow: Workflow) {
            (text, try WorkflowFile.load(text.text, name: text.source))
        }
        let (rows, current) = try store.read { rows in (try rows.workflows(), try rows.currentWorkflows()) }
        let known = Set(rows.map(\.name))
        var family = try workflows.map(load)
        let others = try relatives.map(load)
        if all {
            let named = known.union(family.map(\.workflow.name))
            let missing = others.filter { !named.contains($0.workflow.name) }
            let stored = rows.filter { current[$0.name] == $0.number }.compactMap(LivingParents.readable)
            let all = (family + missing).map(\.workflow) + stored
            // One whose relative has a namesake here does not fit it, and was not asked for.
            return missing.filter { WorkflowFile.familyFindings(of: $0.workflow, among: all).isEmpty }.map(\.text)
        }
        var index = 0
        while index < family.count {
            for child in family[index].workflow.children where !known.contains(child.workflow) {
                guard !family.contains(where: { $0.workflow.name == child.workflow }),
                    let relative = others.first(where: { $0.workflow.name == child.workflow })
                else { continue }
                family.append(relative)
            }
            index += 1
        }
        return family.dropFirst(workflows.count).map(\.text)
    }

    /// Its file; nil: it is in memory.
    package var path: String? { engine.store.path }

    /// Writes down beside the file where this process serves it, for other programs that want to open it; without
    /// both: nowhere.
    package func tellServing(socket: String?, http: String?) {
        engine.store.tell(socket == nil && http == nil ? nil : FileHolder.Serving(socket: socket, http: http))
    }

    /// Whether there is anything in a file; if not, opening makes a new order book of it.
    package static func isThere(_ path: String) throws -> Bool { try Store.holdsAnything(path) }

    /// An order book in memory, for tests and rehearsals; gone when it is closed.
    public static func inMemory(
        workflows: [WorkflowText] = WorkflowText.shipped, world: World = .system, settings: Settings = Settings()
    ) throws -> OrderBook {
        try OrderBook(store: Store.inMemory(), workflows: workflows, world: world, settings: settings)
    }

    /// Opens a new file for a rehearsal, whose commits do not wait for the disk: it is worth nothing when the machine
    /// goes down, and everything else about it is real.
    package static func rehearsal(
        _ path: String, workflows: [WorkflowText], world: World, settings: Settings = Settings()
    ) throws -> OrderBook {
        var storeSettings = StoreSettings()
        storeSettings.isDurable = false
        return try OrderBook(
            store: Store.open(path, settings: storeSettings), workflows: workflows, world: world, settings: settings)
    }

    private init(store: Store, workflows: [WorkflowText], world: World, settings: Settings) throws {
        var engineSettings = Engine.Settings()
        engineSettings.intakeDepthMax = settings.intakeDepthMax
        engineSettings.writeRequestsMax = settings.writeRequestsMax
        engineSettings.fairness.waitingPerSKUMax = settings.intakeDepthPerSKUMax
        engineSettings.fairness.waitingPerCallerMax = settings.intakeDepthPerCallerMax
        engineSettings.refusesSoldOutAtTheDoor = settings.refusesSoldOutAtTheDoor
        engineSettings.opening.overdueMax = max(0, settings.overdueAtOpeningMax)
        engineSettings.holdsTimeouts = settings.holdsTimeouts.map { Text($0) }
        engineSettings.report = settings.report
        engineSettings.meters = settings.meters
        engineSettings.modules.percent = Int64(settings.moduleSharePercent)
        let compiled = try workflows.map { text in
            (workflow: try WorkflowFile.load(text.text, name: text.source), text: Text(text.text))
        }
        let named = zip(workflows, compiled).map { (name: $0.source, workflow: $1.workflow) }
        let parents = try LivingParents(store, opened: named.map(\.workflow))
        let taking = named.filter { parents.isTaking($0.workflow) }
        try WorkflowFile.checkFamily(taking, beside: try parents.others(than: taking.map(\.workflow)))
        try parents.check(taking)
        engine = try Engine(store: store, workflows: compiled, world: world, settings: engineSettings) { text in
            try WorkflowFile.load(stored: text.string)
        }
    }

    /// Finishes what waits, then closes the file. Nothing else may be asked afterwards.
    ///
    /// Asked for inside a handler, or inside the closure of a read or a write, the file is closed when that has ended.
    /// A book that is dropped is closed too, unless it has modules.
    public func close() async {
        await engine.onThread { [self] _ in close() }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func close() {
        modules.stop()
        engine.close()
    }

    // MARK: Commands

    /// Sends a command to an order and waits for its commit.
    ///
    /// - Throws: ``Refusal``: nothing changed, and why.
    @discardableResult
    public func submit(_ command: OrderCommand) async throws(Refusal) -> Receipt {
        try await answer(to: command).receipt()
    }

    /// Sends a command to a stock and waits for its commit.
    ///
    /// - Throws: ``Refusal``: nothing changed, and why.
    @discardableResult
    public func submit(_ command: StockCommand) async throws(Refusal) -> StockReceipt {
        try await answer(to: command).get()
    }

    /// The same as ``submit(_:)-(OrderCommand)``, with the refusal as a value: for a burst of commands, where many are
    /// refused and each outcome counts.
    @discardableResult
    public func answer(to command: OrderCommand) async -> Answer {
        await engine.submit(command.command)
    }

    /// The same as ``submit(_:)-(StockCommand)``, with the refusal as a value.
    @discardableResult
    public func answer(to command: StockCommand) async -> Result<StockReceipt, Refusal> {
        await engine.submit(command)
    }

    // MARK: Timeouts

    /// Lets a pending timeout fire later (or earlier, with a negative interval; never before now).
    ///
    /// - Parameter key: names this request, so that it is done once however often it is sent.
    /// - Throws: ``Refusal``: nothing changed, and why.
    @discardableResult
    public func extendTimeout(
        _ name: TimeoutName, of order: OrderID, by interval: Interval, key: String? = nil
    ) async throws(Refusal) -> Receipt {
        try await engine.submit(TimeoutCommand(.extend(by: interval), name, of: order, key: key.map { Text($0) }))
            .receipt()
    }

    /// Gives a pending timeout another due time.
    ///
    /// - Throws: ``Refusal``: nothing changed, and why.
    @discardableResult
    public func moveTimeout(
        _ name: TimeoutName, of order: OrderID, to due: Moment
    ) async throws(Refusal) -> Receipt {
        try await engine.submit(TimeoutCommand(.move(to: due), name, of: order)).receipt()
    }

    /// Cancels a pending timeout: it will not fire.
    ///
    /// - Throws: ``Refusal``: nothing changed, and why.
    @discardableResult
    public func cancelTimeout(_ name: TimeoutName, of order: OrderID) async throws(Refusal) -> Receipt {
        try await engine.submit(TimeoutCommand(.cancel, name, of: order)).receipt()
    }

    /// Whether timeouts are held because the wall clock jumped ahead by more than a minute; they go on after five
    /// minutes, or when the clock is confirmed.
    public var isClockHeld: Bool { engine.isClockHeld }

    /// An operator says that the wall clock is right after a jump.
    public func confirmClock() async { await engine.onThread { $0.confirmClock() } }

    /// The same for scripts and virtual worlds: the caller's thread waits for the turn to write.
    public func confirmClock() { engine.confirmClock() }

    /// The time by which the order book goes.
    public var now: Moment { engine.world.now() }

    // MARK: Virtual time

    /// In a virtual world: lets time pass up to `moment`, and fires on the way what becomes due, each at its own time.
    public func advance(to moment: Moment) { engine.advance(to: moment) }

    /// In a virtual world: lets an interval pass.
    public func advance(by interval: Interval) { engine.advance(to: engine.world.now().advanced(by: interval)) }
}
