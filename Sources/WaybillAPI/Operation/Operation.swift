package import WaybillAccess
package import WaybillCore

/// One thing that may be asked of a served order book. Routes, documentation and the matrix of grants follow from the
/// list of these; it knows no HTTP library.
///
/// An object, though nothing of it changes: every request carries it along, and a copy would count a reference for
/// each of its parts.
package final class Operation: Sendable {
    /// The longest that a part of a path is: nothing has a longer name.
    static let pathBytesMax = 256

    package typealias Handler = @Sendable (Call) async throws(Problem) -> Reply

    /// Names it in documentation, logs and metrics: `placeOrder`.
    package let name: String
    package let method: Method
    package let path: PathTemplate
    /// What it does, in one sentence.
    package let summary: String
    /// Who may ask for it.
    package let grant: Need
    /// Parameters of the query; those of the path follow from it.
    package let query: [Parameter]
    /// Header fields that it reads, besides those of every operation.
    package let headers: [RequestHeader]
    /// Whether it takes `Idempotency-Key`.
    package let key: KeyRule
    package let body: BodyRule
    /// How it answers when all is well.
    package let answers: [Answer]
    /// What may be wrong, besides what may be wrong with any request.
    package let problems: [ProblemCode]
    /// A request with its real answer, compared in a test.
    package let example: Example
    /// Whether it waits for something to come, and is given up when its caller goes.
    package let isLongPoll: Bool
    package let handler: Handler

    package init(
        _ name: String, _ method: Method, _ path: PathTemplate, _ summary: String, grant: Need,
        query: [Parameter] = [], headers: [RequestHeader] = [], key: KeyRule = .none, body: BodyRule = .none,
        answers: [Answer],
        problems: [ProblemCode] = [], example: Example, isLongPoll: Bool = false, handler: @escaping Handler
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.summary = summary
        self.grant = grant
        self.query = query
        self.headers = headers
        self.key = key
        self.body = body
        self.answers = answers
        self.problems = problems
        self.example = example
        self.isLongPoll = isLongPoll
        self.handler = handler
    }

    /// The methods of HTTP that the list uses.
    package enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// Whether a request may be named, so that it is done once however often it is sent.
    package enum KeyRule: Sendable {
        case none, taken, required
    }

    /// What a request brings.
    package enum BodyRule: Sendable {
        case none
        /// A JSON object with these fields.
        case fields([Field], bytesMax: Int)
        /// The same, or CloudEvents in their structured form, one or a batch.
        case fieldsOrEvents([Field], bytesMax: Int)
        /// A JSON object that is handed on as it came.
        case json(bytesMax: Int)
        /// A text of this type as it is, or a JSON object with these fields, where the text is `text`.
        case text(type: String, [Field], bytesMax: Int)

        /// The most bytes that are read.
        package var bytesMax: Int {
            switch self {
            case .none: 0
            case .fields(_, let bytesMax), .fieldsOrEvents(_, let bytesMax), .json(let bytesMax),
                .text(_, _, let bytesMax):
                bytesMax
            }
        }

        /// The type of a text that is taken besides JSON; nil: none.
        package var textType: String? {
            switch self {
            case .none, .fields, .fieldsOrEvents, .json: nil
            case .text(let type, _, _): type
            }
        }

        /// The types of body that are taken.
        var types: [String] {
            switch self {
            case .none, .fields, .json: ["application/json"]
            case .fieldsOrEvents: ["application/json", CloudEvents.type, CloudEvents.batchType]
            case .text(let type, _, _): ["application/json", type]
            }
        }
    }

    /// One status with what it carries; nil: nothing.
    package struct Answer: Sendable {
        package let status: Int
        package let summary: String
        package let schema: Schema?
        /// Of its body.
        let type: Text

        package init(_ status: Int, _ summary: String, _ schema: Schema?, type: Text = "application/json") {
            self.status = status
            self.summary = summary
            self.schema = schema
            self.type = type
        }
    }
}

/// One parameter of a query.
package struct Parameter: Sendable {
    package let name: String
    package let schema: Schema
    package let summary: String
    /// How often it may come.
    package let countMax: Int
    /// Whether any name with this beginning is taken: `attribute.`.
    package let isPrefix: Bool

    package init(
        _ name: String, _ schema: Schema, _ summary: String, countMax: Int = 1, isPrefix: Bool = false
    ) {
        self.name = name
        self.schema = schema
        self.summary = summary
        self.countMax = countMax
        self.isPrefix = isPrefix
    }

    /// Whether it may come more than once.
    package var isRepeated: Bool { countMax > 1 }

    /// Whether a name of a query is this one.
    func takes(_ name: String) -> Bool {
        isPrefix ? name.hasPrefix(self.name) && name.utf8.count > self.name.utf8.count : name == self.name
    }
}

extension Operation.BodyRule {
    /// Bytes of a command, a change of stock, a setting.
    package static let smallMax = 256 * 1_024
    /// Bytes of messages: 4 MiB of bodies as base64, and what is written on them.
    package static let messagesMax = 6 * 1_024 * 1_024
}
