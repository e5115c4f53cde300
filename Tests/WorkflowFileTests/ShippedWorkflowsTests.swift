import Testing
import WaybillCore
import WorkflowFile
import Workflows

/// The text of a shipped workflow.
func shippedText(_ name: String) throws -> String {
    try #require(ShippedWorkflows.all.first { $0.name == name }).text
}

@Suite struct `The shipped workflows` {
    @Test(arguments: ShippedWorkflows.all.map(\.name)) func `check without findings`(name: String) throws {
        let text = try shippedText(name)
        let (workflow, findings) = WorkflowFile.check(text)
        #expect(findings.map(\.description) == [])
        #expect(workflow?.name.description == name)
    }

    @Test func `fit their children and parents`() throws {
        let workflows = try ShippedWorkflows.all.map { try WorkflowFile.load($0.text, name: $0.name) }
        for workflow in workflows {
            let findings = WorkflowFile.familyFindings(of: workflow, among: workflows)
            #expect(findings.map(\.description) == [], "\(workflow.name)")
        }
        #expect(workflows.flatMap(\.relations).count >= 12)
    }

    @Test func `name their topics, timeouts and states`() throws {
        let order = try WorkflowFile.load(shippedText("standard-order"))
        #expect(order.timeouts.map(\.name) == ["pay_due", "auto_receipt", "given_up"])
        #expect(
            order.states.map(\.path.string) == [
                "", "money", "money.unpaid", "money.expired", "money.trying", "money.trying.goods",
                "money.trying.coupon", "money.paid", "money.cancelled", "goods", "goods.waiting", "goods.given_back",
                "goods.partly", "goods.on_the_way", "goods.arrived", "goods.received", "goods.written_off",
                "aftersale", "aftersale.watching", "aftersale.searching",
            ])
        #expect(order.creation?.name == "place")
        #expect(order.command("signed")?.roles == ["child"])
        #expect(order.topics == ["order", "refunds", "returns"])
        let flash = try WorkflowFile.load(shippedText("flash-sale"))
        #expect(flash.timeouts.map(\.name) == ["unpaid.after.15m"])
    }
}
