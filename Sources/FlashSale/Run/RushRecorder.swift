import Histogram
import WaybillCore

/// Counts what happens in a rush, in cells of time: a hundred for its opening and a hundred for the whole of it.
struct RushRecorder {
    /// What one cell of time has seen.
    struct Cell {
        var shoppers = 0
        var looks = 0
        var requests = 0
        var accepted = 0
        var repeats = 0
        var unanswered = 0
        var refused: [RefusalReason: Int] = [:]
        var paid = 0
        var depthMax = 0
        var latency: Histogram<UInt32>?
        var due = 0
        var fired = 0
        /// At the end of the cell; nil: as before.
        var stockLeft: Int64?
        /// The most that each module was behind; nil: nobody looked.
        var lags: [Int]?

        mutating func see(lags seen: [Int]) {
            lags = lags.map { zip($0, seen).map { max($0, $1) } } ?? seen
        }
    }

    /// One row of cells.
    struct Row {
        let cellMicroseconds: Int64
        var cells: [Cell]

        init(length: Int64, count: Int) {
            cellMicroseconds = max(1, (length + Int64(count) - 1) / Int64(count))
            cells = Array(repeating: Cell(), count: count)
        }

        subscript(moment: Int64) -> Cell {
            get { cells[index(moment)] }
            set { cells[index(moment)] = newValue }
        }

        /// In place: a cell is large.
        mutating func change(_ moment: Int64, _ body: (inout Cell) -> Void) { body(&cells[index(moment)]) }

        private func index(_ moment: Int64) -> Int {
            min(max(0, Int(clamping: moment / cellMicroseconds)), cells.count - 1)
        }
    }

    static let cellCount = 120

    private(set) var opening: Row
    private(set) var whole: Row
    private let openingLength: Int64
    private(set) var latency = Self.histogram
    private(set) var placeLatency = Self.histogram
    private(set) var total = Cell()

    /// From a microsecond on, with two significant digits, growing as needed.
    private static var histogram: Histogram<UInt32> { Histogram(numberOfSignificantValueDigits: .two) }

    /// - Parameter length: of the whole rush, and of its opening within it; microseconds.
    init(length: Int64, opening openingLength: Int64) {
        self.openingLength = openingLength
        opening = Row(length: openingLength, count: Self.cellCount)
        whole = Row(length: length, count: Self.cellCount)
    }

    mutating func record(at moment: Int64, _ body: (inout Cell) -> Void) {
        if moment < openingLength { opening.change(moment, body) }
        whole.change(moment, body)
        body(&total)
    }

    /// What only the file knows: when timeouts fired, and how much stock was left.
    mutating func add(_ books: ShopBooks, since opening: Moment) {
        for fired in books.fired {
            let at = fired.at.since(opening).milliseconds * 1_000
            record(at: at) { $0.fired += 1 }
            record(at: at - fired.late.milliseconds * 1_000) { $0.due += 1 }
        }
        for (at, units) in books.frees {
            let moment = at.since(opening).milliseconds * 1_000
            record(at: moment) { $0.stockLeft = units }
        }
    }

    /// A request was answered, so long after it was sent.
    mutating func answer(
        _ answer: ShopAnswer, to request: ShopRequest, sentAt: Int64, repliedAt: Int64, isTimed: Bool = true
    ) {
        let waited = UInt64(max(0, repliedAt - sentAt))
        if isTimed {
            latency.record(waited)
            if request.kind == .place { placeLatency.record(waited) }
        }
        record(at: repliedAt) { cell in
            switch answer {
            case .accepted(let isRepeat):
                if isRepeat {
                    cell.repeats += 1
                } else if request.kind == .place {
                    cell.accepted += 1
                } else if case .pay = request.kind {
                    cell.paid += 1
                }
            case .refused(let reason): cell.refused[reason, default: 0] += 1
            case .unanswered: cell.unanswered += 1
            }
            guard isTimed else { return }
            var histogram = cell.latency ?? Self.histogram
            // Taken out while it is changed, so that it is not copied.
            cell.latency = nil
            histogram.record(waited)
            cell.latency = histogram
        }
    }
}
