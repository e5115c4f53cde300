import HTTPTypes
import HummingbirdCore
import NIOCore
import WaybillAPI
import WaybillCore
import WaybillPages

/// Requests of browsers: their cookies, and from where they say that they come.
extension Answering {
    /// Whether a request is for the dashboard.
    func isForPages(_ request: HummingbirdCore.Request) -> Bool { pages?.takes(request.head.path ?? "") ?? false }

    /// Answers with a page.
    @concurrent func respondWithPage(
        to request: HummingbirdCore.Request, _ head: API.Head, _ requestID: Text,
        _ writer: consuming ResponseWriter, _ channel: any Channel
    ) async throws {
        guard let pages else { return }
        let log = RequestLog(logger, requestID, uptime: api.served.book.uptimeNanoseconds)
        do throws(Problem) {
            try checkHost(request.head)
        } catch {
            let reply = error.reply(requestID: requestID, instance: "")
            log?.say(reply)
            return try await write(reply, of: head, requestID, writer, ends: true)
        }
        let asked = PageRequest(request, head, channel)
        let bytesMax = pages.bodyBytesMax(of: asked)
        var parts = request.body.makeAsyncIterator()
        var body: [UInt8] = []
        while let buffer = try await parts.next() {
            guard body.count + buffer.readableBytes <= bytesMax else {
                let problem = Problem(.tooLarge, "the form is longer than \(bytesMax) bytes")
                let reply = problem.reply(requestID: requestID, instance: "")
                log?.say(reply)
                try await write(reply, of: head, requestID, writer, ends: true)
                return try await Self.drain(&parts)
            }
            body.append(contentsOf: buffer.readableBytesView)
        }
        let reply = await pages.answer(asked, body: body, requestID: requestID)
        log?.say(reply)
        if let stream = reply.stream {
            try await write(stream, reply, of: head, requestID, writer, channel)
        } else {
            try await write(reply, of: head, requestID, writer, ends: request.asksToEnd)
        }
        end(channel, after: request)
    }
}

extension PageRequest {
    fileprivate init(_ request: HummingbirdCore.Request, _ head: API.Head, _ channel: any Channel) {
        self.init(
            method: head.method, target: head.target, cookies: request.headers[values: .cookie],
            isOfThisOrigin: head.principal != nil
                || CrossOriginCheck.isOfThisOrigin(request.head, at: request.head.authority),
            contentType: head.headers[.contentType], lastEventID: head.headers[.lastEventID],
            principal: head.principal, address: channel.remoteAddress?.ipAddress ?? "")
    }
}
