import Waybill
package import WaybillAccess
package import WaybillCore
import WaybillEngine

/// One request to an operation: who asks, with what.
package struct Call: Sendable {
    package let served: Served
    package let principal: Principal
    package let headers: CallHeaders
    package let query: QueryValues
    package let requestID: Text
    /// By which way the request came, for the audit.
    let from: Text
    /// The key of the request, where the operation takes one.
    package let key: Text?
    /// The body as it came.
    package let body: [UInt8]
    /// The operation that is asked for.
    let name: String
    /// Of a question: the last event of the journal when it came, which every later read sees.
    let position: Position
    /// Until this uptime it may begin; nil: whenever its turn comes.
    let end: Interval?
    let parameters: [(name: String, value: Text)]
    private let spanTrace: Text?
    private let template: PathTemplate
    private let rule: Operation.BodyRule

    init(_ admission: Admission, _ served: Served, body: [UInt8]) {
        self.served = served
        principal = admission.principal
        headers = admission.headers
        query = admission.query
        requestID = admission.requestID
        from = admission.from
        key = admission.key
        name = admission.operation.name
        spanTrace = admission.trace
        template = admission.operation.path
        position = admission.operation.method == .get ? served.book.book.engine.lastPosition : Position(0)
        end = admission.end
        parameters = admission.parameters
        rule = admission.operation.body
        self.body = body
    }

    package var book: ServedBook { served.book }

    /// A parameter of the path; the list of operations has no handler that asks for another.
    package func path(_ name: String) -> Text { parameters.first { $0.name == name }?.value ?? "" }

    /// The last event that a look at a moment knows of.
    func position(asOf moment: AsOf) -> Position {
        switch moment {
        case .now, .time: position
        case .event(let event): min(event, position)
        }
    }

    /// The path and the query, but for one of its parameters.
    func target(without parameter: String) -> String {
        let query = query.sorted.filter { $0.name != parameter }
            .map { "\(Text($0.name).asPathSegment)=\($0.value.asPathSegment)" }
        let path = template.filled(with: parameters.map(\.value))
        return query.isEmpty ? path : "\(path)?\(query.joined(separator: "&"))"
    }

    /// The body, cut into the fields that the operation takes.
    package func fields() throws(Problem) -> BodyFields {
        switch rule {
        case .fields(let fields, _), .fieldsOrEvents(let fields, _), .text(_, let fields, _):
            try BodyFields(reading: body, as: principal.isOwner ? fields.map(\.whereReasonIsOptional) : fields)
        case .none, .json: throw .defect("the operation reads no fields")
        }
    }

    /// The type of the body, without its parameters.
    var bodyType: String { (headers[.contentType] ?? "").prefix { $0 != ";" && $0 != " " }.lowercased() }

    /// The text that the body brings, as it is or as its field `text`; and its fields if it has any.
    func text(bytesMax: Int) throws(Problem) -> (bytes: [UInt8], fields: BodyFields?) {
        if let type = rule.textType, headers[.contentType]?.lowercased().hasPrefix(type) == true {
            guard body.count <= bytesMax else { throw Self.tooLong(body.count, bytesMax) }
            return (body, nil)
        }
        let fields = try fields()
        let text = try fields.needed("text", bytesMax: bytesMax)
        return (Array(text.string.utf8), fields)
    }

    private static func tooLong(_ bytes: Int, _ bytesMax: Int) -> Problem {
        .badData("text", "the text has \(bytes) bytes; \(bytesMax) is the limit")
    }

    /// The role in which a command is sent: the one that is named, or the only one that the token has; nil: no one
    /// checks it.
    package func role() throws(Problem) -> Text? {
        if let named = try headers.single(.role), !named.isEmpty {
            guard principal.maySpeak(as: Text(named)) else {
                throw Problem(.wrongRole, "this token may not speak as \(named)")
                    .with(["role": .text(named), "allowed": .texts(principal.roles.map(\.string))])
            }
            return Text(named)
        }
        if principal.isUnchecked { return nil }
        let roles = principal.roles
        guard !principal.maySpeakAsAny else {
            throw Problem(
                .roleMissing, "an administrator may speak in any role; send the header Waybill-Role with the one"
            ).with(["header": .text(RequestHeader.role.documentedName)])
        }
        guard roles.count == 1, let only = roles.first else {
            let choice = roles.isEmpty ? "" : ", one of \(roles.map(\.string).joined(separator: ", "))"
            throw Problem(.roleMissing, "send the header Waybill-Role with the role that speaks\(choice)").with([
                "header": .text(RequestHeader.role.documentedName), "allowed": .texts(roles.map(\.string)),
            ])
        }
        return only
    }

    /// The lane that the request belongs to; empty: the base.
    package func lane() throws(Problem) -> Text {
        guard let lane = try headers.single(.lane).map({ Text($0) }) else { return "" }
        guard principal.mayUse(lane: lane) else {
            throw Problem(.forbidden, "this token may not use the lane \(lane)").with(["lane": .text(lane.string)])
        }
        return lane
    }

    /// The lane that a body names, else that of the request.
    func lane(_ fields: BodyFields) throws(Problem) -> Text {
        guard let lane = try fields.text("lane", bytesMax: 128) else { return try lane() }
        guard principal.mayUse(lane: lane) else {
            throw Problem(.forbidden, "this token may not use the lane \(lane)").with(["lane": .text(lane.string)])
        }
        return lane
    }

    /// The trace context of the server's span for it, or the caller's.
    package var trace: Text? { spanTrace ?? TraceParent.read(headers) }

    /// Whether the changed thing is wanted in the answer.
    package var wantsRepresentation: Bool { headers.list(.prefer).contains { $0.value == "return=representation" } }
}

extension Field {
    /// The same for who need not say why.
    fileprivate var whereReasonIsOptional: Field {
        name == Operation.reason.name ? Field(name, schema, summary, isRequired: false) : self
    }
}
