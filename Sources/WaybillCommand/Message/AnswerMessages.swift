import ArgumentParser
import Waybill
import WaybillAPI
import WaybillClient
import WaybillCore

/// The deliveries that a command answers for.
struct ReceiptOptions: ParsableArguments {
    @OptionGroup var file: WritingOptions

    @Argument(help: "Receipts, as `message receive --receipts` shows them.")
    var receipt: [ReceiptChoice]

    @Option(help: "The group of receipts that came over HTTP, which do not name it.")
    var group: GroupName?

    /// Answers for all of them, each by itself; ends with 1 when one was refused.
    func answer(_ answer: DeliveryAnswer, done: String) async throws {
        let receipts = try receipt.map { given in
            guard let group = given.group ?? group else {
                throw ValidationError("\(given.text.printable) does not say of which group it is: add --group.")
            }
            return (group: group, receipt: given)
        }
        let refusals = try await file.acting { client in
            var refusals: [Refused?] = []
            var rest = receipts[...]
            // Receipts of one group that follow each other go together.
            while let group = rest.first?.group {
                let some = rest.prefix { $0.group == group }
                rest = rest.dropFirst(some.count)
                refusals += try await client.refusals(of: some.map(\.receipt), in: group, answer)
            }
            return refusals
        }
        file.json ? write(refusals) : print(refusals, done)
        let lines = refusals.compactMap { $0.map { CommandFailure($0).message } }
        guard !lines.isEmpty else { return }
        throw file.json
            ? ExitCode(CommandFailure.Status.negative.rawValue) : CommandFailure(lines: lines, status: .negative)
    }

    private func print(_ refusals: [Refused?], _ done: String) {
        for (given, refusal) in zip(receipt, refusals) where refusal == nil {
            Output.standard.line("\(given.text) \(done)".printable)
        }
    }

    private func write(_ refusals: [Refused?]) {
        var writer = JSONWriter()
        writer.beginArray()
        for (given, refusal) in zip(receipt, refusals) {
            writer.beginObject()
            writer.member("receipt", Text(given.text))
            if let refusal { writer.refused(refusal) } else { writer.member("result", "done") }
            writer.endObject()
        }
        writer.endArray()
        writer.print()
    }
}

/// `waybill message ack`: a delivery is done.
struct AcknowledgeMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "ack", abstract: "Acknowledge messages that were received: they are done.")

    @OptionGroup var which: ReceiptOptions

    func run() async throws { try await which.answer(.acknowledge, done: "is acknowledged") }
}

/// `waybill message fail`: a delivery could not be handled.
struct FailMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "fail",
        abstract: "Say that messages could not be handled: they come again, or are dead after their attempts.")

    @OptionGroup var which: ReceiptOptions

    @Option(help: "When they come again; as the group's ladder says without it.")
    var retryAfter: Interval?

    @Option(help: "Why; shown with a dead letter.")
    var why = "the consumer failed"

    func run() async throws { try await which.answer(.fail(after: retryAfter, why: why), done: "has failed") }
}

/// `waybill message extend`: a delivery stays invisible for longer.
struct ExtendMessages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "extend", abstract: "Keep messages that were received from others for longer.")

    @OptionGroup var which: ReceiptOptions

    @Option(help: "How long they stay invisible to others, from now on.")
    var by: Interval

    func run() async throws { try await which.answer(.extend(to: by), done: "is invisible for \(by.text)") }
}
