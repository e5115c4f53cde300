import ArgumentParser
import FlashSale
import Waybill
import WaybillCore

/// What a command line changes in a scenario, so that two reports can be laid side by side.
struct ScenarioChanges: ParsableArguments {
    @Option(help: "Another seed: another crowd of the same kind.")
    var seed: UInt64?

    @Option(help: "How many shoppers come.")
    var shoppers: Int?

    @Option(help: "Units of each item when the sale opens.")
    var units: Int64?

    @Option(help: "Units of one item that one buyer may have.")
    var limit: Int64?

    @Option(help: ArgumentHelp("Requests that may wait in the intake.", valueName: "requests"))
    var intake: Int?

    @Option(
        help: ArgumentHelp("Of those beyond the next write, how many may wait for one item.", valueName: "requests"))
    var perItem: Int?

    @Option(
        help: ArgumentHelp("Of those beyond the next write, how many may wait of one caller.", valueName: "requests"))
    var perCaller: Int?

    @Option(
        help: ArgumentHelp(
            "Let shoppers come as this CSV file says: a row per minute, the last column a count.", valueName: "file"))
    var curve: String?

    @Option(help: ArgumentHelp("How many times as fast the curve passes.", valueName: "times"))
    var speed: Int64 = 24

    @Option(
        help: ArgumentHelp(
            "A workflow with the commands of flash-sale; answers are then not compared with the model.",
            valueName: "file"))
    var workflow: String?

    func validate() throws {
        func check(_ name: String, _ value: Int64?, in range: ClosedRange<Int64>) throws {
            guard let value, !range.contains(value) else { return }
            throw ValidationError("--\(name) wants \(range.lowerBound) to \(range.upperBound).")
        }
        try check("shoppers", shoppers.map { Int64($0) }, in: 1...50_000_000)
        try check("units", units, in: 0...1_000_000_000)
        try check("limit", limit, in: 1...1_000_000)
        for (name, value) in [("intake", intake), ("per-item", perItem), ("per-caller", perCaller)] {
            try check(name, value.map { Int64($0) }, in: 1...10_000_000)
        }
        try check("speed", speed, in: 1...10_000)
    }

    /// The scenario with these changes, and with the counts of its curve.
    func apply(to scenario: RushScenario) throws -> RushScenario {
        var scenario = scenario
        let given = [
            shoppers.map { "\(grouped($0)) shoppers" }, units.map { "\(grouped($0)) units" },
            limit.map { "\(grouped($0)) for each buyer" },
        ].compactMap { $0 }
        // The title may tell the scenario's own numbers.
        if !given.isEmpty { scenario.title += " (here \(given.joined(separator: ", ")))" }
        if let seed { scenario.seed = seed }
        if let shoppers { scenario.shoppers = shoppers }
        if let units { scenario.goods.units = units }
        if let limit { scenario.goods.limit = limit }
        if let intake { scenario.server.intakeDepthMax = intake }
        if let perItem { scenario.server.perItemMax = perItem }
        if let perCaller { scenario.server.perCallerMax = perCaller }
        if let curve {
            scenario.arrivals = .replay(
                file: curve, counts: [], row: Interval(milliseconds: max(1, Interval.minutes(1).milliseconds / speed)))
        }
        if case .replay(let file, _, let row) = scenario.arrivals {
            let counts = try CurveFile.counts(WholeFile.bytes(file), name: file)
            scenario.arrivals = .replay(file: file, counts: counts, row: row)
        }
        return scenario
    }

    func workflowText() throws -> WorkflowText? {
        guard let workflow else { return nil }
        let source = try WorkflowSource(workflow)
        let checked = try source.workflow()
        // Else every request would be refused, and the report would find nothing wrong.
        let missing = ["place", "pay", "cancel"].filter { checked.command(EventName(Text($0))) == nil }
        guard missing.isEmpty, checked.creation?.name == "place" else {
            throw CommandFailure(
                "\(workflow): a rush places orders by `place`, and sends `pay` and `cancel`, as flash-sale takes them; "
                    + (missing.isEmpty
                        ? "`place` is not the first command" : "it has no \(missing.joined(separator: ", "))"))
        }
        return WorkflowText(String(decoding: source.bytes, as: UTF8.self), source: source.name)
    }
}
