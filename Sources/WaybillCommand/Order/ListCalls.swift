import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order calls`: what orders have asked of workers outside and nobody has answered.
struct ListCalls: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "calls", abstract: "List open calls of all orders, the longest overdue first.",
        discussion: """
            An unanswered call may have been done: ask the provider by its key, then send the command that answers it, \
            with that key: waybill order send ORDER COMMAND --role ROLE --key KEY. `order show` names both commands.
            """)

    @OptionGroup var file: FileOptions

    @Flag(help: "Only those whose deadline has passed.")
    var unanswered = false

    @Option(help: "How many at most.")
    var limit = 50

    func validate() throws {
        guard limit > 0 else { throw ValidationError("--limit wants a number above 0.") }
    }

    func run() async throws {
        try await file.asking { client in
            let shown = try await client.list(Question("listCalls"), atMost: limit) { members in
                let call = try members.openCallOfOrder()
                return !unanswered || call.isUnanswered ? call : nil
            }
            file.json ? write(shown) : print(shown)
        }
    }

    private func print(_ calls: [OpenCallView]) {
        guard !calls.isEmpty else { return Output.standard.line(Style.dim("no open calls")) }
        var table = TextTable([.init("ORDER"), .init("CALL"), .init("STATE"), .init("DEADLINE")])
        for call in calls {
            table.add([
                call.order.description, call.key.string, call.isUnanswered ? "unanswered" : "open",
                call.deadline.iso8601,
            ])
        }
        table.write()
        if calls.count == limit { Output.standard.line(Style.dim("there may be more: --limit \(limit * 10)")) }
    }

    private func write(_ calls: [OpenCallView]) {
        var writer = JSONWriter()
        writer.beginArray()
        for call in calls {
            writer.beginObject()
            writer.member("order", call.order.text)
            writer.member("key", call.key)
            writer.member("state", call.isUnanswered ? "unanswered" : "open")
            writer.member("deadline", call.deadline)
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}
