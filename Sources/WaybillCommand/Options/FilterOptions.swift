import ArgumentParser
import Waybill
import WaybillCore

/// Which orders a list or a bulk command is about.
struct FilterOptions: ParsableArguments {
    @Option(help: "Only orders with this status.")
    var status: Text?

    @Option(help: ArgumentHelp("Only orders of this workflow.", valueName: "name"))
    var workflow: WorkflowName?

    @Option(
        name: .customLong("where"),
        help: ArgumentHelp(
            "Only orders whose attribute has this value; may be repeated. Workflows declare their attributes.",
            valueName: "name=value"))
    var attributes: [String] = []

    var isEmpty: Bool { status == nil && workflow == nil && attributes.isEmpty }

    func filter() throws -> OrderFilter {
        OrderFilter(
            status: status, workflow: workflow,
            attributes: try attributes.map { text in
                guard let equals = text.firstIndex(of: "="), equals > text.startIndex else {
                    throw ValidationError("--where wants name=value, for example shop=7; not \(text.printable)")
                }
                return OrderFilter.Attribute(
                    Text(String(text[..<equals])), Text(String(text[text.index(after: equals)...])))
            })
    }
}
