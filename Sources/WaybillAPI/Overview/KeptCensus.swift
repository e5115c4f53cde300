import Synchronization
import Waybill
import WaybillCore
import WaybillEngine

/// The numbers of orders for all who follow the overview: read once a second, however many they are.
final class KeptCensus: Sendable {
    /// How long it is told again: a little less than the pace of the streams, so that each look finds a newer one.
    private static let keptFor = Interval(milliseconds: 900)

    private typealias Reading = Task<Result<OrderBook.Census, Problem>, Never>

    private struct Last {
        let reading: Reading
        /// By uptime.
        let begunAt: Interval
    }

    private let last = Mutex(Last?.none)

    /// The last one that was read, or one that is read now; those who ask meanwhile wait for the same.
    func now(of book: ServedBook) async throws(Problem) -> OrderBook.Census {
        let now = book.uptime
        let reading = last.withLock { last in
            if let last, now - last.begunAt < Self.keptFor { return last.reading }
            let reading = Reading {
                do throws(Problem) {
                    return .success(try await book.unbounded { book in try book.census() })
                } catch {
                    return .failure(error)
                }
            }
            last = Last(reading: reading, begunAt: now)
            return reading
        }
        return try await reading.value.get()
    }
}
