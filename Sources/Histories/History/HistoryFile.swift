package import WaybillCore
import WaybillEngine

/// A history in a JSONL file, one step per line (see `HistoryLine`), packed with gzip or not.
///
/// The whole file is checked before anything of it is used. If its lines come in order of time, as an export's do, it
/// is then read once more, line by line, and memory holds 16 bytes per order. If not, the places of the lines are
/// sorted, which costs 16 bytes per line more.
package struct HistoryFile: HistorySource {
    package let orderCount: Int
    package let entryCount: Int
    package let start: Moment?
    package let latest: HistoryPlace?
    package let isRecording: Bool
    package let orderDigests: OrderDigests
    private let path: String
    /// What findings call it.
    private let name: String
    private let workflow: WorkflowName?
    private let mode: HistoryMode
    private let limits: InputLimits
    /// Where the lines are, in the order in which they happen; nil: they lie in that order.
    private let places: [Place]?

    private struct Place {
        var at: Moment
        var offset: Int
    }

    /// - Parameters:
    ///   - name: what findings call it; nil: its path.
    ///   - workflow: places the orders of lines that name none.
    package init(
        _ path: String, named name: String? = nil, workflow: WorkflowName?, mode: HistoryMode,
        limits: InputLimits = InputLimits()
    ) throws {
        let name = name ?? path
        self.path = path
        self.name = name
        self.workflow = workflow
        self.mode = mode
        self.limits = limits
        let survey = try Survey(path, named: name, workflow: workflow, limits: limits)
        orderCount = survey.orders.count
        orderDigests = survey.orders
        entryCount = survey.entryCount
        start = survey.earliest
        latest = survey.latest
        isRecording = survey.isRecording
        // A recording lies in the order in which things happened, even where the clock went back.
        places =
            survey.isInOrder || survey.isRecording
            ? nil : try Self.sortedPlaces(path, named: name, workflow: workflow, mode: mode, limits: limits)
    }

    package func forEach(_ body: (HistoryEntry) throws -> Void) throws {
        guard let places else {
            var lines = LineReader(
                try InputFile.open(path, named: name, limits: limits), file: name, limits: limits)
            while let line = try lines.next() {
                let entry = try Self.entry(line, workflow: workflow, file: name)
                if case .recording = entry.act { continue }
                try body(entry)
            }
            return
        }
        let file = try FileBytes(path: path)
        for place in places {
            try file.seek(to: place.offset)
            var lines = LineReader(file, file: name, limits: limits)
            guard let line = try lines.next() else {
                throw InputFinding(.unreadable, file: name, "it has changed while it was read")
            }
            var entry = try Self.entry(line, workflow: workflow, file: name)
            if entry.at != place.at {
                entry.note.recorded = entry.at
                entry.at = place.at
            }
            try body(entry)
        }
    }

    static func entry(
        _ line: LineReader.Line, workflow: WorkflowName?, file: String
    ) throws(InputFinding) -> HistoryEntry {
        do throws(JSONProblem) {
            return try HistoryLine.entry(line.bytes, workflow: workflow)
        } catch {
            throw InputFinding(.value, file: file, line: line.number, column: error.offset + 1, error.message)
        }
    }

    /// The lines in order of time; of those with the same time, in the order of the file.
    private static func sortedPlaces(
        _ path: String, named name: String, workflow: WorkflowName?, mode: HistoryMode, limits: InputLimits
    ) throws -> [Place] {
        guard try !FileBytes(path: path).isGzip() else {
            throw InputFinding(.order, file: name, "its lines are not in order of time; unpack the file first")
        }
        var places: [Place] = []
        /// The time of each order's last line.
        var latest: [OrderID: Moment] = [:]
        var lines = LineReader(try FileBytes(path: path), file: name, limits: limits)
        while let line = try lines.next() {
            let entry = try entry(line, workflow: workflow, file: name)
            var at = entry.at
            if mode == .lenient, let order = entry.order {
                at = max(at, latest[order] ?? at)
                latest[order] = at
            }
            places.append(Place(at: at, offset: line.offset))
        }
        places.sort { ($0.at, $0.offset) < ($1.at, $1.offset) }
        return places
    }
}

/// What a first look at a history file finds out.
private struct Survey {
    private(set) var orders = OrderDigests()
    private(set) var entryCount = 0
    private(set) var earliest: Moment?
    private(set) var latest: HistoryPlace?
    private(set) var isRecording = false
    private(set) var isInOrder = true

    init(_ path: String, named name: String, workflow: WorkflowName?, limits: InputLimits) throws {
        var findings = InputFindings()
        var previous: Moment?
        var lines = LineReader(try InputFile.open(path, named: name, limits: limits), file: name, limits: limits)
        while true {
            do throws(InputFinding) {
                guard let line = try lines.next() else { break }
                let entry = try HistoryFile.entry(line, workflow: workflow, file: name)
                if try take(entry.act, line.number, of: name) { continue }
                note(entry, line.number, of: name, after: previous)
                previous = entry.at
            } catch {
                findings.add(error)
                if error.endsTheFile { break }
            }
        }
        guard findings.isEmpty else { throw findings }
    }

    /// The mark of an export stands before all else, and what only exports say behind it.
    private mutating func take(_ mark: HistoryEntry.Act, _ line: Int, of path: String) throws(InputFinding) -> Bool {
        switch mark {
        case .recording(let form):
            guard entryCount == 0, !isRecording else {
                throw InputFinding(.value, file: path, line: line, "the mark of an export stands before all else")
            }
            guard form == Export.form else {
                throw InputFinding(
                    .value, file: path, line: line,
                    "it is an export of form \(form); this release reads form \(Export.form)")
            }
            isRecording = true
            return true
        case .firing, .workflow, .end:
            guard isRecording else {
                throw InputFinding(
                    .value, file: path, line: line,
                    "only an export says this, and its mark {\"export\":\(Export.form)} is not in front")
            }
            return false
        case .command, .stock, .timeout, .rest: return false
        }
    }

    private mutating func note(_ entry: HistoryEntry, _ line: Int, of path: String, after previous: Moment?) {
        entryCount += 1
        earliest = min(earliest ?? entry.at, entry.at)
        if latest.map({ $0.at < entry.at }) ?? true {
            latest = HistoryPlace(at: entry.at, place: "\(path), line \(line)")
        }
        if let previous, entry.at < previous { isInOrder = false }
        if let order = entry.order { orders.insert(order) }
    }
}
