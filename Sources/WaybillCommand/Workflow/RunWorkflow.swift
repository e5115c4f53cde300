import ArgumentParser
import Waybill
import WaybillCore
import WorkflowFile

/// `waybill workflow run`: what a workflow does with some events, without any file.
struct RunWorkflow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Try a workflow without any file: a dry run.",
        discussion: """
            Shows the active states, status, data, timeouts and actions before the first event and after each. Stock \
            is endless, and no role is checked. An event may carry data, and time passes with @:

              waybill workflow run rental.yaml \\
                --event 'book={"bicycle":"red-7"}' --event @15m

            Without events it prints an example to begin with. If the first event is the workflow's first command, it \
            places the order with its data. Else the order starts at once, with the data of --context. A script has \
            one event per line; lines that begin with # are comments. An event that is refused is shown with its \
            reason, and the exit status is then 1.

            Child orders run along, under the workflows of --workflow and the shipped ones. CHILD/NAME is an event for \
            one of them:

              waybill workflow run shop.yaml --workflow parcel.yaml --event ... --event p-1/deliver
            """)

    @Argument(help: "A file, a shipped workflow by name, or - for standard input.")
    var workflow: String

    @Option(
        name: .customLong("workflow"),
        help: ArgumentHelp("A workflow of child orders: a file, or a shipped one. May be repeated.", valueName: "name"))
    var relatives: [String] = []

    @Option(help: ArgumentHelp("An event: NAME, NAME=JSON, or @30m to let time pass. May be repeated."))
    var event: [String] = []

    @Option(help: ArgumentHelp("A file with one event per line; its events come before those of --event."))
    var script: String?

    @Option(help: ArgumentHelp("The order's data at the start, as a JSON object.", valueName: "json"))
    var context: String?

    @Option(help: "When the run begins. (default: 2026-01-01T00:00:00Z)", transform: Moment.argument)
    var start: Moment?

    private static let standardStart = Moment(milliseconds: 1_767_225_600_000)

    @Flag(help: "Print one JSON array with an object for the start and for each event.")
    var json = false

    func run() throws {
        var events: [DryRunEvent] = []
        if let script { events += try DryRunEvent.script(try WholeFile.text(script), name: script) }
        events += try event.map { text throws(CommandFailure) in try DryRunEvent(text) }
        let workflow = try WorkflowSource(workflow).workflow()
        let named = try relatives.map { name throws(CommandFailure) in try WorkflowSource(name).workflow() }
        let shipped = try WorkflowText.shipped.map { text throws(CommandFailure) in
            try WorkflowSource(text.name).workflow()
        }
        var run = FamilyDryRun(workflow, relatives: [workflow] + named + shipped, at: start ?? Self.standardStart)
        var report: any DryRunReport =
            json
            ? JSONDryRunReport()
            : ReadableDryRunReport(workflow, wantsExample: !isPlacing(events.first, in: workflow))
        var hasRefusals = false

        if isPlacing(events.first, in: workflow) {
            guard context == nil else {
                throw ValidationError("--context is for a run whose first event does not place the order.")
            }
            report.add(nil, DryRun.Step(), run)
        } else {
            var step = run.start(context: Array((context ?? "").utf8))
            // No one has tried to place the order: no mistake yet, and there is an example to go on with.
            if context == nil, workflow.creation != nil, step.refusal != nil { step = DryRun.Step() }
            hasRefusals = step.refusal != nil
            report.add(nil, step, run)
        }
        for event in events {
            let step =
                switch event {
                case .event(let name, let data, let child): run.send(name, data: data, to: child)
                case .wait(let interval): run.wait(interval)
                }
            hasRefusals = hasRefusals || step.refusal != nil
            report.add(event, step, run)
        }
        report.end()
        if hasRefusals { throw ExitCode(1) }
    }

    private func isPlacing(_ event: DryRunEvent?, in workflow: Workflow) -> Bool {
        guard case .event(let name, _, let child) = event, let creation = workflow.creation else { return false }
        return child.isEmpty && name == creation.name
    }
}

/// How a dry run is shown.
protocol DryRunReport {
    /// - Parameter event: nil: the start.
    mutating func add(_ event: DryRunEvent?, _ step: DryRun.Step, _ run: FamilyDryRun)
    mutating func end()
}
