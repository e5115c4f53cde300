package import WaybillCore

/// Why a question has no answer: what happened, where, and what would help.
package struct ClientFailure: Error, Sendable {
    /// What it means for who asked.
    package enum Kind: Hashable, Sendable {
        /// Nothing was asked: there is no server, or it is not reached.
        case unreachable
        /// It was sent, and no answer came: whether it was done is not known.
        case unknown
        /// The answer is not what the operation says.
        case unreadable
        /// The question cannot be asked so.
        case defect
    }

    package let kind: Kind
    package let message: String

    package init(_ kind: Kind, _ message: String) {
        self.kind = kind
        self.message = message
    }
}

/// A question that was answered with no: the problem by its code and its sentence.
package struct Refused: Error, Sendable {
    package let status: Int
    package let code: String
    package let message: String
    /// What is wrong with the text of a workflow, a line each.
    package var findings: [String] = []
    /// The values that the sentence names, as one JSON object; nil: it names none.
    package var values: [UInt8]?
    /// What is wrong, or in the way, at one place or in one part each, as a JSON array; nil: nothing more is known.
    package var places: [UInt8]?

    package init(status: Int, code: String, message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    /// What is known to be refused without asking.
    package init(_ refusal: MessageRefusal) {
        self.init(status: 409, code: refusal.code, message: refusal.message)
        var writer = JSONWriter()
        refusal.values.write(to: &writer)
        values = refusal.values.isEmpty ? nil : writer.bytes
    }
}
