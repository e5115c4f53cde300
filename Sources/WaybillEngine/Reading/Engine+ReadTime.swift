package import WaybillCore
import WaybillStore

/// How long the reads of one caller may take.
package struct ReadTimeLimits: Hashable, Sendable {
    /// Beyond it a read is cut off.
    package var read: Interval
    /// After it a list ends its page, and goes on with the next one.
    package var page: Interval

    package init(read: Interval, page: Interval) {
        self.read = read
        self.page = page
    }
}

/// Reads that must end in time, for callers that other programs wait for.
extension Engine {
    /// Does something whose reads are bounded in time; nil: they may take as long as they need.
    package func bounding<Result: Sendable>(
        readsTo limits: ReadTimeLimits?, _ body: () async -> Result
    ) async -> Result {
        let time = limits.map { limits in
            ReadTime(
                seconds: Double(limits.read.milliseconds) / 1_000, pageSeconds: Double(limits.page.milliseconds) / 1_000
            )
        }
        return await ReadTime.$current.withValue(time) { await body() }
    }

    /// Whether the reads of this task are bounded, and a list ends its page now.
    package var isPageOver: Bool { ReadTime.current?.isPageOver ?? false }

    /// Whether the reads of this task have had their time.
    package var isReadOver: Bool { ReadTime.current?.isOver ?? false }
}
