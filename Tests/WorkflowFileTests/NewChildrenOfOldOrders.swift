import Foundation
import Testing
import WaybillCore
import WorkflowFile
import Workflows

/// Orders that exist keep their text, and spawn children under the newest text of their kind.
@Suite struct `The children that a shop has today` {
    @Test func `fit orders that were placed under the texts of before`() throws {
        let kept = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("Kept/Workflows")
        let children = try ["parcel", "after-sale", "group-member"].map { try WorkflowFile.load(shippedText($0)) }
        for name in ["standard-order", "group-buy"] {
            let text = try String(contentsOf: kept.appendingPathComponent("\(name).yaml"), encoding: .utf8)
            let parent = try WorkflowFile.load(text)
            for workflow in children + [parent] where workflow.name == parent.name || !workflow.relations.isEmpty {
                let findings = WorkflowFile.familyFindings(of: workflow, among: children + [parent])
                #expect(findings.map(\.description) == [], "\(workflow.name) beside \(name)")
            }
        }
    }
}
