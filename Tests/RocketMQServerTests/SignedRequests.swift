import Crypto
import Foundation
import Testing
import WaybillAccess
import WaybillCore

@testable import RocketMQServer

/// Who has signed a request, and who has not.
@Suite struct `A signed request` {
    private static let fileKey: [UInt8] = Array("a key of the file".utf8)
    private static let now = Moment(milliseconds: 1_796_040_000_000)
    private static let date = "20261130T120000Z"

    private let tokens = TokenTable([
        AccessToken(
            id: "abc", secretHash: "", name: "shop", grants: [.viewer], createdAt: Moment(milliseconds: 7),
            createdBy: "owner", reason: "", expiresAt: now.advanced(by: .days(1)))
    ])

    private func secret(_ fileKey: [UInt8] = fileKey) -> Text {
        RocketMQSecret.key(ofToken: "abc", createdAt: Moment(milliseconds: 7), fileKey: fileKey)
    }

    private func header(_ key: String = "wb-abc", secret: Text, date: String = date, capitals: Bool = false) -> String {
        let code = HMAC<Insecure.SHA1>.authenticationCode(
            for: Array(date.utf8), using: SymmetricKey(data: Array(secret.string.utf8)))
        let hex = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return "MQv2-HMAC-SHA1 Credential=\(key), SignedHeaders=x-mq-date-time, "
            + "Signature=\(capitals ? hex.uppercased() : hex)"
    }

    private func principal(_ header: String?, date: String? = date, at now: Moment = now) -> Text? {
        Signatures(fileKey: Self.fileKey).principal(Authorization(header), signed: date, in: tokens, at: now)?.name
    }

    @Test func `is of the token that its key names, as each client writes it`() {
        #expect(principal(header(secret: secret())) == "shop")
        #expect(principal(header("wb-abc//RocketMQ", secret: secret(), capitals: true)) == "shop")
        let local = "2026-11-30T20:00:03.123456+08:00"
        #expect(principal(header(secret: secret(), date: local), date: local) == "shop")
    }

    @Test func `is of no one when key, secret, date or time are not right`() {
        #expect(principal(header("wb-abd", secret: secret())) == nil)
        #expect(principal(header("abc", secret: secret())) == nil)
        #expect(principal(header(secret: secret([1]))) == nil)
        #expect(principal(header(secret: secret()), date: "20261130T120001Z") == nil)
        #expect(principal(header(secret: secret()), date: nil) == nil)
        #expect(principal(header(secret: secret()), at: Self.now.advanced(by: .minutes(7))) == nil)
        #expect(principal(header(secret: secret()), at: Self.now.advanced(by: .days(2))) == nil)
        for header in [nil, "", "Bearer x", "MQv2-HMAC-SHA1 Credential=, SignedHeaders=x-mq-date-time, Signature=00"] {
            #expect(principal(header) == nil)
        }
    }

    @Test func `proves the same when it comes again, as long as its token and its date are good`() throws {
        let text = header(secret: secret())
        let found = Signatures(fileKey: Self.fileKey)
            .principal(Authorization(text), signed: Self.date, in: tokens, at: Self.now)
        let proof = try #require(found.flatMap { Proof(of: $0, text, signed: Self.date) })
        func again(_ header: String?, _ date: String? = Self.date, minutes: Int64 = 0) -> Text? {
            proof.principal(header, signed: date, in: tokens, at: Self.now.advanced(by: .minutes(minutes)))?.name
        }
        #expect(again(text) == "shop")
        #expect(again(text, minutes: 4) == "shop")
        #expect(again(header(secret: secret([1]))) == nil)
        #expect(again(text, "20261130T120001Z") == nil)
        #expect(again(nil) == nil && again(text, nil) == nil)
        #expect(again(text, minutes: 7) == nil)
        var revoked = try #require(tokens.all.first)
        revoked.revokedAt = Self.now
        tokens.put(revoked)
        #expect(again(text) == nil)
    }

    /// Minutes between the clocks, and whether the signature counts.
    private static let apart: [(Int64, Bool)] = [
        (0, true), (5, true), (7, false), (480, true), (844, true), (848, false),
    ]

    @Test(arguments: apart)
    func `is fresh in every time zone, and stale soon`(_ minutes: Int64, _ isFresh: Bool) throws {
        let signed = try #require(SignedDate(Self.date))
        #expect(signed.isFresh(at: Self.now.advanced(by: .minutes(minutes))) == isFresh)
        #expect(signed.isFresh(at: Self.now.advanced(by: .minutes(-minutes))) == isFresh)
    }

    @Test(arguments: ["", "2026", "20261330T120000Z", "20261130T250000Z", "yyyymmddThhmmssZ", "99999999999999999999"])
    func `with a date that is none is of no one`(_ date: String) {
        #expect(SignedDate(date)?.isFresh(at: Self.now) != true)
    }
}
