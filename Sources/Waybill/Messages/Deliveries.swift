import Synchronization
import WaybillBroker
public import WaybillCore
import WaybillEngine

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
        private let source: Deliveries
        private let options: Messages.ReceiveOptions
        private let ahead: Ahead

        fileprivate init(source: Deliveries) {
            let engine = source.messages.engine
            self.source = source
            var options = source.options
            options.client = options.client ?? engine.newClient().string
            // It names one receive, and this loop makes many: under one name the second would get what the first got.
            options.attempt = nil
            if engine.world.virtualClock == nil, options.wait.milliseconds == 0 { options.wait = Deliveries.wait }
            self.options = options
            ahead = Ahead(engine)
        }

        public mutating func next() async throws(MessageRefusal) -> Delivery? {
            let isVirtual = source.messages.engine.world.virtualClock != nil
            while true {
                if Task.isCancelled {
                    await ahead.giveBack()
                    return nil
                }
                if let delivery = ahead.take() { return delivery }
                do throws(MessageRefusal) {
                    let batch = try await source.messages.receive(source.group, source.subscription, options)
                    if batch.isEmpty, isVirtual { return nil }
                    ahead.fill(batch)
                } catch {
                    // It passes by itself. In a virtual world nothing does.
                    guard case .overloaded(_, let pause) = error, !isVirtual else { throw error }
                    let engine = source.messages.engine
                    engine.report(LoopFailure(.deliveries(source.group), error, rest: pause))
                    await engine.world.rest(pause)
                }
            }
        }
    }

    /// What one loop has received and not handed out yet.
    private final class Ahead: Sendable {
        private let engine: Engine
        /// The next one last.
        private let batch = Mutex<[Delivery]>([])

        init(_ engine: Engine) { self.engine = engine }

        /// The loop has ended, by a `break` or an error: no task waits for the answer.
        deinit {
            let receipts = batch.withLock { $0.map(\.receipt) }
            guard !receipts.isEmpty else { return }
            let engine = engine
            Task { await Self.giveBack(receipts, to: engine) }
        }

        func fill(_ deliveries: [Delivery]) { batch.withLock { $0 = deliveries.reversed() } }

        /// The next one that is out still: one that failed has taken those behind it in its message group along.
        func take() -> Delivery? {
            while let delivery = batch.withLock({ $0.popLast() }) {
                if delivery.messageGroup == nil || engine.isOut(delivery.receipt) { return delivery }
            }
            return nil
        }

        func giveBack() async {
            let receipts = batch.withLock { batch in
                defer { batch = [] }
                return batch.map(\.receipt)
            }
            await Self.giveBack(receipts, to: engine)
        }

        /// What cannot be given back now is delivered to others when its time is over.
        private static func giveBack(_ receipts: [DeliveryReceipt], to engine: Engine) async {
            _ = await engine.submit(receipts.reversed().map { GiveBack($0) })
        }
    }
}
