import HTTPTypes
import WaybillAPI

/// Keeps the pages of other sites from acting with the rights of a caller without a token: a browser sends what a page
/// asks for to loopback too, and adds where the page is from. A token is in no browser by itself.
enum CrossOriginCheck {
    /// Refuses a request that changes something and comes from a page of another site.
    ///
    /// - Parameter authority: the host and port that the request names, which is known to be one of this server.
    static func check(_ request: HTTPRequest, at authority: String?) throws(Problem) {
        guard request.method != .get, request.method != .head, request.method != .options else { return }
        if let site = request.headerFields[.secFetchSite] {
            guard site != "same-origin", site != "none" else { return }
            throw refusal("Sec-Fetch-Site is \(site)")
        }
        guard let origin = request.headerFields[.origin] else { return }
        let isOwn = authority.map { authority in
            ["http://", "https://"].contains { origin.lowercased() == $0 + authority.lowercased() }
        }
        guard isOwn != true else { return }
        throw refusal("Origin is \(origin)")
    }

    /// Whether a browser says that a request comes from a page of this server; what says nothing does not.
    ///
    /// - Parameter authority: the host and port that the request names, which is known to be one of this server.
    static func isOfThisOrigin(_ request: HTTPRequest, at authority: String?) -> Bool {
        if let site = request.headerFields[.secFetchSite] { return site == "same-origin" }
        guard let origin = request.headerFields[.origin], let authority else { return false }
        return ["http://", "https://"].contains { origin.lowercased() == $0 + authority.lowercased() }
    }

    private static func refusal(_ what: String) -> Problem {
        Problem(
            .forbidden,
            "\(what): a page of another site may change nothing at a server that asks for no token; serve without "
                + "--open, and send a token")
    }
}

extension HTTPField.Name {
    /// Where a browser says that the page is from which sends a request: `same-origin`, `cross-site` and others.
    fileprivate static var secFetchSite: Self? { Self("sec-fetch-site") }
}

extension HTTPFields {
    fileprivate subscript(_ name: HTTPField.Name?) -> String? { name.flatMap { self[$0] } }
}
