import WaybillBroker
public import WaybillCore
import WaybillEngine

/// Receiving: a batch at a time, or as they come.
extension Messages {
    /// How a consumer receives.
    public struct ReceiveOptions: Hashable, Sendable {
        /// The consumer, by a name of its own: leases, lanes and broadcast positions go by it.
        public var client: Text
        /// Messages in one batch, at most 100.
        public var max: Int
        /// How long what it gets stays invisible to others; nil: as the group says.
        public var invisible: Interval?
        /// Whether that time goes on by itself while the client asks for more, up to three hours.
        public var isRenewed: Bool
        /// How long it waits when there is nothing, at most 20 seconds.
        public var wait: Interval
        /// The grey-release route that the consumer belongs to; "" is the base.
        public var lane: Text
        /// Names this attempt: asked again, it gets the same batch.
        public var attempt: Text?

        public init(
            client: Text = "consumer", max: Int = 32, invisible: Interval? = nil, isRenewed: Bool = false,
            wait: Interval = Interval(milliseconds: 0), lane: Text = "", attempt: Text? = nil
        ) {
            self.client = client
            self.max = max
            self.invisible = invisible
            self.isRenewed = isRenewed
            self.wait = wait
            self.lane = lane
            self.attempt = attempt
        }
    }

    /// Messages for a group: at once when there are any, else as soon as there are, or none when the wait is over.
    ///
    /// Each is invisible to others of the group until it is acknowledged or its time is over.
    public func receive(
        _ group: GroupName, _ subscription: Subscription, _ options: ReceiveOptions = ReceiveOptions()
    ) async throws(MessageRefusal) -> [Delivery] {
        let request = ReceiveRequest(
            group: group, subscription: subscription, client: options.client, lane: options.lane,
            max: options.max, invisible: options.invisible, renews: options.isRenewed, wait: options.wait,
            attempt: options.attempt)
        return try await engine.receive(request).get()
    }

    /// The message is done: this group gets it no more.
    ///
    /// - Throws: ``MessageRefusal/staleReceipt(_:)`` when the delivery is over already; the message may then have been
    ///   given to somebody else.
    public func acknowledge(_ delivery: Delivery) async throws(MessageRefusal) {
        try await ask(Acknowledge(delivery.receipt))
    }

    /// It could not be handled: it comes again after a while, or is dead when it has used up its attempts.
    ///
    /// - Parameter delay: nil: as the group's ladder says.
    public func fail(
        _ delivery: Delivery, retryAfter delay: Interval? = nil, because reason: String = "the consumer failed"
    ) async throws(MessageRefusal) {
        try await ask(Fail(delivery.receipt, delay: delay, why: reason))
    }

    /// It stays invisible to others until so long from now. Its receipt stays.
    public func extend(_ delivery: Delivery, by invisible: Interval) async throws(MessageRefusal) {
        try await ask(Extend(delivery.receipt, by: invisible))
    }

    /// It cannot be handled, now or ever: it goes to the dead letters.
    public func deadLetter(
        _ delivery: Delivery, because reason: String = "the consumer gave up"
    ) async throws(MessageRefusal) {
        try await ask(GiveUp(delivery.receipt, why: reason))
    }

    /// A client goes: what it has not acknowledged is given to others soon.
    public func leave(_ group: GroupName, client: Text) async throws(MessageRefusal) {
        try await ask(Leave(group, client: client))
    }

    /// Messages as they come, one after the other, until the task is cancelled or the book closed.
    ///
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

/// A group's messages as they come.
public struct Deliveries: AsyncSequence, Sendable {
    public typealias Element = Delivery
    public typealias Failure = MessageRefusal

    /// How long one question waits; the next follows at once.
    private static let wait = Interval.seconds(10)

    let messages: Messages
    let group: GroupName
    let subscription: Subscription
    let options: Messages.ReceiveOptions

    public func makeAsyncIterator() -> Iterator { Iterator(source: self) }

    /// Where one consumer is.
    public struct Iterator: AsyncIteratorProtocol {
        fileprivate let source: Deliveries
        /// What was received and not handed out yet, the next one last.
        private var batch: [Delivery] = []

        fileprivate init(source: Deliveries) { self.source = source }

        public mutating func next() async throws(MessageRefusal) -> Delivery? {
            let isVirtual = source.messages.engine.world.virtualClock != nil
            while batch.isEmpty {
                if Task.isCancelled { return nil }
                var options = source.options
                if !isVirtual, options.wait.milliseconds == 0 { options.wait = Deliveries.wait }
                batch = try await source.messages.receive(source.group, source.subscription, options).reversed()
                if batch.isEmpty, isVirtual { return nil }
            }
            return batch.popLast()
        }
    }
}
