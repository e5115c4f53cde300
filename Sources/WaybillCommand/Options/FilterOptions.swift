import ArgumentParser
import Waybill
import WaybillClient
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

    /// What was asked for; fails for an attribute that no workflow of the file declares, as a misspelled one would find
    /// nothing in silence.
    func filter(in book: OrderBook) throws -> OrderFilter {
        let filter = try asked()
        guard !filter.attributes.isEmpty else { return filter }
        let known = try book.engine.attributeNames()
        for attribute in filter.attributes where !known.contains(attribute.name) {
            let names = known.sorted().map { "\($0)" }.joined(separator: ", ")
            throw CommandFailure(
                "no workflow of this file has an attribute '\(attribute.name)'; "
                    + (known.isEmpty ? "none has any" : "there are: \(names)")
            ).refusing("not_indexed")
        }
        return filter
    }

    /// A question about the orders that were asked for.
    func applied(to question: Question) throws -> Question {
        let filter = try asked()
        let question = question.with("status", filter.status).with("workflow", filter.workflow?.text)
        return filter.attributes.reduce(question) { $0.with("attribute.\($1.name)", $1.value) }
    }

    /// What was asked for, whatever the workflows declare.
    func asked() throws -> OrderFilter {
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
