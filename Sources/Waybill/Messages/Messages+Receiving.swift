import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Receiving: a batch at a time, or as they come.
extension Messages {
    /// How a consumer receives.
    public struct ReceiveOptions: Hashable, Sendable {
        /// The consumer's name: leases, lanes and broadcast positions go by it. Nil: ``Messages/receive(_:_:_:)`` takes
        /// one that no other process with this file has had, and ``Deliveries`` one for each of its loops.
        public var client: String?
        /// Messages in one batch, at most 100.
        public var max: Int
        /// How long what it gets stays invisible to others; nil: as the group says.
        public var invisible: Interval?
        /// Whether that time goes on by itself while the client asks for more, up to three hours.
        public var isRenewed: Bool
        /// How long it waits when there is nothing, at most 20 seconds.
        public var wait: Interval
        /// The grey-release route that the consumer belongs to; "" is the base.
        public var lane: String
        /// Names this attempt: asked again, it gets the same batch.
        public var attempt: String?

        public init(
            client: String? = nil, max: Int = 32, invisible: Interval? = nil, isRenewed: Bool = false,
            wait: Interval = Interval(milliseconds: 0), lane: String = "", attempt: String? = nil
        ) {
            self.client = client
            self.max = max
            self.invisible = invisible
            self.isRenewed = isRenewed
            self.wait = wait
            self.lane = lane
            self.attempt = attempt
        }

        /// The same with texts that come from a request.
        @_disfavoredOverload
        package init(
            client: Text? = nil, max: Int = 32, invisible: Interval? = nil, isRenewed: Bool = false,
            wait: Interval = Interval(milliseconds: 0), lane: Text = "", attempt: Text? = nil
        ) {
            self.init(
                client: client?.string, max: max, invisible: invisible, isRenewed: isRenewed, wait: wait,
                lane: lane.string, attempt: attempt?.string)
        }
    }

    /// Messages for a group: at once when there are any, else as soon as there are, or none when the wait is over.
    ///
    /// Each is invisible to others of the group until it is acknowledged or its time is over.
    public func receive(
        _ group: GroupName, _ subscription: Subscription, _ options: ReceiveOptions = ReceiveOptions()
    ) async throws(MessageRefusal) -> [Delivery] {
        let request = ReceiveRequest(
            group: group, subscription: subscription, client: options.client.map { Text($0) } ?? engine.client,
            lane: Text(options.lane), max: options.max, invisible: options.invisible, renews: options.isRenewed,
            wait: options.wait, attempt: options.attempt.map { Text($0) })
        return try await engine.receive(request).get()
    }

    /// A client goes: what it has not acknowledged is given to others soon.
    public func leave(_ group: GroupName, client: String) async throws(MessageRefusal) {
        try await ask(Leave(group, client: Text(client)))
    }

    /// Messages as they come, one after the other, until the task is cancelled or the book closed.
    ///
    /// What was received ahead and not handed out when the loop ends goes to others at once, with no attempt used up.
    /// While the book is overloaded the loop waits and asks again; any other refusal ends it.
    /// In a virtual world nothing comes by itself, so there the sequence ends when there is nothing.
    ///
    /// ```swift
    /// for try await delivery in messages.deliveries(to: "service", Subscription("order", tags: "paid")) {
    ///     try await messages.acknowledge(delivery)
    /// }
    /// ```
    public func deliveries(
        to group: GroupName, _ subscription: Subscription, _ options: ReceiveOptions = ReceiveOptions(max: 16)
    ) -> Deliveries {
        Deliveries(messages: self, group: group, subscription: subscription, options: options)
    }
}
