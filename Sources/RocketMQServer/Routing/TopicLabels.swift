import Synchronization
import Waybill
import WaybillCore
import WaybillTimeouts

/// How many queues each topic is said to have, remembered for a while: deliveries are labelled by it, and a read of the
/// file for each batch would cost more than the batch.
final class TopicLabels: Sendable {
    private static let keptFor = Interval.seconds(30)
    private static let topicsMax = 10_000

    private let known = Mutex<[TopicName: (count: Int, until: Interval)]>([:])

    /// One, when the topic cannot be read: every topic has that.
    func count(of topic: TopicName, in book: OrderBook) async -> Int {
        let now = book.engine.world.uptime()
        if let known = known.withLock({ $0[topic] }), known.until > now { return known.count }
        let count: Int
        do throws(MessageRefusal) {
            count = max(1, try await book.messages.topic(topic)?.settings.queues ?? 1)
        } catch {
            return 1
        }
        known.withLock { known in
            if known.count >= Self.topicsMax { known = [:] }
            known[topic] = (count, now + Self.keptFor)
        }
        return count
    }
}
