package import WaybillCore
import WaybillStore

/// What a consumer asks for: messages of one topic, for a group.
package struct ReceiveRequest: Sendable {
    package var group: GroupName
    package var subscription: Subscription
    /// The name of the consumer that asks: leases, lanes and broadcast positions go by it.
    package var client: Text
    /// The grey-release route that the consumer belongs to; "" is the base.
    package var lane: Text
    package var max: Int
    /// How long what it gets is invisible to others; nil: as the group says.
    package var invisible: Interval?
    /// Whether that time goes on by itself while the client lives.
    package var renews: Bool
    /// How long it waits when there is nothing.
    package var wait: Interval
    /// Names this attempt: asked again, it gets the same batch.
    package var attempt: Text?
    /// Whether what may have ended a process before is handed out alone.
    package var isCautious: Bool

    package init(
        group: GroupName, subscription: Subscription, client: Text, lane: Text = "", max: Int = 32,
        invisible: Interval? = nil, renews: Bool = false, wait: Interval = Interval(milliseconds: 0),
        attempt: Text? = nil, isCautious: Bool = false
    ) {
        self.group = group
        self.subscription = subscription
        self.client = client
        self.lane = lane
        self.max = max
        self.invisible = invisible
        self.renews = renews
        self.wait = wait
        self.attempt = attempt
        self.isCautious = isCautious
    }

    package static let clientBytesMax = 255

    /// The bound that it crosses, or nil.
    func refusal(_ settings: BrokerSettings) -> MessageRefusal? {
        if client.isEmpty || client.byteCount > Self.clientBytesMax {
            return .badName(
                what: "client", name: client.string, problem: "it has 1 to \(Self.clientBytesMax) bytes")
        }
        if client.hasZero || lane.hasZero || attempt?.hasZero == true {
            return .badName(
                what: "client, lane or attempt", name: client.string, problem: "it has U+0000 in it; leave it out")
        }
        if lane.byteCount > 128 { return .limit("bytes of a lane", max: 128) }
        if let attempt, attempt.byteCount > 255 { return .limit("bytes of an attempt id", max: 255) }
        if max < 1 || max > settings.batchMax {
            return .badSetting("max", problem: "\(max) is not in 1...\(settings.batchMax)")
        }
        if let invisible, invisible.milliseconds <= 0 || invisible > settings.invisibleMax {
            return .badSetting(
                "invisible", problem: "\(invisible.milliseconds) ms is not within 1 ms and 12 hours")
        }
        if wait.milliseconds < 0 || wait > settings.waitMax {
            return .badSetting(
                "wait", problem: "\(wait.milliseconds) ms is not within 0 and \(settings.waitMax.milliseconds) ms")
        }
        return nil
    }
}
