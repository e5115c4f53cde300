import Waybill
package import WaybillAccess
package import WaybillCore
import WaybillEngine

/// What a token is asked for, checked.
package struct NewToken: Sendable {
    private static let lastsMax = Interval.days(366)

    private let name: Text
    private let grants: [Grant]
    private let lasts: Interval
    private let reason: Text

    /// - Parameter mayOmitReason: whether the reason may be empty.
    package init(
        name: Text, grants: [Text], lasts: Interval, reason: Text, mayOmitReason: Bool = false
    ) throws(Problem) {
        guard (1...255).contains(name.byteCount), name == Text(name.string.onOneLine) else {
            throw .badData("name", "a name has 1 to 255 bytes, on one line")
        }
        guard !name.isOfTheServer else {
            throw .badData(
                "name",
                "\(name) is how the journal names the server's own acts or those of the file's owner; "
                    + "choose another name")
        }
        guard ((mayOmitReason ? 0 : 1)...500).contains(reason.byteCount) else {
            throw .badData("reason", "a reason has 1 to 500 bytes")
        }
        guard lasts.milliseconds > 0, lasts.milliseconds <= Self.lastsMax.milliseconds else {
            throw .badData(
                "expires_in", "\(lasts.text) is not possible; a token is good for 1ms to \(Self.lastsMax.text)")
        }
        guard !grants.isEmpty, grants.count <= 100 else { throw .badData("grants", "a token has 1 to 100 grants") }
        var read: [Grant] = []
        for (index, grant) in grants.enumerated() {
            do throws(GrantProblem) {
                read.append(try Grant(grant))
            } catch {
                throw .badData("grants[\(index)]", error.message)
            }
        }
        self.name = name
        self.grants = read
        self.lasts = lasts
        self.reason = reason
    }

    /// Makes the token and keeps what the file may have of it.
    package func make(in book: ServedBook, by caller: Text) async throws(Problem) -> (
        token: AccessToken, text: TokenText
    ) {
        let (token, text) = new(book, by: caller)
        try await book.ask { book in try await book.engine.keep(token.kept) }
        return (token, text)
    }

    /// A token that is kept nowhere yet.
    func new(_ book: ServedBook, by caller: Text) -> (token: AccessToken, text: TokenText) {
        let text = TokenText(random: book.random)
        let now = book.now
        let token = AccessToken(
            id: text.id, secretHash: text.secretHash, name: name, grants: grants, createdAt: now, createdBy: caller,
            reason: reason, expiresAt: now.advanced(by: lasts))
        return (token, text)
    }
}

extension Text {
    /// Whether requests that no token names have this name in the journal: a token of it would share their keys, and
    /// its acts would look like theirs.
    fileprivate var isOfTheServer: Bool {
        let words = string.split(separator: " ")
        let isJob = words.count == 2 && words[0] == "job" && Int64(words[1]) != nil
        return ["owner", "open", "waybill", "first-sign-in"].contains(string) || string.hasPrefix("$") || isJob
    }
}

extension Moment {
    fileprivate static let millisecondsOfDay: Int64 = 86_400_000

    /// `2026-11-29`
    fileprivate static func date(ofDay day: Int64) -> String {
        let (start, overflow) = day.multipliedReportingOverflow(by: millisecondsOfDay)
        return String(Moment(milliseconds: overflow ? 0 : start).iso8601.prefix { $0 != "T" })
    }
}

extension JSONWriter {
    /// A token; its secret only when it was made just now.
    ///
    /// - Parameter signing: the secret key by which RocketMQ clients sign; nil: not asked for.
    package mutating func token(_ token: AccessToken, secret: Text?, signing: Text? = nil) {
        beginObject()
        member("id", token.id)
        if let secret { member("token", secret) }
        if let signing {
            member("rocketmq_access_key", RocketMQSecret.accessKey(ofToken: token.id))
            member("rocketmq_secret_key", signing)
        }
        member("name", token.name)
        members("grants", token.grants) { $0.text($1.text) }
        member("created_at", token.createdAt)
        member("created_by", token.createdBy)
        member("reason", token.reason)
        member("expires_at", token.expiresAt)
        key("revoked_at")
        if let at = token.revokedAt { text(Text(at.iso8601)) } else { null() }
        key("last_used_on")
        if let day = token.lastUsedOn { text(Text(Moment.date(ofDay: day))) } else { null() }
        endObject()
    }
}
