import ArgumentParser
import FlashSale
import Foundation
import Waybill
import WaybillCore

/// `waybill rush run`: the crowd comes, and a report says what became of it.
struct RunRush: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run a scenario and report; exit status 1 if the shop sold what it did not have.",
        discussion: """
            In virtual time an hour passes in seconds, and the same seed gives the same report, byte for byte. With \
            --real the same crowd comes on the real clock, on a durable file, and the server is really killed where \
            the scenario says so.
            """)

    @Argument(help: "A scenario file, a shipped scenario by name, or - for standard input.")
    var scenario: String

    @OptionGroup var changes: ScenarioChanges
    @OptionGroup var outputs: ReportOutputs

    @Option(help: ArgumentHelp("A new database file for it; without one, a temporary one.", valueName: "file"))
    var db: String?

    @Flag(help: "On the real clock; until the last shopper has come and a few seconds more.")
    var real = false

    @Option(help: ArgumentHelp("With --real: how many times as fast the crowd is.", valueName: "times"))
    var hurry = 1

    @Option(
        help: ArgumentHelp(
            "With --real: how long to go on after the last shopper, for example 16m: unpaid orders are closed.",
            valueName: "time"))
    var tail: Interval = .seconds(5)

    @Flag(help: "In virtual time: take the server to be as fast as this machine, which is measured first.")
    var measured = false

    func validate() throws {
        guard (1...1_000).contains(hurry) else { throw ValidationError("--hurry wants 1 to 1000.") }
        guard (Interval.seconds(1)...Interval.days(1)).contains(tail) else {
            throw ValidationError("--tail wants 1s to 1d.")
        }
    }

    func run() async throws {
        var scenario = try changes.apply(to: ScenarioSource(scenario).scenario())
        let workflow = try changes.workflowText()
        let file = try RushFile(db)
        defer { file.removeIfTemporary() }
        var began = World.system.uptime()
        var gauge = ResourceGauge(path: file.path)
        let report: RushReport
        var failed: [ScriptStep] = []
        if real {
            let rate = try measure(beside: file.path)
            report = try await RealRun(
                scenario: scenario, path: file.path,
                workflow: workflow.flatMap { text in changes.workflow.map { ($0, text) } }, hurry: hurry, tail: tail,
                rate: rate
            ).report()
        } else {
            if measured {
                let rate = try measure(beside: file.path)
                scenario.server.commitMicroseconds = rate.commitMicroseconds
                scenario.server.perCommandMicroseconds = rate.perCommandMicroseconds
                began = World.system.uptime()
            }
            let rush = try await rehearse(scenario, workflow, path: file.path, &gauge)
            guard
                let made = measured
                    ? rush.report(serverKind: "measured on this machine before the rush") : rush.report()
            else { throw CommandFailure("the rush ended without a report") }
            report = made
            failed = made.check.isSound || workflow != nil ? [] : rush.script
        }
        try outputs.write(report)
        if !outputs.json, !failed.isEmpty { try await ShrunkScript(scenario: scenario, script: failed).write() }
        if !outputs.json {
            let took = Double(max(1, World.system.uptime().milliseconds - began.milliseconds)) / 1_000
            let rate = Int(Double(scenario.shoppers) / took)
            Output.standard.line(
                Style.dim("   took \(String(format: "%.1f", took)) s, \(grouped(rate)) shoppers a second"))
            // Not in the report: of the same seed it is the same everywhere.
            if !real { Output.standard.line(Style.dim("   \(gauge.resources.words)")) }
            if let db = file.keptPath { Output.standard.line(Style.dim("   the file: \(db.printable)")) }
        }
        if !report.check.isSound { throw ExitCode(1) }
    }

    private func rehearse(
        _ scenario: RushScenario, _ workflow: WorkflowText?, path: String, _ gauge: inout ResourceGauge
    ) async throws -> VirtualRush {
        let shop = try await VirtualShop.open(path, for: scenario, workflow: workflow, modules: .shipped)
        defer { shop.close() }
        var rush = VirtualRush(scenario, in: shop, judged: workflow == nil)
        let progress = ProgressLine()
        while try await rush.step(limit: 20_000) {
            progress.show(Int(rush.progress * 1_000), of: 1_000, scenario.title)
            gauge.look(at: ProcessInfo.processInfo.processIdentifier)
        }
        // A short rush is over before anybody has looked.
        gauge.look(at: ProcessInfo.processInfo.processIdentifier)
        progress.clear()
        return rush
    }

    /// On the disk that the rush is on.
    private func measure(beside path: String) throws -> RateMeasurement {
        let file = try RushFile(beside: path)
        defer { file.removeIfTemporary() }
        let book = try OrderBook.open(file.path, workflows: [.shipped("flash-sale")].compactMap { $0 })
        defer { book.close() }
        return try RateMeasurement.measure(in: book)
    }
}
