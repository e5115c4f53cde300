package import WorkflowFile
import Workflows

/// Scenario files: YAML or JSON text in, a checked ``RushScenario`` or findings with line and column out.
///
/// | key | what it says |
/// |---|---|
/// | `id`, `title`, `about`, `seed`, `opens` | its name, what people read, all its chance, and the virtual midnight |
/// | `items` | `name`, `count`, `units` of each, `price_cents`, `limit` per buyer, `zipf` exponent |
/// | `restocks` | a list of `at`, `item` (from 1), `units` |
/// | `shoppers`, `arrivals` | how many, and one of `step`, `organic`, `replay` |
/// | `looks`, `leaves_when_sold_out` | page views before the button; who goes away without trying |
/// | `payments` | `abandoned`, `late`, and `methods` with `share` and the quantiles `p50`, `p90`, `p99` |
/// | `cancels`, `duplicates`, `bots`, `retries` | what shoppers do besides |
/// | `modules` | consumers downstream: `name`, `per_second`, a share that `fails` at first, when they are `down` |
/// | `server` | how fast the engine is in virtual time; its bounds: `intake`, `per_item`, `per_caller`, `write` |
/// | `crashes` | when the server dies, and for how long |
package enum ScenarioFile {
    /// The shipped scenarios: name and text.
    package static var shipped: [(name: String, text: String)] { ShippedWorkflows.rushes }

    /// Reads a scenario and tells everything that is wrong with it. The scenario is nil when there is an error.
    package static func check(bytes: [UInt8]) -> (scenario: RushScenario?, findings: [WorkflowFinding]) {
        let log = FindingLog(reading: bytes)
        var scenario: RushScenario?
        if let root = DocumentReader.read(bytes, log: log) {
            let read = ScenarioReader(log: log).scenario(root)
            if !log.hasErrors { scenario = read }
        }
        return (scenario, log.findings.sorted { ($0.line, $0.column) < ($1.line, $1.column) })
    }

    /// Reads a scenario.
    ///
    /// - Throws: ``WorkflowFileError`` with the findings.
    package static func load(_ text: String, name: String) throws(WorkflowFileError) -> RushScenario {
        let (scenario, findings) = check(bytes: Array(text.utf8))
        if let scenario { return scenario }
        throw WorkflowFileError(name: name, findings: findings)
    }
}
