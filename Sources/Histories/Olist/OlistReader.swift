package import WaybillCore
import WaybillEngine

/// Turns the CSV files of the Olist set into a history of the workflow olist-order.
///
/// The files (orders, order_items, order_payments; `.csv` or `.csv.gz`) are joined in memory, about 1 KiB per order.
/// Times without a zone are read as UTC, amounts as hundredths. Each step has a key of its own, so that a second import
/// does nothing.
package struct OlistReader: HistorySource {
    package static let workflow: WorkflowName = "olist-order"

    private let orders: [OlistOrder]
    private let mode: HistoryMode
    /// Every step, in order of time.
    private let places: [Place]

    private struct Place {
        var at: Moment
        var order: Int32
        var step: Int32
    }

    /// Reads the files of a directory.
    ///
    /// - Throws: ``InputFindings`` with everything that is wrong with them, or the one ``InputFinding`` without which
    ///   nothing can be read.
    package init(directory: String, mode: HistoryMode, limits: InputLimits = InputLimits()) throws {
        orders = try OlistTables(directory: directory, limits: limits).orders
        self.mode = mode
        var places: [Place] = []
        places.reserveCapacity(orders.count * 5)
        for (index, order) in orders.enumerated() {
            for (step, value) in order.steps(mode).enumerated() {
                places.append(Place(at: value.at, order: Int32(clamping: index), step: Int32(clamping: step)))
            }
        }
        places.sort { ($0.at, $0.order, $0.step) < ($1.at, $1.order, $1.step) }
        self.places = places
    }

    package var orderCount: Int { orders.count }
    package var entryCount: Int { places.count }
    package var start: Moment? { places.first?.at }

    package var latest: HistoryPlace? {
        places.last.map { HistoryPlace(at: $0.at, place: "order \(orders[Int($0.order)].id)") }
    }

    package var isRecording: Bool { false }

    package var orderDigests: OrderDigests {
        orders.reduce(into: OrderDigests()) { $0.insert($1.id) }
    }

    package func forEach(_ body: (HistoryEntry) throws -> Void) throws {
        for place in places {
            let order = orders[Int(place.order)]
            let step = order.steps(mode)[Int(place.step)]
            let command = Command(
                order: order.id, name: step.command.name, data: step.data(of: order), workflow: Self.workflow,
                key: "\(order.id)/\(step.command.rawValue)", caller: Import.caller)
            try body(HistoryEntry(at: step.at, act: .command(command), note: step.note))
        }
    }
}
