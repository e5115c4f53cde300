import EngineFixtures
import Foundation
import Testing
import Waybill
import WaybillCore
import WorkflowFile

/// A script of a dry run, as `waybill workflow run` reads it, and what came and went in it.
///
/// An answer goes to the oldest call that it fits, as there.
struct DryMoney {
    private(set) var run: DryRun
    /// Sums of what was paid, and of what was said to have gone back.
    private(set) var came: Int64 = 0
    private(set) var left: Int64 = 0
    /// By event: the code of its refusal.
    private(set) var refusals: [String] = []

    init(_ workflow: String) throws {
        let text = try #require(WorkflowText.shipped(workflow))
        run = DryRun(try WorkflowFile.load(text.text), at: Moment(milliseconds: 1_767_225_600_000))
    }

    /// Plays events, each `name`, `name=JSON` or `@30m`.
    mutating func play(_ events: [String]) throws {
        for event in events { try play(event) }
    }

    private mutating func play(_ event: String) throws {
        if event.hasPrefix("@") {
            let time = try #require(Interval(text: Text(String(event.dropFirst()))))
            _ = run.wait(time)
            return
        }
        let parts = event.split(separator: "=", maxSplits: 1).map(String.init)
        let name = EventName(parts[0])
        let answered = run.workflow.answerable(by: name, of: run.order)
        let step = run.send(name, data: parts.count > 1 ? Array(parts[1].utf8) : [])
        if let refusal = step.refusal {
            refusals.append("\(parts[0]): \(refusal.code)")
            return
        }
        if name == "pay" { came += try amount(Array(parts[1].utf8)) }
        if name == "refund_done", let answered { left += try amount(answered.data) }
    }

    private func amount(_ json: [UInt8]) throws -> Int64 {
        struct Amount: Decodable { let amount_cents: Int64 }
        return try JSONDecoder().decode(Amount.self, from: Data(json)).amount_cents
    }

    /// A number of the order's context.
    func number(_ field: Text) throws -> Int64 {
        let slot = try #require(run.workflow.context.slot(field))
        guard case .int(let number) = run.order.context[slot] else { return 0 }
        return number
    }
}

/// The order of a mug for 10.00, with half an hour to pay.
let mugOrder = """
    place={"shop":"s","buyer":"ann","pay_within":"30m","freight_cents":0,"discount_cents":0,\
    "lines":[{"line":"a","sku":"mug","at":"","qty":1,"price_cents":1000}]}
    """

func dryPay(_ payment: String, _ cents: Int64) -> String {
    #"pay={"payment":"\#(payment)","channel":"card","amount_cents":\#(cents)}"#
}
