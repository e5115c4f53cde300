import ArgumentParser
import WaybillCore

/// `waybill filter`: what filters say of messages, one JSON line in, one word out, for a model that knows it otherwise.
struct FilterNoun: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "filter", abstract: "Say of each line's filter and message: true, false, unknown, or refused.",
        discussion: """
            Each line of stdin is one question:
              {"kind": "sql", "filter": "amount > 100", "tag": null, "properties": {"amount": "120"}}
            """,
        shouldDisplay: false)

    func run() throws {
        while let line = readLine() {
            Output.standard.line(try Question(line).answer)
            // The program that asks may wait for this answer before the next question.
            Output.standard.flush()
        }
    }
}

/// A filter and the message that it is asked about.
private struct Question {
    private var kind = MessageFilter.Kind.sql
    private var filter: Text = ""
    private var tag: Text?
    private var properties: [Text: Text] = [:]

    init(_ line: String) throws {
        do throws(JSONProblem) {
            self = try JSONReader.read(Array(line.utf8)) { reader throws(JSONProblem) in try Question(&reader) }
        } catch {
            throw CommandFailure("a question, byte \(error.offset): \(error.message)")
        }
    }

    private init(_ reader: inout JSONReader) throws(JSONProblem) {
        try reader.object { name, reader throws(JSONProblem) in
            switch name {
            case "kind":
                guard let kind = MessageFilter.Kind(rawValue: try reader.text().string) else {
                    throw reader.problem("expected tag or sql")
                }
                self.kind = kind
            case "filter": filter = try reader.text()
            case "tag": tag = reader.takeNull() ? nil : try reader.text()
            case "properties":
                try reader.object { name, reader throws(JSONProblem) in properties[name] = try reader.text() }
            default: throw reader.problem("expected kind, filter, tag or properties")
            }
        }
    }

    var answer: String {
        do throws(ExpressionProblem) {
            switch kind {
            case .tag: return "\(try TagFilter(filter).matches(tag: tag))"
            case .sql:
                let truth = try SQLFilter(filter).evaluate(tag: tag, properties: properties)
                return truth.map { "\($0)" } ?? "unknown"
            }
        } catch {
            return "refused at \(error.offset): \(error.message.printable)"
        }
    }
}
