import WaybillAccess
package import WaybillCore

/// The list of operations as an OpenAPI 3.1 document. Nothing is written twice: it follows from the list.
package enum OpenAPIDocument {
    /// The document.
    ///
    /// - Parameter workflows: those whose commands are described: the bodies of requests that send commands.
    package static func json(
        of operations: [Operation], version: String, workflows: [Workflow] = []
    ) -> [UInt8] {
        var writer = JSONWriter(capacity: 65_536)
        writer.beginObject()
        writer.member("openapi", "3.1.0")
        writer.key("info")
        writer.beginObject()
        writer.member("title", "Waybill")
        writer.member("description", "Orders, their workflows, their history: in one file.")
        writer.member("version", Text(version))
        writer.endObject()
        writer.key("paths")
        writer.beginObject()
        var paths: [PathTemplate] = []
        for operation in operations where !paths.contains(operation.path) { paths.append(operation.path) }
        for path in paths {
            writer.key(named: Text(path.text))
            writer.beginObject()
            for operation in operations where operation.path == path { writer.operation(operation, workflows) }
            writer.endObject()
        }
        writer.endObject()
        writer.components(workflows)
        writer.endObject()
        return writer.bytes
    }
}

extension JSONWriter {
    fileprivate mutating func components(_ workflows: [Workflow]) {
        key("components")
        beginObject()
        key("securitySchemes")
        beginObject()
        key("token")
        beginObject()
        member("type", "http")
        member("scheme", "bearer")
        endObject()
        endObject()
        key("schemas")
        beginObject()
        for (name, schema) in NamedSchemas.all {
            key(named: Text(name))
            self.schema(schema, isClosed: false)
        }
        commandSchemas(of: workflows)
        endObject()
        endObject()
    }

    fileprivate mutating func operation(_ operation: Operation, _ workflows: [Workflow]) {
        key(named: Text(operation.method.rawValue.lowercased()))
        beginObject()
        member("operationId", Text(operation.name))
        member("summary", Text(operation.summary))
        member("description", Text("Grants: " + operation.grant.rights.map(\.words).joined(separator: " or ") + "."))
        members("security", operation.grant.isOpen ? [] : ["token"]) { writer, name in
            writer.beginObject()
            writer.members("token", [Text]()) { $0.text($1) }
            writer.endObject()
        }
        parameters(operation)
        body(operation, workflows)
        responses(operation)
        endObject()
    }

    private mutating func parameters(_ operation: Operation) {
        key("parameters")
        beginArray()
        let examples = operation.exampleParameters
        for name in operation.path.parameters {
            parameter(
                name, in: "path", .text(bytesMax: Operation.pathBytesMax), "", isRequired: true,
                example: examples.first { $0.name == name }?.value)
        }
        // A parameter whose name begins with a prefix cannot be said here; its summary says it.
        for query in operation.query where !query.isPrefix {
            let schema = query.isRepeated ? Schema.array(query.schema, countMax: query.countMax) : query.schema
            parameter(query.name, in: "query", schema, query.summary, isRequired: false)
        }
        for header in operation.readHeaders {
            parameter(
                header.documentedName, in: "header", header.schema, header.summary,
                isRequired: header == .idempotencyKey && operation.key == .required)
        }
        endArray()
    }

    private mutating func parameter(
        _ name: String, in place: Text, _ schema: Schema, _ summary: String, isRequired: Bool, example: Text? = nil
    ) {
        beginObject()
        member("name", Text(name))
        member("in", place)
        if !summary.isEmpty { member("description", Text(summary)) }
        member("required", isRequired)
        key("schema")
        self.schema(schema, isClosed: true)
        member("example", ifAny: example)
        endObject()
    }

