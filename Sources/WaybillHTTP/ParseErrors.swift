import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import WaybillAPI
import WaybillCore

/// Says in a problem what is wrong with bytes that are no request. Hummingbird answers them, in their turn, with a bare
/// 400, which is replaced here: 431 for header fields that are too large, else 400. A part of ``ConnectionGuards``.
final class ParseErrors {
    /// What becomes of a part of an answer.
    enum Way {
        case asItIs
        /// It is not written.
        case passedOver
        /// These go out in its place.
        case replaced(HTTPResponse, ByteBuffer)
    }

    private let early: EarlyAnswers
    /// What was wrong; nil: nothing, or it is answered.
    private var problem: Problem?
    /// Whether the last answer says that the connection ends.
    private var saysEnd = false
    /// Whether what is written now is passed over.
    private var isPassedOver = false

    init(_ early: EarlyAnswers) { self.early = early }

    func caught(_ error: any Error) { if let error = error as? HTTPParserError { problem = Problem(error) } }

    func way(of part: HTTPResponsePart) -> Way {
        guard case .head(let head) = part else { return isPassedOver ? .passedOver : .asItIs }
        // Behind an answer that ends the connection nothing is said of bytes that are no request.
        isPassedOver = saysEnd && head.isBare400
        saysEnd = head.headerFields.contains { $0.name == .connection && $0.value == "close" }
        guard !isPassedOver else { return .passedOver }
        guard let problem, head.isBare400 else { return .asItIs }
        self.problem = nil
        let (answer, body) = early.answer(problem)
        return .replaced(answer, body)
    }
}

extension HTTPResponse {
    /// Whether it is the one that Hummingbird makes; those of operations have a body.
    fileprivate var isBare400: Bool { status == .badRequest && headerFields[.contentLength] == "0" }
}

extension Problem {
    /// More header fields than are read, or longer ones.
    static var headersTooLarge: Problem {
        let problem = Problem(
            .headersTooLarge,
            "the header fields have more than \(HTTPSettings.headerBytesMax) bytes, or there are more than "
                + "\(HTTPSettings.headerFieldsMax)")
        return problem.with([
            "bytes_max": .number(Int64(HTTPSettings.headerBytesMax)),
            "fields_max": .number(Int64(HTTPSettings.headerFieldsMax)),
        ])
    }

    fileprivate init(_ error: HTTPParserError) {
        switch error {
        case .headerOverflow: self = .headersTooLarge
        default: self.init(.badRequest, "these bytes are no request of HTTP/1.1: \(error)")
        }
    }
}
