import Foundation
import WaybillCore

/// A decision as a row of a table.
struct TableRow: CustomStringConvertible {
    let description: String

    init(_ decision: Decision, under workflow: Workflow, at now: Moment) throws {
        let outcome = decision.outcome
        let leaves = workflow.leaves(of: decision.order.configuration).map { workflow.states[$0].name.string }
        let opened = decision.opened.map { Movement(.receive, $0.key, $0.quota ?? 0) }
        var columns = [
            decision.order.status.string,
            leaves.joined(separator: " "),
            (try outcome.messages.filter { !$0.isHalf }.map(Self.message) + outcome.relatives.map(Self.relative))
                .joined(separator: " "),
            Self.stock(opened + outcome.movements),
            (outcome.stopped.map { "-\($0)" } + outcome.armed.map { "+\($0.name) \($0.due.since(now).text)" })
                .joined(separator: " "),
        ]
        while columns.last == "" { columns.removeLast() }
        description = columns.joined(separator: " | ")
    }

    /// `topic:tag`, the key when it is not the order's, and the amount when there is one: `refunds(p1 250)`. A call is
    /// named by what it is about, not by its key.
    private static func message(_ message: OutgoingMessage) throws -> String {
        if message.tag == "call", let body = message.body {
            let asked = try JSONDecoder().decode(Call.self, from: Data(body)).data
            return "\(message.topic)(\(asked.payment) \(asked.amount_cents))"
        }
        var parts: [String] = []
        if let key = message.key { parts.append(key.string) }
        if let body = message.body, let amount = try amount(in: body) { parts.append(String(amount)) }
        let name = message.topic.text.string + (message.tag.map { ":\($0)" } ?? "")
        return parts.isEmpty ? name : "\(name)(\(parts.joined(separator: " ")))"
    }

    /// `parcel+x1`, `x1<-hurry`, `parent<-signed`.
    private static func relative(_ command: RelativeCommand) -> String {
        switch command.receiver {
        case .parent: "parent<-\(command.name)"
        case .child(let id): "\(id)<-\(command.name)"
        case .newChild(let child): "\(child.workflow)+\(child.id)"
        }
    }

    private struct Call: Decodable {
        struct Asked: Decodable {
            let payment: String
            let amount_cents: Int64
        }
        let data: Asked
    }

    private static func amount(in body: [UInt8]) throws -> Int64? {
        var amount: Int64?
        try JSONReader.read(body) { reader throws(JSONProblem) in
            try reader.object { key, reader throws(JSONProblem) in
                if key == "amount_cents" { amount = try reader.int() } else { try reader.skipValue() }
            }
        }
        return amount
    }

    /// Movements in order, those of one kind behind one word: `confirm 2 mug@n 1 cup@s`.
    private static func stock(_ movements: [Movement]) -> String {
        var words: [String] = []
        var kind: Movement.Kind?
        for movement in movements {
            if movement.kind != kind { words.append(movement.kind.name.string) }
            kind = movement.kind
            let place = movement.key.location.text.isEmpty ? "" : "@\(movement.key.location)"
            words.append("\(movement.quantity) \(movement.key.sku)\(place)")
        }
        return words.joined(separator: " ")
    }
}
