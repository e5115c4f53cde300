import Waybill
import WaybillAccess
import WaybillBroker
import WaybillCore
import WaybillEngine

extension Call {
    /// Who asks, why, and under which key, for the audit and for repeats.
    ///
    /// - Parameter isByHand: whether the caller does, by the right of an operator, what is for others to do.
    func origin(because reason: Text = "", isByHand: Bool = false) -> Origin {
        Origin(
            caller: principal.name, reason: reason, trace: trace,
            key: key.map { RequestKey($0, fingerprint: fingerprint) }, from: from, requestID: requestID, end: end,
            isByHand: isByHand)
    }

    /// Has a verb of the broker written: once under the request's key, with who and why.
    ///
    /// - Parameter write: the answer as JSON, which a repeat gets again.
    func act<Verb: BrokerVerb>(
        _ verb: Verb, because reason: Text = "", isByHand: Bool = false, status: Int = 200,
        _ write: @escaping @Sendable (inout JSONWriter, Verb.Answer) -> Void
    ) async throws(Problem) -> Reply {
        .given(try await given(verb, because: reason, isByHand: isByHand, write), status, write)
    }

    /// The same before it is an answer.
    func given<Verb: BrokerVerb>(
        _ verb: Verb, because reason: Text = "", isByHand: Bool = false,
        _ form: @escaping @Sendable (inout JSONWriter, Verb.Answer) -> Void
    ) async throws(Problem) -> GivenAnswer<Verb.Answer> {
        let origin = origin(because: reason, isByHand: isByHand)
        let given = await book.book.engine.submit(verb, by: origin, until: end) { Reply.form($0, form) }
        do throws(MessageRefusal) { return try given.get() } catch { throw Problem(error) }
    }

    /// The same for what answers nothing.
    func act<Verb: BrokerVerb>(
        _ verb: Verb, because reason: Text = ""
    ) async throws(Problem) -> Reply where Verb.Answer == Void {
        let given = await book.book.engine.submit(verb, by: origin(because: reason), until: end) { _ in "" }
        do throws(MessageRefusal) { return .done(try given.get()) } catch { throw Problem(error) }
    }

    /// The answer of the first time to a request whose subject is not there any more.
    ///
    /// - Parameter problem: thrown when there is no such answer.
    func answeredBefore(orElse problem: Problem, _ refusal: MessageRefusal) async throws(Problem) -> Reply {
        guard key != nil else { throw problem }
        switch await book.book.engine.submit(DoneBefore(orElse: refusal), by: origin(), until: end, form: { _ in "" }) {
        case .success(.before(let text)):
            return Reply(
                200, headers: [Reply.replayed], body: Array(text.string.utf8), contentType: "application/json")
        case .success(.now): throw problem
        case .failure(let other): throw other == refusal ? problem : Problem(other)
        }
    }

    /// Why an operator asks for it; the body says so. The owner of the file, who could do it with the file closed, may
    /// leave it out.
    func neededReason(_ fields: BodyFields) throws(Problem) -> Text {
        guard principal.isOwner else { return try fields.needed("reason", bytesMax: Self.reasonBytesMax) }
        return try reason(fields)
    }

    /// The same of a method without a body: the query says so.
    func neededReason() throws(Problem) -> Text {
        let reason = try reason()
        guard !reason.isEmpty || principal.isOwner else {
            throw .badParameter("reason", "?reason= says why; it is kept in the audit")
        }
        return reason
    }

    /// Why a caller does, by the right of an operator, what is for others to do: the body says so. A caller who does
    /// its own work need not say why.
    func reason(byHand isByHand: Bool) throws(Problem) -> Text {
        let reason = body.isEmpty ? "" : try reason(try fields())
        guard !isByHand || !reason.isEmpty || principal.isOwner else {
            throw .badData("reason", "a caller who does this as an operator must say why; it is kept in the audit")
        }
        return reason
    }

    /// The same where it may be left out: in the body, or for a method without one in the query.
    func reason(_ fields: BodyFields? = nil) throws(Problem) -> Text {
        if let fields { return try fields.text("reason", bytesMax: Self.reasonBytesMax) ?? "" }
        let reason = query.text("reason") ?? ""
        guard reason.byteCount <= Self.reasonBytesMax else {
            throw .badParameter(
                "reason", "reason has \(reason.byteCount) bytes; \(Self.reasonBytesMax) is the limit",
                rule: ["bytes": .number(Int64(reason.byteCount)), "max": .number(Int64(Self.reasonBytesMax))])
        }
        return reason
    }

    static let reasonBytesMax = 500
}

extension Operation {
    /// Why, where only an operator who does it for others must say it.
    static let reasonByHand = Field(
        "reason", .text(bytesMax: Call.reasonBytesMax),
        "Why; kept in the audit. A caller who may do it only as an operator must say it.")
    static let reasonParameter = Parameter(
        "reason", .text(bytesMax: Call.reasonBytesMax),
        "Why; kept in the audit. Only the owner of the file may leave it out.")
}

extension Reply {
    static let replayed = (name: "idempotency-replayed", value: "true")

    /// An answer that was given now, or under the same key before.
    static func given<Answer>(
        _ given: GivenAnswer<Answer>, _ status: Int = 200, _ write: (inout JSONWriter, Answer) -> Void
    ) -> Reply {
        switch given {
        case .now(let answer): .json(status) { write(&$0, answer) }
        case .before(let text):
            Reply(
                status, headers: [replayed], body: Array(text.string.utf8), contentType: "application/json")
        }
    }

    /// The same of what answers nothing.
    static func done(_ given: GivenAnswer<Void>) -> Reply {
        switch given {
        case .now: .nothing
        case .before: Reply(204, headers: [replayed])
        }
    }

    /// The form in which an answer is stored.
    static func form<Answer>(_ answer: Answer, _ write: (inout JSONWriter, Answer) -> Void) -> Text {
        var writer = JSONWriter()
        write(&writer, answer)
        return Text(String(decoding: writer.bytes, as: UTF8.self))
    }
}
