import ArgumentParser
import WaybillAPI
import WaybillAccess
import WaybillCore

/// Why an operator does something. A caller with a token must say it; the owner of the file may leave it out.
struct ReasonOption: ParsableArguments {
    @Option(help: "Why; kept in the audit.")
    var reason: Text?

    /// What the owner of a closed file does for it.
    var origin: Origin { Origin(caller: Principal.owner.name, reason: reason ?? "") }

    /// The field of a question.
    func write(to writer: inout JSONWriter) { writer.member("reason", ifAny: reason) }
}
