import HTTPTypes
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import WaybillAPI
import WaybillCore

/// Says in a problem what is wrong with bytes that are no request. Hummingbird answers them, in their turn, with a bare
/// 400, which is replaced here: 431 for header fields that are too large, else 400.
final class ParseErrors: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let early: EarlyAnswers
    /// What was wrong; nil: nothing, or it is answered.
    private var problem: Problem?
    /// Whether the last answer says that the connection ends.
    private var saysEnd = false
    /// Whether what is written now is passed over.
    private var isPassedOver = false

    init(_ early: EarlyAnswers) { self.early = early }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if let error = error as? HTTPParserError { problem = Problem(error) }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .head(let head) = unwrapOutboundIn(data) {
            // Behind an answer that ends the connection nothing is said of bytes that are no request.
            isPassedOver = saysEnd && head.isBare400
            saysEnd = head.headerFields[.connection] == "close"
        }
        guard !isPassedOver else {
            promise?.succeed(())
            return
        }
        guard let problem, case .head(let bare) = unwrapOutboundIn(data), bare.isBare400 else {
            return context.write(data, promise: promise)
        }
        self.problem = nil
        let (head, body) = early.answer(problem)
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(body)), promise: promise)
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
