import WaybillAPI
import WaybillCore

/// A dry run for programs: an array with an object for the start and for each event.
struct JSONDryRunReport: DryRunReport {
    private var writer = JSONWriter()

    init() { writer.beginArray() }

    mutating func add(_ event: DryRunEvent?, _ step: DryRun.Step, _ family: FamilyDryRun) {
        writer.step(step, after: event.map { Text($0.title) }, of: family)
    }

    mutating func end() {
        writer.endArray()
        writer.print()
    }
}
