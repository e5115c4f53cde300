import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// `waybill order calls`: what orders have asked of workers outside, and what is not answered yet.
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
        try ListLimit.check(limit)
    }

    func run() async throws {
        try await file.asking { client in
            var list = ListOutput(
                [.init("ORDER"), .init("CALL"), .init("STATE"), .init("DEADLINE")], asJSON: file.json)
            try await client.each(Question("listCalls"), atMost: limit) { members in
                let call = try members.openCallOfOrder()
                guard !unanswered || call.isUnanswered else { return false }
                list.add(
                    row: [
                        call.order.description, call.key.string, call.isUnanswered ? "unanswered" : "open",
                        call.deadline.iso8601,
                    ]) { $0.openCall(call) }
                return true
            }
            list.end(orSay: "no open calls")
            if !file.json, list.count == limit {
                Output.standard.line(Style.dim("there may be more: --limit \(ListLimit.more(than: limit))"))
            }
        }
    }
}

extension JSONWriter {
    fileprivate mutating func openCall(_ call: OpenCallView) {
        beginObject()
        member("order", call.order.text)
        member("key", call.key)
        member("state", call.isUnanswered ? "unanswered" : "open")
        member("deadline", call.deadline)
        endObject()
    }
}
