import Synchronization
import Waybill
import WaybillCore
import WaybillEngine

/// The last events of the journal as streams tell them, written out once for all streams that are there already. One
/// that is further behind reads the file for itself.
///
///     position ──► in the tail? ──► a slice of it
///                  at its end? ──► the first to ask reads on in the file, the others wait for what it finds
///                  before it? ──► reads the file for itself
final class JournalTail: Sendable {
    /// Events that are read at a time.
    private static let pageMax = 64
    /// What it holds at most: events, and bytes of them but for the last one.
    fileprivate static let (eventsMax, bytesMax) = (512, 1 << 20)

    fileprivate struct Told {
        let position: Position
        let item: EventStream.Item
    }

    fileprivate struct State {
        /// In order, without gaps.
        var told: [Told] = []
        var bytes = 0
        /// After which position the next one comes; nil: it has never been read.
        var end: Position?
        /// Whether one reads on in the file.
        var isReading = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    fileprivate enum Place {
        case found(ArraySlice<Told>)
        case atTheEnd, before, beingRead
    }

    private let state = Mutex(State())

    /// What comes after a position, at most about 64 KiB, and the position after which the next comes.
    func news(
        after position: Position, in book: ServedBook
    ) async throws -> (news: EventStream.News, end: Position) {
        while true {
            // What is committed later wakes the stream.
            guard position < book.book.engine.lastPosition else { return (EventStream.News(), position) }
            switch state.withLock({ $0.place(position) }) {
            case .found(let told): return Self.news(of: told, after: position)
            case .before: return Self.news(of: try await Self.read(after: position, in: book)[...], after: position)
            case .beingRead: await wait()
            case .atTheEnd:
                let read: [Told]
                do {
                    read = try await Self.read(after: position, in: book)
                } catch {
                    end(with: [], after: position)
                    throw error
                }
                end(with: read, after: position)
                return Self.news(of: read[...], after: position)
            }
        }
    }

    private func wait() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                guard state.isReading else { return true }
                state.waiting.append(continuation)
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func end(with read: [Told], after position: Position) {
        let waiting = state.withLock { state in
            state.add(read, after: position)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }

    private static func read(after position: Position, in book: ServedBook) async throws -> [Told] {
        try await book.unbounded { book in try book.journal(following: position, limit: pageMax) }.map { event in
            Told(
                position: event.position,
                item: EventStream.Item("event", id: Text(event.position.text), isAct: event.isAct) { $0.event(event) })
        }
    }

    /// The first of them, up to about as many bytes as are written at a time.
    private static func news(
        of told: ArraySlice<Told>, after position: Position
    ) -> (news: EventStream.News, end: Position) {
        var news = EventStream.News(hasMore: !told.isEmpty)
        var (bytes, end) = (0, position)
        for one in told {
            news.items.append(one.item)
            (bytes, end) = (bytes + one.item.data.count, one.position)
            if bytes >= EventStream.bytesAtATime { break }
        }
        return (news, end)
    }
}

extension JournalTail.State {
    /// Where a position is; who finds it at the end is the one who reads on.
    fileprivate mutating func place(_ position: Position) -> JournalTail.Place {
        if let first = told.first, let end, position < end {
            guard position.number + 1 >= first.position.number else { return .before }
            // A damaged file may have gaps: then it is read.
            let index = Int(position.number + 1 - first.position.number)
            guard told.indices.contains(index), told[index].position.number == position.number + 1 else {
                return .before
            }
            return .found(told[index...])
        }
        if isReading { return .beingRead }
        isReading = true
        return .atTheEnd
    }

    fileprivate mutating func add(_ read: [JournalTail.Told], after position: Position) {
        isReading = false
        guard let last = read.last?.position else { return }
        if end != position { (told, bytes) = ([], 0) }
        told += read
        bytes += read.reduce(0) { $0 + $1.item.data.count }
        end = last
        var surplus = 0
        while told.count - surplus > JournalTail.eventsMax || bytes > JournalTail.bytesMax, surplus < told.count - 1 {
            bytes -= told[surplus].item.data.count
            surplus += 1
        }
        told.removeFirst(surplus)
    }
}
