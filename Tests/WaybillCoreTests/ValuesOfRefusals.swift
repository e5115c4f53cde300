import Testing
import WaybillCore

@Suite struct `The values of a refusal` {
    private static let refusals: [Refusal] = [
        .unknownOrder("o-1"), .unknownCommand("py", workflow: "shop"),
        .notPossible("pay", status: "paid", states: ["paid"], guards: ["qty > 1"]),
        .notPossible("pay", status: "paid", states: ["paid"], guards: []),
        .notPossible(
            "pay", status: "paid", states: ["paid"],
            guards: [
                Refusal.Condition(
                    "a = event.b AND c", because: "pay it whole",
                    parts: [.init(text: "a = event.b", finding: "1 = 2 is false", field: "b")])
            ]),
        .insufficientStock(
            "mug", "", asked: 6, free: 5,
            Refusal.Shortage(
                .limit(5), lines: 2, because: "five each",
                others: [.init(StockKey(sku: "cup"), asked: 1, free: 0, kind: .unknown)])),
        .unknownCommand("py", workflow: "shop", meant: "pay"), .unknownWorkflow("shp", meant: "shop"),
        .wrongRole("pay", role: "buyer", allowed: ["payments", "seller"]),
        .badData("pay", path: "lines[0].qty", problem: "it is \"two\""),
        .versionConflict(expected: 1, actual: 2), .insufficientStock("mug", "east", asked: 2, free: 1),
        .crowded("the SKU mug", max: 16, retryAfter: .seconds(1)), .diskNearlyFull(freePercent: 4),
        .timeoutFired("pay_due", at: Moment(milliseconds: 0)),
        .callNotAnswered(key: "o-1#1", isOverdue: true, ok: "ok", failed: "failed"),
        .relativeRefused("o-1/p", "ship", code: "not_possible", message: "it is gone"),
    ]

    @Test(arguments: refusals)
    func `are written as an object and read again the same`(_ refusal: Refusal) throws {
        let values = refusal.values
        #expect(!values.isEmpty)
        #expect(Set(values.elements.map(\.name)).count == values.elements.count)
        var writer = JSONWriter()
        values.write(to: &writer)
        let read = try JSONReader.read(writer.bytes) { reader throws(JSONProblem) in try RefusalValues(&reader) }
        #expect(read == values)
        #expect(RefusalValues(stored: String(decoding: writer.bytes, as: UTF8.self)) == values)
    }

    /// Lists inside each other, as no refusal has them: a damaged file must not fill the stack.
    private static let deep =
        String(repeating: #"{"a":["#, count: 10_000) + String(repeating: "]}", count: 10_000)

    @Test func `are the ones that its sentence says`() {
        let values = Refusal.insufficientStock("lamp", "east", asked: 3, free: 1).values
        #expect(values == ["sku": "lamp", "location": "east", "asked": 3, "free": 1])
        let late = MessageRefusal.alreadyVisible(at: Moment(milliseconds: 0)).values
        #expect(late == ["at": "1970-01-01T00:00:00Z"])
    }

    @Test(arguments: ["", "{", "[1]", #"{"a":{}}"#, #"{"a":1} x"#, #"{"a":["x",{}]}"#, deep])
    func `are none where a stored answer holds something else`(_ stored: String) {
        #expect(RefusalValues(stored: stored).isEmpty)
    }
}
