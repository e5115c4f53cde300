public import WaybillCore
import WaybillEngine
public import WaybillStore

/// The state of a module of a file.
public struct ModuleView: Hashable, Sendable {
    public let name: GroupName
    /// From when on it hears of the shop; nil: it has read all that its topics held.
    public let since: Moment?
    /// False: its installation was interrupted, and is done again when it is installed.
    public let isInstalled: Bool
    /// Whether it works in this process.
    public let isRunning: Bool
    /// Messages that it has not handled, counted to 10,000 for each topic and state.
    public let owed: Int64
    /// What it could not do in this process since it was installed here.
    public let failures: ModuleFailures
}

/// What a module could not do. It tries again after a rest, and nothing is lost.
public struct ModuleFailures: Hashable, Sendable {
    /// How many there were.
    public internal(set) var count: Int64 = 0
    /// The last one: when, and what went wrong.
    public internal(set) var lastAt: Moment?
    public internal(set) var last: String?
    /// Until when it rests because of it, wholly or in part; nil: it works.
    public var restsUntil: Moment? { rests.values.max() }
    /// Until when each of its loops rests that does.
    var rests: [Int: Moment] = [:]

    init() {}
}

extension OrderBook {
    /// Rows of what a module is owed that are counted.
    private static let owedMax = 10_000

    /// The modules of the file and their state, by name.
    ///
    /// - Throws: ``StoreFailure`` when the file cannot be read.
    public func moduleViews() async throws(StoreFailure) -> [ModuleView] {
        try await engine.onThread { [self] (_) throws(StoreFailure) in try moduleViews() }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func moduleViews() throws(StoreFailure) -> [ModuleView] {
        try reading { try viewsOfModules() }
    }

    private func viewsOfModules() throws -> [ModuleView] {
        let here = modules.states
        return try engine.installedModules().map { module in
            let lags = try engine.lags(of: module.name, rowsMax: Self.owedMax)
            var owed: Int64 = 0
            // A module whose installation was interrupted may have no group yet.
            if case .success(let lags) = lags { owed = lags.reduce(0) { $0 + $1.messages } }
            return ModuleView(
                name: module.name, since: module.since.milliseconds == .min ? nil : module.since,
                isInstalled: module.isInstalled, isRunning: here[module.name] != nil, owed: owed,
                failures: here[module.name] ?? ModuleFailures())
        }
    }
}
