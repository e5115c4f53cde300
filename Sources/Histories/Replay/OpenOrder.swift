import WaybillCore
import WaybillEngine
import WaybillStore

/// An order whose events are being folded: an object, so that it changes where it lies.
final class OpenOrder {
    var order: Order
    let row: OrderRow
    let chart: Chart
    /// What its events say of its calls, when a check needs it; see ``CallJournal``.
    var calls = CallJournal()

    init(_ row: OrderRow, placedBy event: borrowing StoredEvent, in chart: Chart) {
        self.row = row
        self.chart = chart
        order = Order(id: row.id, workflow: chart.workflow, placedAt: event.at, lane: event.lane)
        order.number = row.number
    }
}

/// A stock whose own events are being counted.
final class OpenStock {
    let row: StockRow
    /// Of its last event so far.
    var version: Int64 = 0

    init(_ row: StockRow) { self.row = row }
}

/// A workflow with its number in the file: an object, so that handing it around costs nothing.
final class Chart: Sendable {
    let workflow: Workflow
    let number: WorkflowNumber

    init(_ workflow: Workflow, number: WorkflowNumber) {
        self.workflow = workflow
        self.number = number
    }
}

/// The workflows of a file, compiled when they are first needed.
struct Charts {
    private let engine: Engine
    private var known: [WorkflowNumber: Chart] = [:]

    init(_ engine: Engine) { self.engine = engine }

    mutating func chart(_ number: WorkflowNumber) throws -> Chart {
        if let chart = known[number] { return chart }
        let made = Chart(try engine.workflow(number), number: number)
        known[number] = made
        return made
    }
}
