public import WaybillCore
package import WaybillEngine

/// A pending timeout of an order.
public struct PendingTimeoutView: Hashable, Sendable {
    /// How a pending timeout is.
    public enum State: String, Hashable, Sendable, CaseIterable {
        /// Its time has not come.
        case waiting
        /// Its time has come, and it has not fired.
        case overdue
        /// What it does was refused; it is tried again at ``PendingTimeoutView/retryAt``.
        case retrying
        /// What it does was refused too often: it is not tried again by itself.
        case parked
    }

    public let order: OrderID
    /// The status of its order.
    public let status: Text
    public let name: TimeoutName
    public let due: Moment
    public let state: State
    /// How often what it does was refused.
    public let attempts: Int64
    /// When it is tried again; nil: it was not refused, or is parked.
    public let retryAt: Moment?
    /// Why it was refused last.
    public let error: Text?

    init(_ timeout: PendingTimeout, at now: Moment) {
        order = timeout.order
        status = timeout.status
        name = timeout.name
        due = timeout.due
        attempts = timeout.retry?.attempt ?? 0
        retryAt = timeout.retry?.at
        error = timeout.retry?.error
        state = State(timeout, at: now)
    }
}

extension PendingTimeoutView.State {
    package init(_ timeout: PendingTimeout, at now: OrderBook.Moment) {
        if let retry = timeout.retry {
            self = retry.at == nil ? .parked : .retrying
        } else {
            self = timeout.due < now ? .overdue : .waiting
        }
    }
}

extension PendingTimeout.Place {
    /// As pages of a list name it.
    package var texts: [Text] { [Text("\(due.milliseconds)"), Text("\(owner)"), name] }

    /// Nil: no page names one so.
    package init?(texts: [Text]) {
        guard texts.count == 3, let due = Int64(texts[0].string), let owner = Int64(texts[1].string) else { return nil }
        self.init(due: Moment(milliseconds: due), owner: owner, name: texts[2])
    }
}

/// Which pending timeouts a list holds.
public struct PendingTimeoutFilter: Hashable, Sendable {
    /// Only those due then or later.
    public var dueFrom: OrderBook.Moment?
    /// Only those due then or earlier.
    public var dueTo: OrderBook.Moment?
    /// Only those of this name; no index knows it, so a page may be short.
    public var name: TimeoutName?
    /// Only those in this state; nil: those that wait for their time, and those that are overdue.
    public var state: PendingTimeoutView.State?

    public init(
        dueFrom: OrderBook.Moment? = nil, dueTo: OrderBook.Moment? = nil, name: TimeoutName? = nil,
        state: PendingTimeoutView.State? = nil
    ) {
        self.dueFrom = dueFrom
        self.dueTo = dueTo
        self.name = name
        self.state = state
    }

    /// What tells pages of this list from those of others.
    var scope: UInt64 {
        var digest = Digest()
        digest.add("timeouts")
        digest.add(dueFrom.map { Text("\($0.milliseconds)") })
        digest.add(dueTo.map { Text("\($0.milliseconds)") })
        digest.add(name?.text)
        digest.add(state.map { Text($0.rawValue) })
        return UInt64(bitPattern: digest.value)
    }

    /// Whether it asks for timeouts whose handling was refused: these have a separate list.
    var isOfRefused: Bool {
        switch state {
        case nil, .waiting, .overdue: false
        case .retrying, .parked: true
        }
    }
}

/// Lists of pending timeouts.
extension OrderBook {
    /// One page of the pending timeouts of orders by due time, at most 1,000. A page may be short, even empty, while
    /// `next` says that there is more.
    ///
    /// - Throws: ``ListFailure``: a token of another list, or a file that cannot be read.
    public func timeouts(
        _ filter: PendingTimeoutFilter = PendingTimeoutFilter(), after token: PageToken? = nil, limit: Int = 100
    ) async throws(ListFailure) -> Page<PendingTimeoutView> {
        try await engine.onThread { [self] (_) throws(ListFailure) in
            try timeouts(filter, after: token, limit: limit)
        }
    }

    /// The same for scripts and virtual worlds: the caller's thread waits.
    public func timeouts(
        _ filter: PendingTimeoutFilter = PendingTimeoutFilter(), after token: PageToken? = nil, limit: Int = 100
    ) throws(ListFailure) -> Page<PendingTimeoutView> {
        let limit = min(max(limit, 1), Engine.pageMax)
        let scope = filter.scope
        let place = try token.map { token throws(ListFailure) in try start(of: token, in: scope) }
        let found = try listing {
            try engine.pendingTimeouts(
                after: place ?? filter.dueFrom.map { PendingTimeout.Place(due: $0) }, areRetried: filter.isOfRefused,
                limit: limit)
        }
        let inTime = found.prefix { timeout in filter.dueTo.map { timeout.due <= $0 } ?? true }
        let end = found.count == limit && inTime.count == limit ? found.last?.place : nil
        let now = now
        let views = inTime.map { PendingTimeoutView($0, at: now) }.filter { view in
            (filter.name.map { view.name == $0 } ?? true) && (filter.state.map { view.state == $0 } ?? true)
        }
        return Page(
            elements: views,
            next: end.map { PageToken(place: $0.texts, scope: scope) })
    }

    private func start(of token: PageToken, in scope: UInt64) throws(ListFailure) -> PendingTimeout.Place {
        guard let place = token.place(of: 3, in: scope).flatMap({ PendingTimeout.Place(texts: $0) }) else {
            throw .refused(.badCursor)
        }
        return place
    }
}
