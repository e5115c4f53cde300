import WaybillCore

/// One address of the dashboard with what answers there. The list is all that there is.
struct PageRoute: Sendable {
    let method: String
    /// Names it in metrics.
    let name: String
    let segments: [String]
    let place: Place?
    let handler: @Sendable (Visit) async throws(Refused) -> Outcome

    /// - Parameter path: with its parameters in braces.
    init(
        _ method: String, _ path: String, _ name: String, at place: Place?,
        _ handler: @escaping @Sendable (Visit) async throws(Refused) -> Outcome
    ) {
        self.method = method
        self.name = "page.\(name)"
        segments = path.split(separator: "/").map(String.init)
        self.place = place
        self.handler = handler
    }

    /// The parameters of a path; nil: it is another one.
    func parameters(of path: [Text]) -> [String: String]? {
        guard path.count == segments.count else { return nil }
        var parameters: [String: String] = [:]
        for (segment, text) in zip(segments, path) {
            if segment.hasPrefix("{") {
                guard !text.isEmpty else { return nil }
                parameters[String(segment.dropFirst().dropLast())] = text.string
            } else if Text(segment) != text {
                return nil
            }
        }
        return parameters
    }

    static let all: [PageRoute] = [
        PageRoute("GET", "/orders/{order}", "order", at: .orders, OrderPage.answer),
        PageRoute("GET", "/live/orders/{order}", "live", at: nil, LiveStreams.order),
    ]
}

/// Streams that tell a page that it is old. They are those of the API, for a browser whose session says who it is.
enum LiveStreams {
    static func order(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(try await visit.asker.reply(
            Target("/v1/orders", visit["order"]).then("stream").string, lastEventID: visit.lastEventID))
    }

    static func overview(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(try await visit.asker.reply("/v1/overview/stream", lastEventID: visit.lastEventID))
    }

    static func operation(_ visit: Visit) async throws(Refused) -> Outcome {
        .reply(try await visit.asker.reply(
            Target("/v1/operations", visit["operation"]).then("stream").string, lastEventID: visit.lastEventID))
    }
}