    private mutating func body(_ operation: Operation, _ workflows: [Workflow]) {
        let schema: Schema
        switch operation.body {
        case .none: return
        case .fields(let fields, _), .fieldsOrEvents(let fields, _), .text(_, let fields, _): schema = .object(fields)
        case .json: schema = .anyObject
        }
        key("requestBody")
        beginObject()
        key("content")
        beginObject()
        if let type = operation.body.textType {
            key(named: Text(type))
            beginObject()
            key("schema")
            self.schema(.text(bytesMax: operation.body.bytesMax), isClosed: true)
            endObject()
        }
        if case .fieldsOrEvents = operation.body { events() }
        key("application/json")
        beginObject()
        key("schema")
        if case .json = operation.body, !workflows.isEmpty {
            anyCommand(of: workflows)
        } else {
            self.schema(schema, isClosed: true)
        }
        if !operation.example.step.body.isEmpty {
            key("example")
            json(Array(operation.example.step.body.utf8))
        }
        endObject()
        endObject()
        endObject()
    }

    /// One CloudEvent, and a batch of them.
    private mutating func events() {
        let event = Schema.named("CloudEvent")
        for (type, schema) in [(CloudEvents.type, event), (CloudEvents.batchType, .array(event, countMax: 32))] {
            key(named: Text(type))
            beginObject()
            key("schema")
            self.schema(schema, isClosed: false)
            endObject()
        }
    }

    private mutating func responses(_ operation: Operation) {
        key("responses")
        beginObject()
        for answer in operation.answers {
            key(named: Text("\(answer.status)"))
            beginObject()
            member("description", Text(answer.summary))
            headers(operation.answerHeaders(answer))
            if let schema = answer.schema { content(answer.type, schema, example(operation, answer)) }
            endObject()
        }
        let statuses = Set(operation.problems.map(\.status)).subtracting(operation.answers.map(\.status))
        for status in statuses.sorted() {
            let codes = operation.problems.filter { $0.status == status }.map(\.rawValue)
            key(named: Text("\(status)"))
            problem(Text(codes.joined(separator: ", ")))
        }
        key("default")
        problem("What may be wrong with any request.")
        endObject()
    }

    private func example(_ operation: Operation, _ answer: Operation.Answer) -> String {
        operation.example.status == answer.status && !operation.example.isBeginning ? operation.example.answer : ""
    }

    private mutating func problem(_ description: Text) {
        beginObject()
        member("description", description)
        headers([
            AnswerHeader(
                "Retry-After", "Whole seconds after which to send it again; with 429, 503 and 507, and `busy`.")
        ])
        content("application/problem+json", .named("Problem"), "")
        endObject()
    }

    private mutating func headers(_ headers: [AnswerHeader]) {
        guard !headers.isEmpty else { return }
        key("headers")
        beginObject()
        for header in headers {
            key(named: Text(header.name))
            beginObject()
            member("description", Text(header.summary))
            key("schema")
            // The longest is Link, which has the target of the request in it.
            schema(.text(bytesMax: 16 * 1_024), isClosed: false)
            endObject()
        }
        endObject()
    }

    private mutating func content(_ type: Text, _ schema: Schema, _ example: String) {
        key("content")
        beginObject()
        key(named: type)
        beginObject()
        key("schema")
        self.schema(schema, isClosed: false)
        if !example.isEmpty {
            key("example")
            json(Array(example.utf8))
        }
        endObject()
        endObject()
    }
}

extension Operation {
    /// The parameters of the path as the example has them.
    fileprivate var exampleParameters: [(name: String, value: Text)] {
        let segments: [Text]
        do throws(Problem) { segments = try RequestTarget(example.step.target).segments } catch { return [] }
        guard segments.count == path.segments.count else { return [] }
        return zip(path.segments, segments).compactMap { segment, value in
            if case .parameter(let name) = segment { (name, value) } else { nil }
        }
    }
}

extension Right {
    /// The grant as people call it.
    fileprivate var words: String {
        switch self {
        case .nothing: "none"
        case .token: "any token"
        case .viewer: "viewer"
        case .operator: "operator"
        case .admin: "admin"
        case .metrics: "metrics"
        case .stock: "stock"
        case .payload: "payload"
        case .orders: "orders:ROLE"
        case .producer: "producer:TOPIC"
        case .consumer: "consumer:GROUP"
        case .check: "check:PRODUCER"
        }
    }
}
