package import WaybillCore

/// The bounds of a broker; each is a number that a caller can reach, and a refusal names it.
package struct BrokerSettings: Sendable {
    /// Messages of one delivery batch.
    package var batchMax = 100
    /// Bytes of one delivery batch; the first message comes however large it is.
    package var batchBytesMax = 4 << 20
    /// Bytes of first deliveries that one client may hold unacknowledged; beyond it its receives wait. Later deliveries
    /// do not count.
    package var clientBytesMax = 64 << 20
    /// Bytes of bodies that all receives together may be reading.
    package var readingBytesMax = 256 << 20
    /// First deliveries of one group in flight. Later ones, which have rows, do not count.
    package var inFlightMax = 100_000
    /// Messages of one stored queue that a group may owe by rows of their own; at the limit it takes no new ones.
    package var owedMax = 100_000
    /// Messages that consumers have passed over for others, and that get rows when one attempt becomes all.
    package var passedOverMax = 10_000
    /// How far the delivered-through mark runs ahead of deliveries.
    package var markStep: Int64 = 1_000
    /// How long an expression counts as used after its last receive.
    package var filterUse = Interval.seconds(300)
    /// Expressions in use by which the consumers of one group may choose messages of one topic.
    package var filtersMax = 64
    /// Lanes of a file that have messages or were named lately; another one that a client names is refused.
    package var lanesMax = 128
    /// For how long a lane counts that was named and has no messages.
    package var laneUse = Interval.hours(1)
    /// How long a client counts as alive after it was last heard of.
    package var clientSilenceMax = Interval.seconds(20)
    /// By how much a delivery that renews itself is extended while its client lives.
    package var renewal = Interval.seconds(20)
    /// After so long a delivery renews itself no more.
    package var renewalMax = Interval.hours(3)
    /// How long a receive may wait for a message.
    package var waitMax = Interval.seconds(20)
    package var invisibleMax = Interval.hours(12)
    /// Receives that wait at the same time, in all groups.
    package var waitersMax = 10_000
    /// Attempts at receiving whose batches are remembered, per group.
    package var attemptsRememberedMax = 10_000

    /// Bounds of what producers send.
    package var limits = MessageLimits()
    package var checkBacks = CheckBackSchedule()
    /// Questions about half messages that may be on their way to one producer, and to all.
    package var checksInFlightMax = 100
    package var checksInFlightInAllMax = 1_024
    /// Questions that one producer may be sent at once, and then in a second.
    package var checksBurst = 100
    package var checksPerSecond = 50
    /// Half messages that are remembered as due while their producer was away; others wait for their next time.
    package var missedChecksMax = 100_000
    /// Of those, how many one write makes due when the producer comes.
    package var missedChecksPerWrite = 256
    /// For how long what was decided about a delayed or half message is known.
    package var decidedKept = Interval.hours(24)
    /// Without a consumer for so long a group is idle: warned about, and cut first when a topic is beyond its size.
    package var idleAfter = Interval.days(7)
    /// Cursors that are behind memory, of which one round of retention puts the rows.
    package var cursorsSavedMax = 1_000
    /// How often retention looks at all topics.
    package var retentionEvery = Interval.seconds(5)
    /// Deliveries and answers that are remembered for traces.
    package var traceMax = 65_536
    /// How full the disk is; nil: the system is asked about the file's.
    package var diskSpace: (@Sendable () -> DiskSpace?)?

    package init() {}
}
