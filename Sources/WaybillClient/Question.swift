package import WaybillAPI
package import WaybillCore

/// A call of one operation of the list, before it is sent anywhere.
package struct Question: Sendable {
    let operation: Operation
    private let parameters: [Text]
    private var query: [(name: String, value: Text)] = []
    private(set) var headers = CallHeaders()
    private(set) var body: [UInt8] = []

    /// - Parameters:
    ///   - name: that of the operation.
    ///   - parameters: those of its path, in its order.
    /// - Throws: when the list has no such operation, which is a defect of this program.
    package init(_ name: String, _ parameters: Text...) throws(ClientFailure) {
        guard let operation = API.operations.first(where: { $0.name == name }),
            operation.path.parameters.count == parameters.count
        else { throw ClientFailure(.defect, "there is no operation \(name) with \(parameters.count) parameters") }
        self.operation = operation
        self.parameters = parameters
    }

    /// The same with a parameter of the query; nil adds none.
    package func with(_ name: String, _ value: Text?) -> Question {
        guard let value else { return self }
        var question = self
        question.query.append((name, value))
        return question
    }

    package func with(_ name: String, _ value: Int?) -> Question { with(name, value.map { Text("\($0)") }) }

    /// The same up to a moment, for operations that look into the past.
    package func asOf(_ moment: AsOf) -> Question {
        switch moment {
        case .now: self
        case .event(let position): with("at_event", Text(position.text))
        case .time(let time): with("at", Text(time.iso8601))
        }
    }

    /// The same with a header field; nil adds none.
    package func with(_ header: RequestHeader, _ value: Text?) -> Question {
        guard let value else { return self }
        var question = self
        question.headers.add(header, value.string)
        return question
    }

    /// The same in the name of another caller, which only the owner of a file may ask for.
    ///
    /// - Parameters:
    ///   - caller: nil: the owner speaks as `usual`, and a token as itself.
    package func by(_ caller: Text?, usual: Text = "waybill", on client: Client) -> Question {
        with(.caller, (caller ?? (client.isOwner ? usual : nil)).map { Text($0.asPathSegment) })
    }

    /// The same with these bytes as its body.
    package func with(body: [UInt8]) -> Question {
        var question = self
        question.body = body
        question.headers.add(.contentType, "application/json")
        return question
    }

    /// The same with an object as its body.
    package func with(_ members: (inout JSONWriter) -> Void) -> Question {
        var writer = JSONWriter()
        writer.beginObject()
        members(&writer)
        writer.endObject()
        return with(body: writer.bytes)
    }

    /// The name of a parameter of the path that is empty: the path would be another one. Nil: each has a value.
    var emptyParameter: String? {
        zip(operation.path.parameters, parameters).first { $1.isEmpty }.map { name, _ in name }
    }

    /// Path and query, percent-encoded.
    var target: String {
        var target = operation.path.filled(with: parameters)
        for (index, item) in query.enumerated() {
            target += "\(index == 0 ? "?" : "&")\(Text(item.name).asPathSegment)=\(item.value.asPathSegment)"
        }
        return target
    }

    /// Whether it leaves everything as it is.
    var isReading: Bool { operation.method == .get }
}
