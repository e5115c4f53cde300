public import WaybillCore
package import WaybillEngine

/// One change of a timeout for every order that a filter finds: every unpaid order of shop 7, plus 15 minutes.
///
/// ```swift
/// let change = TimeoutChange(
///     .extend(by: .minutes(15)), "pay_due",
///     where: OrderFilter(status: "awaiting payment", attributes: [.init("shop", "7")]))
/// try await book.changeTimeouts(change)
/// ```
public struct TimeoutChange: Hashable, Sendable {
    public var action: Action
    /// The name of the timeout; orders for which it is not pending are left alone.
    public var timeout: TimeoutName
    public var filter: OrderFilter

    /// What becomes of a pending timeout.
    public enum Action: Hashable, Sendable {
        /// It will not fire.
        case cancel
        /// It fires later, or with a negative interval earlier; never before now.
        case extend(by: Interval)
        /// It fires at this time; never before now.
        case move(to: Moment)
    }

    public init(_ action: Action, _ timeout: TimeoutName, where filter: OrderFilter) {
        self.action = action
        self.timeout = timeout
        self.filter = filter
    }

    init(_ change: BulkTimeoutChange) {
        timeout = change.name
        filter = change.filter
        action =
            switch change.action {
            case .cancel: .cancel
            case .extend(let interval): .extend(by: interval)
            case .move(let moment): .move(to: moment)
            }
    }

    /// The same change as the engine knows it.
    var change: BulkTimeoutChange {
        switch action {
        case .cancel: BulkTimeoutChange(.cancel, timeout, where: filter)
        case .extend(let interval): BulkTimeoutChange(.extend(by: interval), timeout, where: filter)
        case .move(let moment): BulkTimeoutChange(.move(to: moment), timeout, where: filter)
        }
    }
}

/// How far a ``TimeoutChange`` came. It is a row of the file too, so that it goes on after a crash with the first order
/// that is not done.
public struct TimeoutJob: Sendable {
    /// Names the job within its file.
    public var number: Int64 { job.number }
    public var change: TimeoutChange { TimeoutChange(job.change) }
    /// How many orders it has changed.
    public var changed: Int64 { job.changed }
    /// Whether every order that it is about was looked at.
    public var isDone: Bool { job.isDone }
    /// Whether it does nothing until ``OrderBook/unpause(_:)``, as of when it was read.
    public var isPaused: Bool { job.isPaused }
    /// How many orders it found and could not change.
    package var failed: Int64 { job.progress.failures.count }
    /// The first of them, and why.
    package var firstFailure: String? { job.progress.failures.sample.first.map { "\($0.id): \($0.message)" } }
    package let job: BulkTimeoutJob

    init(_ job: BulkTimeoutJob) { self.job = job }
}
